/**
 * The messages between a node and the process that holds the gateway. Amounts are decimal texts, so that two ends that
 * disagree about a currency's decimals notice it; every answer repeats the call and the key that it is about.
 */
import type { Attempt, Card, Payment } from "@paykernel/core/domain"

export const wireVersion = 1

export type MoneyWire = { readonly amount: string; readonly currency: string }

/** The one place of a message that holds card data. */
export type CardWire = {
  readonly number: string
  readonly cvv: string | null
  readonly expMonth: number
  readonly expYear: number
  readonly billingDetails: Card.BillingDetails
}

export type CallWire =
  | {
      readonly _tag: "Send"
      readonly key: string
      readonly kind: Attempt.AttemptKind
      readonly amount: MoneyWire
      readonly merchantId: string
      readonly paymentId: string
      readonly authorizationKey: string | null
      readonly authorization: {
        readonly card: CardWire
        readonly capture: boolean
        readonly verificationMethod: Payment.VerificationMethod
        readonly eci: Payment.Eci | null
      } | null
      readonly transfer?: { readonly reference: string }
    }
  | { readonly _tag: "LookUp"; readonly key: string }
  | { readonly _tag: "Reverse"; readonly key: string }
  /** `key` is the card's id. */
  | { readonly _tag: "VerifyCard"; readonly key: string; readonly merchantId: string; readonly card: CardWire }
  | {
      readonly _tag: "Authenticate"
      readonly key: string
      readonly merchantId: string
      readonly paymentId: string
      readonly amount: MoneyWire
      readonly card: CardWire
      readonly returnUrl: string
    }

export type GatewayRequest = {
  readonly version: typeof wireVersion
  /** By the caller's clock. What arrives long after has no caller any more, and must not move money by surprise. */
  readonly sentAtMs: number
  readonly timeoutMs: number
  /** What the caller's recovery is built on. A server that cannot keep it does nothing. */
  readonly assumes: Attempt.GatewayCapabilities
  readonly call: CallWire
}

/** What a server says of itself when it is asked what it can do. */
export type GatewayDescription = {
  readonly version: typeof wireVersion
  readonly name: string
  readonly capabilities: Attempt.GatewayCapabilities
}

type ChecksWire = { readonly avs: Attempt.AvsResult; readonly cvv: Attempt.CvvResult }

export type VerdictWire =
  | ({ readonly _tag: "Approved"; readonly reference: string; readonly amount: MoneyWire } & ChecksWire)
  | ({ readonly _tag: "Declined"; readonly reference: string | null; readonly code: string } & ChecksWire)

export type ReplyWire = VerdictWire | { readonly _tag: "Unknown" | "NotSent"; readonly why: string }

export type LookupWire =
  | { readonly _tag: "Found"; readonly verdict: VerdictWire }
  | { readonly _tag: "AbsentFinal" }
  | { readonly _tag: "AbsentYet" }
  | { readonly _tag: "Pending" }
  | { readonly _tag: "Unavailable"; readonly why: string }

/** `Of` names the call, `key` repeats its key. */
type Answer<Of extends CallWire["_tag"], Value> = {
  readonly version: typeof wireVersion
  readonly call: Of
  readonly key: string
  readonly answer: Value
}

export type SendAnswer = Answer<"Send", ReplyWire>
export type LookupAnswer = Answer<"LookUp", LookupWire>
export type ReversalAnswer = Answer<"Reverse", Attempt.GatewayReversal>
/** `null`: the gateway gave no answer, try again. */
export type VerificationAnswer = Answer<"VerifyCard", Card.CardVerification | null>
export type AuthenticationAnswer = Answer<"Authenticate", Payment.AuthenticationOutcome | null>

export type GatewayAnswer = SendAnswer | LookupAnswer | ReversalAnswer | VerificationAnswer | AuthenticationAnswer

/** What a bank says of an operation by itself. */
export type BankMessageWire = {
  readonly version: typeof wireVersion
  readonly gatewayKey: string
  readonly merchantId: string
  readonly paymentId: string
  readonly verdict: VerdictWire
}
