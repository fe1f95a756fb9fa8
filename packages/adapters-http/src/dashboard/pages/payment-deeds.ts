/** What can be done with a payment as it stands. The kernel decides; this only spares a merchant the question. */
import type { Payment } from "@paykernel/core"
import { Money, Payment as PaymentRoom } from "@paykernel/core/domain"

export type Deed = "capture" | "cancel" | "refund"

export const deedsOf = (payment: Payment): ReadonlyArray<Deed> => {
  const { status, reversals, captured } = payment
  if (reversals.some((one) => one.type === "cancel" && one.status !== "failed")) return []
  const left = PaymentRoom.returnable(payment)
  switch (status) {
    case "action_required":
      return ["cancel"]
    case "authorized":
      return ["capture", "cancel"]
    case "confirmed":
      return Money.equals(left, captured) ? ["refund", "cancel"] : refundOf(left)
    case "paid":
      return refundOf(left)
    default:
      return []
  }
}

const refundOf = (left: Money.Money): ReadonlyArray<Deed> => (Money.isPositive(left) ? ["refund"] : [])

/** The most that a deed can be about. */
export const amountMax = (payment: Payment, deed: Deed): Money.Money => {
  if (deed === "refund") return PaymentRoom.returnable(payment)
  return payment.status === "confirmed" ? payment.captured : payment.amount
}
