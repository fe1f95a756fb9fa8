import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import {
  advanced,
  approved,
  attemptPlan,
  capturePayment,
  recordReply,
  refundPayment,
  requestPayment,
  startMs,
  usd
} from "../testing/payment-examples.ts"
import { decide, evolve, noPayment } from "./index.ts"
import type { PaymentEvent } from "./payment.ts"

const { history, fold } = decider({ initial: noPayment, decide, evolve })

const atMs = startMs
const authorized = fold(history(requestPayment({ autoCapture: false }), recordReply("authorize-1", approved())))
const captured = fold(history(requestPayment(), recordReply("authorize-1", approved())))
const refund = (amount: bigint, id: string): PaymentEvent => ({
  _tag: "RefundRequested",
  reversalId: id,
  type: "refund",
  amount: usd(amount),
  reason: null,
  plan: attemptPlan({ id, kind: "refund", amount: usd(amount) }),
  atMs
})

const endings = (reversalId: string): ReadonlyArray<PaymentEvent> => [
  { _tag: "RefundFailed", reversalId, code: "payment_failed", atMs },
  { _tag: "RefundSucceeded", reversalId, atMs }
]

// Events that no decision ever makes: each would be a defect, and has to stop the commit.
describe("a history that cannot be", () => {
  it.each([
    ["an edge that the machine lacks", captured, [{ _tag: "AuthorizationExpired", atMs }], "no edge confirmed"],
    [
      "more captured than authorized",
      authorized,
      [{ _tag: "PaymentCaptured", amount: usd(1_001n), fees: usd(0n), atMs }],
      "captured exceeds authorized"
    ],
    ["more refunded than captured", captured, [refund(600n, "a"), refund(401n, "b")], "refunds exceed"],
    ["a refund that ends twice", captured, [refund(600n, "a"), ...endings("a")], "released twice"],
    [
      "another currency",
      authorized,
      [{ _tag: "PaymentCaptured", amount: { amount: 1n, currency: "EUR" }, fees: usd(0n), atMs }],
      "currencies mixed"
    ],
    [
      "an attempt planned twice",
      authorized,
      [{ _tag: "CaptureRequested", plan: attemptPlan({ id: "authorize-1" }), atMs }],
      "attempt with this id exists"
    ],
    [
      "a reversal requested twice",
      captured,
      [refund(1n, "a"), { ...refund(1n, "a"), plan: attemptPlan({ id: "b" }) }],
      "reversal with this id exists"
    ],
    [
      "an attempt that was never planned",
      captured,
      [advanced("nobody", { _tag: "AttemptStarted", atMs })],
      "attempt is not part"
    ],
    [
      "a reversal that was never requested",
      captured,
      [{ _tag: "RefundSucceeded", reversalId: "nobody", atMs }],
      "reversal is not part"
    ],
    [
      "a step of an attempt that its machine lacks",
      captured,
      [advanced("authorize-1", { _tag: "AttemptStarted", atMs })],
      "no edge confirmed"
    ]
  ] as ReadonlyArray<[string, typeof captured, ReadonlyArray<PaymentEvent>, string]>)(
    "throws: %s",
    (_, payment, events, message) => {
      expect(() => events.reduce(evolve, payment)).toThrow(message)
    }
  )
})

describe("the time of a payment", () => {
  it("is that of its latest event", () => {
    const later = [capturePayment({ nowMs: atMs + 1 }), recordReply("capture-1", approved(), atMs + 2)]
    const payment = fold(
      history(requestPayment({ autoCapture: false }), recordReply("authorize-1", approved()), ...later)
    )
    expect(payment).toMatchObject({ createdAtMs: atMs, capturedAtMs: atMs + 2, updatedAtMs: atMs + 2 })
    const refunding = fold(
      history(requestPayment(), recordReply("authorize-1", approved()), refundPayment({ nowMs: atMs + 3 }))
    )
    expect(refunding).toMatchObject({ updatedAtMs: atMs + 3, reversals: [{ createdAtMs: atMs + 3 }] })
  })
})
