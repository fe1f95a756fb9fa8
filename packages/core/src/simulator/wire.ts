/**
 * The messages between the kernel's side and the simulated bank. They really travel as text, so that a garbled or
 * altered reply is met by the same decoding and comparing that a real gateway's replies meet.
 */
import type { AttemptKind } from "../attempt/attempt.ts"
import type { Eci, VerificationMethod } from "../payment/payment.ts"
import type { BankVerdict, ReversalResult } from "./bank.ts"
import type { PresentedCard, VerificationAnswer } from "./issuer.ts"

export type OperateRequest = {
  readonly call: "operate"
  readonly key: string
  readonly kind: AttemptKind
  readonly amount: string
  readonly currency: string
  readonly merchantId: string
  readonly paymentId: string
  readonly authorizationKey: string | null
  readonly authorization: {
    readonly card: PresentedCard
    readonly capture: boolean
    readonly verificationMethod: VerificationMethod
    readonly eci: Eci | null
  } | null
  /** With an authorization by bank transfer; `null` with every other. */
  readonly transfer: { readonly reference: string } | null
}

export type AuthenticateRequest = {
  readonly call: "authenticate"
  readonly key: string
  readonly merchantId: string
  readonly amount: string
  readonly currency: string
  readonly card: PresentedCard
  readonly returnUrl: string
}

export type BankRequest =
  | OperateRequest
  | AuthenticateRequest
  | { readonly call: "lookup"; readonly key: string }
  | { readonly call: "reverse"; readonly key: string }
  /** `key` names the card, so that the answer can be told from another's. */
  | { readonly call: "verify"; readonly key: string; readonly card: PresentedCard }

export type OperateReply = BankVerdict & { readonly key: string }

export type LookupReply = {
  readonly key: string
  /** `awaited`: a transfer that has not come yet. `never`: no effect remains and none will come. */
  readonly found: "executed" | "awaited" | "never" | "nothing"
  readonly verdict: BankVerdict | null
}

export type ReverseReply = { readonly key: string; readonly result: ReversalResult }

export type VerifyReply = VerificationAnswer & { readonly key: string }

export type AuthenticateReply = {
  readonly key: string
  readonly status: "passed" | "failed" | "challenged"
  readonly eci: Eci | null
  readonly code: string | null
  readonly challengeUrl: string | null
  /** Whether a browser has seen the challenge, which shows that its address has reached the payer. */
  readonly seen: boolean
}

/** What arrives at the kernel's side: a status as of HTTP, and a text that should be one of the replies above. */
export type BankReply = { readonly status: number; readonly body: string }
