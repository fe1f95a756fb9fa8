/** Every reason for which the kernel refuses something, in the codes of `/api`. */
import type { Kernel, ReadFailure } from "@paykernel/core"
import {
  accountSuspended,
  expiredCard,
  invalidAmount,
  invalidCurrency,
  invalidRequest,
  keyReused,
  type PublishedError,
  sessionAlreadyCompleted,
  sessionBeingPaid,
  sessionExpired,
  sessionFailed,
  sessionNotFound,
  transactionNotFound,
  unavailable
} from "./published-error.ts"

type FailureOf<Call extends (...args: never) => Promise<unknown>> = Extract<
  Awaited<ReturnType<Call>>,
  { readonly ok: false }
>["error"]

type Checkouts = Kernel["checkouts"]

/** What any operation of the API may be refused with. */
export type Rejection =
  | FailureOf<Checkouts["payDirectly"]>
  | FailureOf<Checkouts["open"]>
  | FailureOf<Checkouts["settled"]>
  | FailureOf<Checkouts["cancel"]>
  | FailureOf<Kernel["merchants"]["get"]>
  | ReadFailure

type Tag = Rejection["_tag"]
type Rejected<T extends Tag> = Extract<Rejection, { readonly _tag: T }>

/** What was asked about. */
export type Asked = "transaction" | "session"

/**
 * The published form of a rejection. One that this API cannot provoke is a defect, and throws.
 *
 * @example
 * publish({ _tag: "CheckoutNotFound" }, "session").code // => "session_not_found"
 */
export const publish = (rejection: Rejection, asked: Asked): PublishedError => {
  const render = table[rejection._tag] as (rejection: Rejection, asked: Asked) => PublishedError
  return render(rejection, asked)
}

const outsideLimits = () => invalidAmount("The amount is outside the limits of the account.")
const dayMs = 86_400_000

const neverHere = ({ _tag }: Rejection): never => {
  throw new Error(`the operation was rejected with ${_tag}, which it cannot be`)
}

const table: { readonly [T in Tag]: (rejection: Rejected<T>, asked: Asked) => PublishedError } = {
  AmountNotPositive: () => invalidAmount("The amount must be greater than zero."),
  CheckoutAmountNotPositive: () => invalidAmount("The amount must be greater than zero."),
  AmountOutsideLimits: outsideLimits,
  FeesNotAssessable: outsideLimits,
  CurrencyNotSupported: () => invalidCurrency,
  CardExpired: () => expiredCard,
  ExpiryOutOfRange: () => invalidRequest("expiry_year must be within the life of a card."),
  ExpiryNotAllowed: ({ maxMs }) =>
    invalidRequest(`expires_at must be in the future, and at most ${Math.floor(maxMs / dayMs)} days from now.`),
  CheckoutNotFound: (_, asked) => (asked === "session" ? sessionNotFound : transactionNotFound),
  CheckoutIsCompleted: () => sessionAlreadyCompleted,
  CheckoutHasExpired: () => sessionExpired,
  CheckoutIsBeingPaid: () => sessionBeingPaid,
  CheckoutHasFailed: () => sessionFailed,
  IdempotencyKeyReused: () => keyReused,
  IdempotencyKeyInvalid: () => invalidRequest("Idempotency-Key must be 1 to 255 printable ASCII characters."),
  Unavailable: ({ retryAfterMs }) => unavailable(retryAfterMs),
  BankTransfersNotEnabled: () => invalidRequest("bank_transfer is not enabled for this merchant."),
  MerchantNotFound: () => accountSuspended,
  MerchantIsSuspended: () => accountSuspended,
  CheckoutIsCancelled: neverHere,
  CheckoutAlreadyExists: neverHere,
  CheckoutNotDue: neverHere,
  CheckoutPaymentNotFound: neverHere,
  AttemptNameNotAllowed: neverHere,
  CardNotFound: neverHere,
  CardAlreadyExists: neverHere,
  PaymentAlreadyExists: neverHere,
  PaymentNotFound: neverHere,
  SourceNotUsable: neverHere,
  OperationInFlight: neverHere,
  PaymentNotCapturable: neverHere,
  CaptureExceedsAuthorized: neverHere,
  PartialCaptureNotEnabled: neverHere,
  AuthorizationHasExpired: neverHere,
  PaymentNotCancellable: neverHere,
  PaymentAlreadyCancelled: neverHere,
  PaymentNotRefundable: neverHere,
  RefundExceedsRemaining: neverHere,
  TooManyReversals: neverHere,
  OriginalPaymentFailed: neverHere,
  NotSettleable: neverHere,
  NotDue: neverHere,
  AttemptNotFound: neverHere,
  MerchantAlreadyExists: neverHere,
  MerchantIsActive: neverHere,
  TermsInvalid: neverHere,
  ProfileInvalid: neverHere
}
