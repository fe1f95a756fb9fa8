import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import { decider } from "../testing/decider.ts"
import {
  advanced,
  approved,
  attemptPlan,
  cancelPayment,
  capturePayment,
  declined,
  recordLookup,
  recordReply,
  recordReversal,
  refundPayment,
  requestPayment,
  startMs,
  usd
} from "../testing/payment-examples.ts"
import { decide, evolve, noPayment, reversalsMax } from "./index.ts"
import type { PaymentCommand, PaymentEvent } from "./payment.ts"

const { given, history, fold } = decider({ initial: noPayment, decide, evolve })

const atMs = startMs
const attemptId = "refund-attempt-1"
const untilCaptured = [requestPayment(), recordReply("authorize-1", approved())]
const captured = history(...untilCaptured)
const refunding = history(...untilCaptured, refundPayment())
const settle: PaymentCommand = { _tag: "SettlePayment", settlementId: "settlement-1", nowMs: atMs }
const requested: PaymentEvent = {
  _tag: "RefundRequested",
  reversalId: "refund-1",
  type: "refund",
  amount: usd(400n),
  reason: "requested_by_customer",
  plan: attemptPlan({ id: attemptId, kind: "refund", gatewayKey: "key-refund-attempt-1", amount: usd(400n) }),
  atMs
}
const second = { reversalId: "refund-2", attemptId: "refund-attempt-2" }

describe("refunding", () => {
  it.each([
    ["a captured payment", captured],
    ["a settled one", history(...untilCaptured, settle)]
  ])("%s reserves what it will return", (_, events) => {
    const { tasks, ledger } = given(...events)
      .when(refundPayment({ reason: "requested_by_customer" }))
      .then(requested)
    expect(tasks).toMatchObject([{ id: attemptId, kind: "attempt", subject: attemptId, dueAtMs: atMs }])
    expect(ledger).toMatchObject([
      {
        id: "refund-attempt-1:refund-hold",
        kind: "refund_hold",
        reference: { type: "payment", id: "payment-1" },
        postings: [
          { account: "card_receivable", layer: "held", amount: usd(400n) },
          { account: "merchant_unsettled", layer: "held", amount: usd(-400n) }
        ]
      }
    ])
    expect(fold([...events, requested])).toMatchObject({ refunding: usd(400n), refunded: usd(0n) })
  })

  it("that succeeds returns the money, and gives up the hold", () => {
    const { ledger } = given(...refunding)
      .when(recordReply(attemptId, approved(usd(400n))))
      .then(advanced(attemptId, { _tag: "AttemptConfirmed", reference: "reference-1", atMs }), {
        _tag: "RefundSucceeded",
        reversalId: "refund-1",
        atMs
      })
    expect(ledger).toMatchObject([
      {
        id: "refund-attempt-1:refund",
        kind: "refund",
        postings: [
          { account: "card_receivable", layer: "held", amount: usd(-400n) },
          { account: "merchant_unsettled", layer: "held", amount: usd(400n) },
          { account: "card_receivable", layer: "posted", amount: usd(-400n) },
          { account: "merchant_unsettled", layer: "posted", amount: usd(400n) }
        ]
      }
    ])
    expect(fold(history(...untilCaptured, refundPayment(), recordReply(attemptId, approved(usd(400n)))))).toMatchObject(
      {
        status: "confirmed",
        refunding: usd(0n),
        refunded: usd(400n),
        reversals: [{ id: "refund-1", type: "refund", asRefund: false, status: "paid" }]
      }
    )
  })

  it("that fails gives up the hold, and what it reserved can be returned again", () => {
    const { ledger } = given(...refunding)
      .when(recordReply(attemptId, declined("card_expired")))
      .then(advanced(attemptId, { _tag: "AttemptDeclined", code: "card_expired", reference: null, atMs }), {
        _tag: "RefundFailed",
        reversalId: "refund-1",
        code: "card_expired",
        atMs
      })
    expect(ledger).toMatchObject([{ id: "refund-attempt-1:refund-release", kind: "refund_release" }])
    const failed = history(...untilCaptured, refundPayment(), recordReply(attemptId, declined("card_expired")))
    expect(fold(failed)).toMatchObject({ refunding: usd(0n), refunded: usd(0n), reversals: [{ status: "failed" }] })
    const plan = attemptPlan({
      id: "refund-attempt-2",
      kind: "refund",
      gatewayKey: "key-refund-attempt-1",
      amount: usd(1_000n)
    })
    given(...failed)
      .when(refundPayment({ ...second, amount: usd(1_000n) }))
      .then({ ...requested, reason: null, reversalId: "refund-2", amount: usd(1_000n), plan })
  })

  it("whose outcome stays unknown stays reserved until it is known", () => {
    const unknown = history(
      ...untilCaptured,
      refundPayment(),
      recordReply(attemptId, { _tag: "Unknown", why: "timeout" })
    )
    given(...unknown)
      .when(refundPayment({ ...second, amount: usd(601n) }))
      .thenRejected({ _tag: "RefundExceedsRemaining", remaining: usd(600n), asked: usd(601n) })
    const reversing = history(
      ...untilCaptured,
      refundPayment(),
      recordReply(attemptId, { _tag: "Unknown", why: "timeout" }),
      recordLookup(attemptId, { _tag: "AbsentFinal" }, startMs + 12 * 3_600_000)
    )
    given(...reversing)
      .when(recordReversal(attemptId, { _tag: "Reversed" }))
      .then(advanced(attemptId, { _tag: "AttemptReversed", atMs }), {
        _tag: "RefundFailed",
        reversalId: "refund-1",
        code: "payment_failed",
        atMs
      })
  })

  it("is possible several times at once, up to what was captured", () => {
    const both = history(...untilCaptured, refundPayment(), refundPayment({ ...second, amount: usd(600n) }))
    expect(fold(both)).toMatchObject({ refunding: usd(1_000n) })
    given(...both)
      .when(refundPayment({ reversalId: "refund-3", attemptId: "refund-attempt-3", amount: usd(1n) }))
      .thenRejected({ _tag: "RefundExceedsRemaining", remaining: usd(0n), asked: usd(1n) })
  })
})

describe("a refund", () => {
  it.each([
    [
      "of a failed payment",
      [requestPayment(), recordReply("authorize-1", declined())],
      { _tag: "OriginalPaymentFailed" }
    ],
    ["of a pending payment", [requestPayment()], { _tag: "PaymentNotRefundable", status: "pending" }],
    [
      "of an authorization",
      [requestPayment({ autoCapture: false }), recordReply("authorize-1", approved())],
      { _tag: "PaymentNotRefundable", status: "authorized" }
    ],
    [
      "of a cancelled payment",
      [...untilCaptured, cancelPayment(), recordReply("void-1", approved())],
      { _tag: "PaymentNotRefundable", status: "cancelled" }
    ],
    [
      "while the capture is being voided",
      [...untilCaptured, cancelPayment()],
      { _tag: "OperationInFlight", kind: "void" }
    ]
  ] as const)("%s is refused", (_, commands, rejection) => {
    given(...history(...commands))
      .when(refundPayment())
      .thenRejected(rejection)
  })

  it.each([
    ["in another currency", money(1n, "EUR"), { _tag: "CurrencyNotSupported", currency: "EUR" }],
    ["of nothing", usd(0n), { _tag: "AmountNotPositive" }],
    [
      "of more than was captured",
      usd(1_001n),
      { _tag: "RefundExceedsRemaining", remaining: usd(1_000n), asked: usd(1_001n) }
    ]
  ] as const)("%s is refused", (_, amount, rejection) => {
    given(...captured)
      .when(refundPayment({ amount }))
      .thenRejected(rejection)
  })

  it("found executed after its failure is not returned twice", () => {
    const orphaned = [
      ...untilCaptured,
      refundPayment(),
      recordReply(attemptId, declined()),
      recordLookup(attemptId, { _tag: "Found", verdict: approved(usd(400n)) })
    ]
    given(...history(...orphaned))
      .when(refundPayment({ ...second, amount: usd(601n) }))
      .thenRejected({ _tag: "RefundExceedsRemaining", remaining: usd(600n), asked: usd(601n) })
    const undone = history(...orphaned, recordReversal(attemptId, { _tag: "Reversed" }))
    given(...undone)
      .when(refundPayment({ ...second, amount: usd(1_001n) }))
      .thenRejected({ _tag: "RefundExceedsRemaining", remaining: usd(1_000n), asked: usd(1_001n) })
  })

  it("waits while a void found executed after its failure is being undone", () => {
    const voided = history(
      requestPayment({ autoCapture: false }),
      ...[recordReply("authorize-1", approved()), cancelPayment(), recordReply("void-1", declined())],
      ...[capturePayment(), recordReply("capture-1", approved())],
      recordLookup("void-1", { _tag: "Found", verdict: approved() })
    )
    expect(fold(voided).attempts).toContainEqual(expect.objectContaining({ kind: "void", status: "orphaned" }))
    given(...voided)
      .when(refundPayment())
      .thenRejected({ _tag: "OperationInFlight", kind: "void" })
  })

  it("is one of at most a hundred returns of a payment", () => {
    const refunds = Array.from({ length: reversalsMax }, (_, index) =>
      refundPayment({ reversalId: `refund-${index}`, attemptId: `attempt-${index}`, amount: usd(1n) })
    )
    const full = history(...untilCaptured, ...refunds)
    given(...full)
      .when(refundPayment({ reversalId: "one-more", attemptId: "one-more" }))
      .thenRejected({ _tag: "TooManyReversals", limit: 100 })
    given(...full)
      .when(cancelPayment())
      .thenRejected({ _tag: "TooManyReversals", limit: 100 })
  })
})
