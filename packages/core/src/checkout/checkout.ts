/**
 * A checkout is what a customer is asked to pay for: an amount and what it is for, paid by one of several tries. A hosted
 * checkout is a page that stays open until it is paid, cancelled or runs out; a direct one is a single payment that the
 * merchant has collected the card for. It holds no card data and moves no money: its payments do.
 */
import type { Money } from "../money/index.ts"
import type { PaymentErrorCode } from "../payment/payment-error-code.ts"

export type CheckoutStatus =
  | "none"
  /** Waits for somebody to pay. */
  | "open"
  /** A payment is under way, and no other may begin. */
  | "paying"
  | "completed"
  | "cancelled"
  | "expired"
  /** No further payment is tried: a direct one was declined, or the page has seen too many. */
  | "failed"

export type CheckoutKind = "direct" | "hosted"

/** What the merchant knows of whoever pays. */
export type Customer = {
  readonly name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly address: {
    readonly line1: string | null
    readonly city: string | null
    readonly state: string | null
    readonly postalCode: string | null
    readonly country: string | null
  } | null
}

/** The merchant's own data about the order, as JSON text: never read here, and given back as it came. */
export type Metadata = string

/**
 * One payment. `attempt` is the name that whoever pays gave to the try that it is part of: the same one is never charged
 * twice. Two payments share it where the issuer wanted the first one to be authenticated.
 */
export type CheckoutPayment = {
  /** Of the payment. */
  readonly id: string
  /** Its public name: `txn_` and twelve letters or digits. */
  readonly transactionId: string
  readonly attempt: string
  readonly status: "open" | "succeeded" | "failed"
  readonly failure: PaymentErrorCode | null
}

export type Checkout = {
  readonly status: CheckoutStatus
  readonly id: string
  readonly merchantId: string
  readonly kind: CheckoutKind
  readonly amount: Money
  readonly description: string | null
  readonly customer: Customer | null
  readonly metadata: Metadata | null
  readonly webhookUrl: string | null
  readonly returnUrl: string | null
  /** `null`: it does not run out, because it is paid in the moment it is made. */
  readonly expiresAtMs: number | null
  readonly payments: ReadonlyArray<CheckoutPayment>
  /** When it came to its end, whichever that was. */
  readonly endedAtMs: number | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export type CheckoutCommand =
  | OpenCheckout
  | {
      readonly _tag: "StartPayment"
      readonly paymentId: string
      readonly transactionId: string
      readonly attempt: string
      readonly nowMs: number
    }
  | {
      readonly _tag: "RecordPayment"
      readonly paymentId: string
      readonly outcome: CheckoutOutcome
      /**
       * Id of the payment that is made with 3-D Secure, should this one have failed for want of it; `null` where no such
       * payment can be made.
       */
      readonly authenticatedPaymentId: string | null
      readonly nowMs: number
    }
  | { readonly _tag: "CancelCheckout"; readonly nowMs: number }
  | { readonly _tag: "ExpireCheckout"; readonly nowMs: number }

export type CheckoutOutcome =
  | { readonly _tag: "Succeeded" }
  | { readonly _tag: "Failed"; readonly code: PaymentErrorCode }

export type OpenCheckout = Omit<CheckoutOpened, "_tag" | "atMs"> & {
  readonly _tag: "OpenCheckout"
  readonly nowMs: number
}

export type CheckoutOpened = {
  readonly _tag: "CheckoutOpened"
  readonly id: string
  readonly merchantId: string
  readonly kind: CheckoutKind
  readonly amount: Money
  readonly description: string | null
  readonly customer: Customer | null
  readonly metadata: Metadata | null
  readonly webhookUrl: string | null
  readonly returnUrl: string | null
  readonly expiresAtMs: number | null
  readonly atMs: number
}

export type CheckoutEvent =
  | CheckoutOpened
  | {
      readonly _tag: "CheckoutPaymentStarted"
      readonly paymentId: string
      readonly transactionId: string
      readonly attempt: string
      readonly atMs: number
    }
  /** Declined, and another payment may be tried. */
  | {
      readonly _tag: "CheckoutPaymentDeclined"
      readonly paymentId: string
      readonly code: PaymentErrorCode
      readonly atMs: number
    }
  /** The issuer wants the payer authenticated: another payment of the same attempt goes that way. */
  | {
      readonly _tag: "CheckoutSteppedUp"
      readonly paymentId: string
      readonly authenticatedPaymentId: string
      readonly atMs: number
    }
  | { readonly _tag: "CheckoutCompleted"; readonly paymentId: string; readonly atMs: number }
  | {
      readonly _tag: "CheckoutFailed"
      readonly paymentId: string
      readonly code: PaymentErrorCode
      readonly atMs: number
    }
  | { readonly _tag: "CheckoutCancelled"; readonly atMs: number }
  | { readonly _tag: "CheckoutExpired"; readonly atMs: number }

/** Facts that forbid a command. */
export type CheckoutRejection =
  | { readonly _tag: "CheckoutAlreadyExists" }
  | { readonly _tag: "CheckoutNotFound" }
  | { readonly _tag: "CheckoutIsCompleted" }
  | { readonly _tag: "CheckoutIsCancelled" }
  | { readonly _tag: "CheckoutHasExpired" }
  | { readonly _tag: "CheckoutHasFailed" }
  /** A payment is under way, and its outcome is waited for. */
  | { readonly _tag: "CheckoutIsBeingPaid" }
  | { readonly _tag: "CheckoutAmountNotPositive" }
  /** It has to run out later than now, and within `maxMs` of it. */
  | { readonly _tag: "ExpiryNotAllowed"; readonly maxMs: number }
  /** The name of a try is empty, or longer than this. */
  | { readonly _tag: "AttemptNameNotAllowed"; readonly lengthMax: number }
  /** An outcome of a payment that is not part of this checkout, or not yet. */
  | { readonly _tag: "CheckoutPaymentNotFound" }
  | { readonly _tag: "CheckoutNotDue"; readonly dueAtMs: number }
