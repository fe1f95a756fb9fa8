/** Payment intents on the wire of `/v1`: being paid on blockchains, and giving it back. */
import * as Schema from "effect/Schema"
import { rule } from "../fields/field-rule.ts"
import { matching, oneOf, text } from "../fields/field-shapes.ts"
import { Id, UtcTimestamp } from "./card.schema.ts"
import { IdempotencyKey } from "./field.schema.ts"
import { moment } from "./list-query.schema.ts"
import { Money } from "./payment.schema.ts"

/** Thirteen digits, and as many decimals as the finest asset counts in. */
const decimalPattern = /^-?(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,18})?$/u

export const Decimal = Schema.String.check(
  Schema.isPattern(
    decimalPattern,
    rule({
      error: "number_format",
      says: "numeric value out of bounds (<13 digits>.<18 digits> expected)",
      constraints: { "max-integral-digits": 13, "max-fractional-digits": 18 }
    })
  )
).annotate({ description: "In units of the currency, with `.` before the decimals.", examples: ["3.14"] })

/** Read strictly where it is turned into an asset, which has a code of its own for what it does not know. */
const CurrencyCode = Schema.String.check(matching(/^[A-Z]{3,5}$/u)).annotate({
  description: "`USD` and `EUR` are sent as the stablecoins USDC and EURC. Any other is refused with code 1078.",
  examples: ["USD"]
})

export const CryptoAmount = Schema.Struct({ amount: Decimal, currency: CurrencyCode }).annotate({
  identifier: "CryptoAmount"
})

const settlementCurrency = oneOf(["USD", "EUR", "BTC", "ETH"]).annotate({
  description: "What the payments are settled in. Euros are settled in euros."
})

export const chainCodes = [
  "ALGO",
  "ARB",
  "AVAX",
  "BASE",
  "BTC",
  "CELO",
  "ETH",
  "FLOW",
  "HBAR",
  "NEAR",
  "NOBLE",
  "OP",
  "PAH",
  "POLY",
  "SOL",
  "TRX",
  "XLM"
] as const

export const ChainCode = oneOf(chainCodes).annotate({ identifier: "Chain" })

const PaymentMethodRequest = Schema.Struct({
  type: oneOf(["blockchain"]),
  chain: ChainCode,
  address: Schema.optionalKey(text(0, 256).annotate({ description: "Not read: the address is assigned." }))
}).annotate({ identifier: "PaymentMethodRequest" })

const shared = {
  idempotencyKey: IdempotencyKey,
  settlementCurrency,
  paymentMethods: Schema.Array(PaymentMethodRequest).annotate({ description: "Each chain once." }),
  merchantWalletId: Schema.optionalKey(text(1, 36).annotate({ description: "The merchant's own if absent." }))
}

export const TransientIntentRequest = Schema.Struct({
  ...shared,
  amount: CryptoAmount,
  expiresOn: Schema.optionalKey(moment.annotate({ description: "After 8 hours if absent." }))
}).annotate({ identifier: "CreatePaymentIntentRequest" })

export const ContinuousIntentRequest = Schema.Struct({
  ...shared,
  currency: CurrencyCode,
  type: oneOf(["continuous"])
}).annotate({ identifier: "CreateContinuousPaymentIntentRequest" })

export const RefundIntentRequest = Schema.Struct({
  idempotencyKey: IdempotencyKey,
  destination: Schema.Struct({
    address: text(1, 256),
    chain: ChainCode,
    addressTag: Schema.optionalKey(Schema.NullOr(text(1, 64)))
  }).annotate({ identifier: "CryptoRefundDestination" }),
  amount: Schema.Struct({ currency: CurrencyCode }).annotate({
    description: "What the merchant gives: the currency of the payment, or that of the settlement at today's rate."
  }),
  toAmount: CryptoAmount.annotate({ description: "What arrives, in the currency of the payment." })
}).annotate({ identifier: "CryptoRefundRequest" })

export type TransientIntentRequest = typeof TransientIntentRequest.Type
export type ContinuousIntentRequest = typeof ContinuousIntentRequest.Type

const statuses = ["created", "pending", "active", "complete", "expired", "failed", "refunded"] as const

export const intentFilters = {
  status: Schema.optionalKey(oneOf(statuses).annotate({ description: "Of the newest entry of the timeline." })),
  context: Schema.optionalKey(
    oneOf(["underpaid", "paid", "overpaid"]).annotate({ description: "Of the newest entry of the timeline." })
  )
}

const PaymentMethod = Schema.Struct({
  type: Schema.Literals(["blockchain"]),
  chain: Schema.Literals(chainCodes),
  address: Schema.optionalKey(Schema.String.annotate({ description: "Once it is assigned." })),
  addressTag: Schema.optionalKey(Schema.String.annotate({ description: "Must go with the payment where it is given." }))
}).annotate({ identifier: "PaymentMethod" })

const TimelineEntry = Schema.Struct({
  status: Schema.Literals(statuses),
  context: Schema.optionalKey(Schema.Literals(["underpaid", "paid", "overpaid"])),
  reason: Schema.optionalKey(Schema.Literals(["requested_by_merchant", "fee_collection_failed"])),
  time: UtcTimestamp
}).annotate({ identifier: "TimelineEntry" })

const IntentFee = Schema.Struct({
  type: Schema.Literals(["blockchainLeaseFee", "totalPaymentFees"]),
  amount: Schema.String,
  currency: Schema.String
}).annotate({ identifier: "PaymentIntentFee" })

const intent = {
  id: Id,
  amountPaid: Money,
  amountRefunded: Money,
  settlementCurrency: Schema.String,
  paymentMethods: Schema.Array(PaymentMethod),
  fees: Schema.optionalKey(Schema.Array(IntentFee)),
  timeline: Schema.Array(TimelineEntry).annotate({ description: "Newest first." }),
  createDate: UtcTimestamp,
  updateDate: UtcTimestamp,
  merchantWalletId: Schema.String
}

export const TransientIntent = Schema.Struct({
  ...intent,
  amount: Money,
  paymentIds: Schema.Array(Id),
  refundIds: Schema.Array(Id),
  expiresOn: Schema.optionalKey(UtcTimestamp)
}).annotate({ identifier: "PaymentIntent" })

export const ContinuousIntent = Schema.Struct({
  ...intent,
  currency: Schema.String,
  type: Schema.Literals(["continuous"])
}).annotate({ identifier: "ContinuousPaymentIntent" })

/** What was paid to an intent, or given back of it. */
export const CryptoPayment = Schema.Struct({
  id: Id,
  type: Schema.Literals(["payment", "refund"]),
  merchantId: Id,
  merchantWalletId: Schema.String,
  amount: Money,
  status: Schema.Literals(["pending", "confirmed", "paid", "failed", "action_required"]),
  fees: Schema.optionalKey(Money.annotate({ description: "Only in dollars." })),
  networkFees: Schema.optionalKey(Money.annotate({ description: "Of a refund: what sending it cost the service." })),
  paymentIntentId: Id,
  settlementAmount: Schema.optionalKey(Money.annotate({ description: "Only in dollars." })),
  fromAddresses: Schema.optionalKey(Schema.Struct({ chain: Schema.String, addresses: Schema.Array(Schema.String) })),
  depositAddress: Schema.Struct({
    chain: Schema.String,
    address: Schema.String,
    addressTag: Schema.optionalKey(Schema.String)
  }),
  transactionHash: Schema.optionalKey(Schema.String),
  createDate: UtcTimestamp,
  updateDate: UtcTimestamp
}).annotate({ identifier: "CryptoPayment" })

export const ExchangeRate = Schema.Struct({
  buy: Schema.String.annotate({ description: "In the second currency of the pair." }),
  sell: Schema.String,
  createDate: UtcTimestamp
}).annotate({ identifier: "ExchangeRate" })

export type TransientIntentBody = typeof TransientIntent.Type
export type ContinuousIntentBody = typeof ContinuousIntent.Type
export type CryptoPaymentBody = typeof CryptoPayment.Type
