/**
 * A delivery is one message on its way to one receiver: every attempt, what was answered, and when the next one is due.
 * The message itself is not in it: it is told by the history of the aggregate that it is about, at a version that never
 * changes, so that every attempt says the same.
 */

export type DeliveryStatus =
  | "none"
  /** To be tried, again or for the first time. */
  | "waiting"
  | "delivered"
  /** Every attempt of its schedule failed. */
  | "dead"
  /** Its endpoint was disabled or removed before it could be delivered. */
  | "withheld"

/** Whom to tell: a registered endpoint, or the address that came with what is told. */
export type DeliveryTarget =
  | { readonly _tag: "Endpoint"; readonly endpointId: string }
  | { readonly _tag: "Address"; readonly url: string }

/** Where the content stands: what one event made of one aggregate. */
export type DeliverySubject = { readonly type: string; readonly id: string; readonly version: number }

export type DeliveryAttempt = {
  readonly atMs: number
  readonly durationMs: number
  /** As sent, without secrets: a signature is none. */
  readonly requestHeaders: ReadonlyArray<readonly [name: string, value: string]>
  readonly answer: DeliveryAnswer
}

/** Why nothing came back. Words and no details: addresses and times would tell of the network we stand in. */
export type UnansweredReason =
  | "address_refused"
  | "name_not_found"
  | "connection_failed"
  | "tls_failed"
  | "connection_lost"
  | "timed_out"
  /** The answer is no HTTP, or has a head beyond bounds. */
  | "answer_malformed"

export type DeliveryAnswer =
  | {
      readonly _tag: "Answered"
      readonly status: number
      readonly headers: ReadonlyArray<readonly [name: string, value: string]>
      readonly bodyStart: string
    }
  | { readonly _tag: "Unanswered"; readonly why: UnansweredReason }

export type Delivery = {
  readonly status: DeliveryStatus
  readonly id: string
  readonly merchantId: string
  /** What receivers forget repetitions by: the same for every attempt, every replay and every receiver. */
  readonly messageId: string
  readonly type: string
  readonly dialect: string
  readonly target: DeliveryTarget
  readonly subject: DeliverySubject
  /** How often it was put on its schedule. */
  readonly round: number
  /** Failed attempts since it was last put on its schedule. */
  readonly failures: number
  /** All attempts ever made. */
  readonly attemptsCount: number
  /** The latest ones, newest last. */
  readonly attempts: ReadonlyArray<DeliveryAttempt>
  /** `null` where none is to come. */
  readonly nextAttemptAtMs: number | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export type DeliveryCommand =
  | {
      readonly _tag: "PlanDelivery"
      readonly id: string
      readonly merchantId: string
      readonly messageId: string
      readonly type: string
      readonly dialect: string
      readonly target: DeliveryTarget
      readonly subject: DeliverySubject
      /** Its endpoint is disabled: kept for a replay, not sent. */
      readonly withheld: boolean
      readonly firstAttemptAtMs: number
      readonly nowMs: number
    }
  | {
      readonly _tag: "RecordAttempt"
      readonly attempt: DeliveryAttempt
      /** When to try again if this attempt failed; `null`: the schedule is over. */
      readonly nextAttemptAtMs: number | null
      readonly nowMs: number
    }
  | { readonly _tag: "WithholdDelivery"; readonly nowMs: number }
  /** Puts it at the start of its schedule once more, whatever became of it. */
  | { readonly _tag: "ReplayDelivery"; readonly firstAttemptAtMs: number; readonly nowMs: number }

export type DeliveryEvent =
  | (Omit<Extract<DeliveryCommand, { _tag: "PlanDelivery" }>, "_tag" | "nowMs"> & {
      readonly _tag: "DeliveryPlanned"
      readonly atMs: number
    })
  | { readonly _tag: "MessageDelivered"; readonly attempt: DeliveryAttempt; readonly atMs: number }
  | {
      readonly _tag: "AttemptFailed"
      readonly attempt: DeliveryAttempt
      readonly nextAttemptAtMs: number
      readonly atMs: number
    }
  | { readonly _tag: "DeliveryGivenUp"; readonly attempt: DeliveryAttempt; readonly atMs: number }
  | { readonly _tag: "DeliveryWithheld"; readonly atMs: number }
  | { readonly _tag: "DeliveryReplayed"; readonly firstAttemptAtMs: number; readonly atMs: number }

export type DeliveryRejection =
  | { readonly _tag: "DeliveryAlreadyPlanned" }
  | { readonly _tag: "DeliveryNotFound" }
  /** It has come to an end, and only a replay begins it again. */
  | { readonly _tag: "DeliveryIsOver" }
