import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { money } from "../../money/index.ts"
import { onchainFailureReasons } from "../../onchain/onchain.ts"
import { createExample } from "../../testing/arbitraries/cross-border-examples.ts"
import { wordsOf } from "../../testing/every-word.ts"
import { testLines } from "../../testing/line-codec.ts"
import { decodeNetworkRecord, encodeNetworkRecord } from "./network-journal.schema.ts"
import type { FundingBroadcast, NetworkRecord, PaymentTaken, QuoteOffered } from "./network-journal.ts"
import type { RfiVerdict, Scenario } from "./scenarios.ts"

const offered: QuoteOffered = {
  record: "quote_offered",
  quote: { id: "quote-1", terms: createExample.terms },
  atMs: 1
}

const scenario: Scenario = {
  ...{ clearance: "at_once", rfiLevel: 1, payout: "normal", refund: "completed", expires: false }
}

const rfi = { id: "rfi-1", level: 2, raisedAtMs: 2, expiresAtMs: 9 } as const

const taken: PaymentTaken = {
  record: "payment_taken",
  key: "payment-1",
  payment: { quoteId: "quote-1", senderAddress: "0x01", refundAddress: "0x02", reasonForPayment: "PMT001" },
  scenario,
  rfi,
  atMs: 2
}

const broadcast: FundingBroadcast = {
  record: "funding_broadcast",
  key: "transaction-1",
  blockchain: "ETH-SEPOLIA",
  sender: "0x01",
  amount: money(100_000_000n, "USDC"),
  transactionHash: "0xaa",
  authorization: "0x05",
  gas: { nonce: "0", gasLimit: "60000", maxFeePerGas: "2", maxPriorityFeePerGas: "1" },
  validUntilMs: 9,
  atMs: 3
}

const paid = { key: "payment-1", atMs: 4 }

const oneOfEach: ReadonlyArray<NetworkRecord> = [
  offered,
  taken,
  { record: "payment_funded", ...paid, transactionHash: "0xaa", amount: money(1n, "USDC"), refundId: "refund-1" },
  { record: "rfi_raised", ...paid, rfi },
  { record: "rfi_answered", ...paid, rfiId: "rfi-1", verdict: "approves", digest: "d" },
  broadcast,
  { record: "funding_refused", key: "transaction-1", reason: "nonce_too_low", atMs: 4 },
  {
    ...{ record: "account_set", blockchain: "ETH-SEPOLIA", address: "0x01", exists: true, atMs: 5 },
    ...{ tokens: "1", coins: "2", allowance: "3" }
  }
]

const clearances = wordsOf<Scenario["clearance"]>({
  ...{ at_once: true, refused: true, later: true, refused_later: true, after_rfi: true, after_later_rfi: true }
})
const payouts = wordsOf<Scenario["payout"]>({ normal: true, delayed: true, fails: true })
const refunds = wordsOf<Scenario["refund"]>({
  ...{ completed: true, created_then_failed: true, created_then_completed: true }
})
const verdicts = wordsOf<RfiVerdict>({ approves: true, rejects: true, never: true })

const taking = (change: Partial<Scenario>): NetworkRecord => ({ ...taken, scenario: { ...scenario, ...change } })

/** The same in every word that it may have. */
const inOtherWords: ReadonlyArray<NetworkRecord> = [
  { ...taken, rfi: null },
  { ...broadcast, gas: null },
  taking({ expires: true }),
  ...([2, 3] as const).map((rfiLevel) => taking({ rfiLevel })),
  ...clearances.map((clearance) => taking({ clearance })),
  ...payouts.map((payout) => taking({ payout })),
  ...refunds.map((refund) => taking({ refund })),
  ...verdicts.map(
    (verdict): NetworkRecord => ({ record: "rfi_answered", ...paid, rfiId: "rfi-1", verdict, digest: "d" })
  ),
  ...onchainFailureReasons.map((reason): NetworkRecord => ({ record: "funding_refused", ...paid, reason }))
]

describe("a line of the network's book", () => {
  testLines({ write: encodeNetworkRecord, read: decodeNetworkRecord }, { complete: oneOfEach, others: inOtherWords })

  it.each([
    ["a record of no kind", { ...offered, record: "another" }],
    ["a clearance that is none", taking({ clearance: "maybe" as never })],
    ["a level that is none", taking({ rfiLevel: 4 as never })],
    ["a payout that is none", taking({ payout: "" as never })],
    ["a refund that is none", taking({ refund: "" as never })],
    ["a verdict that is none", { record: "rfi_answered", ...paid, rfiId: "rfi-1", verdict: "", digest: "d" }],
    ["a refusal without sense", { record: "funding_refused", ...paid, reason: "so" }],
    ["a time that is no whole number", { ...taken, atMs: 0.5 }]
  ])("with %s is none", (_what, record) => {
    const text = JSON.stringify(record, (_name, value) => (typeof value === "bigint" ? `${value}` : value))
    expect(Result.isFailure(decodeNetworkRecord(text))).toBe(true)
  })
})
