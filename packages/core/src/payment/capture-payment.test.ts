import { describe, expect, it } from "vitest"
import { noFee } from "../fees/index.ts"
import { money } from "../money/index.ts"
import { decider } from "../testing/decider.ts"
import {
  advanced,
  approved,
  attemptPlan,
  cancelPayment,
  capturePayment,
  declined,
  exampleTerms,
  recordLookup,
  recordReply,
  requestPayment,
  startMs,
  usd
} from "../testing/payment-examples.ts"
import { captureAttemptsMax, decide, evolve, noPayment } from "./index.ts"
import type { PaymentCommand, PaymentEvent } from "./payment.ts"

const { given, history, fold } = decider({ initial: noPayment, decide, evolve })

const atMs = startMs
const expiresAtMs = startMs + (6 * 24 + 18) * 3_600_000
const untilAuthorized = [requestPayment({ autoCapture: false }), recordReply("authorize-1", approved())]
const authorized = history(...untilAuthorized)
const capturing = history(...untilAuthorized, capturePayment())
const confirmed = advanced("capture-1", { _tag: "AttemptConfirmed", reference: "reference-1", atMs })
const requested = (amount = usd(1_000n)): PaymentEvent => ({
  _tag: "CaptureRequested",
  plan: attemptPlan({ amount }),
  atMs
})

describe("capturing", () => {
  it("takes what was authorized, as an attempt of its own", () => {
    const { tasks, ledger } = given(...authorized)
      .when(capturePayment())
      .then(requested())
    expect(tasks).toMatchObject([{ id: "capture-1", kind: "attempt", subject: "capture-1", dueAtMs: atMs }])
    expect(ledger).toEqual([])
  })

  it("takes a part where the contract allows it", () => {
    given(...authorized)
      .when(capturePayment({ amount: usd(1n) }))
      .then(requested(usd(1n)))
  })

  it("that the gateway approves confirms the payment, and gives up the whole hold", () => {
    const part = history(...untilAuthorized, capturePayment({ amount: usd(600n) }))
    const { ledger } = given(...part)
      .when(recordReply("capture-1", approved(usd(600n))))
      .then(confirmed, { _tag: "PaymentCaptured", amount: usd(600n), fees: usd(47n), atMs })
    expect(ledger).toMatchObject([
      {
        id: "payment-1:capture",
        postings: [
          { account: "card_authorized", layer: "held", amount: usd(-1_000n) },
          { account: "merchant_authorized", layer: "held", amount: usd(1_000n) },
          { account: "card_receivable", layer: "posted", amount: usd(600n) },
          { account: "merchant_unsettled", layer: "posted", amount: usd(-600n) }
        ]
      }
    ])
    expect(
      fold([...part, confirmed, { _tag: "PaymentCaptured", amount: usd(600n), fees: usd(47n), atMs }])
    ).toMatchObject({
      status: "confirmed",
      captured: usd(600n),
      authorized: usd(1_000n),
      capturedAtMs: atMs
    })
  })

  it("that the gateway declines leaves the authorization, to be captured again", () => {
    const { ledger } = given(...capturing)
      .when(recordReply("capture-1", declined()))
      .then(advanced("capture-1", { _tag: "AttemptDeclined", code: "payment_not_funded", reference: null, atMs }), {
        _tag: "CaptureFailed",
        code: "payment_not_funded",
        atMs
      })
    expect(ledger).toEqual([])
    const failed = history(...untilAuthorized, capturePayment(), recordReply("capture-1", declined()))
    expect(fold(failed)).toMatchObject({ status: "authorized", settlementId: null })
    const plan = attemptPlan({ id: "capture-2" })
    given(...failed)
      .when(capturePayment({ attemptId: "capture-2" }))
      .then({ _tag: "CaptureRequested", plan, atMs })
  })

  it("given up before it was sent has failed", () => {
    given(...history(...untilAuthorized, capturePayment({ sendNow: false })))
      .when({ _tag: "AbandonAttempt", attemptId: "capture-1", why: "given up", nowMs: atMs })
      .then(advanced("capture-1", { _tag: "AttemptAbandoned", why: "given up", atMs }), {
        _tag: "CaptureFailed",
        code: "payment_failed",
        atMs
      })
  })

  it("found executed after its failure has to be undone before the next one", () => {
    const undoing = history(
      ...untilAuthorized,
      capturePayment(),
      recordReply("capture-1", declined()),
      recordLookup("capture-1", { _tag: "Found", verdict: approved() })
    )
    given(...undoing)
      .when(capturePayment({ attemptId: "capture-2" }))
      .thenRejected({ _tag: "OperationInFlight", kind: "capture" })
  })
})

describe("a capture", () => {
  const failed = history(requestPayment({ autoCapture: false }), recordReply("authorize-1", declined()))
  const pending = history(requestPayment({ autoCapture: false }))
  const voiding = history(...untilAuthorized, cancelPayment())
  const captured = history(requestPayment(), recordReply("authorize-1", approved()))
  const wholeOnly = { ...exampleTerms, partialCapture: false }

  it("is refused where there is nothing to capture", () => {
    given(...failed)
      .when(capturePayment())
      .thenRejected({ _tag: "OriginalPaymentFailed" })
    given(...pending)
      .when(capturePayment())
      .thenRejected({ _tag: "PaymentNotCapturable", status: "pending" })
    given(...captured)
      .when(capturePayment())
      .thenRejected({ _tag: "PaymentNotCapturable", status: "confirmed" })
  })

  it("is refused while another operation is open, a person's included", () => {
    const second = capturePayment({ attemptId: "capture-2" })
    given(...capturing)
      .when(second)
      .thenRejected({ _tag: "OperationInFlight", kind: "capture" })
    given(...voiding)
      .when(second)
      .thenRejected({ _tag: "OperationInFlight", kind: "void" })
    const manual = history(
      ...untilAuthorized,
      capturePayment(),
      { _tag: "DeclareHolderLost", attemptId: "capture-1", nowMs: atMs },
      recordLookup("capture-1", { _tag: "Found", verdict: approved(usd(1n)) })
    )
    given(...manual)
      .when(second)
      .thenRejected({ _tag: "OperationInFlight", kind: "capture" })
  })

  it("is refused from the moment at which the authorization runs out", () => {
    const nowMs = expiresAtMs
    given(...authorized)
      .when(capturePayment({ nowMs }))
      .thenRejected({ _tag: "AuthorizationHasExpired", expiredAtMs: expiresAtMs })
    const plan = attemptPlan({ plannedAtMs: nowMs - 1, startedAtMs: nowMs - 1 })
    given(...authorized)
      .when(capturePayment({ nowMs: nowMs - 1 }))
      .then({ _tag: "CaptureRequested", plan, atMs: nowMs - 1 })
  })

  it.each([
    ["in another currency", money(1_000n, "EUR"), exampleTerms, { _tag: "CurrencyNotSupported", currency: "EUR" }],
    ["of nothing", usd(0n), exampleTerms, { _tag: "AmountNotPositive" }],
    [
      "of more than was authorized",
      usd(1_001n),
      exampleTerms,
      { _tag: "CaptureExceedsAuthorized", authorized: usd(1_000n), asked: usd(1_001n) }
    ],
    ["of a part without the contract for it", usd(999n), wholeOnly, { _tag: "PartialCaptureNotEnabled" }],
    [
      "that the contract's fees do not cover",
      null,
      {
        ...exampleTerms,
        feeSchedule: { fee: { kind: "fixed", name: "flat", amount: money(1n, "EUR") }, onExcess: "limit" }
      },
      { _tag: "FeesNotAssessable", reason: "FeeCurrencyMismatch" }
    ]
  ] as const)("%s is refused", (_, amount, terms, rejection) => {
    given(...authorized)
      .when(capturePayment({ amount, terms }))
      .thenRejected(rejection)
  })

  it("of the whole needs no contract for parts", () => {
    given(...authorized)
      .when(capturePayment({ amount: usd(1_000n), terms: wholeOnly }))
      .then(requested())
  })

  it("is not tried without end", () => {
    const tries = Array.from(
      { length: captureAttemptsMax },
      (_, index): ReadonlyArray<PaymentCommand> => [
        capturePayment({
          attemptId: `capture-${index}`,
          terms: { ...exampleTerms, feeSchedule: { fee: noFee, onExcess: "limit" } }
        }),
        recordReply(`capture-${index}`, declined())
      ]
    )
    given(...history(...untilAuthorized, ...tries.flat()))
      .when(capturePayment({ attemptId: "one-more" }))
      .thenRejected({ _tag: "PaymentNotCapturable", status: "authorized" })
  })
})
