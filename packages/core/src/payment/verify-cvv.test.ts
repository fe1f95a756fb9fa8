import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import {
  advanced,
  approved,
  capturePayment,
  recordReply,
  requestPayment,
  startMs,
  usd
} from "../testing/payment-examples.ts"
import { decide, evolve, noPayment } from "./index.ts"

const { given, history, fold } = decider({ initial: noPayment, decide, evolve })

const atMs = startMs
const attemptId = "authorize-1"

describe("an authorization whose CVV had to be verified", () => {
  const withCvv = history(requestPayment({ verificationMethod: "cvv" }))

  it("counts with a pass", () => {
    const payment = fold(
      history(
        requestPayment({ verificationMethod: "cvv" }),
        recordReply(attemptId, approved(usd(1_000n), { cvv: "pass" }))
      )
    )
    expect(payment).toMatchObject({ status: "confirmed", verification: { cvv: "pass" } })
  })

  it.each(["fail", "unavailable", "pending", "not_requested"] as const)(
    "fails on %s, and what the gateway reserved all the same is undone",
    (cvv) => {
      const { tasks, ledger } = given(...withCvv)
        .when(recordReply(attemptId, approved(usd(1_000n), { cvv })))
        .then(
          advanced(attemptId, { _tag: "AttemptDeclined", code: "card_cvv_invalid", reference: "reference-1", atMs }),
          advanced(attemptId, { _tag: "LateSuccessFound", reference: "reference-1", atMs }),
          { _tag: "PaymentFailed", code: "card_cvv_invalid", risk: null, avs: "Y", cvv, atMs }
        )
      expect(tasks).toMatchObject([
        { id: `authorize-1:undo:${atMs}:reference-1`, kind: "attempt", subject: attemptId, dueAtMs: atMs }
      ])
      expect(ledger).toEqual([])
    }
  )

  it("does not ask that of the capture that follows", () => {
    const capturedLater = [
      requestPayment({ autoCapture: false, verificationMethod: "cvv" }),
      recordReply(attemptId, approved(usd(1_000n), { cvv: "pass" })),
      capturePayment(),
      recordReply("capture-1", approved())
    ]
    expect(fold(history(...capturedLater))).toMatchObject({ status: "confirmed", captured: usd(1_000n) })
  })

  it("does not ask that of a payment which did not verify it", () => {
    const payment = fold(history(requestPayment(), recordReply(attemptId, approved(usd(1_000n), { cvv: "fail" }))))
    expect(payment.status).toBe("confirmed")
  })
})
