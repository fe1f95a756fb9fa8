/**
 * What of all that happens is news to clients of `/v1` and `/v2`: a change of something that they can look up there, and
 * that no answer to a request of theirs has told them already.
 */
import type { Change } from "@paykernel/core"

type EventOf<Type extends Change["type"]> = Extract<Change, { readonly type: Type }>["event"]
type PaymentEvent = EventOf<"payment">
type CardEvent = EventOf<"card">
type IntentStatus = Extract<Change, { readonly type: "intent" }>["after"]["timeline"][number]["status"]
type PaymentChange = Extract<Change, { readonly type: "payment" }>

export type News =
  | {
      readonly about: "payment"
      readonly happened: "actionRequired" | "authorized" | "captured" | "captureFailed" | "failed" | "expired" | "paid"
    }
  /** A cancel or a refund came to its end. */
  | { readonly about: "cancel" | "refund"; readonly id: string; readonly happened: "paid" | "failed" }
  /** Each entry of its timeline. */
  | { readonly about: "paymentIntent"; readonly happened: IntentStatus }
  /** What was paid to an intent, and given back of it. */
  | { readonly about: "cryptoPayment" | "cryptoRefund"; readonly happened: "paid" | "failed" }
  | { readonly about: "card"; readonly happened: "complete" | "failed" }
  | { readonly about: "settlement"; readonly happened: "complete" }

/** `null`: nothing that a client would want to be told. */
export const newsOf = (change: Change): News | null => {
  switch (change.type) {
    case "payment":
      return ofPayment(change)
    case "card":
      return cardNews[change.event._tag]
    case "settlement":
      return { about: "settlement", happened: "complete" }
    case "intent":
      return ofIntent(change)
    case "deposit":
      return depositNews[change.event._tag]
    case "intent_refund":
      return refundNews[change.event._tag]
    // Told under names of their own: `cpn-news.ts`.
    case "cross_border_payment":
    case "onchain_transaction":
    case "rfi":
    case "payout_refund":
    case "checkout":
    case "endpoint":
      return null
  }
}

/** Also of entries that an answer has told already: the published API tells of each. */
const ofIntent = ({ before, after }: Extract<Change, { readonly type: "intent" }>): News | null => {
  const [newest] = after.timeline
  return newest === undefined || after.timeline.length === before.timeline.length
    ? null
    : { about: "paymentIntent", happened: newest.status }
}

const depositNews: { readonly [Tag in EventOf<"deposit">["_tag"]]: News | null } = {
  // Until it is final, it may be taken back, and come again.
  DepositSeen: null,
  DepositIncluded: null,
  DepositReturnedToPool: null,
  DepositSeenAgain: null,
  DepositDropped: { about: "cryptoPayment", happened: "failed" },
  DepositFinalized: { about: "cryptoPayment", happened: "paid" }
}

const refundNews: { readonly [Tag in EventOf<"intent_refund">["_tag"]]: News | null } = {
  IntentRefundPlanned: null,
  TransferAdvanced: null,
  TransferBroadcast: null,
  IntentRefundSent: { about: "cryptoRefund", happened: "paid" },
  IntentRefundRefused: { about: "cryptoRefund", happened: "failed" }
}

const ofPayment = (change: PaymentChange): News | null => {
  const { event, after } = change
  switch (event._tag) {
    // Where the capture follows by itself, its end is the news.
    case "PaymentAuthorized":
      return after.autoCapture ? null : { about: "payment", happened: "authorized" }
    case "PaymentVoided":
    case "PaymentCancelled":
    case "RefundSucceeded":
      return ofReversal(change, event.reversalId, "paid")
    case "CancelFailed":
    case "RefundFailed":
      return ofReversal(change, event.reversalId, "failed")
    default:
      return paymentNews[event._tag]
  }
}

/** A cancel that had to give the money back is still the cancel that was asked for. */
const ofReversal = ({ after }: PaymentChange, id: string, happened: "paid" | "failed"): News => {
  const reversal = after.reversals.find((one) => one.id === id)
  if (reversal === undefined) throw new Error("an event of a reversal that the payment does not have")
  return { about: reversal.type, id, happened }
}

type OfReversal = "PaymentVoided" | "PaymentCancelled" | "RefundSucceeded" | "CancelFailed" | "RefundFailed"

const payment = (happened: Extract<News, { about: "payment" }>["happened"]): News => ({ about: "payment", happened })

const paymentNews: {
  readonly [Tag in Exclude<PaymentEvent["_tag"], OfReversal | "PaymentAuthorized">]: News | null
} = {
  // The answer to a request has told it.
  PaymentRequested: null,
  CaptureRequested: null,
  CancelRequested: null,
  RefundRequested: null,
  // How the bank is talked to.
  AttemptPlanned: null,
  AttemptAdvanced: null,
  // The authorization that follows is the news.
  AuthenticationPassed: null,
  ChallengeIssued: payment("actionRequired"),
  PaymentCaptured: payment("captured"),
  CaptureFailed: payment("captureFailed"),
  PaymentFailed: payment("failed"),
  AuthorizationExpired: payment("expired"),
  PaymentSettled: payment("paid"),
  // To a client it was paid before: nothing that can be looked up has changed.
  ReversalSettled: null
}

const cardNews: { readonly [Tag in CardEvent["_tag"]]: News | null } = {
  CardSubmitted: null,
  CardUpdated: null,
  // Given for one payment, and no card of the merchant's.
  CardPresented: null,
  CardVerified: { about: "card", happened: "complete" },
  CardRefused: { about: "card", happened: "failed" }
}
