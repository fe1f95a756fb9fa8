/**
 * A card gateway: the acquirer and issuer behind it, and the bank where it takes transfers too. Money-moving calls carry one key per operation for their whole
 * life; what the gateway can do with a key it declares, and automatic recovery is built from that.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type {
  AttemptKind,
  GatewayCapabilities,
  GatewayLookup,
  GatewayReply,
  GatewayReversal
} from "../attempt/attempt.ts"
import type { BillingDetails, CardVerification } from "../card/card.ts"
import type { Cvv } from "../card/cvv.ts"
import type { Pan } from "../card/pan.ts"
import type { Money } from "../money/index.ts"
import type { AuthenticationOutcome, Eci, VerificationMethod } from "../payment/payment.ts"

/** Card data for one call. It exists in memory, for that call. */
export type CardCredentials = {
  readonly pan: Pan
  readonly cvv: Cvv | null
  readonly expMonth: number
  readonly expYear: number
  readonly billingDetails: BillingDetails
}

export type GatewayOperation = {
  readonly key: string
  readonly kind: AttemptKind
  readonly amount: Money
  readonly merchantId: string
  readonly paymentId: string
  /** The authorization's key, for what follows it. `null` on an authorization. */
  readonly authorizationKey: string | null
  /** Present on an authorization with a card. */
  readonly authorization: {
    readonly card: CardCredentials
    /** Capture in the same message. */
    readonly capture: boolean
    readonly verificationMethod: VerificationMethod
    readonly eci: Eci | null
  } | null
  /**
   * Present on an authorization by bank transfer, which captures when the money arrives: that the gateway waits for it
   * is `Unknown` in its reply and `Pending` in its look-ups. Sent only where `capabilities.bankTransfers` is true.
   */
  readonly transfer?: {
    /** What whoever transfers the money quotes. */
    readonly reference: string
  }
}

export type AuthenticationRequest = {
  readonly key: string
  readonly merchantId: string
  readonly paymentId: string
  readonly amount: Money
  readonly card: CardCredentials
  /** Where the issuer sends the payer's browser when the challenge is over. */
  readonly returnUrl: string
}

export class CardGateway extends Context.Service<
  CardGateway,
  {
    readonly name: string
    readonly capabilities: GatewayCapabilities
    /** Never fails: what went wrong is in the reply, as `Unknown` or `NotSent`. Ends within `timeoutMs`. */
    readonly send: (operation: GatewayOperation, timeoutMs: number) => Effect.Effect<GatewayReply>
    readonly lookup: (key: string, timeoutMs: number) => Effect.Effect<GatewayLookup>
    /** Undoes whatever the key did, and makes a late original without effect. */
    readonly reverse: (key: string, timeoutMs: number) => Effect.Effect<GatewayReversal>
    /** Asks the issuer about a card without moving money. May be repeated. `undefined`: no answer, try again. */
    readonly verifyCard: (
      card: CardCredentials & { readonly merchantId: string; readonly cardId: string },
      timeoutMs: number
    ) => Effect.Effect<CardVerification | undefined>
    /** Starts a 3-D Secure authentication, or says how the one with this key stands. `undefined`: no answer, try again. */
    readonly authenticate: (
      request: AuthenticationRequest,
      timeoutMs: number
    ) => Effect.Effect<AuthenticationOutcome | undefined>
  }
>()("@paykernel/core/CardGateway") {}
