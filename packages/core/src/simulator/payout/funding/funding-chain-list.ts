/** The test networks on which the simulated payout network is funded, with the dollar's contract on each. */
import { addressFormats } from "../../chain/address-format.ts"

export type EvmChain = {
  readonly kind: "evm"
  readonly blockchain: string
  /** EIP-155. */
  readonly chainId: number
  /** The domain that the token's contract publishes (EIP-712). */
  readonly token: { readonly name: string; readonly version: string; readonly contract: string }
}

export type SolanaChain = {
  readonly kind: "solana"
  readonly blockchain: string
  /** The token's mint. */
  readonly mint: string
}

export type FundedChain = EvmChain | SolanaChain

const chains: ReadonlyArray<FundedChain> = [
  {
    kind: "evm",
    blockchain: "ETH-SEPOLIA",
    chainId: 11_155_111,
    token: { name: "USDC", version: "2", contract: "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238" }
  },
  {
    kind: "evm",
    blockchain: "MATIC-AMOY",
    chainId: 80_002,
    token: { name: "USDC", version: "2", contract: "0x41E94Eb019C0762f9Bfcf9Fb1E58725BfB0e7582" }
  },
  { kind: "solana", blockchain: "SOL-DEVNET", mint: "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU" }
]

/**
 * The chain of a name; `undefined`: nothing is funded there.
 *
 * @example
 * fundedChain("ETH-SEPOLIA")?.kind // => "evm"
 * fundedChain("BTC") // => undefined
 */
export const fundedChain = (blockchain: string): FundedChain | undefined =>
  chains.find((chain) => chain.blockchain === blockchain)

/** Whether a text is an address of the chain. */
export const isAddressOf = ({ kind }: FundedChain, address: string): boolean =>
  addressFormats[kind].check(address, "testnet") === null

/** The same for all ways of writing an address: on EVM chains capitals are check digits and no more. */
export const nameOfAddress = ({ kind }: FundedChain, address: string): string =>
  kind === "evm" ? address.toLowerCase() : address
