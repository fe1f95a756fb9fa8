/**
 * What the operations of `/v1` have in common. An operation is an effect that succeeds with its answer and fails with
 * what is published instead, so each reads as the steps that lead to its answer.
 */
import type { Accepted, IdempotentRequest, KeptAnswer, Kernel, Merchant, Outcome } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { type FieldError, invalidValue } from "../fields/field-error.ts"
import { fieldErrors } from "../fields/field-rule.ts"
import { type Answer, empty, json, jsonText } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import type { JsonObject } from "../front/strict-json.ts"
import type { PublishedNotifications } from "../notifications/open-notifications.ts"
import type { CardDoor } from "../openpgp/index.ts"
import type { Turnstile } from "../turnstile.ts"
import { isUuid } from "../uuid.ts"
import { invalidEntity, invalidField, type PublishedError } from "./published-error.ts"
import { type Asked, publish, type Rejection } from "./rejection.ts"

export type Services = {
  readonly kernel: Kernel
  readonly cardDoor: CardDoor
  readonly notifications: PublishedNotifications
  /** The address under which clients know the host; `null`: that of each request. */
  readonly publicUrl: string | null
  /** Whether payers are sent to the origins that their merchant has registered, and nowhere else. */
  readonly onlyRegisteredReturns: boolean
  readonly nowMs: () => number
  /** How many files are read at a time. */
  readonly uploads: Turnstile
}

export type Operation<A> = Effect.Effect<A, PublishedError>

/** Asks the kernel. A promise that rejects is a defect, and stays one. */
export const ask = <A, E extends Rejection>(call: () => Promise<Outcome<A, E>>, asked: Asked): Operation<A> =>
  Effect.flatMap(Effect.promise(call), (outcome) =>
    outcome.ok ? Effect.succeed(outcome.value) : Effect.suspend(() => Effect.fail(publish(outcome.error, asked)))
  )

/** The merchant of a request whose route takes a key. */
export const merchantIdOf = ({ merchantId }: Incoming): string => {
  if (merchantId === null) throw new Error("the operation was reached without a key")
  return merchantId
}

/** The caller's own merchant, which every answer about payments names. */
export const merchantOf = ({ kernel }: Services, incoming: Incoming): Operation<Merchant> =>
  ask(() => kernel.merchants.get(merchantIdOf(incoming)), "read")

/** An id that is no UUID names nothing. Ids are stored in lower case. */
export const readId = (id: string, otherwise: PublishedError): Operation<string> =>
  isUuid(id) ? Effect.succeed(id.toLowerCase()) : Effect.fail(otherwise)

export type Rules = (body: JsonObject) => ReadonlyArray<FieldError>
export type Decode<A> = (body: unknown) => Result.Result<A, Schema.SchemaError>

/** The request a body stands for, or everything that is wrong with it. `rules` look across fields. */
export const readRequest = <A>({ body }: Incoming, decode: Decode<A>, rules: Rules = () => []): Operation<A> => {
  const decoded = decode(body)
  const broken = rules(body)
  if (Result.isFailure(decoded)) {
    return Effect.fail(invalidEntity([...fieldErrors(decoded.failure.issue), ...broken]))
  }
  return broken.length > 0 ? Effect.fail(invalidEntity(broken)) : Effect.succeed(decoded.success)
}

export const allErrors = { errors: "all" } as const

export type KeyedRequest<View> = {
  readonly idempotencyKey: string
  /** The path as it is meant, with ids as they are stored. */
  readonly path: string
  readonly fields: IdempotentRequest<View>["meaning"]
  readonly answer: (view: View) => KeptAnswer
}

/**
 * The body's key, which a header may repeat but not contradict. Keys are UUIDs and compared as such, whatever their
 * case.
 */
export const keyed = <View>(incoming: Incoming, request: KeyedRequest<View>): Operation<IdempotentRequest<View>> => {
  const key = request.idempotencyKey.toLowerCase()
  if (incoming.idempotencyKey !== null && incoming.idempotencyKey.toLowerCase() !== key) {
    return Effect.fail(invalidField("idempotencyKey", invalidValue("must equal the Idempotency-Key header")))
  }
  const meaning = { method: "POST", path: request.path, fields: request.fields }
  return Effect.succeed({ scope: "v1", key, meaning, answer: request.answer })
}

/** What a key is bound to: the answer as text. */
export const keptData = (status: number, value: unknown): KeptAnswer => ({
  status,
  body: JSON.stringify({ data: value })
})

/** The bytes that the key is bound to, on a replay too. */
export const answerKept = <View>({ answer, replayed }: Accepted<View>): Answer => {
  if (answer === null) throw new Error("a request with a key was accepted without an answer")
  const headers = replayed ? { "idempotent-replayed": "true" } : {}
  return answer.body === "" ? empty(answer.status, headers) : jsonText(answer.status, answer.body, headers)
}

export const answerData = (value: unknown, headers: Answer["headers"] = {}): Answer =>
  json(200, { data: value }, headers)

/** The address of a request as the client may use it again, without its query. */
export const addressOf = ({ publicUrl }: Services, { url }: Incoming): string =>
  `${publicUrl === null ? url.origin : publicUrl.replace(/\/+$/u, "")}${url.pathname}`
