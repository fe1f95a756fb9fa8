import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import type { AttemptEvent } from "../attempt/attempt.ts"
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
    const { _tag, attemptId, key, nowMs: atMs, ...terms } = planRefund()
    const { amount } = terms
    const plan = { id: "a-1", kind: "refund", gatewayKey: "k-1", amount, needsCvv: false } as const
    const { ledger, tasks } = given()
      .when(planRefund())
      .then({ _tag: "IntentRefundPlanned", ...terms, plan: { ...plan, plannedAtMs: atMs, startedAtMs: null }, atMs })
    expect(ledger).toEqual([
      {
        ...{ id: "r-1:crypto-refund-hold", merchantId: "m-1", kind: "crypto_refund_hold", atMs },
        reference: { type: "intent_refund", id: "r-1" },
        postings: [
          { account: "merchant_available", layer: "held", amount: usdc(-1_000_000n) },
          { account: "crypto_holdings", layer: "held", amount: usdc(1_000_000n) }
        ]
      }
    ])
    expect(tasks).toEqual([
      {
        ...{ id: "r-1:refund-transfer", kind: "refund_transfer", subject: "r-1", dueAtMs: startMs },
        aggregate: { type: "intent_refund", id: "r-1" }
      }
    ])
    expect(fold(history(planRefund())).attempt).toMatchObject({ status: "planned", gatewayKey: "k-1" })
  })

  it("needs a cost that the rate makes of it, never to the merchant's advantage", () => {
    const rate = { quoteId: "q-1", rate: bps(14_951n) }
    const amount = usdc(1n)
    expect(sourceOf(amount, "EURC", rate.rate)).toEqual(money(2n, "EURC"))
    const planned = Result.getOrThrow(decide(noIntentRefund, planRefund({ amount, source: money(2n, "EURC"), rate })))
    expect(planned.ledger[0]?.postings).toEqual([
      { account: "merchant_available", layer: "held", amount: money(-2n, "EURC") },
      { account: "conversion", layer: "held", amount: money(2n, "EURC") },
      { account: "conversion", layer: "held", amount: usdc(-1n) },
      { account: "crypto_holdings", layer: "held", amount: usdc(1n) }
    ])
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
      "another transaction for the same fee",
      [...sending, replied(broadcast(false))],
      found({ _tag: "Found", standing: { ...broadcast(false), transactionHash: "0x2" } as TransferStanding }),
      ["TransferBroadcast"]
    ],
    [
      "not final yet",
      [...sending, replied(broadcast(false))],
      found({ _tag: "Found", standing: broadcast(false) }),
      []
    ],
    [
      "not final for longer than anybody may be in doubt, which is no case for a person",
      [...sending, replied(broadcast(false))],
      found({ _tag: "Found", standing: broadcast(false) }, nowMs + policy.resolveLimitMs + 1),
      ["AttemptStillPending"]
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

  it("changes nothing once it has ended", () => {
    for (const end of [broadcast(true), failed]) {
      given(...history(...sending, replied(end)))
        .when(replied(broadcast(true)))
        .thenNothing()
    }
  })

  it("says why nothing is known yet, and what the transfer is called or why it is refused", () => {
    const told = (reply: TransferReply) => Result.getOrThrow(decide(fold(history(...sending)), replied(reply)))
    const advanced = (event: AttemptEvent) => ({ _tag: "TransferAdvanced", event, atMs: nowMs })
    const unknown = { _tag: "AttemptBecameUnknown", why: "timeout", atMs: nowMs } as const
    const heard = { events: [advanced(unknown)], ledger: [], tasks: [] }
    expect(told({ _tag: "Unknown", why: "timeout" })).toEqual(heard)
    expect(told(broadcast(false)).events[1]).toEqual(advanced({ ...unknown, why: "waits for confirmations" }))
    const confirmed = { _tag: "AttemptConfirmed", reference: "0x1", atMs: nowMs } as const
    expect(told(broadcast(true)).events[1]).toEqual(advanced(confirmed))
    expect(told(broadcast(true)).tasks).toEqual([])
    const declined = { _tag: "AttemptDeclined", code: "funds_insufficient", reference: null, atMs: nowMs } as const
    expect(told(failed).events[0]).toEqual(advanced(declined))
  })

  it("is booked as given, with what the chain took, or as kept", () => {
    const bookedOf = (standing: TransferStanding) => {
      const decided = decide(fold(history(...sending)), replied(standing))
      return decided._tag === "Success" ? decided.success.ledger : []
    }
    const common = { merchantId: "m-1", reference: { type: "intent_refund", id: "r-1" }, atMs: nowMs }
    const released = [
      { account: "merchant_available", layer: "held", amount: usdc(1_000_000n) },
      { account: "crypto_holdings", layer: "held", amount: usdc(-1_000_000n) }
    ]
    const moved = [
      { account: "merchant_available", layer: "posted", amount: usdc(1_000_000n) },
      { account: "crypto_holdings", layer: "posted", amount: usdc(-1_000_000n) }
    ]
    const fee = [
      { account: "network_fees", layer: "posted", amount: usdc(3n) },
      { account: "crypto_holdings", layer: "posted", amount: usdc(-3n) }
    ]
    const sent = { ...common, id: "r-1:crypto-refund", kind: "crypto_refund" }
    expect(bookedOf(broadcast(true))).toEqual([{ ...sent, postings: [...released, ...moved, ...fee] }])
    expect(bookedOf(broadcast(true, 0n))).toEqual([{ ...sent, postings: [...released, ...moved] }])
    expect(bookedOf(failed)).toEqual([
      { ...common, id: "r-1:crypto-refund-release", kind: "crypto_refund_release", postings: released }
    ])
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
