/** The endpoint that a merchant has without having asked for it: its secret signs what goes to the addresses of checkouts. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Endpoint } from "../../endpoint/endpoint.ts"
import { decide } from "../../endpoint/index.ts"
import { Clock } from "../../ports/clock.ts"
import { Ids } from "../../ports/ids.ts"
import { Vault } from "../../ports/vault.ts"
import { transact } from "../commit/transact.ts"
import { endpointDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { newSecret, secretPlace } from "./endpoint-secrets.ts"
import type { News } from "./news.ts"
import { defaultEndpointId } from "./webhook-contract.ts"

/** Makes it where it does not exist. Of two that make it at once, one does. */
export const ensureDefaultEndpoint = Effect.fnUntraced(function* (news: News, merchantId: string) {
  if (news.ofAddresses === null) return
  const { state } = yield* load(endpointDefinition, merchantId, defaultEndpointId)
  if (state.status !== "none") return
  const nowMs = (yield* Clock).nowMs()
  const secretId = (yield* Ids).next(nowMs)
  const place = secretPlace(merchantId, defaultEndpointId, secretId)
  const secret = yield* newSecret(nowMs)
  const sealed = yield* (yield* Vault).seal(Redacted.value(secret), place)
  const command = {
    ...({ _tag: "CreateEndpoint", id: defaultEndpointId, merchantId, dialect: news.ofAddresses.name } as const),
    ...{ name: null, url: null, types: [], secretId, mustConfirm: false, nowMs }
  }
  yield* transact({
    definition: endpointDefinition,
    merchantId,
    id: defaultEndpointId,
    decide: (endpoint: Endpoint) => decide(endpoint, command),
    sealed: [{ ...place, sealed }]
  })
  news.directory.forget(merchantId)
})
