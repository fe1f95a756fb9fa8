import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import {
  approved,
  cancelPayment,
  capturePayment,
  recordReply,
  requestPayment,
  startMs,
  usd
} from "../testing/payment-examples.ts"
import { decide, evolve, noPayment } from "./index.ts"
import type { PaymentCommand } from "./payment.ts"

const { given, history, fold } = decider({ initial: noPayment, decide, evolve })

const expiresAtMs = startMs + (6 * 24 + 18) * 3_600_000
const untilAuthorized = [requestPayment({ autoCapture: false }), recordReply("authorize-1", approved())]
const authorized = history(...untilAuthorized)
const capturing = history(...untilAuthorized, capturePayment())

describe("an authorization that nobody captures", () => {
  const expire = (nowMs: number): PaymentCommand => ({ _tag: "ExpireAuthorization", nowMs })

  it("is released when its time has come, not before", () => {
    given(...authorized)
      .when(expire(expiresAtMs - 1))
      .thenRejected({ _tag: "NotDue", dueAtMs: expiresAtMs })
    const { ledger } = given(...authorized)
      .when(expire(expiresAtMs))
      .then({ _tag: "AuthorizationExpired", atMs: expiresAtMs })
    expect(ledger).toMatchObject([
      {
        id: "payment-1:authorization-release",
        kind: "authorization_release",
        postings: [
          { account: "card_authorized", layer: "held", amount: usd(-1_000n) },
          { account: "merchant_authorized", layer: "held", amount: usd(1_000n) }
        ]
      }
    ])
  })

  it("leaves a payment that is in no settlement", () => {
    const expired = fold(history(...untilAuthorized, expire(expiresAtMs)))
    expect(expired).toMatchObject({ status: "expired", settlementId: null, updatedAtMs: expiresAtMs })
  })

  it("waits for what is still being done with it", () => {
    given(...capturing)
      .when(expire(expiresAtMs))
      .thenRejected({ _tag: "OperationInFlight", kind: "capture" })
    given(...history(...untilAuthorized, cancelPayment()))
      .when(expire(expiresAtMs))
      .thenRejected({ _tag: "OperationInFlight", kind: "void" })
  })

  it("is no longer there once it was captured or has run out", () => {
    const captured = history(...untilAuthorized, capturePayment(), recordReply("capture-1", approved()))
    given(...captured)
      .when(expire(expiresAtMs))
      .thenNothing()
    given(...history(...untilAuthorized, expire(expiresAtMs)))
      .when(expire(expiresAtMs))
      .thenNothing()
  })
})
