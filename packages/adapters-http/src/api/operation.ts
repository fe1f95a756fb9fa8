/**
 * What the operations of `/api` have in common. An operation is an effect that succeeds with its answer and fails with
 * what is published instead, so each reads as the steps that lead to its answer.
 */
import type { AddressRefusal, IdempotentRequest, Kernel, Outcome } from "@paykernel/core"
import { Idempotency } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { FieldError } from "../fields/field-error.ts"
import { fieldErrors } from "../fields/field-rule.ts"
import { type Answer, jsonText } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import type { JsonObject } from "../front/strict-json.ts"
import { jsonOf, type Written } from "./json-text.ts"
import {
  invalidAmount,
  invalidCard,
  invalidCurrency,
  invalidCvv,
  invalidRequest,
  invalidReturnUrl,
  invalidWebhookUrl,
  type PublishedError
} from "./published-error.ts"
import { type Asked, publish, type Rejection } from "./rejection.ts"
import type { Wallets } from "./wallets.ts"

export type Services = {
  readonly kernel: Kernel
  readonly wallets: Wallets | null
  readonly returnOrigins: (merchantId: string) => Promise<ReadonlyArray<string>>
  readonly allowLocalhost: boolean
  readonly clientAddress: (request: Request) => string | null
  readonly pageUrl: (page: string) => string
  /** The address under which clients know the host; `null`: that of each request. */
  readonly publicUrl: string | null
  /** Whether the kernel tells of anything. */
  readonly notifies: boolean
  /** `whpk_…`, under which webhooks are signed as well; `null`: there is none. */
  readonly verifyingKey: string | null
  /** Whether an address may be called, as far as its text tells; `null`: nothing is wrong with it. */
  readonly vetWebhookUrl: ((url: string) => AddressRefusal | null) | null
  readonly nowMs: () => number
  readonly waitMs: number
}

/** A request on its way to an operation; `subject` is what its path names, such as a transaction. */
export type Call = { readonly request: Request; readonly incoming: Incoming; readonly subject: string }

export type Operation<A> = Effect.Effect<A, PublishedError>
export type Operate = (services: Services, call: Call) => Operation<Answer>

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

export type Decode<A> = (body: unknown) => Result.Result<A, Schema.SchemaError>
export type Rules = (body: JsonObject) => ReadonlyArray<FieldError>
export const allErrors = { errors: "all" } as const

/** The request a body stands for. The first field that is wrong gives the code, the message names them all. */
export const readRequest = <A>({ body }: Incoming, decode: Decode<A>, rules: Rules = () => []): Operation<A> => {
  const decoded = decode(body)
  const errors = [...(Result.isFailure(decoded) ? fieldErrors(decoded.failure.issue) : []), ...rules(body)]
  const [first] = errors
  if (Result.isSuccess(decoded) && first === undefined) return Effect.succeed(decoded.success)
  const message = first === undefined ? "The body is not valid." : `${errors.map((error) => error.message).join("; ")}.`
  return Effect.fail({ ...(first === undefined ? invalidRequest("") : kindOf(first)), message })
}

/** A field that is missing makes the request invalid; what it should have been nobody can say. */
const kindOf = ({ error, location }: FieldError): PublishedError =>
  (error === "required" ? undefined : kinds.get(location)) ?? invalidRequest("")

const kinds: ReadonlyMap<string, PublishedError> = new Map([
  ["amount", invalidAmount("")],
  ["currency", invalidCurrency],
  ["card_number", invalidCard],
  ["cvv", invalidCvv],
  ["webhook_url", invalidWebhookUrl("")],
  ["return_url", invalidReturnUrl("")]
])

type Meaning = { readonly path: string; readonly fields: IdempotentRequest<unknown>["meaning"] }

/** The key of the header, which may be absent: then a repetition is a request of its own. */
export const idempotencyKeyOf = ({ idempotencyKey }: Incoming): Operation<string | null> => {
  if (idempotencyKey === null || Result.isSuccess(Idempotency.parseKey(idempotencyKey))) {
    return Effect.succeed(idempotencyKey)
  }
  return Effect.suspend(() => Effect.fail(publish({ _tag: "IdempotencyKeyInvalid" }, "transaction")))
}

export const keyed = <View>(
  key: string,
  { path, fields }: Meaning,
  answer: IdempotentRequest<View>["answer"]
): IdempotentRequest<View> => ({ scope: "api", key, meaning: { method: "POST", path, fields }, answer })

const replayedHeaders = { "idempotent-replayed": "true" }

/** Marks the answer to a key that was known already. */
export const replayMark = (replayed: boolean): Answer["headers"] => (replayed ? replayedHeaders : {})

type Data = { readonly [name: string]: Written | undefined }

/** Something was done. */
export const doneText = (message: string, data: Data): string => jsonOf({ success: true, message, data })

export const answerDone = (status: number, message: string, data: Data, headers: Answer["headers"] = {}): Answer =>
  jsonText(status, doneText(message, data), headers)

/** Something was read. */
export const answerRead = (data: Written): Answer => jsonText(200, jsonOf({ success: true, data }))
