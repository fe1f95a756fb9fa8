/** Every reason for which the kernel refuses something, in the codes of the published API. */
import type {
  ChangePaymentFailure,
  CreatePaymentFailure,
  Kernel,
  MerchantRejection,
  ReadFailure
} from "@paykernel/core"
import { invalidValue, notRequired, required } from "../fields/field-error.ts"
import { type IntentFailure, intentTable, notRefundable, refundExceeds } from "./intent-rejection.ts"
import {
  conflict,
  forbidden,
  invalidAmount,
  invalidField,
  notFound,
  type PublishedError,
  paymentNotFound,
  unavailable,
  unsupportedCurrency
} from "./published-error.ts"
import { renderMoney } from "./render-money.ts"
import { wireStatus } from "./render-payment.ts"

type FailureOf<Call extends (...args: never) => Promise<unknown>> = Extract<
  Awaited<ReturnType<Call>>,
  { readonly ok: false }
>["error"]

/** What any operation of the API may be refused with. */
export type Rejection =
  | CreatePaymentFailure
  | ChangePaymentFailure
  | FailureOf<Kernel["cards"]["submit"]>
  | FailureOf<Kernel["cards"]["update"]>
  | FailureOf<Kernel["settlements"]["get"]>
  | IntentFailure
  | MerchantRejection
  | ReadFailure

type Tag = Rejection["_tag"]
type Rejected<T extends Tag> = Extract<Rejection, { readonly _tag: T }>

/** What was asked for, where the same fact has a code of its own for it. */
export type Asked =
  | "card"
  | "payment"
  | "capture"
  | "cancel"
  | "refund"
  | "read"
  | "intent"
  | "intentRefund"
  | "presign"
  | "pull"

/**
 * The published form of a rejection. One that this API cannot provoke is a defect, and throws.
 *
 * @example
 * publish({ _tag: "AmountNotPositive" }, "payment").code // => 1077
 */
export const publish = (rejection: Rejection, asked: Asked): PublishedError => {
  const render = table[rejection._tag] as (rejection: Rejection, asked: Asked) => PublishedError
  return render(rejection, asked)
}

const outsideLimits: PublishedError = {
  status: 400,
  code: 1076,
  message: "The amount is outside the merchant's limits."
}
const paymentFailed: PublishedError = { status: 409, code: 1097, message: "The original payment is failed." }
const notCancellable: PublishedError = { status: 409, code: 1084, message: "The item cannot be cancelled." }

const neverHere = ({ _tag }: Rejection): never => {
  throw new Error(`the operation was rejected with ${_tag}, which it cannot be`)
}

const table: { readonly [T in Tag]: (rejection: Rejected<T>, asked: Asked) => PublishedError } = {
  AmountNotPositive: () => invalidAmount,
  AmountOutsideLimits: () => outsideLimits,
  FeesNotAssessable: () => outsideLimits,
  CurrencyNotSupported: () => unsupportedCurrency,
  SourceNotUsable: () => ({ status: 400, code: 1088, message: "The source account is not valid for a payment." }),
  CardNotFound: (_, asked) =>
    asked === "payment" ? { status: 400, code: 1089, message: "The source account could not be found." } : notFound,
  ChannelNotFound: () => invalidField("channel", invalidValue("must be one of the merchant's channels")),
  CvvRequired: () => invalidField("encryptedData", required),
  CvvNotAllowed: () => invalidField("encryptedData", notRequired),
  CardExpired: () => invalidField("expYear", { error: "date_not_in_future", says: "must be in the future" }),
  ExpiryOutOfRange: () => invalidField("expYear", invalidValue("must be within the life of a card")),
  PaymentNotFound: () => paymentNotFound,
  SettlementNotFound: () => notFound,
  NotAPayment: (_, asked) => {
    if (asked === "cancel") return notCancellable
    return asked === "refund" ? notRefundable : paymentNotFound
  },
  OperationInFlight: () => ({ ...conflict, retryAfterS: 1 }),
  PaymentNotCapturable: ({ status }) =>
    status !== "none" && wireStatus[status] === "failed"
      ? paymentFailed
      : { ...conflict, message: "The payment cannot be captured." },
  PartialCaptureNotEnabled: () => forbidden,
  CaptureExceedsAuthorized: ({ authorized }) => {
    const max = renderMoney(authorized).amount
    const says = `must be less than or equal to ${max}`
    return invalidField("amount.amount", { error: "max_value", says, constraints: { max, inclusive: true } })
  },
  AuthorizationHasExpired: () => paymentFailed,
  PaymentNotCancellable: () => notCancellable,
  PaymentAlreadyCancelled: () => ({ status: 409, code: 1086, message: "The payment is cancelled already." }),
  PaymentNotRefundable: () => notRefundable,
  TooManyReversals: () => notRefundable,
  RefundExceedsRemaining: () => refundExceeds,
  OriginalPaymentFailed: () => paymentFailed,
  IdempotencyKeyReused: () => ({
    status: 409,
    code: 1083,
    message: "The idempotency key is bound to another request."
  }),
  IdempotencyKeyInvalid: () => invalidField("idempotencyKey", invalidValue("must be a UUID")),
  Unavailable: ({ retryAfterMs }) => unavailable(retryAfterMs),
  MerchantNotFound: () => forbidden,
  MerchantIsSuspended: () => forbidden,
  ...intentTable,
  CardAlreadyExists: neverHere,
  PaymentAlreadyExists: neverHere,
  NotSettleable: neverHere,
  NotDue: neverHere,
  AttemptNotFound: neverHere,
  MerchantAlreadyExists: neverHere,
  MerchantIsActive: neverHere,
  TermsInvalid: neverHere,
  ProfileInvalid: neverHere
}
