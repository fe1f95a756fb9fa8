/**
 * What a host sees of the kernel: promises, plain data, and outcomes. An expected failure comes back as
 * `{ ok: false, error }`; a rejected promise is a defect of the program or of its environment.
 */
import type { GatewayVerdict } from "../attempt/attempt.ts"
import type { BillingChange, BillingDetails, Card, CardHolder, CardRejection } from "../card/card.ts"
import type { Cvv } from "../card/cvv.ts"
import type { Pan } from "../card/pan.ts"
import type { Balance, LedgerTransaction } from "../ledger/ledger.ts"
import type {
  Merchant,
  MerchantCommand,
  MerchantProfile,
  MerchantRejection,
  MerchantTerms
} from "../merchant/merchant.ts"
import type { Money } from "../money/index.ts"
import type {
  Payer,
  Payment,
  PaymentEvent,
  PaymentRejection,
  Reversal,
  ReversalReason,
  VerificationMethod
} from "../payment/payment.ts"
import type { Json } from "../ports/commit.ts"
import type { Settlement } from "../settlement/settlement.ts"
import type { Checkouts } from "./checkouts/checkout-contract.ts"
import type { CrossBorder } from "./cross-border/cross-border-contract.ts"
import type { AnyPayment, Intents } from "./intents/intent-contract.ts"
import type { Webhooks } from "./webhooks/webhook-contract.ts"

export type Outcome<A, E> = { readonly ok: true; readonly value: A } | { readonly ok: false; readonly error: E }

/** The answer that an idempotency key is bound to, byte for byte. */
export type KeptAnswer = { readonly status: number; readonly body: string }

/**
 * Makes a request safe to repeat. The key is bound in the same durable write as the effect. `meaning` is what must be
 * equal for a repetition to count as the same request: never a CVV or a ciphertext in it, and a card number only as
 * its keyed fingerprint. `answer` renders what will be kept and replayed.
 */
export type IdempotentRequest<View> = {
  /** Keys of different scopes are independent; one per API surface. */
  readonly scope: string
  /** 1 to 255 printable characters. */
  readonly key: string
  readonly meaning: Json
  readonly answer: (view: View) => KeptAnswer
}

/** `answer` is present when the call was made with an idempotency key; on a replay it is the first one. */
export type Accepted<View> = {
  /** The state now. */
  readonly view: View
  readonly replayed: boolean
  readonly answer: KeptAnswer | null
}

/** Failures that any writing call may meet. */
export type KernelFailure =
  /** The key is bound to a request that meant something else. */
  | { readonly _tag: "IdempotencyKeyReused" }
  | { readonly _tag: "IdempotencyKeyInvalid" }
  /** Storage or a queue is at its limit or cannot answer. Nothing can be said about the request: repeat it with its key. */
  | { readonly _tag: "Unavailable"; readonly retryAfterMs: number }

export type ReadFailure = { readonly _tag: "Unavailable"; readonly retryAfterMs: number }

export type ListRequest = {
  readonly where: { readonly [field: string]: string | ReadonlyArray<string> }
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly page: { readonly _tag: "First" } | { readonly _tag: "After" | "Before"; readonly id: string }
  /** At most 1000. */
  readonly limit: number
}

export type Listed<Item> = {
  readonly items: ReadonlyArray<Item>
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

/** What an id in the payments collection names: a payment, or a refund or cancel of one. */
export type PaymentItem = {
  readonly id: string
  readonly payment: Payment
  /** `null` when the id is the payment's own. */
  readonly reversal: Reversal | null
}

export type SubmitCardInput = {
  readonly pan: Pan
  readonly cvv: Cvv
  readonly expMonth: number
  readonly expYear: number
  readonly billingDetails: BillingDetails
  readonly holder: CardHolder
}

export type UpdateCardInput = {
  readonly cvv: Cvv
  readonly expMonth: number | null
  readonly expYear: number | null
  readonly billing: BillingChange
  readonly email: string | null
}

export type CreatePaymentInput = {
  readonly amount: Money
  readonly cardId: string
  /** Needed when `verificationMethod` is `cvv`; refused otherwise. Destroyed in the end, except after `Unavailable`. */
  readonly cvv: Cvv | null
  readonly autoCapture: boolean
  readonly verificationMethod: VerificationMethod
  readonly successUrl: string | null
  readonly failureUrl: string | null
  readonly description: string | null
  /** `null`: the merchant's default channel. */
  readonly channel: string | null
  readonly payer: Payer
}

export type CreatePaymentFailure =
  | PaymentRejection
  | MerchantRejection
  | KernelFailure
  | { readonly _tag: "CardNotFound" }
  | { readonly _tag: "ChannelNotFound" }
  | { readonly _tag: "CvvRequired" }
  | { readonly _tag: "CvvNotAllowed" }

/** `NotAPayment`: the id names a refund or a cancel, which cannot itself be captured, cancelled or refunded. */
export type ChangePaymentFailure = PaymentRejection | KernelFailure | { readonly _tag: "NotAPayment" }

export type RegisterMerchantInput = Omit<Extract<MerchantCommand, { _tag: "RegisterMerchant" }>, "_tag" | "nowMs">

/** Something that a person should look at. Never holds card data or amounts. */
export type Incident = {
  readonly kind:
    | "attempt_escalated"
    | "late_success_undone"
    | "task_parked"
    | "task_failed"
    /** A payout network says what cannot be after what it said before. */
    | "payout_contradicted"
    /** An endpoint is told nothing more, because it said that it is gone or has failed for days. */
    | "webhook_endpoint_disabled"
  readonly merchantId: string
  readonly aggregate: { readonly type: string; readonly id: string }
  readonly subject: string
  readonly why: string
}

export type AuditFinding = {
  readonly merchantId: string
  readonly aggregate: { readonly type: string; readonly id: string } | null
  readonly problem: string
}

export type Kernel = {
  readonly merchants: {
    readonly register: (input: RegisterMerchantInput) => Promise<Outcome<Merchant, MerchantRejection | KernelFailure>>
    readonly get: (
      merchantId: string
    ) => Promise<Outcome<Merchant, { readonly _tag: "MerchantNotFound" } | ReadFailure>>
    readonly changeTerms: (
      merchantId: string,
      terms: MerchantTerms
    ) => Promise<Outcome<Merchant, MerchantRejection | KernelFailure>>
    /** How the merchant's pages look, and where payers may be sent from them. */
    readonly changeProfile: (
      merchantId: string,
      profile: MerchantProfile
    ) => Promise<Outcome<Merchant, MerchantRejection | KernelFailure>>
    readonly suspend: (merchantId: string) => Promise<Outcome<Merchant, MerchantRejection | KernelFailure>>
    readonly reinstate: (merchantId: string) => Promise<Outcome<Merchant, MerchantRejection | KernelFailure>>
  }
  readonly cards: {
    readonly submit: (
      merchantId: string,
      input: SubmitCardInput,
      request?: IdempotentRequest<Card>
    ) => Promise<Outcome<Accepted<Card>, CardRejection | MerchantRejection | KernelFailure>>
    readonly get: (
      merchantId: string,
      id: string
    ) => Promise<Outcome<Card, { readonly _tag: "CardNotFound" } | ReadFailure>>
    readonly list: (merchantId: string, request: ListRequest) => Promise<Outcome<Listed<Card>, ReadFailure>>
    readonly update: (
      merchantId: string,
      id: string,
      input: UpdateCardInput
    ) => Promise<Outcome<Accepted<Card>, CardRejection | KernelFailure>>
    /** Keyed fingerprint of a card number: the same for the same number within a merchant. */
    readonly fingerprint: (merchantId: string, pan: Pan) => Promise<string>
  }
  readonly payments: {
    readonly create: (
      merchantId: string,
      input: CreatePaymentInput,
      request?: IdempotentRequest<Payment>
    ) => Promise<Outcome<Accepted<Payment>, CreatePaymentFailure>>
    /** `id` may name a payment, a refund or a cancel. */
    readonly get: (
      merchantId: string,
      id: string
    ) => Promise<Outcome<PaymentItem, { readonly _tag: "PaymentNotFound" } | ReadFailure>>
    /** Those by card and bank transfer. */
    readonly list: (merchantId: string, request: ListRequest) => Promise<Outcome<Listed<PaymentItem>, ReadFailure>>
    /** As `get`, and of what was paid to intents too. */
    readonly getAny: (
      merchantId: string,
      id: string
    ) => Promise<Outcome<AnyPayment, { readonly _tag: "PaymentNotFound" } | ReadFailure>>
    /**
     * As `list`, and of what was paid to intents too: those have the type `blockchain`, and their intent as `source`.
     * Newest first, whatever they are.
     */
    readonly listAny: (merchantId: string, request: ListRequest) => Promise<Outcome<Listed<AnyPayment>, ReadFailure>>
    /** Everything that happened to it, oldest first. `id` may name a refund or a cancel: the history is the payment's. */
    readonly history: (
      merchantId: string,
      id: string
    ) => Promise<Outcome<ReadonlyArray<PaymentEvent>, { readonly _tag: "PaymentNotFound" } | ReadFailure>>
    readonly capture: (
      merchantId: string,
      id: string,
      input: { readonly amount: Money | null },
      request?: IdempotentRequest<PaymentItem>
    ) => Promise<Outcome<Accepted<PaymentItem>, ChangePaymentFailure>>
    /** The view's `reversal` is the cancel. */
    readonly cancel: (
      merchantId: string,
      id: string,
      input: { readonly reason: ReversalReason | null },
      request?: IdempotentRequest<PaymentItem>
    ) => Promise<Outcome<Accepted<PaymentItem>, ChangePaymentFailure>>
    /** The view's `reversal` is the refund. */
    readonly refund: (
      merchantId: string,
      id: string,
      input: { readonly amount: Money; readonly reason: ReversalReason | null },
      request?: IdempotentRequest<PaymentItem>
    ) => Promise<Outcome<Accepted<PaymentItem>, ChangePaymentFailure>>
    /**
     * The payer's browser is back from the issuer. Only a wake-up: the outcome is asked of the gateway. Answers where to
     * send the browser, once the authentication has been looked up; `null` where nobody has said.
     */
    readonly returnFromChallenge: (
      state: string
    ) => Promise<
      Outcome<{ readonly redirectUrl: string | null }, { readonly _tag: "ReturnStateInvalid" } | ReadFailure>
    >
    /**
     * Has the gateway asked again about attempts that were left to a person, payments that `list` finds with
     * `where: { review: "manual" }`, and about a bank transfer that is waited for. What the gateway cannot say for certain changes nothing.
     * What was being undone when it was left is undone again.
     */
    readonly recheck: (merchantId: string, id: string) => Promise<Outcome<Payment, PaymentRejection | ReadFailure>>
    /**
     * Takes a message of the gateway about one key, such as a webhook whose signature the host has verified. It may come
     * late, twice or out of order.
     */
    readonly hear: (
      merchantId: string,
      id: string,
      message: { readonly gatewayKey: string; readonly verdict: GatewayVerdict }
    ) => Promise<Outcome<Payment, PaymentRejection | ReadFailure>>
    readonly ledger: (merchantId: string, id: string) => Promise<Outcome<ReadonlyArray<LedgerTransaction>, ReadFailure>>
  }
  readonly checkouts: Checkouts
  readonly intents: Intents
  readonly crossBorder: CrossBorder
  readonly webhooks: Webhooks
  readonly settlements: {
    readonly get: (
      merchantId: string,
      id: string
    ) => Promise<Outcome<Settlement, { readonly _tag: "SettlementNotFound" } | ReadFailure>>
    readonly list: (merchantId: string, request: ListRequest) => Promise<Outcome<Listed<Settlement>, ReadFailure>>
    /** Settles everything that is ready now. Answers the batches made. */
    readonly run: (merchantId: string) => Promise<Outcome<ReadonlyArray<Settlement>, KernelFailure>>
  }
  readonly balances: (merchantId: string) => Promise<
    Outcome<
      {
        readonly available: ReadonlyArray<Money>
        readonly unsettled: ReadonlyArray<Money>
        readonly accounts: ReadonlyArray<Balance>
      },
      ReadFailure
    >
  >
  /** Opens what is lazy; resolves when calls will be answered. */
  readonly ready: () => Promise<void>
  /** Looks for due tasks now, for instance after a clock was moved. */
  readonly wake: () => void
  /** Resolves when no task is due and none is running. */
  readonly drain: () => Promise<void>
  /**
   * Recomputes everything of a merchant, or of all of them, from the store: folds, bounds, ledger. An empty list is a
   * clean bill.
   */
  readonly audit: (merchantId?: string) => Promise<ReadonlyArray<AuditFinding>>
  /** Stops taking work, finishes what runs (bounded), and releases everything. */
  readonly close: () => Promise<void>
}
