/**
 * Cancelling: a void where the money has not been settled, else a refund of what is left. Nothing was sent while the
 * payer is being challenged, so there the payment is simply closed.
 */
import { isPositive } from "../money/index.ts"
import type { CancelPayment, Payment } from "./payment.ts"
import { decided, openAttempt, type PaymentDecision, planFor, refused } from "./payment-decision.ts"
import { attemptTask } from "./payment-tasks.ts"
import { returnable, reversalsMax } from "./returnable.ts"

/** Undoes the payment in the way that is still possible. */
export const cancelPayment = (payment: Payment, command: CancelPayment): PaymentDecision => {
  const { status } = payment
  if (status === "failed") return refused({ _tag: "OriginalPaymentFailed" })
  if (isCancelled(payment)) return refused({ _tag: "PaymentAlreadyCancelled" })
  if (status === "expired") return refused({ _tag: "PaymentNotCancellable", status })
  const open = openAttempt(payment, ["authorize", "capture", "void"])
  if (open !== undefined) return refused({ _tag: "OperationInFlight", kind: open.kind })
  if (payment.reversals.length >= reversalsMax) return refused({ _tag: "TooManyReversals", limit: reversalsMax })
  switch (status) {
    case "action_required":
      return closeUnsent(payment, command)
    case "authorized":
      return planVoid(payment, command)
    case "confirmed":
      return returnable(payment).amount === payment.captured.amount
        ? planVoid(payment, command)
        : returnRest(payment, command)
    case "paid":
      return returnRest(payment, command)
    default:
      return refused({ _tag: "PaymentNotCancellable", status })
  }
}

/** A cancel that failed does not count: it may be tried again. */
const isCancelled = ({ status, reversals }: Payment): boolean =>
  status === "voided" ||
  status === "cancelled" ||
  reversals.some((reversal) => reversal.type === "cancel" && reversal.status !== "failed")

const closeUnsent = (payment: Payment, { reversalId, reason, nowMs }: CancelPayment): PaymentDecision =>
  decided(payment, [
    { _tag: "CancelRequested", reversalId, reason, amount: payment.amount, plan: null, atMs: nowMs },
    { _tag: "PaymentVoided", reversalId, atMs: nowMs }
  ])

const planVoid = (payment: Payment, command: CancelPayment): PaymentDecision => {
  const { reversalId, reason, nowMs } = command
  const amount = payment.status === "authorized" ? payment.authorized : payment.captured
  const plan = planFor(command, "void", amount, false)
  return decided(
    payment,
    [{ _tag: "CancelRequested", reversalId, reason, amount, plan, atMs: nowMs }],
    [attemptTask(payment.id, plan.id, nowMs)]
  )
}

const returnRest = (payment: Payment, command: CancelPayment): PaymentDecision => {
  const { reversalId, reason, nowMs } = command
  const amount = returnable(payment)
  if (!isPositive(amount)) return refused({ _tag: "PaymentNotCancellable", status: payment.status })
  const plan = planFor(command, "refund", amount, false)
  return decided(
    payment,
    [{ _tag: "RefundRequested", reversalId, type: "cancel", amount, reason, plan, atMs: nowMs }],
    [attemptTask(payment.id, plan.id, nowMs)]
  )
}
