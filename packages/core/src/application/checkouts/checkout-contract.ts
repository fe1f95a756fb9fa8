/** What a host sees of checkouts: pages that wait to be paid, and payments with a card that is not saved. */
import type { BillingDetails, CardRejection } from "../../card/card.ts"
import type { Cvv } from "../../card/cvv.ts"
import type { Pan } from "../../card/pan.ts"
import type { Checkout, CheckoutPayment, CheckoutRejection, Customer, Metadata } from "../../checkout/checkout.ts"
import type { MerchantRejection } from "../../merchant/merchant.ts"
import type { Money } from "../../money/index.ts"
import type { Payer, Payment, PaymentRejection } from "../../payment/payment.ts"
import type {
  Accepted,
  IdempotentRequest,
  KernelFailure,
  Listed,
  ListRequest,
  Outcome,
  ReadFailure
} from "../kernel-contract.ts"

/** A checkout, with its latest payment and what that came to; `null` where nobody has tried to pay yet. */
export type CheckoutView = {
  readonly checkout: Checkout
  readonly latest: { readonly attempt: CheckoutPayment; readonly payment: Payment } | null
  /** Names the page where it is paid: unguessable, and known to nobody but whom the merchant sends there. */
  readonly page: string
}

type Order = {
  readonly amount: Money
  readonly description: string | null
  readonly customer: Customer | null
  readonly metadata: Metadata | null
  readonly webhookUrl: string | null
  readonly returnUrl: string | null
}

export type OpenCheckoutInput = Order & {
  /** `null`: a day from now. */
  readonly expiresAtMs: number | null
}

/** A card that pays once: sealed like one that is saved, and never listed. */
export type PresentedCard = {
  readonly pan: Pan
  /** `null` where the wallet that gave the card has vouched for its holder. Destroyed in the end, except after `Unavailable`. */
  readonly cvv: Cvv | null
  readonly expMonth: number
  readonly expYear: number
  readonly billingDetails: BillingDetails
}

export type PayWithCard = {
  readonly card: PresentedCard
  readonly payer: Payer
  /** Where a payer who had to answer a 3-D Secure challenge is sent afterwards, however that ended. */
  readonly returnUrl: string | null
}

export type PayCheckoutInput = PayWithCard & {
  /** 1 to 255 characters. The name of this try: whoever repeats it gets the first one's outcome. */
  readonly attempt: string
}

export type PayDirectlyInput = Order &
  Omit<PayWithCard, "card" | "returnUrl"> & {
    /** `null`: by bank transfer, for which the payer quotes the transaction's name. */
    readonly card: PresentedCard | null
    /**
     * Where a payer who had to answer a 3-D Secure challenge is sent afterwards, given the name that the payment has by
     * then. Default: `returnUrl`.
     */
    readonly afterChallenge?: (transactionId: string) => string
  }

export type OpenCheckoutFailure = CheckoutRejection | MerchantRejection | PaymentRejection | KernelFailure
export type PayCheckoutFailure = OpenCheckoutFailure | CardRejection
export type PayDirectlyFailure = PayCheckoutFailure | BankTransfersNotEnabled
/** The gateway takes none. */
export type BankTransfersNotEnabled = { readonly _tag: "BankTransfersNotEnabled" }
export type CheckoutNotFound = { readonly _tag: "CheckoutNotFound" }

export type Checkouts = {
  /** Opens a page to be paid on. */
  readonly open: (
    merchantId: string,
    input: OpenCheckoutInput,
    request?: IdempotentRequest<CheckoutView>
  ) => Promise<Outcome<Accepted<CheckoutView>, OpenCheckoutFailure>>
  /** Begins to pay a checkout that is open. Of several tries at once one begins; the others are told `CheckoutIsBeingPaid`. */
  readonly pay: (
    merchantId: string,
    id: string,
    input: PayCheckoutInput
  ) => Promise<Outcome<CheckoutView, PayCheckoutFailure>>
  /** Begins a payment of its own: a checkout that is paid in the moment it is made. */
  readonly payDirectly: (
    merchantId: string,
    input: PayDirectlyInput,
    request?: IdempotentRequest<CheckoutView>
  ) => Promise<Outcome<Accepted<CheckoutView>, PayDirectlyFailure>>
  readonly get: (merchantId: string, id: string) => Promise<Outcome<CheckoutView, CheckoutNotFound | ReadFailure>>
  /** By the name of a transaction that was tried to pay it, with that transaction's own payment as the latest one. */
  readonly ofTransaction: (
    merchantId: string,
    transactionId: string
  ) => Promise<Outcome<CheckoutView, CheckoutNotFound | ReadFailure>>
  readonly ofPage: (page: string) => Promise<Outcome<CheckoutView, CheckoutNotFound | ReadFailure>>
  /**
   * The checkout once its latest payment has come to an end or waits for the payer or for a bank transfer, or as it is
   * when `waitMs` are over, which is a minute at most. Where there is time to wait, the issuer is asked first about a
   * challenge that is open, and the gateway about a transfer.
   */
  readonly settled: (
    merchantId: string,
    id: string,
    waitMs: number
  ) => Promise<Outcome<CheckoutView, CheckoutNotFound | ReadFailure>>
  readonly cancel: (merchantId: string, id: string) => Promise<Outcome<CheckoutView, CheckoutRejection | ReadFailure>>
  readonly list: (merchantId: string, request: ListRequest) => Promise<Outcome<Listed<Checkout>, ReadFailure>>
}
