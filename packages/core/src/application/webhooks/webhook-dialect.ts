/**
 * How a change is told in one published format. The kernel knows what happened and to whom it must be told; the words,
 * the envelope and the signatures are a dialect's, which an adapter brings.
 */
import type * as Redacted from "effect/Redacted"
import type { Card, CardEvent } from "../../card/card.ts"
import type { Checkout, CheckoutEvent } from "../../checkout/checkout.ts"
import type { CrossBorderEvent, CrossBorderPayment } from "../../cross-border/cross-border.ts"
import type { Deposit, DepositEvent } from "../../deposit/deposit.ts"
import type { Endpoint, EndpointEvent } from "../../endpoint/endpoint.ts"
import type { Intent, IntentEvent } from "../../intent/intent.ts"
import type { IntentRefund, IntentRefundEvent } from "../../intent-refund/intent-refund.ts"
import type { Merchant } from "../../merchant/merchant.ts"
import type { OnchainEvent, OnchainTransaction } from "../../onchain/onchain.ts"
import type { Payment, PaymentEvent } from "../../payment/payment.ts"
import type { PayoutRefund, RefundEvent } from "../../payout-refund/payout-refund.ts"
import type { Rfi, RfiEvent } from "../../rfi/rfi.ts"
import type { Settlement, SettlementEvent } from "../../settlement/settlement.ts"

/** One committed event, with the aggregate before and after it. */
export type Change =
  | ChangeOf<"payment", Payment, PaymentEvent>
  | ChangeOf<"card", Card, CardEvent>
  | ChangeOf<"checkout", Checkout, CheckoutEvent>
  | ChangeOf<"intent", Intent, IntentEvent>
  | ChangeOf<"deposit", Deposit, DepositEvent>
  | ChangeOf<"intent_refund", IntentRefund, IntentRefundEvent>
  | ChangeOf<"cross_border_payment", CrossBorderPayment, CrossBorderEvent>
  | ChangeOf<"onchain_transaction", OnchainTransaction, OnchainEvent>
  | ChangeOf<"rfi", Rfi, RfiEvent>
  | ChangeOf<"payout_refund", PayoutRefund, RefundEvent>
  | ChangeOf<"settlement", Settlement, SettlementEvent>
  | ChangeOf<"endpoint", Endpoint, EndpointEvent>

export type ChangeOf<Type extends string, State, Event> = {
  readonly type: Type
  readonly id: string
  readonly merchantId: string
  /** Of the aggregate after the event: its place in the history. */
  readonly version: number
  readonly atMs: number
  readonly event: Event
  readonly before: State
  readonly after: State
}

/** A message that a change gives rise to. `itself`: only the endpoint that the change is about hears of it. */
export type RaisedMessage = { readonly type: string; readonly to: "subscribers" | "itself" }

export type MessageToRender = {
  /** A UUID, the same for every attempt and receiver. */
  readonly id: string
  readonly type: string
  readonly change: Change
  /** Who is told; for an address that came with a checkout, the merchant's default endpoint, whose secret signs. */
  readonly endpoint: Endpoint
  /** `whsec_…` texts, the current one first, and during a rotation the one before. */
  readonly secrets: ReadonlyArray<Redacted.Redacted<string>>
  /** To be visited or posted by an endpoint that has to confirm itself; the same for every attempt. */
  readonly confirmationToken: string
  /** The time of this attempt. */
  readonly nowMs: number
  readonly read: {
    readonly payment: (id: string) => Promise<Payment | undefined>
    readonly card: (id: string) => Promise<Card | undefined>
    /** Of the payment that the change is about. What was asked stays; how it stands, the payment says. */
    readonly rfi: (id: string) => Promise<Rfi | undefined>
    /** Whose change it is. */
    readonly merchant: () => Promise<Merchant | undefined>
  }
}

export type RenderedMessage = {
  /** Names in lower case; signatures among them. */
  readonly headers: { readonly [name: string]: string }
  /** At most 20 000 bytes in UTF-8. */
  readonly body: string
}

export type WebhookDialect = {
  /** Kept with every endpoint and delivery: a published name never changes. */
  readonly name: string
  /** Pauses before each attempt, the first one included; as many as there are attempts. Each is jittered by a fifth. */
  readonly retryDelaysMs: ReadonlyArray<number>
  /** Whether a new endpoint has to confirm itself before it is told anything. */
  readonly confirms: boolean
  /** Whether the `webhookUrl` of a checkout is told in this dialect. One dialect at most. */
  readonly ofCheckoutAddresses: boolean
  /** All types that it can raise, for whoever registers an endpoint. */
  readonly types: ReadonlyArray<string>
  readonly messagesOf: (change: Change) => ReadonlyArray<RaisedMessage>
  /** The same body for the same message, whenever it is asked. A rejection is a defect: the delivery is tried again. */
  readonly render: (message: MessageToRender) => Promise<RenderedMessage>
}
