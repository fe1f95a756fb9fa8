/** What a case of the blockchain suite is given, and the words it is told in. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { type Currency, exponentOf, type Money, money } from "../../money/index.ts"
import type {
  Blockchain,
  ChainDescription,
  DepositAddress,
  DepositSighting,
  RefundOperation,
  TransferAuthorization,
  TransferStanding
} from "../../ports/blockchain.ts"
import { NotApplicable } from "../suite.ts"

/** One output that a payer sends. */
export type TestPayment = { readonly address: string; readonly addressTag: string | null; readonly amount: Money }

/** A blockchain under test, with what it needs to be asked sensible things. */
export type BlockchainUnderTest = {
  readonly blockchain: Blockchain["Service"]
  /** The chain to play on, and an asset of it. */
  readonly chain: string
  readonly currency: Currency
  /** Never the same twice, across runs too where the other side remembers. */
  readonly nextName: () => string
  /** Where a refund may be sent. */
  readonly refundAddress: string
  /** A payer sends one transaction; without it nothing is tested that needs a payer. */
  readonly pay?: (chain: string, payments: ReadonlyArray<TestPayment>) => Promise<{ readonly transactionHash: string }>
  /** Lets blocks come until everything that was sent is final. */
  readonly settle?: () => Promise<void>
  /** Lets one block come. */
  readonly nextBlock?: (chain: string) => Promise<void>
  /** Replaces the newest blocks; the transaction is gone from the chain, as if it had never been sent. */
  readonly drop?: (chain: string, transactionHash: string) => Promise<void>
  /** A payer who signs, for chains with tokens that are pulled: what he authorizes, and his address. */
  readonly payer?: {
    readonly chain: string
    readonly currency: Currency
    readonly address: string
    readonly nowS: () => bigint
    readonly sign: (authorization: Omit<TransferAuthorization, "signature">) => Promise<string>
  }
  /** Limit of each call. Default 10 000. */
  readonly timeoutMs?: number
  readonly close?: () => Promise<void> | void
}

export const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

export const units = (subject: { readonly currency: Currency }, many: bigint): Money =>
  money(many * 10n ** BigInt(exponentOf(subject.currency)), subject.currency)

export const chainOf = ({ blockchain, chain }: BlockchainUnderTest): ChainDescription => {
  const found = blockchain.chains.find((one) => one.chain === chain)
  if (found === undefined) throw new Error(`the blockchain under test has no chain ${chain}`)
  return found
}

export const addressFor = (subject: BlockchainUnderTest, reference: string): Promise<DepositAddress> =>
  run(subject.blockchain.deriveAddress({ chain: subject.chain, currency: subject.currency, reference }))

/** Everything that was sent to an address, in pages of `limit`. */
export const sightingsAt = async (
  { blockchain }: BlockchainUnderTest,
  { chain, address, addressTag }: DepositAddress,
  limit = 100
): Promise<ReadonlyArray<DepositSighting>> => {
  const sightings: Array<DepositSighting> = []
  let after: string | null = null
  do {
    const page: { readonly sightings: ReadonlyArray<DepositSighting>; readonly next: string | null } = await run(
      blockchain.depositsAt({ chain, address, addressTag, after, limit })
    )
    expect(page.sightings.length).toBeLessThanOrEqual(limit)
    sightings.push(...page.sightings)
    after = page.next
  } while (after !== null)
  return sightings
}

/** A payer, and somebody who lets blocks come. */
export const payerOf = (subject: BlockchainUnderTest) => {
  const { pay, settle } = subject
  if (pay === undefined || settle === undefined) throw new NotApplicable("the test environment has no payers")
  return { pay, settle }
}

export const refundOf = (subject: BlockchainUnderTest, change: Partial<RefundOperation> = {}): RefundOperation => ({
  key: subject.nextName(),
  chain: subject.chain,
  address: subject.refundAddress,
  addressTag: null,
  amount: units(subject, 1n),
  ...change
})

export const limitOf = ({ timeoutMs = 10_000 }: BlockchainUnderTest): number => timeoutMs

/** A reply or look-up as a standing; anything else fails the case. */
export const standingIn = (answer: { readonly _tag: string }): TransferStanding => {
  const tagged = answer as { readonly _tag: string; readonly standing?: TransferStanding }
  expect(["Broadcast", "Failed", "Found"]).toContain(tagged._tag)
  return tagged.standing ?? (answer as TransferStanding)
}
