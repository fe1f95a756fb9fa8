/** Refunding a captured payment. Several refunds may be under way together; each reserves what it may return. */
import { isPositive } from "../money/index.ts"
import type { Payment, PaymentRejection, RefundPayment } from "./payment.ts"
import { decided, openAttempt, type PaymentDecision, planFor, refused } from "./payment-decision.ts"
import { attemptTask } from "./payment-tasks.ts"
import { returnable, reversalsMax } from "./returnable.ts"

/** Plans a refund of at most what is left. */
export const refundPayment = (payment: Payment, command: RefundPayment): PaymentDecision => {
  const objection = objectionTo(payment, command)
  if (objection !== undefined) return refused(objection)
  const { reversalId, reason, amount, nowMs } = command
  const plan = planFor(command, "refund", amount, false)
  return decided(
    payment,
    [{ _tag: "RefundRequested", reversalId, type: "refund", amount, reason, plan, atMs: nowMs }],
    [attemptTask(payment.id, plan.id, nowMs)]
  )
}

const objectionTo = (payment: Payment, { amount: asked }: RefundPayment): PaymentRejection | undefined => {
  const { status } = payment
  if (status === "failed") return { _tag: "OriginalPaymentFailed" }
  if (status !== "confirmed" && status !== "paid") return { _tag: "PaymentNotRefundable", status }
  if (asked.currency !== payment.captured.currency) return { _tag: "CurrencyNotSupported", currency: asked.currency }
  if (!isPositive(asked)) return { _tag: "AmountNotPositive" }
  if (openAttempt(payment, ["void"]) !== undefined) return { _tag: "OperationInFlight", kind: "void" }
  const remaining = returnable(payment)
  if (asked.amount > remaining.amount) return { _tag: "RefundExceedsRemaining", remaining, asked }
  return payment.reversals.length >= reversalsMax ? { _tag: "TooManyReversals", limit: reversalsMax } : undefined
}
