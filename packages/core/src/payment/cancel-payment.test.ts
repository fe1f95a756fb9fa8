import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import {
  advanced,
  approved,
  attemptPlan,
  cancelPayment,
  capturePayment,
  declined,
  recordAuthentication,
  recordLookup,
  recordReply,
  refundPayment,
  requestPayment,
  startMs,
  usd
} from "../testing/payment-examples.ts"
import { decide, evolve, noPayment } from "./index.ts"
import type { PaymentCommand, PaymentEvent } from "./payment.ts"

const { given, history, fold } = decider({ initial: noPayment, decide, evolve })

const atMs = startMs
const untilAuthorized = [requestPayment({ autoCapture: false }), recordReply("authorize-1", approved())]
const untilCaptured = [requestPayment(), recordReply("authorize-1", approved())]
const settle: PaymentCommand = { _tag: "SettlePayment", settlementId: "settlement-1", nowMs: atMs }
const refunded = [refundPayment(), recordReply("refund-attempt-1", approved(usd(400n)))]
const confirmed = advanced("void-1", { _tag: "AttemptConfirmed", reference: "reference-1", atMs })
const voidPlan = attemptPlan({ id: "void-1", kind: "void", gatewayKey: "key-void-1" })
const refundPlan = attemptPlan({ id: "void-1", kind: "refund", gatewayKey: "key-void-1", amount: usd(600n) })
const asVoid: PaymentEvent = {
  _tag: "CancelRequested",
  reversalId: "cancel-1",
  reason: "duplicate",
  amount: usd(1_000n),
  plan: voidPlan,
  atMs
}
const asRefund = (amount: bigint): PaymentEvent => ({
  _tag: "RefundRequested",
  reversalId: "cancel-1",
  type: "cancel",
  amount: usd(amount),
  reason: "duplicate",
  plan: { ...refundPlan, amount: usd(amount) },
  atMs
})
const cancel = cancelPayment({ reason: "duplicate" })

describe("cancelling before capture", () => {
  it("closes a payment whose payer is being challenged at once, because nothing was sent", () => {
    const challenged = history(
      requestPayment({ verificationMethod: "three_d_secure" }),
      recordAuthentication({ _tag: "ChallengeIssued", url: "https://acs.example.com/1" })
    )
    const { tasks, ledger } = given(...challenged)
      .when(cancel)
      .then({ ...asVoid, plan: null }, { _tag: "PaymentVoided", reversalId: "cancel-1", atMs })
    expect({ tasks, ledger }).toEqual({ tasks: [], ledger: [] })
  })

  it("voids the authorization, and gives up the hold once the gateway has done so", () => {
    const { tasks, ledger } = given(...history(...untilAuthorized))
      .when(cancel)
      .then(asVoid)
    expect(tasks).toMatchObject([{ id: "void-1", kind: "attempt", subject: "void-1" }])
    expect(ledger).toEqual([])
    const done = given(...history(...untilAuthorized, cancel))
      .when(recordReply("void-1", approved()))
      .then(confirmed, { _tag: "PaymentVoided", reversalId: "cancel-1", atMs })
    expect(done.ledger).toMatchObject([{ kind: "authorization_release", postings: [{ amount: usd(-1_000n) }, {}] }])
    expect(fold(history(...untilAuthorized, cancel, recordReply("void-1", approved())))).toMatchObject({
      status: "voided",
      reversals: [{ id: "cancel-1", type: "cancel", asRefund: false, status: "paid", reason: "duplicate" }]
    })
  })

  it("that fails leaves the authorization, and may be tried again", () => {
    const declinedVoid = advanced("void-1", { _tag: "AttemptDeclined", code: "payment_failed", reference: null, atMs })
    given(...history(...untilAuthorized, cancel))
      .when(recordReply("void-1", declined("payment_failed")))
      .then(declinedVoid, { _tag: "CancelFailed", reversalId: "cancel-1", code: "payment_failed", atMs })
    const failed = history(...untilAuthorized, cancel, recordReply("void-1", declined("payment_failed")))
    expect(fold(failed)).toMatchObject({
      status: "authorized",
      reversals: [{ status: "failed", failure: "payment_failed" }]
    })
    const again = { reversalId: "cancel-2", attemptId: "void-2" }
    given(...failed)
      .when({ ...cancel, ...again })
      .then({ ...asVoid, reversalId: "cancel-2", plan: { ...voidPlan, id: "void-2" } })
  })
})

describe("cancelling after capture", () => {
  it("voids the capture while nothing is settled or returned, and takes it out of the books", () => {
    given(...history(...untilCaptured))
      .when(cancel)
      .then(asVoid)
    const { ledger } = given(...history(...untilCaptured, cancel))
      .when(recordReply("void-1", approved()))
      .then(confirmed, { _tag: "PaymentCancelled", reversalId: "cancel-1", atMs })
    expect(ledger).toMatchObject([
      {
        id: "payment-1:capture-void",
        kind: "capture_void",
        postings: [
          { account: "card_receivable", layer: "posted", amount: usd(-1_000n) },
          { account: "merchant_unsettled", layer: "posted", amount: usd(1_000n) }
        ]
      }
    ])
  })

  it("refunds what is left where something was returned already, is being returned, or was settled", () => {
    given(...history(...untilCaptured, ...refunded))
      .when(cancel)
      .then(asRefund(600n))
    given(...history(...untilCaptured, refundPayment()))
      .when(cancel)
      .then(asRefund(600n))
    given(...history(...untilCaptured, settle))
      .when(cancel)
      .then(asRefund(1_000n))
    given(...history(...untilCaptured, settle, ...refunded))
      .when(cancel)
      .then(asRefund(600n))
  })

  it("voids what was captured, where that was a part", () => {
    const part = [capturePayment({ amount: usd(700n) }), recordReply("capture-1", approved(usd(700n)))]
    given(...history(...untilAuthorized, ...part))
      .when(cancel)
      .then({ ...asVoid, amount: usd(700n), plan: { ...voidPlan, amount: usd(700n) } })
  })

  it("as a refund has an attempt of its own to carry out", () => {
    const { tasks } = given(...history(...untilCaptured, settle))
      .when(cancel)
      .then(asRefund(1_000n))
    expect(tasks).toMatchObject([{ id: "void-1", kind: "attempt", subject: "void-1" }])
  })

  it("as a refund is still a cancel", () => {
    const done = history(...untilCaptured, settle, cancel, recordReply("void-1", approved()))
    expect(fold(done)).toMatchObject({
      status: "paid",
      refunded: usd(1_000n),
      reversals: [{ id: "cancel-1", type: "cancel", asRefund: true, status: "paid" }]
    })
    given(...done)
      .when(cancel)
      .thenRejected({ _tag: "PaymentAlreadyCancelled" })
  })

  it("counts a failed refund that was executed all the same as returned, until it is undone", () => {
    const orphaned = history(
      ...untilCaptured,
      refundPayment(),
      recordReply("refund-attempt-1", declined()),
      recordLookup("refund-attempt-1", { _tag: "Found", verdict: approved(usd(400n)) })
    )
    given(...orphaned)
      .when(cancel)
      .then(asRefund(600n))
  })

  it("is refused where everything was refunded", () => {
    const all = [refundPayment({ amount: usd(1_000n) }), recordReply("refund-attempt-1", approved())]
    given(...history(...untilCaptured, ...all))
      .when(cancel)
      .thenRejected({ _tag: "PaymentNotCancellable", status: "confirmed" })
  })
})

describe("what had failed before the cancel, and is found executed after it", () => {
  const found = (attemptId: string, amount: bigint): PaymentCommand =>
    recordLookup(attemptId, { _tag: "Found", verdict: approved(usd(amount)) })
  const late = (attemptId: string): PaymentEvent =>
    advanced(attemptId, { _tag: "LateSuccessFound", reference: "reference-1", atMs })

  it("is undone, of a payment that was voided", () => {
    const failed = [capturePayment(), recordReply("capture-1", declined())]
    const voided = history(...untilAuthorized, ...failed, cancel, recordReply("void-1", approved()))
    const { tasks } = given(...voided)
      .when(found("capture-1", 1_000n))
      .then(late("capture-1"))
    expect(tasks).toMatchObject([{ kind: "attempt", subject: "capture-1" }])
    expect(fold([...voided, late("capture-1")]).status).toBe("voided")
  })

  it("is undone, of a payment that was cancelled", () => {
    const failed = [refundPayment(), recordReply("refund-attempt-1", declined())]
    const cancelled = history(...untilCaptured, ...failed, cancel, recordReply("void-1", approved()))
    const { tasks } = given(...cancelled)
      .when(found("refund-attempt-1", 400n))
      .then(late("refund-attempt-1"))
    expect(tasks).toMatchObject([{ kind: "attempt", subject: "refund-attempt-1" }])
    expect(fold([...cancelled, late("refund-attempt-1")]).status).toBe("cancelled")
  })
})

describe("a cancel", () => {
  it.each([
    ["a payment still being authorized", [requestPayment()], { _tag: "OperationInFlight", kind: "authorize" }],
    [
      "a payment not authenticated yet",
      [requestPayment({ verificationMethod: "three_d_secure" })],
      { _tag: "PaymentNotCancellable", status: "pending" }
    ],
    [
      "a payment being captured",
      [...untilAuthorized, capturePayment()],
      { _tag: "OperationInFlight", kind: "capture" }
    ],
    ["a failed payment", [requestPayment(), recordReply("authorize-1", declined())], { _tag: "OriginalPaymentFailed" }],
    ["a payment being cancelled", [...untilAuthorized, cancel], { _tag: "PaymentAlreadyCancelled" }],
    [
      "a payment cancelled before capture",
      [...untilAuthorized, cancel, recordReply("void-1", approved())],
      { _tag: "PaymentAlreadyCancelled" }
    ],
    [
      "a payment cancelled after capture",
      [...untilCaptured, cancel, recordReply("void-1", approved())],
      { _tag: "PaymentAlreadyCancelled" }
    ],
    [
      "an authorization that ran out",
      [...untilAuthorized, { _tag: "ExpireAuthorization", nowMs: startMs + 7 * 24 * 3_600_000 }],
      { _tag: "PaymentNotCancellable", status: "expired" }
    ]
  ] as const)("of %s is refused", (_, commands, rejection) => {
    given(...history(...commands))
      .when(cancel)
      .thenRejected(rejection)
  })

  it("waits for a void that is being undone", () => {
    const undoing = history(
      ...untilCaptured,
      cancel,
      recordReply("void-1", declined()),
      recordLookup("void-1", { _tag: "Found", verdict: approved() })
    )
    given(...undoing)
      .when(cancelPayment({ reversalId: "cancel-2", attemptId: "void-2" }))
      .thenRejected({ _tag: "OperationInFlight", kind: "void" })
  })
})
