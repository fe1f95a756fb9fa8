/**
 * Looks at the addresses of an intent and records what is there. Whatever made somebody look, the truth is the chain's. What
 * is final is not looked at again: the look begins after it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Deposit } from "../../deposit/deposit.ts"
import { decide } from "../../intent/index.ts"
import type { Intent, IntentMethod } from "../../intent/intent.ts"
import type { DepositSighting } from "../../ports/blockchain.ts"
import { Clock } from "../../ports/clock.ts"
import { transact } from "../commit/transact.ts"
import type { Operations } from "../operations.ts"
import { intentDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { depositsOnChain } from "./chain-calls.ts"
import type { IntentDesk } from "./intent-desk.ts"
import { recordSighting } from "./record-sighting.ts"

/** Few enough to be read again at every look while one of them is not final. */
const sightingsPerPage = 20

/** What a chain has given up for so long does not come back. Until then it may, so it is looked at again. */
const goneForGoodMs = 7 * 86_400_000

/** The intent once everything that its addresses show is recorded. `onPage`: before each page is asked for. */
export const lookForDeposits = Effect.fn("paykernel.lookForDeposits")(function* <E, R>(
  operations: Operations,
  desk: IntentDesk,
  merchantId: string,
  intentId: string,
  onPage: Effect.Effect<void, E, R>
) {
  const { state: intent } = yield* load(intentDefinition, merchantId, intentId)
  // One chain that cannot be asked hides nothing of the others.
  const looks = yield* Effect.forEach(intent.methods, (method) =>
    Effect.result(lookAt(operations, desk, intent, method, onPage))
  )
  for (const look of looks) if (Result.isFailure(look)) return yield* Effect.fail(look.failure)
  return (yield* load(intentDefinition, merchantId, intentId)).state
})

const lookAt = Effect.fnUntraced(function* <E, R>(
  operations: Operations,
  desk: IntentDesk,
  { merchantId, id: intentId }: Intent,
  { address: at, watchedTo }: IntentMethod,
  onPage: Effect.Effect<void, E, R>
) {
  if (at === null) return
  let after = watchedTo
  let allSettled = true
  let refusal: Refusal | null = null
  for (;;) {
    yield* onPage
    const query = { ...at, after, limit: sightingsPerPage }
    const page = yield* depositsOnChain(desk, query, operations.callTimeoutMs)
    for (const sighting of page.sightings) {
      const one = yield* Effect.result(recordSighting(operations, desk, { merchantId, intentId }, at, sighting))
      const nowMs = (yield* Clock).nowMs()
      allSettled &&= Result.isSuccess(one) && isSettled(one.success, sighting, nowMs)
      if (Result.isFailure(one)) refusal ??= yield* passedBy(one.failure)
    }
    if (page.next === null) break
    after = page.next
    if (allSettled) yield* advanceWatch(merchantId, intentId, at.chain, after)
  }
  if (refusal !== null) return yield* Effect.fail(refusal)
})

const isSettled = ({ status }: Deposit, sighting: DepositSighting, nowMs: number): boolean => {
  if (status === "final") return true
  const isGone = sighting.status === "dropped" || sighting.status === "replaced"
  return isGone && nowMs - sighting.firstSeenAtMs > goneForGoodMs
}

type Refusal = Effect.Error<ReturnType<typeof recordSighting>>

/** A deposit that cannot be credited now, whoever sent it, must not hide those that come after it. */
const passedBy = (failure: Refusal): Effect.Effect<Refusal, Refusal> =>
  failure._tag === "StoreUnavailable" || failure._tag === "InvariantViolated"
    ? Effect.fail(failure)
    : Effect.succeed(failure)

const advanceWatch = Effect.fnUntraced(function* (
  merchantId: string,
  intentId: string,
  chain: string,
  watchedTo: string
) {
  const nowMs = (yield* Clock).nowMs()
  const advanced = yield* transact({
    definition: intentDefinition,
    merchantId,
    id: intentId,
    decide: (intent) => decide(intent, { _tag: "AdvanceWatch", chain, watchedTo, nowMs })
  })
  if (Result.isFailure(advanced)) return yield* Effect.die(new Error(`a watch was refused: ${advanced.failure._tag}`))
})
