/**
 * How long each kind of aggregate has to stay. What is under way keeps the idempotency keys of those who began it bound: an
 * outcome that waits for a person may be unknown for longer than any key lasts, and must not be begun a second time.
 */
import { isOpen } from "../../attempt/index.ts"
import type { Card } from "../../card/card.ts"
import type { Checkout } from "../../checkout/checkout.ts"
import type { Delivery } from "../../delivery/delivery.ts"
import type { IntentRefund } from "../../intent-refund/intent-refund.ts"
import type { Payment } from "../../payment/payment.ts"
import type { Retention } from "../../ports/commit.ts"

/** Open while an authentication or an attempt may still change what the payer is charged. */
export const paymentRetention = ({ status, attempts }: Payment): Retention =>
  openWhile(status === "pending" || status === "action_required" || attempts.some(isOpen))

/** Open while the issuer is asked about it. */
export const cardRetention = ({ status }: Card): Retention => openWhile(status === "pending")

/** Open while a payment of it is under way. One that waits for somebody to pay has nothing that could happen twice. */
export const checkoutRetention = ({ status }: Checkout): Retention => openWhile(status === "paying")

/** Open until it is known whether it was sent. */
export const intentRefundRetention = ({ status }: IntentRefund): Retention => openWhile(status === "pending")

/** Kept while it is to be tried, and then for as long as somebody may want to see or repeat it. */
export const deliveryRetention = ({ status, updatedAtMs }: Delivery, keepMs: number): Retention =>
  status === "waiting" ? { _tag: "Kept" } : { _tag: "Until", atMs: updatedAtMs + keepMs }

export const kept = (): Retention => ({ _tag: "Kept" })

const openWhile = (isUnderWay: boolean): Retention => (isUnderWay ? { _tag: "Open" } : { _tag: "Kept" })
