/**
 * What the chain makes of everything that one sender had broadcast. It follows from what was sent and when, so a network
 * that was restarted says the same; and since nothing is carried out before a while has passed, what is broadcast later
 * changes nothing that has happened.
 */
import type { OnchainFailureReason } from "../../../onchain/onchain.ts"
import type { FundingStanding } from "../../../ports/funding-chain.ts"
import type { AccountSet, FundingBroadcast } from "../network-journal.ts"
import { fundedChain } from "./funding-chain-list.ts"
import { baseFeePerGas, gasUsed } from "./gas.ts"

export type Wallet = Omit<AccountSet, "record" | "atMs">

/** A sandbox's wallets hold more than anybody sends. */
export const fullWallet = (blockchain: string, address: string): Wallet => ({
  blockchain,
  address,
  exists: true,
  tokens: "1000000000000000000",
  coins: "1000000000000000000",
  allowance: "1000000000000000000"
})

/** The end of a transaction: it is carried out, fails as it is, or is given up. */
export type Outcome = { readonly atMs: number; readonly failure: OnchainFailureReason | null }

export type SenderOptions = {
  /** Of one sender on one chain, oldest first. */
  readonly broadcasts: ReadonlyArray<FundingBroadcast>
  /** Oldest first. */
  readonly settings: ReadonlyArray<AccountSet>
  readonly confirmMs: number
}

/** By key, as far as it can be told today. What is not in it waits for ever as things stand. */
export const outcomesOf = (options: SenderOptions): ReadonlyMap<string, Outcome> => {
  const numbered = inOrderOfNonces(options)
  const free = options.broadcasts.filter(({ gas }) => gas === null)
  const outcomes = new Map(numbered.given)
  const reached = [
    ...numbered.reached,
    ...free.map((broadcast) => ({ broadcast, atMs: broadcast.atMs + options.confirmMs }))
  ].sort((a, b) => a.atMs - b.atMs || a.broadcast.atMs - b.broadcast.atMs)
  const spent = new Set<string>()
  const moved: Array<{ readonly atMs: number; readonly amount: bigint }> = []
  for (const { broadcast, atMs } of reached) {
    // A wallet that is changed at the very moment is changed after it, or what has happened would not have happened.
    const settings = options.settings.filter((one) => one.atMs < atMs)
    const failure = failureOf(broadcast, atMs, { spent, tokens: tokensAt(settings, moved, atMs) })
    outcomes.set(broadcast.key, { atMs, failure })
    if (failure !== null) continue
    spent.add(broadcast.authorization)
    moved.push({ atMs, amount: broadcast.amount.amount })
  }
  return outcomes
}

/** The next number that the chain takes of a sender at a time: as many as were used up. */
export const nonceAt = (options: SenderOptions, atMs: number): bigint =>
  BigInt(inOrderOfNonces(options).reached.filter((one) => one.atMs <= atMs).length)

/** What a wallet holds at a time, after what it sent. */
export const walletAt = (
  options: SenderOptions,
  wallet: { readonly blockchain: string; readonly address: string },
  atMs: number
): Wallet => {
  const outcomes = outcomesOf(options)
  const moved = options.broadcasts.flatMap(({ key, amount }) => {
    const outcome = outcomes.get(key)
    return outcome?.failure === null ? [{ atMs: outcome.atMs, amount: amount.amount }] : []
  })
  const setting = options.settings.findLast((one) => one.atMs <= atMs)
  const { exists, coins, allowance } = setting ?? fullWallet(wallet.blockchain, wallet.address)
  return { ...wallet, exists, coins, allowance, tokens: `${tokensAt(options.settings, moved, atMs)}` }
}

export const standingAt = (
  broadcast: FundingBroadcast,
  outcome: Outcome | undefined,
  atMs: number
): FundingStanding => {
  const { transactionHash, amount } = broadcast
  if (outcome === undefined || outcome.atMs > atMs) return { _tag: "Waiting", transactionHash }
  return outcome.failure === null
    ? { _tag: "Confirmed", transactionHash, received: amount }
    : { _tag: "Failed", reason: outcome.failure, transactionHash }
}

type Reached = { readonly broadcast: FundingBroadcast; readonly atMs: number }

/** Numbers are used up one after the other; under each number one transaction is taken into a block. */
const inOrderOfNonces = ({ broadcasts, confirmMs }: SenderOptions) => {
  const given = new Map<string, Outcome>()
  const reached: Array<Reached> = []
  const byNonce = Map.groupBy(broadcasts, ({ gas }) => gas?.nonce ?? null)
  let beforeMs = 0
  for (let nonce = 0; ; nonce++) {
    const rivals = byNonce.get(`${nonce}`) ?? []
    const minable = rivals
      .filter(({ gas }) => BigInt(gas?.maxFeePerGas ?? 0) >= baseFeePerGas)
      .map((broadcast): Reached => ({ broadcast, atMs: Math.max(broadcast.atMs, beforeMs) + confirmMs }))
      .filter(({ broadcast, atMs }) => atMs < broadcast.validUntilMs)
      // Of two that could be in the same block, the better offer is: whoever overtakes has to offer more.
      .sort((a, b) => a.atMs - b.atMs || b.broadcast.atMs - a.broadcast.atMs)
    const [winner] = minable
    for (const rival of rivals) {
      if (rival === winner?.broadcast) continue
      given.set(rival.key, lossOf(rival, winner))
    }
    if (winner === undefined) break
    reached.push(winner)
    beforeMs = winner.atMs
  }
  for (const broadcast of broadcasts) {
    const isBehindGap = broadcast.gas !== null && BigInt(broadcast.gas.nonce) > BigInt(reached.length)
    if (isBehindGap) given.set(broadcast.key, givenUp(broadcast))
  }
  return { given, reached }
}

/** What was overtaken comes too late with its number; what was to overtake finds that it has happened. */
const lossOf = (loser: FundingBroadcast, winner: Reached | undefined): Outcome => {
  if (winner === undefined || winner.atMs >= loser.validUntilMs) return givenUp(loser)
  return { atMs: winner.atMs, failure: loser.atMs <= winner.broadcast.atMs ? "nonce_too_low" : "already_confirmed" }
}

/** Nothing takes it any more once what it carries has run out, so nodes forget it. */
const givenUp = ({ validUntilMs }: FundingBroadcast): Outcome => ({
  atMs: validUntilMs,
  failure: "transaction_expired"
})

type State = { readonly spent: ReadonlySet<string>; readonly tokens: bigint }

const failureOf = (
  { authorization, blockchain, gas, amount, validUntilMs }: FundingBroadcast,
  atMs: number,
  { spent, tokens }: State
): OnchainFailureReason | null => {
  if (gas !== null && BigInt(gas.gasLimit) < gasUsed) return "out_of_gas"
  if (atMs >= validUntilMs) {
    return fundedChain(blockchain)?.kind === "solana" ? "blockhash_expired" : "signed_transaction_expired"
  }
  if (spent.has(authorization)) return "failed_onchain"
  return tokens < amount.amount ? "insufficient_token_balance" : null
}

const tokensAt = (
  settings: ReadonlyArray<AccountSet>,
  moved: ReadonlyArray<{ readonly atMs: number; readonly amount: bigint }>,
  atMs: number
): bigint => {
  const setting = settings.findLast((one) => one.atMs <= atMs)
  const sinceMs = setting?.atMs ?? Number.NEGATIVE_INFINITY
  const sent = moved.filter((one) => one.atMs > sinceMs && one.atMs <= atMs)
  return sent.reduce((left, { amount }) => left - amount, BigInt(setting?.tokens ?? fullWallet("", "").tokens))
}
