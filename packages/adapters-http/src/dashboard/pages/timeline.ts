/** The history of a payment in sentences: what its merchant may want to know, and not how it was found out. */
import type { PaymentEvent } from "@paykernel/core"
import { type Html, html, nothing } from "../view/markup.ts"
import { spoken, type Tone } from "../view/words.ts"
import type { Visit } from "../visit.ts"

type Entry = { readonly text: string; readonly more?: string; readonly tone: Tone }

/** Oldest first, as it happened. */
export const timeline = ({ format }: Visit, history: ReadonlyArray<PaymentEvent>): Html => {
  const entries = history.flatMap((event) => {
    const entry = entryOf(event, format.money)
    return entry === undefined ? [] : [{ ...entry, atMs: event.atMs }]
  })
  return html`<ol class="timeline">
${entries.map(
  ({ text, more, tone, atMs }) => html`<li class="tone-${tone}"><p>${text}</p>
${more === undefined ? nothing : html`<small>${more}</small>`}<small>${format.exactMoment(atMs)}</small></li>
`
)}</ol>`
}

type Spell = Visit["format"]["money"]

const entryOf = (event: PaymentEvent, spell: Spell): Entry | undefined => {
  switch (event._tag) {
    case "PaymentRequested":
      return { text: `Payment of ${spell(event.amount)} requested`, more: methodOf(event), tone: "quiet" }
    case "ChallengeIssued":
      return { text: "Payer asked to confirm with the bank (3-D Secure)", tone: "busy" }
    case "AuthenticationPassed":
      return { text: "3-D Secure passed", tone: "good" }
    case "AttemptPlanned":
      return undefined
    case "AttemptAdvanced":
      return attemptEntry(event.event)
    case "PaymentAuthorized":
      return {
        text: `${spell(event.amount)} authorized`,
        more: `Address check ${spoken(event.avs)}, CVV ${spoken(event.cvv)}`,
        tone: "good"
      }
    case "CaptureRequested":
      return { text: `Capture of ${spell(event.plan.amount)} requested`, tone: "busy" }
    case "PaymentCaptured":
      return { text: `${spell(event.amount)} captured`, more: `Fees ${spell(event.fees)}`, tone: "good" }
    case "CaptureFailed":
      return { text: "Capture failed", more: spoken(event.code), tone: "bad" }
    case "PaymentFailed":
      return { text: "Payment failed", more: spoken(event.code), tone: "bad" }
    case "AuthorizationExpired":
      return { text: "Authorization expired", more: "Nobody captured it in time.", tone: "quiet" }
    case "PaymentSettled":
      return { text: "Settled", more: event.settlementId, tone: "good" }
    default:
      return reversalEntry(event, spell)
  }
}

type ReversalEvent = Extract<
  PaymentEvent,
  {
    readonly _tag:
      | "CancelRequested"
      | "PaymentVoided"
      | "PaymentCancelled"
      | "CancelFailed"
      | "RefundRequested"
      | "RefundSucceeded"
      | "RefundFailed"
      | "ReversalSettled"
  }
>

const reversalEntry = (event: ReversalEvent, spell: Spell): Entry => {
  const because = "reason" in event && event.reason !== null ? { more: spoken(event.reason) } : {}
  switch (event._tag) {
    case "CancelRequested":
      return { text: "Cancel requested", ...because, tone: "busy" }
    case "PaymentVoided":
      return { text: "Voided", more: "The reservation was released.", tone: "quiet" }
    case "PaymentCancelled":
      return { text: "Cancelled", more: "The payer was not charged.", tone: "quiet" }
    case "CancelFailed":
      return { text: "Cancel failed", more: spoken(event.code), tone: "bad" }
    case "RefundRequested":
      return { text: `Refund of ${spell(event.amount)} requested`, ...because, tone: "busy" }
    case "RefundSucceeded":
      return { text: "Refunded", tone: "good" }
    case "RefundFailed":
      return { text: "Refund failed", more: spoken(event.code), tone: "bad" }
    case "ReversalSettled":
      return { text: "Refund settled", more: event.settlementId, tone: "good" }
  }
}

type AttemptEvent = Extract<PaymentEvent, { readonly _tag: "AttemptAdvanced" }>["event"]

/** Of what passes between kernel and gateway, only what keeps a merchant waiting. */
const attemptEntry = (event: AttemptEvent): Entry | undefined => {
  switch (event._tag) {
    case "AttemptBecameUnknown":
      return { text: "No clear answer from the gateway", more: "The outcome is being looked up.", tone: "busy" }
    case "AttemptStillPending":
      return { text: "Still under way at the gateway", tone: "busy" }
    case "AttemptEscalated":
      return { text: "Left to a person to find out", tone: "bad" }
    case "AttemptReversed":
      return { text: "Undone at the gateway", tone: "quiet" }
    case "LateSuccessFound":
      return { text: "A late success was found, and will be undone", tone: "busy" }
    default:
      return undefined
  }
}

const methodOf = ({ source, verificationMethod }: Extract<PaymentEvent, { _tag: "PaymentRequested" }>): string => {
  if (source.type === "bank_transfer") return "By bank transfer"
  return { none: "By card", cvv: "By card, with CVV", three_d_secure: "By card, with 3-D Secure" }[verificationMethod]
}
