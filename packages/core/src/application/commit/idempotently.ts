/**
 * Makes a call safe to repeat. The key is bound in the same commit as the effect, so of two racing requests one wins
 * and the other replays. Only what was committed is kept: a refusal changes nothing and binds no key, so a corrected
 * request may use the same one.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { canonical, check, parseKey, retentionMsDefault } from "../../idempotency/index.ts"
import { Clock } from "../../ports/clock.ts"
import type { AggregateRef, IdempotencyRecord } from "../../ports/commit.ts"
import { Digest } from "../../ports/digest.ts"
import { Store, StoreUnavailable } from "../../ports/store.ts"
import type { Accepted, IdempotentRequest, KeptAnswer, KernelFailure } from "../kernel-contract.ts"

/** Renders the record that binds the key, from the view that the first answer shows. */
export type Bind<View> = (
  view: View,
  about: { readonly aggregate: AggregateRef; readonly subject: string }
) => IdempotencyRecord

export type IdempotentCall<View, Rejection, E, R> = {
  readonly merchantId: string
  readonly request: IdempotentRequest<View> | undefined
  /** Does the work; `bind` is null when there is no key to bind. */
  readonly perform: (bind: Bind<View> | null) => Effect.Effect<Result.Result<View, Rejection>, E, R>
  /** The work reaches outside before it commits, so a key that is taken has to stop it before it begins. */
  readonly reachesOutside?: true
  /** The state now of what the first request made, for a replay. */
  readonly current: (record: IdempotencyRecord) => Effect.Effect<Result.Result<View, Rejection>, E, R>
}

export type IdempotentOutcome<View, Rejection> = Result.Result<Accepted<View>, Rejection | KernelFailure>

/**
 * A key that a racing request took in the meantime is answered here; that the key stays taken without a record to show
 * for it can only be contention.
 */
export const idempotently = <View, Rejection, E extends { readonly _tag: string }, R>(
  call: IdempotentCall<View, Rejection, E, R>
): Effect.Effect<IdempotentOutcome<View, Rejection>, E | StoreUnavailable, R | Store | Clock | Digest> => {
  const { request } = call
  if (request === undefined) {
    return Effect.map(
      call.perform(null),
      Result.map((view): Accepted<View> => ({ view, replayed: false, answer: null }))
    )
  }
  return Result.isFailure(parseKey(request.key)) ? invalidKey : withKey(call, request)
}

const invalidKey = Effect.succeed(Result.fail<KernelFailure>({ _tag: "IdempotencyKeyInvalid" }))

const withKey = Effect.fnUntraced(function* <View, Rejection, E extends { readonly _tag: string }, R>(
  call: IdempotentCall<View, Rejection, E, R>,
  request: IdempotentRequest<View>
): Effect.fn.Return<IdempotentOutcome<View, Rejection>, E | StoreUnavailable, R | Store | Clock | Digest> {
  const fingerprint = yield* fingerprintOf(request)
  const nowMs = (yield* Clock).nowMs()
  const { merchantId } = call
  const { scope, key } = request
  const given: { answer: KeptAnswer | null } = { answer: null }
  const bind: Bind<View> = (view, { aggregate, subject }) => {
    const answer = request.answer(view)
    given.answer = answer
    const times = { createdAtMs: nowMs, expiresAtMs: nowMs + retentionMsDefault }
    return { merchantId, scope, key, fingerprint, ...answer, aggregate, subject, ...times }
  }
  const kept = Effect.fnUntraced(function* () {
    const record = yield* (yield* Store).idempotencyRecord({ merchantId, scope, key })
    const found = check(record, fingerprint, nowMs)
    if (found._tag === "KeyReused") return Result.fail<KernelFailure>({ _tag: "IdempotencyKeyReused" })
    if (found._tag !== "Replay") return null
    const { status, body } = found.record
    const now = yield* call.current(found.record)
    return Result.map(now, (view): Accepted<View> => ({ view, replayed: true, answer: { status, body } }))
  })
  if (call.reachesOutside) {
    const earlier = yield* kept()
    if (earlier !== null) return earlier
  }
  // Else the work comes first and the record is read only when it did not go through: a fresh key costs no read.
  for (let turn = 0; turn < turnsMax; turn++) {
    const done = yield* Effect.result(call.perform(bind))
    if (Result.isFailure(done) && done.failure._tag !== "KeyTaken") return yield* Effect.fail(done.failure)
    if (Result.isSuccess(done) && Result.isSuccess(done.success)) {
      return Result.succeed({ view: done.success.success, replayed: false, answer: given.answer })
    }
    const earlier = yield* kept()
    if (earlier !== null) return earlier
    if (Result.isSuccess(done) && Result.isFailure(done.success)) return Result.fail(done.success.failure)
  }
  return yield* new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
})

/** Keyed digest of what a request means, which tells whether another one is the same. */
export const fingerprintOf = Effect.fnUntraced(function* ({ meaning }: Pick<IdempotentRequest<unknown>, "meaning">) {
  const text = canonical(meaning)
  // Callers bound what they read from outside; a meaning that cannot be compared later is a defect of theirs.
  if (Result.isFailure(text)) return yield* Effect.die(new Error(`the meaning of a request is ${text.failure._tag}`))
  return (yield* Digest).of("fingerprint", text.success)
})

const turnsMax = 3
