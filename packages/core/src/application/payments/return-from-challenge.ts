/**
 * A payer's browser came back. That is a reason to ask the gateway, and never an answer. The way back is open once, and as
 * long as its challenge: who finds it in a history or a log later moves nothing and is sent nowhere.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Authentication, Payment } from "../../payment/payment.ts"
import { Clock } from "../../ports/clock.ts"
import type { IdempotencyKey, IdempotencyRecord } from "../../ports/commit.ts"
import { Digest } from "../../ports/digest.ts"
import { Store } from "../../ports/store.ts"
import type { Operations } from "../operations.ts"
import { paymentDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { readChallengeState } from "./challenge-state.ts"
import { runAuthentication } from "./run-authentication.ts"

const invalid = Result.fail({ _tag: "ReturnStateInvalid" as const })

export const returnFromChallenge = Effect.fn("paykernel.returnFromChallenge")(function* (
  operations: Operations,
  state: string
) {
  const digest = yield* Digest
  const store = yield* Store
  const named = readChallengeState(digest, state)
  if (named === undefined) return invalid
  const { merchantId, paymentId } = named
  const { authentication } = (yield* load(paymentDefinition, merchantId, paymentId)).state
  if (authentication === null || !isOpen(authentication, (yield* Clock).nowMs())) return invalid
  const use: IdempotencyKey = { merchantId, scope: "return-state", key: digest.of("fingerprint", state) }
  if ((yield* store.idempotencyRecord(use)) !== undefined) return invalid
  const payment = yield* runAuthentication(operations, merchantId, paymentId, null)
  // Of several that come at once one is sent on. The others have asked the gateway too, which is all that they could do.
  const used = recordOf(use, payment, authentication.expiresAtMs, (yield* Clock).nowMs())
  return yield* store
    .commit({ idempotency: used, aggregates: [], ledger: [], tasks: [], lease: null, sealed: [], erased: [] })
    .pipe(
      Effect.as(Result.succeed({ redirectUrl: wayOnFrom(payment) })),
      Effect.catchTag("KeyTaken", () => Effect.succeed(invalid))
    )
})

const isOpen = ({ expiresAtMs }: Authentication, nowMs: number): boolean => nowMs < expiresAtMs

const wayOnFrom = ({ authentication, successUrl, failureUrl }: Payment): string | null =>
  authentication?.status === "passed" ? successUrl : failureUrl

/** Kept for as long as the state would be good without it. */
const recordOf = (
  use: IdempotencyKey,
  { merchantId, id }: Payment,
  expiresAtMs: number,
  createdAtMs: number
): IdempotencyRecord => ({
  ...use,
  fingerprint: use.key,
  status: 303,
  body: "",
  aggregate: { merchantId, type: paymentDefinition.type, id },
  subject: id,
  createdAtMs,
  expiresAtMs
})
