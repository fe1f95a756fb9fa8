/** A checkout and its events as stored: plain JSON, validated whenever it is read. Writing lists each field by hand. */
import * as Schema from "effect/Schema"
import { encodeMoney, MoneyCodec, type MoneyJson } from "../money/money.schema.ts"
import { PaymentErrorCodeCodec } from "../payment/payment.schema.ts"
import type { Checkout, CheckoutEvent, CheckoutKind, CheckoutPayment, CheckoutStatus, Customer } from "./checkout.ts"

export type CheckoutJson = Omit<Checkout, "amount"> & { readonly amount: MoneyJson }
type OpenedJson = Omit<Extract<CheckoutEvent, { _tag: "CheckoutOpened" }>, "amount"> & { readonly amount: MoneyJson }
export type CheckoutEventJson = OpenedJson | Exclude<CheckoutEvent, { _tag: "CheckoutOpened" }>

const CheckoutStatusCodec: Schema.Codec<CheckoutStatus> = Schema.Literals([
  "none",
  "open",
  "paying",
  "completed",
  "cancelled",
  "expired",
  "failed"
])

const CheckoutKindCodec: Schema.Codec<CheckoutKind> = Schema.Literals(["direct", "hosted"])

const CustomerCodec: Schema.Codec<Customer> = Schema.Struct({
  name: Schema.NullOr(Schema.String),
  email: Schema.NullOr(Schema.String),
  phone: Schema.NullOr(Schema.String),
  address: Schema.NullOr(
    Schema.Struct({
      line1: Schema.NullOr(Schema.String),
      city: Schema.NullOr(Schema.String),
      state: Schema.NullOr(Schema.String),
      postalCode: Schema.NullOr(Schema.String),
      country: Schema.NullOr(Schema.String)
    })
  )
})

const CheckoutPaymentCodec: Schema.Codec<CheckoutPayment> = Schema.Struct({
  id: Schema.String,
  transactionId: Schema.String,
  attempt: Schema.String,
  status: Schema.Literals(["open", "succeeded", "failed"]),
  failure: Schema.NullOr(PaymentErrorCodeCodec)
})

const order = {
  id: Schema.String,
  merchantId: Schema.String,
  kind: CheckoutKindCodec,
  amount: MoneyCodec,
  description: Schema.NullOr(Schema.String),
  customer: Schema.NullOr(CustomerCodec),
  metadata: Schema.NullOr(Schema.String),
  webhookUrl: Schema.NullOr(Schema.String),
  returnUrl: Schema.NullOr(Schema.String),
  expiresAtMs: Schema.NullOr(Schema.Int)
}

export const CheckoutCodec: Schema.Codec<Checkout, CheckoutJson> = Schema.Struct({
  status: CheckoutStatusCodec,
  ...order,
  payments: Schema.Array(CheckoutPaymentCodec),
  endedAtMs: Schema.NullOr(Schema.Int),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

const declined = { paymentId: Schema.String, code: PaymentErrorCodeCodec, atMs: Schema.Int }

export const CheckoutEventCodec: Schema.Codec<CheckoutEvent, CheckoutEventJson> = Schema.TaggedUnion({
  CheckoutOpened: { ...order, atMs: Schema.Int },
  CheckoutPaymentStarted: {
    paymentId: Schema.String,
    transactionId: Schema.String,
    attempt: Schema.String,
    atMs: Schema.Int
  },
  CheckoutPaymentDeclined: declined,
  CheckoutSteppedUp: { paymentId: Schema.String, authenticatedPaymentId: Schema.String, atMs: Schema.Int },
  CheckoutCompleted: { paymentId: Schema.String, atMs: Schema.Int },
  CheckoutFailed: declined,
  CheckoutCancelled: { atMs: Schema.Int },
  CheckoutExpired: { atMs: Schema.Int }
})

/** Reads a stored checkout. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeCheckout: (json: unknown) => Checkout = Schema.decodeUnknownSync(CheckoutCodec)

/** Reads a stored event of a checkout. Throws where the JSON is not one. */
export const decodeCheckoutEvent: (json: unknown) => CheckoutEvent = Schema.decodeUnknownSync(CheckoutEventCodec)

export const encodeCheckout = (checkout: Checkout): CheckoutJson => ({
  status: checkout.status,
  ...encodeOrder(checkout),
  payments: checkout.payments.map(({ id, transactionId, attempt, status, failure }) => ({
    id,
    transactionId,
    attempt,
    status,
    failure
  })),
  endedAtMs: checkout.endedAtMs,
  createdAtMs: checkout.createdAtMs,
  updatedAtMs: checkout.updatedAtMs
})

export const encodeCheckoutEvent = (event: CheckoutEvent): CheckoutEventJson =>
  event._tag === "CheckoutOpened" ? { _tag: event._tag, ...encodeOrder(event), atMs: event.atMs } : event

type Order = Pick<Checkout, keyof typeof order>

const encodeOrder = (from: Order): Omit<Order, "amount"> & { readonly amount: MoneyJson } => ({
  id: from.id,
  merchantId: from.merchantId,
  kind: from.kind,
  amount: encodeMoney(from.amount),
  description: from.description,
  customer: from.customer === null ? null : encodeCustomer(from.customer),
  metadata: from.metadata,
  webhookUrl: from.webhookUrl,
  returnUrl: from.returnUrl,
  expiresAtMs: from.expiresAtMs
})

const encodeCustomer = ({ name, email, phone, address }: Customer): Customer => ({
  name,
  email,
  phone,
  address:
    address === null
      ? null
      : {
          line1: address.line1,
          city: address.city,
          state: address.state,
          postalCode: address.postalCode,
          country: address.country
        }
})
