/** How much of a captured payment can still go back to the payer. */
import { type Money, money } from "../money/index.ts"
import type { Payment } from "./payment.ts"

/** A payment does not grow without end. */
export const reversalsMax = 100

/**
 * What was captured, less what was returned, what is being returned, and what a refund found executed after its
 * failure has returned until that is undone.
 */
export const returnable = (payment: Payment): Money =>
  money(
    payment.captured.amount - payment.refunded.amount - payment.refunding.amount - orphaned(payment),
    payment.captured.currency
  )

const orphaned = (payment: Payment): bigint =>
  payment.attempts.reduce(
    (total, { kind, status, amount }) => (kind === "refund" && status === "orphaned" ? total + amount.amount : total),
    0n
  )
