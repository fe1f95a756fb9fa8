/** What a merchant does with its endpoints: makes, changes, confirms, tests and removes them, and rotates their secrets. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Endpoint, EndpointCommand, EndpointRejection } from "../../endpoint/endpoint.ts"
import { decide } from "../../endpoint/index.ts"
import { Clock } from "../../ports/clock.ts"
import type { SealedRecord } from "../../ports/commit.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { StoreUnavailable } from "../../ports/store.ts"
import { Vault } from "../../ports/vault.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import { type Transaction, transact } from "../commit/transact.ts"
import type { IdempotentRequest } from "../kernel-contract.ts"
import { endpointDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { type EndpointRoom, endpointRoom, type Look } from "./endpoint-room.ts"
import { currentSecret, isSecret, newSecret, secretPlace, secretPlaces } from "./endpoint-secrets.ts"
import type { News } from "./news.ts"
import {
  type ChangeEndpointInput,
  type CreateEndpointInput,
  defaultEndpointId,
  type EndpointFailure,
  type EndpointWithSecret
} from "./webhook-contract.ts"
import type { WebhookDialect } from "./webhook-dialect.ts"
import { isConfirmationToken } from "./webhook-names.ts"

export const createEndpoint = Effect.fn("paykernel.createEndpoint")(function* (
  news: News,
  merchantId: string,
  input: CreateEndpointInput,
  request: IdempotentRequest<EndpointWithSecret> | undefined
) {
  return yield* idempotently<EndpointWithSecret, EndpointFailure, CreateError, CreatePorts>({
    merchantId,
    request,
    perform: (bind) => create(news, merchantId, input, bind),
    current: (record) => withSecret(merchantId, record.aggregate.id)
  })
})

type CreateError = Effect.Error<ReturnType<typeof create>> | Effect.Error<ReturnType<typeof withSecret>>
type CreatePorts = Effect.Services<ReturnType<typeof create>> | Effect.Services<ReturnType<typeof withSecret>>

const create = Effect.fnUntraced(function* (
  news: News,
  merchantId: string,
  input: CreateEndpointInput,
  bind: Bind<EndpointWithSecret> | null
) {
  const dialect = news.dialects.get(input.dialect)
  if (dialect === undefined) return failed({ _tag: "DialectUnknown" })
  const refusal = addressRefusal(news, input.url) ?? secretRefusal(input.secret)
  if (refusal !== null) return failed(refusal)
  const { id } = input
  if (id === defaultEndpointId) return yield* createAs(merchantId, input, id, dialect, bind, news)
  for (let turn = 0, before: Look | null = null; turn < turnsMax; turn++) {
    const nowMs = (yield* Clock).nowMs()
    const room: EndpointRoom = yield* endpointRoom(merchantId, input, { countMax: news.endpointsMax, before, nowMs })
    if (room._tag === "Full") return failed({ _tag: "TooManyEndpoints", countMax: room.countMax })
    const created = yield* createAs(merchantId, input, id ?? room.id, dialect, bind, news)
    const isTaken = Result.isFailure(created) && created.failure._tag === "EndpointAlreadyExists"
    if (id !== undefined || !isTaken) return created
    before = room
  }
  return yield* new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
})

/** As many may have been made, one after the other, while the clock of one who made them ran ahead. */
const turnsMax = 32

const createAs = Effect.fnUntraced(function* (
  merchantId: string,
  { name, url, types, secret: given }: CreateEndpointInput,
  id: string,
  dialect: WebhookDialect,
  bind: Bind<EndpointWithSecret> | null,
  news: News
) {
  const nowMs = (yield* Clock).nowMs()
  const { secret, secretId, sealed } = yield* sealedSecret(merchantId, id, given, nowMs)
  const identity = { id, merchantId, dialect: dialect.name, secretId, mustConfirm: dialect.confirms && url !== null }
  const created = yield* transact({
    ...about(merchantId, id),
    fresh: id !== defaultEndpointId,
    decide: (endpoint) => decide(endpoint, { _tag: "CreateEndpoint", ...identity, name, url, types, nowMs }),
    sealed: [sealed],
    ...(bind === null
      ? {}
      : {
          idempotency: (endpoint: Endpoint) =>
            bind({ endpoint, secret }, { aggregate: { merchantId, type: endpointDefinition.type, id }, subject: id })
        })
  })
  news.directory.forget(merchantId)
  return Result.map(created, ({ state }): EndpointWithSecret => ({ endpoint: state, secret }))
})

const withSecret = Effect.fnUntraced(function* (merchantId: string, id: string) {
  const { state: endpoint } = yield* load(endpointDefinition, merchantId, id)
  if (endpoint.status === "removed") return failed({ _tag: "EndpointNotFound" })
  return Result.succeed<EndpointWithSecret>({ endpoint, secret: yield* currentSecret(endpoint) })
})

export const changeEndpoint = Effect.fn("paykernel.changeEndpoint")(function* (
  news: News,
  merchantId: string,
  id: string,
  { name, url, types, enabled }: ChangeEndpointInput
) {
  if (url !== undefined) {
    const { state } = yield* load(endpointDefinition, merchantId, id)
    if (state.url !== null && state.url !== url) {
      const dialect = news.dialects.get(state.dialect)
      // One that this process does not know may have its addresses confirm themselves.
      if (dialect === undefined) return failed({ _tag: "DialectUnknown" })
      if (dialect.confirms) return failed({ _tag: "EndpointAddressIsFixed" })
    }
    const refusal = addressRefusal(news, url)
    if (refusal !== null) return failed(refusal)
  }
  return yield* changed(news, merchantId, id, { _tag: "ChangeEndpoint", name, url, types, enabled })
})

export const rotateSecret = Effect.fn("paykernel.rotateSecret")(function* (
  merchantId: string,
  id: string,
  input: { readonly overlapMs: number; readonly secret?: Redacted.Redacted<string> }
) {
  const refusal = secretRefusal(input.secret)
  if (refusal !== null) return failed(refusal)
  const nowMs = (yield* Clock).nowMs()
  const { secret, secretId, sealed } = yield* sealedSecret(merchantId, id, input.secret, nowMs)
  const { overlapMs } = input
  const rotated = yield* transact({
    ...about(merchantId, id),
    decide: (endpoint) => decide(endpoint, { _tag: "RotateSecret", secretId, overlapMs, nowMs }),
    sealed: [sealed],
    erased
  })
  return Result.map(rotated, ({ state }): EndpointWithSecret => ({ endpoint: state, secret }))
})

/** A token that is not the endpoint's own is answered as if there were no such endpoint. */
export const confirmEndpoint = Effect.fn("paykernel.confirmEndpoint")(function* (
  news: News,
  merchantId: string,
  id: string,
  token: string
) {
  if (!isConfirmationToken(yield* Digest, merchantId, id, token)) return failed({ _tag: "EndpointNotFound" })
  return yield* changed(news, merchantId, id, { _tag: "ConfirmEndpoint" })
})

export const testEndpoint = Effect.fn("paykernel.testEndpoint")((news: News, merchantId: string, id: string) =>
  changed(news, merchantId, id, { _tag: "TestEndpoint" })
)

export const removeEndpoint = Effect.fn("paykernel.removeEndpoint")((news: News, merchantId: string, id: string) =>
  id === defaultEndpointId
    ? changed(news, merchantId, id, { _tag: "ChangeEndpoint", name: null, url: null, types: [] })
    : changed(news, merchantId, id, { _tag: "RemoveEndpoint" })
)

type WithoutTime<C> = C extends EndpointCommand ? Omit<C, "nowMs"> : never

const changed = Effect.fnUntraced(function* (
  news: News,
  merchantId: string,
  id: string,
  change: WithoutTime<EndpointCommand>
) {
  const nowMs = (yield* Clock).nowMs()
  const command = { ...change, nowMs } as EndpointCommand
  const decided = yield* transact({
    ...about(merchantId, id),
    decide: (endpoint) => decide(endpoint, command),
    erased
  })
  news.directory.forget(merchantId)
  return Result.map(decided, ({ state }) => state)
})

type OfEndpoint = Transaction<Endpoint, Parameters<typeof endpointDefinition.evolve>[1], EndpointRejection>

const about = (merchantId: string, id: string): Pick<OfEndpoint, "definition" | "merchantId" | "id"> => ({
  definition: endpointDefinition,
  merchantId,
  id
})

/** Secrets that the endpoint had and has no longer. */
const erased: NonNullable<OfEndpoint["erased"]> = (before, after) => {
  const kept = new Set(after.secrets.map(({ id }) => id))
  return secretPlaces({ ...before, secrets: before.secrets.filter(({ id }) => !kept.has(id)) })
}

const sealedSecret = Effect.fnUntraced(function* (
  merchantId: string,
  endpointId: string,
  given: Redacted.Redacted<string> | undefined,
  nowMs: number
) {
  const secretId = (yield* Ids).next(nowMs)
  const secret = given ?? (yield* newSecret(nowMs))
  const place = secretPlace(merchantId, endpointId, secretId)
  const sealed: SealedRecord = { ...place, sealed: yield* (yield* Vault).seal(Redacted.value(secret), place) }
  return { secret, secretId, sealed }
})

const addressRefusal = ({ sender }: News, url: string | null): EndpointFailure | null => {
  const why = url === null ? null : sender.vet(url)
  return why === null ? null : { _tag: "AddressRefused", why }
}

const secretRefusal = (secret: Redacted.Redacted<string> | undefined): EndpointFailure | null =>
  secret === undefined || isSecret(Redacted.value(secret)) ? null : { _tag: "SecretNotAllowed" }

const failed = (failure: EndpointFailure) => Result.fail(failure)
