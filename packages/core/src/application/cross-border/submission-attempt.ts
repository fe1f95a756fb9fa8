/**
 * The first of the two times that a key is bound when a payment is made: to the attempt, before the network is called. It
 * tells a request that comes again which payment it was about. One that the network did not take leaves the key to the next
 * attempt, since a refusal binds nothing.
 */
import * as Effect from "effect/Effect"
import { check, retentionMsDefault } from "../../idempotency/index.ts"
import { Clock } from "../../ports/clock.ts"
import type { IdempotencyRecord } from "../../ports/commit.ts"
import { Store } from "../../ports/store.ts"
import { fingerprintOf } from "../commit/idempotently.ts"
import type { IdempotentRequest } from "../kernel-contract.ts"
import { crossBorderDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { isThere } from "./read-cross-border.ts"

/** The record that binds the attempt, once there is a payment that it can name. */
export type NewAttempt = {
  readonly _tag: "New"
  readonly bind: (paymentId: string, nowMs: number) => IdempotencyRecord
}

export type Attempt =
  | NewAttempt
  /** The same request was begun, and has not been answered. */
  | { readonly _tag: "Underway"; readonly paymentId: string }
  /** Another request was. */
  | { readonly _tag: "Reused" }

/** Requests under one key that the network may refuse. Whoever needs more has to take another key. */
const attemptsMax = 100

export const findAttempt = Effect.fnUntraced(function* (merchantId: string, request: IdempotentRequest<never>) {
  const fingerprint = yield* fingerprintOf(request)
  const store = yield* Store
  for (let turn = 1; turn <= attemptsMax; turn++) {
    const place = { merchantId, scope: `${request.scope}#${turn}`, key: request.key }
    const record = yield* store.idempotencyRecord(place)
    const found = check(record, fingerprint, (yield* Clock).nowMs())
    if (record === undefined || found._tag === "Fresh") {
      const bind: NewAttempt["bind"] = (id, nowMs) => ({
        ...place,
        fingerprint,
        ...{ status: 202, body: "" },
        ...{ aggregate: { merchantId, type: crossBorderDefinition.type, id }, subject: id },
        ...{ createdAtMs: nowMs, expiresAtMs: nowMs + retentionMsDefault }
      })
      return { _tag: "New", bind } satisfies Attempt
    }
    const { state } = yield* load(crossBorderDefinition, merchantId, record.subject)
    if (!isThere(state)) continue
    return found._tag === "KeyReused"
      ? ({ _tag: "Reused" } satisfies Attempt)
      : ({ _tag: "Underway", paymentId: state.id } satisfies Attempt)
  }
  return { _tag: "Reused" } satisfies Attempt
})
