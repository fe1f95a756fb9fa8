/** The simulated chains with a sender on one of them, for suites and tests. */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { money } from "../../money/index.ts"
import type { FundingPlan } from "../../ports/funding-chain.ts"
import { networkChains } from "../../simulator/payout/network-routes.ts"
import { type NetworkWorld, type NetworkWorldOptions, networkWorld } from "../payout/simulated-network.ts"
import type { FundingChainUnderTest } from "./funding-chain-under-test.ts"
import { evmWallet, solanaWallet, type TestWallet } from "./test-wallet.ts"

export type FundingWorld = FundingChainUnderTest & { readonly world: NetworkWorld; readonly wallet: TestWallet }

let keys = 0

export const fundingWorld = async (
  blockchain = "ETH-SEPOLIA",
  options: NetworkWorldOptions = {}
): Promise<FundingWorld> => {
  const world = await networkWorld({ lateMs: 20, ...options })
  const nonceOf = (address: string): bigint => BigInt(world.simulated.account(blockchain, address)?.nonce ?? 0)
  const walletOf = (name: string): TestWallet => {
    const secret = sha256(utf8ToBytes(name))
    if (blockchain === "SOL-DEVNET") return solanaWallet(secret)
    const wallet: TestWallet = evmWallet(`0x${bytesToHex(secret)}`, () => nonceOf(wallet.address))
    return wallet
  }
  const [wallet, stranger] = [walletOf("a sender"), walletOf("a stranger")]
  const plan: FundingChainUnderTest["plan"] = (version): FundingPlan => ({
    key: `transaction-${++keys}`,
    version,
    blockchain,
    amount: money(100_240_000n, "USDC"),
    contractFee: money(version === 2 ? 50_000n : 0n, "USDC"),
    senderAddress: wallet.address,
    destinationAddress: networkChains.get(blockchain) ?? "",
    expiresAtMs: world.nowMs() + 3_600_000,
    replaces: null
  })
  return {
    world,
    wallet,
    chain: world.simulated.fundingChain,
    nowMs: world.nowMs,
    advance: world.advance,
    versions: [1, 2],
    plan,
    sign: (what) => wallet.sign(what),
    signAsStranger: (what) => stranger.sign(what),
    settledWithinMs: 10_000
  }
}
