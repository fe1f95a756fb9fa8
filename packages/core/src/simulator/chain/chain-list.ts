/** The chains of the sandbox: how deep each has to be trusted, what moves on it, and how it spells addresses. */
import type { Currency } from "../../money/index.ts"
import type { PullToken } from "../../ports/blockchain.ts"
import type { addressFormats } from "./address-format.ts"

export type ChainRow = {
  readonly chain: string
  readonly confirmations: number
  readonly format: keyof typeof addressFormats
  readonly assets: ReadonlyArray<Currency>
  /** `memo`: payers share one address and are told apart by a tag. */
  readonly tags?: "memo"
  readonly pullTokens?: ReadonlyArray<PullToken>
}

/** USDC on Ethereum's test network, with the domain that its contract publishes. */
const pullableUsdc: PullToken = {
  currency: "USDC",
  name: "USDC",
  version: "2",
  chainId: 11_155_111,
  verifyingContract: "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238"
}

const dollars = ["USDC"] as const
const dollarsAndEuros = ["USDC", "EURC"] as const

/** Every chain, in the order of its code. HBAR's depth is not published; one block is final there by consensus. */
export const sandboxChains: ReadonlyArray<ChainRow> = [
  { chain: "ALGO", confirmations: 1, format: "algorand", assets: dollars },
  { chain: "ARB", confirmations: 300, format: "evm", assets: dollars },
  { chain: "AVAX", confirmations: 1, format: "evm", assets: dollarsAndEuros },
  { chain: "BASE", confirmations: 12, format: "evm", assets: dollarsAndEuros },
  { chain: "BTC", confirmations: 4, format: "bitcoin", assets: ["BTC"] },
  { chain: "CELO", confirmations: 1, format: "evm", assets: dollars },
  {
    chain: "ETH",
    confirmations: 12,
    format: "evm",
    assets: ["ETH", "USDC", "EURC"],
    pullTokens: [pullableUsdc]
  },
  { chain: "FLOW", confirmations: 1, format: "flow", assets: dollars },
  { chain: "HBAR", confirmations: 1, format: "hedera", assets: dollars, tags: "memo" },
  { chain: "NEAR", confirmations: 1, format: "near", assets: dollars },
  { chain: "NOBLE", confirmations: 1, format: "noble", assets: dollars },
  { chain: "OP", confirmations: 12, format: "evm", assets: dollars },
  { chain: "PAH", confirmations: 1, format: "polkadot", assets: dollars },
  { chain: "POLY", confirmations: 372, format: "evm", assets: dollars },
  { chain: "SOL", confirmations: 1, format: "solana", assets: dollarsAndEuros },
  { chain: "TRX", confirmations: 19, format: "tron", assets: dollars },
  { chain: "XLM", confirmations: 1, format: "stellar", assets: dollarsAndEuros, tags: "memo" }
]

/**
 * The row of a chain, or `undefined` where the sandbox has none of that code.
 *
 * @example
 * chainRow("BTC")?.confirmations // => 4
 */
export const chainRow = (chain: string): ChainRow | undefined => rows.get(chain)

const rows = new Map(sandboxChains.map((row) => [row.chain, row]))
