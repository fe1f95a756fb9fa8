/**
 * One attempt to tell one receiver. A message is sent before it is written down that it was, so whoever dies in between
 * sends it again, under the same id: receivers hear everything at least once. Nothing that a receiver does is a failure
 * of the task; how it fares decides when the next attempt is due.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Delivery, DeliveryAttempt } from "../../delivery/delivery.ts"
import { decide, isTaken } from "../../delivery/index.ts"
import type { Endpoint } from "../../endpoint/endpoint.ts"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import { type ClaimedTask, Store, StoreUnavailable } from "../../ports/store.ts"
import type { WebhookAnswer } from "../../ports/webhook-sender.ts"
import { transact } from "../commit/transact.ts"
import { again, done } from "../operations.ts"
import { changeAt } from "../storage/changes-of.ts"
import { type Loaded, load, written } from "../storage/repository.ts"
import { commitLease, keepLease } from "../tasks/keep-lease.ts"
import { tellEndpoint } from "./endpoint-contact.ts"
import type { News } from "./news.ts"
import { guardOf, mayBeTold } from "./plan-deliveries.ts"
import { type Receiver, receiverOf } from "./receiver-of.ts"
import type { Caller } from "./receivers.ts"
import { renderMessage } from "./render-message.ts"
import { nextAttemptAtMs, pauseBefore } from "./retry-schedule.ts"
import type { Change, RaisedMessage } from "./webhook-dialect.ts"
import { spreadOf } from "./webhook-names.ts"

const dayMs = 86_400_000

/** For so long a receiver that does not answer may be left alone at the cost of one message. */
const patienceMs = dayMs

const conflictsMax = 12

/** Those who stand in line, by the task that is offered again when they are called up. */
const callers = new WeakMap<ClaimedTask, Caller>()

/** Beyond it a lease is too short to begin with anything. */
const leaseMarginMs = 1000

const callerOf = (news: News, task: ClaimedTask): Caller => {
  const known = callers.get(task)
  if (known !== undefined) return known
  const caller = { untilMs: task.leasedUntilMs - leaseMarginMs, callUp: () => news.hands.offer(task) }
  callers.set(task, caller)
  return caller
}

export const runDeliver = (news: News, task: ClaimedTask) =>
  Effect.ensuring(
    deliverOne(news, task),
    Effect.map(Clock, (clock) => news.receivers.passed(callerOf(news, task), clock.nowMs()))
  )

const deliverOne = Effect.fn("paykernel.deliver")(function* (news: News, task: ClaimedTask) {
  const { merchantId, id } = task.aggregate
  for (let turn = 0; turn < conflictsMax; turn++) {
    const loaded = yield* load(news.deliveries, merchantId, id)
    const delivery = loaded.state
    // Put on its schedule anew since, or over: another task's, or nobody's.
    if (delivery.status !== "waiting" || String(delivery.round) !== task.subject) return yield* commitLease(done(task))
    const receiver = yield* receiverOf(delivery)
    const change = yield* changeAt({ ...delivery.subject, merchantId }, delivery.subject.version)
    if (receiver.url !== null && isWanted(news, receiver, change, delivery)) {
      return yield* deliver(news, task, delivery, receiver, receiver.url, change)
    }
    const isWithheld = yield* withhold(task, news, loaded, receiver.endpoint)
    if (isWithheld) return
  }
  return yield* new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
})

const isWanted = (news: News, { endpoint, ofAddress }: Receiver, change: Change, delivery: Delivery): boolean =>
  ofAddress || mayBeTold(endpoint.state, addressee(news, change, delivery))

const addressee = ({ dialects }: News, change: Change, { dialect, type }: Delivery): RaisedMessage["to"] =>
  dialects
    .get(dialect)
    ?.messagesOf(change)
    .find((raised) => raised.type === type)?.to ?? "subscribers"

/** Written together with the version of the endpoint, so that nothing is withheld by one that somebody has enabled. */
const withhold = Effect.fnUntraced(function* (
  task: ClaimedTask,
  news: News,
  delivery: Loaded<Delivery>,
  endpoint: Loaded<Endpoint>
) {
  const nowMs = (yield* Clock).nowMs()
  const decided = decide(delivery.state, { _tag: "WithholdDelivery", nowMs })
  if (Result.isFailure(decided)) return yield* Effect.die(new Error(`a waiting delivery is ${decided.failure._tag}`))
  const { write } = written(news.deliveries, delivery.state, delivery, decided.success.events)
  const guards = endpoint.version === 0 ? [] : [guardOf(endpoint)]
  const commit = { idempotency: null, aggregates: [write, ...guards], ledger: [], tasks: [], sealed: [], erased: [] }
  return yield* (yield* Store).commit({ ...commit, lease: done(task) }).pipe(
    Effect.as(true),
    Effect.catchTag("VersionConflict", () => Effect.succeed(false))
  )
})

/** Asks for room at the receiver, and goes where there is some. Being put off is no attempt. */
const deliver = Effect.fnUntraced(function* (
  news: News,
  task: ClaimedTask,
  delivery: Delivery,
  receiver: Receiver,
  url: string,
  change: Change
) {
  const clock = yield* Clock
  const nowMs = clock.nowMs()
  const insists = nowMs - (delivery.nextAttemptAtMs ?? nowMs) > patienceMs
  const entry = yield* news.receivers.enter(receiver.name, nowMs, insists, callerOf(news, task))
  // Left under its lease: if it is not called up while that lasts, somebody finds it again.
  if (entry._tag === "InLine") return
  if (entry._tag === "PutOff") {
    if (entry.keepMs > 0) yield* Effect.sleep(entry.keepMs)
    return yield* commitLease(again(task, entry.untilMs))
  }
  let hasAnswered: boolean | null = null
  yield* Effect.onExit(
    Effect.gen(function* () {
      const tried = yield* attempt(news, task, delivery, receiver.endpoint.state, url, change)
      hasAnswered = tried.answer._tag === "Answered"
      return tried
    }),
    () => Effect.sync(() => entry.leave(hasAnswered, clock.nowMs()))
  ).pipe(Effect.flatMap((tried) => record(news, task, delivery, receiver, tried)))
})

type Tried = { readonly atMs: number; readonly endedAtMs: number; readonly answer: WebhookAnswer } & Pick<
  DeliveryAttempt,
  "requestHeaders"
>

/** What a sender may take beyond the deadline that it was given, before it is not waited for any longer. */
const graceMs = 1000

const attempt = Effect.fnUntraced(function* (
  news: News,
  task: ClaimedTask,
  delivery: Delivery,
  endpoint: Endpoint,
  url: string,
  change: Change
) {
  const clock = yield* Clock
  const { headers, body } = yield* renderMessage(news, delivery, endpoint, change)
  yield* keepLease(news, { task, untilMs: task.leasedUntilMs })
  const atMs = clock.nowMs()
  const { callTimeoutMs: timeoutMs } = news
  const answer = yield* Effect.timeoutOrElse(news.sender.post({ url, headers, body, timeoutMs }), {
    duration: timeoutMs + graceMs,
    orElse: () => Effect.succeed<WebhookAnswer>({ _tag: "Unanswered", why: "timed_out" })
  })
  const tried: Tried = { atMs, endedAtMs: clock.nowMs(), requestHeaders: Object.entries(headers), answer }
  return tried
})

const record = Effect.fnUntraced(function* (
  news: News,
  task: ClaimedTask,
  delivery: Delivery,
  receiver: Receiver,
  { atMs, endedAtMs: nowMs, requestHeaders, answer }: Tried
) {
  const { merchantId, id } = delivery
  const digest = yield* Digest
  const delaysMs = news.dialects.get(delivery.dialect)?.retryDelaysMs ?? []
  const retryAfterMs = answer._tag === "Answered" ? answer.retryAfterMs : null
  const noted: DeliveryAttempt = { atMs, durationMs: Math.max(0, nowMs - atMs), requestHeaders, answer: noting(answer) }
  const recorded = yield* transact({
    definition: news.deliveries,
    merchantId,
    id,
    decide: (now) => {
      const failures = now.failures + 1
      const pauseMs = pauseBefore(delaysMs, failures, spreadOf(digest, id, now.round, failures))
      const nextMs = pauseMs === null ? null : nextAttemptAtMs({ pauseMs, retryAfterMs, nowMs })
      return decide(now, { _tag: "RecordAttempt", attempt: noted, nextAttemptAtMs: nextMs, nowMs })
    },
    lease: ({ round, nextAttemptAtMs: nextMs }) =>
      nextMs !== null && String(round) === task.subject ? again(task, nextMs) : done(task)
  })
  if (Result.isFailure(recorded)) yield* commitLease(done(task))
  if (receiver.ofAddress) return
  // If it cannot be told now, the next attempt tells it.
  yield* Effect.ignore(tellEndpoint(news, receiver.endpoint.state, contactOf(noted), nowMs))
})

const contactOf = ({ answer }: DeliveryAttempt): "reached" | "failed" | "gone" => {
  if (isTaken(answer)) return "reached"
  return answer._tag === "Answered" && answer.status === 410 ? "gone" : "failed"
}

const noting = (answer: WebhookAnswer): DeliveryAttempt["answer"] => {
  if (answer._tag === "Unanswered") return answer
  const { status, headers, bodyStart } = answer
  return { _tag: "Answered", status, headers, bodyStart }
}
