import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import {
  approved,
  cancelPayment,
  declined,
  recordReply,
  refundPayment,
  requestPayment,
  startMs,
  usd
} from "../testing/payment-examples.ts"
import { decide, evolve, noPayment } from "./index.ts"
import type { PaymentCommand } from "./payment.ts"

const { given, history, fold } = decider({ initial: noPayment, decide, evolve })

const atMs = startMs
const settle = (settlementId = "settlement-1"): PaymentCommand => ({ _tag: "SettlePayment", settlementId, nowMs: atMs })
const untilCaptured = [requestPayment(), recordReply("authorize-1", approved())]
const refunded = recordReply("refund-attempt-1", approved(usd(400n)))

describe("settling", () => {
  it("makes captured money the merchant's, and leaves its books to the settlement", () => {
    const { ledger, tasks } = given(...history(...untilCaptured))
      .when(settle())
      .then({ _tag: "PaymentSettled", settlementId: "settlement-1", atMs })
    expect({ ledger, tasks }).toEqual({ ledger: [], tasks: [] })
    expect(fold(history(...untilCaptured, settle()))).toMatchObject({ status: "paid", settlementId: "settlement-1" })
  })

  it("covers what was returned before it, and nothing that is still on its way", () => {
    const open = refundPayment({ reversalId: "refund-2", attemptId: "refund-attempt-2", amount: usd(1n) })
    expect(fold(history(...untilCaptured, refundPayment(), refunded, open, settle())).reversals).toMatchObject([
      { id: "refund-1", settlementId: "settlement-1" },
      { id: "refund-2", settlementId: null }
    ])
  })

  it("takes what is returned later out of a later settlement, once", () => {
    const returned = history(...untilCaptured, settle(), refundPayment(), refunded)
    given(...returned)
      .when(settle("settlement-2"))
      .then({ _tag: "ReversalSettled", reversalId: "refund-1", settlementId: "settlement-2", atMs })
    const later = history(...untilCaptured, settle(), refundPayment(), refunded, settle("settlement-2"))
    expect(fold(later)).toMatchObject({ settlementId: "settlement-1", reversals: [{ settlementId: "settlement-2" }] })
    given(...later)
      .when(settle("settlement-3"))
      .thenRejected({ _tag: "NotSettleable", status: "paid" })
  })

  it.each([
    ["pending", [requestPayment()]],
    ["authorized", [requestPayment({ autoCapture: false }), recordReply("authorize-1", approved())]],
    ["failed", [requestPayment(), recordReply("authorize-1", declined())]],
    ["cancelled", [...untilCaptured, cancelPayment(), recordReply("void-1", approved())]],
    ["paid", [...untilCaptured, settle()]],
    ["paid", [...untilCaptured, settle(), refundPayment()]],
    ["paid", [...untilCaptured, settle(), refundPayment(), recordReply("refund-attempt-1", declined())]]
  ] as const)("is refused where nothing can be settled: %s", (status, commands) => {
    given(...history(...commands))
      .when(settle("settlement-2"))
      .thenRejected({ _tag: "NotSettleable", status })
  })

  it("waits for a void that is under way", () => {
    given(...history(...untilCaptured, cancelPayment()))
      .when(settle())
      .thenRejected({ _tag: "NotSettleable", status: "confirmed" })
    given(...history(...untilCaptured, cancelPayment(), recordReply("void-1", declined())))
      .when(settle())
      .then({ _tag: "PaymentSettled", settlementId: "settlement-1", atMs })
  })
})
