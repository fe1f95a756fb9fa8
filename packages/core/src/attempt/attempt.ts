/**
 * An attempt is one money-moving operation at a gateway. A call to the outside world can succeed, fail, or
 * leave us not knowing; the third is a state here, not an error, because guessing is what doubles or loses
 * a payment. Each attempt has one gateway key for its whole life, fixed before the first call.
 */
import type { Money } from "../money/index.ts"

export type AttemptKind = "authorize" | "capture" | "void" | "refund"

export type AttemptStatus =
  /** Decided, durable, nothing has left this machine. */
  | "planned"
  /** A holder of the task's lease may be talking to the gateway right now. */
  | "sending"
  /** Sent, and no trustworthy answer or none yet: only a look-up may decide. */
  | "unknown"
  /** Being undone by key, because it can be neither resent nor left alone. */
  | "reversing"
  | "confirmed"
  | "declined"
  /** Given up before anything was sent. */
  | "abandoned"
  /** The gateway assured us that no effect remains. */
  | "not_charged"
  /** Only a person, or a later message of the gateway, moves it on. */
  | "manual"
  /** The gateway executed it after we had reported that it failed: it is being undone. */
  | "orphaned"

export type Attempt = {
  readonly id: string
  readonly kind: AttemptKind
  /** Idempotency key at the gateway. Never derived from a count or a time, never changed. */
  readonly gatewayKey: string
  readonly amount: Money
  /** Its message held a CVV, which lives in memory only: after a crash it can be looked up or reversed, never resent. */
  readonly needsCvv: boolean
  readonly status: AttemptStatus
  /** How often a message may have left this machine. */
  readonly sends: number
  readonly plannedAtMs: number
  /** Latest start of sending. */
  readonly startedAtMs: number | null
  /** First start of sending: the gateway's memory of the key counts from here. */
  readonly firstStartedAtMs: number | null
  readonly unknownSinceMs: number | null
  /** The gateway's own name for it, once known. */
  readonly reference: string | null
  /** How often it was begun to undo what is in doubt: from the first time on, what it did may be undone already. */
  readonly undos: number
}

/** What planning an attempt records. `startedAtMs` set means that it is born in `sending`. */
export type AttemptPlan = {
  readonly id: string
  readonly kind: AttemptKind
  readonly gatewayKey: string
  readonly amount: Money
  readonly needsCvv: boolean
  readonly plannedAtMs: number
  readonly startedAtMs: number | null
}

export type AttemptEvent =
  | { readonly _tag: "AttemptStarted"; readonly atMs: number }
  | { readonly _tag: "AttemptNotSent"; readonly why: string; readonly atMs: number }
  | { readonly _tag: "AttemptBecameUnknown"; readonly why: string; readonly atMs: number }
  /** The gateway knows of it and waits for somebody else, such as a bank. */
  | { readonly _tag: "AttemptStillPending"; readonly atMs: number }
  | { readonly _tag: "AttemptConfirmed"; readonly reference: string; readonly atMs: number }
  | {
      readonly _tag: "AttemptDeclined"
      readonly code: string
      readonly reference: string | null
      readonly atMs: number
    }
  | { readonly _tag: "AttemptReversalStarted"; readonly atMs: number }
  | { readonly _tag: "AttemptReversed"; readonly atMs: number }
  | { readonly _tag: "AttemptAbandoned"; readonly why: string; readonly atMs: number }
  | { readonly _tag: "AttemptEscalated"; readonly why: string; readonly atMs: number }
  | { readonly _tag: "LateSuccessFound"; readonly reference: string; readonly atMs: number }

/** Address verification, one upper-case letter or a word. Never decides a payment. */
export type AvsResult = string
export type CvvResult = "not_requested" | "pass" | "fail" | "unavailable" | "pending"

/** A complete, well-formed answer of a gateway about one key. `amount` is the gateway's echo, to be compared. */
export type GatewayVerdict =
  | {
      readonly _tag: "Approved"
      readonly reference: string
      readonly amount: Money
      readonly avs: AvsResult
      readonly cvv: CvvResult
    }
  | {
      readonly _tag: "Declined"
      readonly reference: string | null
      readonly code: string
      readonly avs: AvsResult
      readonly cvv: CvvResult
    }

/**
 * What came of one call. `NotSent` only where it is provable that no byte left (refused connection, full local
 * queue); everything doubtful is `Unknown`.
 */
export type GatewayReply =
  | GatewayVerdict
  | { readonly _tag: "Unknown"; readonly why: string }
  | { readonly _tag: "NotSent"; readonly why: string }

export type GatewayLookup =
  | { readonly _tag: "Found"; readonly verdict: GatewayVerdict }
  /** The gateway assures that the key has had no effect and never will. */
  | { readonly _tag: "AbsentFinal" }
  /** Not seen yet, which is not the same as did not happen. */
  | { readonly _tag: "AbsentYet" }
  /** The gateway has it and waits itself, as it does for a bank transfer: no doubt, and no outcome yet. */
  | { readonly _tag: "Pending" }
  | { readonly _tag: "Unavailable"; readonly why: string }

export type GatewayReversal =
  | { readonly _tag: "Reversed" }
  | { readonly _tag: "NothingToReverse" }
  | { readonly _tag: "ReversalUnknown"; readonly why: string }

/** What a gateway is able to do. Automatic recovery is built from these; without them it is refused at construction. */
export type GatewayCapabilities = {
  readonly idempotentByKey: boolean
  /** How long the gateway remembers a key. */
  readonly keyTtlMs: number
  readonly lookupByKey: boolean
  /** How far look-ups may lag behind the truth. */
  readonly lookupLagMs: number
  /** Longest time a message may travel before it executes. */
  readonly maxInFlightMs: number
  readonly reverseByKey: boolean
  /** Whether payments by bank transfer may be sent. Default `false`. */
  readonly bankTransfers?: boolean
}

/** Times that rule recovery. `quietMs` = maxInFlight + lookupLag + margin. */
export type AttemptPolicy = {
  readonly capabilities: GatewayCapabilities
  /** Added to every bound that the gateway states. */
  readonly marginMs: number
  /** After this long in doubt a person is called. */
  readonly resolveLimitMs: number
}
