import * as Result from "effect/Result"
import type { Decision, TaskRequest } from "../decision.ts"
import type { Delivery, DeliveryAnswer, DeliveryCommand, DeliveryEvent, DeliveryRejection } from "./delivery.ts"

export type DeliveryDecision = Result.Result<Decision<DeliveryEvent>, DeliveryRejection>

type Command<Tag extends DeliveryCommand["_tag"]> = Extract<DeliveryCommand, { readonly _tag: Tag }>

/**
 * What follows from a command, given what has happened to the delivery so far. Total and deterministic; times arrive in
 * the command. Whenever it is put on its schedule one task is filed, which makes every attempt of that round.
 *
 * @example
 * const answer = { _tag: "Answered", status: 500, headers: [], bodyStart: "" } as const
 * const attempt = { atMs: 5, durationMs: 1, requestHeaders: [], answer }
 * const failed = { _tag: "RecordAttempt", attempt, nextAttemptAtMs: 10, nowMs: 6 } as const
 * Result.getOrThrow(decide(waitingDelivery, failed)).events.map(({ _tag }) => _tag) // => ["AttemptFailed"]
 * const last = { ...failed, nextAttemptAtMs: null }
 * Result.getOrThrow(decide(waitingDelivery, last)).events.map(({ _tag }) => _tag) // => ["DeliveryGivenUp"]
 */
export const decide = (delivery: Delivery, command: DeliveryCommand): DeliveryDecision => {
  if (command._tag === "PlanDelivery") return planDelivery(delivery, command)
  if (delivery.status === "none") return Result.fail({ _tag: "DeliveryNotFound" })
  switch (command._tag) {
    case "RecordAttempt":
      return delivery.status === "waiting" ? recordAttempt(command) : isOver
    case "WithholdDelivery":
      if (delivery.status === "withheld") return happened([])
      return delivery.status === "waiting" ? happened([{ _tag: "DeliveryWithheld", atMs: command.nowMs }]) : isOver
    case "ReplayDelivery": {
      const { firstAttemptAtMs, nowMs: atMs } = command
      const task = deliverTask(delivery.id, delivery.round + 1, firstAttemptAtMs)
      return happened([{ _tag: "DeliveryReplayed", firstAttemptAtMs, atMs }], [task])
    }
  }
}

const planDelivery = (delivery: Delivery, command: Command<"PlanDelivery">): DeliveryDecision => {
  if (delivery.status !== "none") return Result.fail({ _tag: "DeliveryAlreadyPlanned" })
  const { _tag, nowMs: atMs, ...details } = command
  const planned: DeliveryEvent = { _tag: "DeliveryPlanned", ...details, atMs }
  return command.withheld
    ? happened([planned, { _tag: "DeliveryWithheld", atMs }])
    : happened([planned], [deliverTask(command.id, 1, command.firstAttemptAtMs)])
}

const recordAttempt = ({ attempt, nextAttemptAtMs, nowMs: atMs }: Command<"RecordAttempt">): DeliveryDecision => {
  if (isTaken(attempt.answer)) return happened([{ _tag: "MessageDelivered", attempt, atMs }])
  if (nextAttemptAtMs === null) return happened([{ _tag: "DeliveryGivenUp", attempt, atMs }])
  return happened([{ _tag: "AttemptFailed", attempt, nextAttemptAtMs, atMs }])
}

/**
 * Whether the receiver has taken the message: any status from 200 to 299, and nothing else. A redirect is not followed,
 * so it has taken nothing.
 *
 * @example
 * isTaken({ _tag: "Answered", status: 204, headers: [], bodyStart: "" }) // => true
 * isTaken({ _tag: "Unanswered", why: "timed_out" }) // => false
 */
export const isTaken = (answer: DeliveryAnswer): boolean =>
  answer._tag === "Answered" && answer.status >= 200 && answer.status <= 299

/** One for each round: the id of a task that has ended is never used again. */
const deliverTask = (id: string, round: number, dueAtMs: number): TaskRequest => ({
  id: `deliver:${id}:${round}`,
  kind: "deliver",
  aggregate: { type: "delivery", id },
  subject: String(round),
  dueAtMs
})

const isOver: DeliveryDecision = Result.fail({ _tag: "DeliveryIsOver" })

const happened = (events: ReadonlyArray<DeliveryEvent>, tasks: ReadonlyArray<TaskRequest> = []): DeliveryDecision =>
  Result.succeed({ events, ledger: [], tasks })
