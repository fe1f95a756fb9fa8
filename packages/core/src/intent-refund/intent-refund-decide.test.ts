import { describe, expect, it } from "vitest"
import { bps, money } from "../money/index.ts"
import { planRefund } from "../testing/arbitraries.ts"
import { decider } from "../testing/decider.ts"
import { examplePolicy, startMs } from "../testing/payment-examples.ts"
import {
  decide,
  evolve,
  type IntentRefundCommand,
  noIntentRefund,
  sourceOf,
  type TransferLookup,
  type TransferReply,
  type TransferStanding
} from "./index.ts"

const { given, history, fold } = decider({ initial: noIntentRefund, decide, evolve })

const usdc = (amount: bigint) => money(amount, "USDC")
const nowMs = startMs + 5
const policy = { ...examplePolicy, capabilities: { ...examplePolicy.capabilities, reverseByKey: false } }

const start: IntentRefundCommand = { _tag: "StartTransfer", nowMs }
const lost: IntentRefundCommand = { _tag: "DeclareHolderLost", nowMs }
const replied = (reply: TransferReply): IntentRefundCommand => ({ _tag: "RecordReply", reply, nowMs })
const found = (lookup: TransferLookup, atMs = nowMs): IntentRefundCommand => ({
  _tag: "RecordLookup",
  lookup,
  policy,
  nowMs: atMs
})
const broadcast = (final: boolean, fee = 3n): TransferStanding => ({
  _tag: "Broadcast",
  transactionHash: "0x1",
  networkFee: usdc(fee),
  final
})
const failed: TransferStanding = { _tag: "Failed", why: "funds_insufficient" }

const tagsOf = (commands: ReadonlyArray<IntentRefundCommand>, command: IntentRefundCommand): ReadonlyArray<string> => {
  const decided = decide(fold(history(...commands)), command)
  if (decided._tag === "Failure") return [decided.failure._tag]
  return decided.success.events.map((event) => (event._tag === "TransferAdvanced" ? event.event._tag : event._tag))
}

const sending = [planRefund(), start]

describe("planning a refund", () => {
  it("sets its cost apart, fixes its key, and wants it sent", () => {
    const decided = decide(noIntentRefund, planRefund())
    const { ledger, tasks } = decided._tag === "Success" ? decided.success : { ledger: [], tasks: [] }
    expect(ledger.map(({ id, postings }) => [id, postings])).toEqual([
      [
        "r-1:crypto-refund-hold",
        [
          { account: "merchant_available", layer: "held", amount: usdc(-1_000_000n) },
          { account: "crypto_holdings", layer: "held", amount: usdc(1_000_000n) }
        ]
      ]
    ])
    expect(tasks).toMatchObject([{ id: "r-1:refund-transfer", kind: "refund_transfer", dueAtMs: startMs }])
    expect(fold(history(planRefund())).attempt).toMatchObject({ status: "planned", gatewayKey: "k-1" })
  })

  it("needs a cost that the rate makes of it, never to the merchant's advantage", () => {
    const rate = { quoteId: "q-1", rate: bps(14_951n) }
    const amount = usdc(1n)
    expect(sourceOf(amount, "EURC", rate.rate)).toEqual(money(2n, "EURC"))
    expect(tagsOf([], planRefund({ amount, source: money(2n, "EURC"), rate }))).toEqual(["IntentRefundPlanned"])
    for (const source of [money(1n, "EURC"), money(3n, "EURC"), usdc(2n)]) {
      given().when(planRefund({ amount, source, rate })).thenRejected({ _tag: "RefundSourceInvalid" })
    }
    given()
      .when(planRefund({ source: usdc(5n) }))
      .thenRejected({ _tag: "RefundSourceInvalid" })
    given()
      .when(planRefund({ amount: usdc(0n), source: usdc(0n) }))
      .thenRejected({ _tag: "RefundAmountNotPositive" })
    given(...history(planRefund()))
      .when(planRefund())
      .thenRejected({ _tag: "IntentRefundAlreadyExists" })
  })
})

describe("what the chain says", () => {
  it.each<[string, ReadonlyArray<IntentRefundCommand>, IntentRefundCommand, ReadonlyArray<string>]>([
    ["on the chain", sending, replied(broadcast(false)), ["TransferBroadcast", "AttemptBecameUnknown"]],
    ["final at once", sending, replied(broadcast(true)), ["TransferBroadcast", "AttemptConfirmed", "IntentRefundSent"]],
    ["refused", sending, replied(failed), ["AttemptDeclined", "IntentRefundRefused"]],
    ["unsent", sending, replied({ _tag: "NotSent", why: "refused" }), ["AttemptNotSent"]],
    ["nothing", sending, replied({ _tag: "Unknown", why: "timeout" }), ["AttemptBecameUnknown"]],
    [
      "final later",
      [...sending, replied(broadcast(false))],
      found({ _tag: "Found", standing: broadcast(true) }),
      ["AttemptConfirmed", "IntentRefundSent"]
    ],
    [
      "final for another fee than was estimated",
      [...sending, replied(broadcast(false))],
      found({ _tag: "Found", standing: broadcast(true, 4n) }),
      ["TransferBroadcast", "AttemptConfirmed", "IntentRefundSent"]
    ],
    [
      "not final yet",
      [...sending, replied(broadcast(false))],
      found({ _tag: "Found", standing: broadcast(false) }),
      []
    ],
    [
      "dropped for good",
      [...sending, replied(broadcast(false))],
      found({ _tag: "Found", standing: { _tag: "Failed", why: "dropped" } }),
      ["AttemptDeclined", "IntentRefundRefused"]
    ],
    ["not seen yet", [...sending, lost], found({ _tag: "AbsentYet" }), []],
    ["never seen", [...sending, lost], found({ _tag: "AbsentYet" }, nowMs + 70_001), ["AttemptStarted"]],
    [
      "never seen, and the key may be forgotten",
      [...sending, lost],
      found({ _tag: "AbsentFinal" }, nowMs + 13 * 3_600_000),
      ["AttemptEscalated"]
    ],
    ["after it was paid", [...sending, replied(broadcast(true))], replied(failed), []],
    ["after it failed", [...sending, replied(failed)], replied(broadcast(true)), []]
  ])("decides: %s", (_, before, command, tags) => {
    expect(tagsOf(before, command)).toEqual(tags)
  })

  it("of another currency is not believed", () => {
    const standing = { ...broadcast(true), networkFee: money(1n, "ETH") } as TransferStanding
    expect(tagsOf(sending, replied(standing))).toEqual(["NetworkFeeCurrencyMismatch"])
    expect(tagsOf([], start)).toEqual(["IntentRefundNotFound"])
  })

  it("is told to the merchant with what it cost", () => {
    const paid = fold(history(...sending, replied(broadcast(true))))
    expect(paid).toMatchObject({ status: "paid", transactionHash: "0x1", networkFee: usdc(3n), failure: null })
    expect(fold(history(...sending, replied(failed)))).toMatchObject({
      status: "failed",
      failure: "funds_insufficient"
    })
    const abandoned = fold(history(planRefund(), { _tag: "AbandonTransfer", why: "overdue", nowMs }))
    expect(abandoned).toMatchObject({ status: "failed", failure: "not_sent" })
  })
})
