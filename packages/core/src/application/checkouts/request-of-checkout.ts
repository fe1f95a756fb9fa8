/** What a checkout, its merchant and its payer say of a payment, whichever card and verification it is made with. */
import type { Checkout } from "../../checkout/checkout.ts"
import type { Merchant } from "../../merchant/merchant.ts"
import type { Payer, RequestPayment } from "../../payment/payment.ts"

type Said =
  | "_tag"
  | "merchantId"
  | "amount"
  | "autoCapture"
  | "sourceStatus"
  | "successUrl"
  | "failureUrl"
  | "description"
  | "channel"
  | "payer"
  | "terms"

export const requestOf = (
  merchant: Merchant,
  { amount, description }: Checkout,
  payer: Payer,
  returnUrl: string | null
): Pick<RequestPayment, Said> => ({
  _tag: "RequestPayment",
  merchantId: merchant.id,
  amount,
  autoCapture: true,
  sourceStatus: "complete",
  successUrl: returnUrl,
  failureUrl: returnUrl,
  description,
  channel: merchant.channels.find((channel) => channel.default)?.id ?? null,
  payer,
  terms: merchant.terms
})
