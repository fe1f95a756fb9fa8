/** What happens to a request for information, in it and in the payment that it is about, in one commit. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Rfi, RfiCommand, RfiEvent, RfiRejection } from "../../rfi/rfi.ts"
import { decide, isActive } from "../../rfi/rfi-decide.ts"
import { rfiDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { type Draft, decidePart, put, tell } from "./cross-border-draft.ts"
import { filePlaces, rfiPlaces } from "./sealed-answers.ts"

type Loading = ReturnType<typeof load<Rfi, RfiEvent>>

/** Lets a command happen to a request and tells its payment. What is no longer to be sent is erased with it. */
export const moveRfi = Effect.fnUntraced(function* (
  draft: Draft,
  rfiId: string,
  command: RfiCommand
): Effect.fn.Return<Result.Result<Rfi, RfiRejection>, Effect.Error<Loading>, Effect.Services<Loading>> {
  const { merchantId, nowMs } = draft
  const loaded = yield* load(rfiDefinition, merchantId, rfiId)
  const part = decidePart(rfiDefinition, decide, { merchantId, id: rfiId }, loaded, [command])
  if (Result.isFailure(part)) return Result.fail(part.failure)
  const { state, events } = part.success
  if (events.length === 0 || state.status === "none") return Result.succeed(state)
  if (state.status !== loaded.state.status) {
    const rfi = { id: rfiId, status: state.status }
    const told = tell(draft, { _tag: "RecordRfi", rfi, code: state.failureCode, nowMs })
    if (Result.isFailure(told)) {
      return yield* Effect.die(new Error(`a request is not its payment's: ${told.failure._tag}`))
    }
  }
  put(draft, part.success)
  draft.rfis.set(rfiId, state)
  draft.erased.push(...uselessPlaces(loaded.state, state))
  return Result.succeed(state)
})

/** What an answer is kept in that is not to be sent any more. */
const uselessPlaces = (before: Rfi, after: Rfi) => {
  if (!isActive(after)) return rfiPlaces(before)
  const kept = new Set(after.files.map(({ recordId }) => recordId))
  return [
    ...(before.answer !== null && after.answer === null ? rfiPlaces({ ...before, files: [] }) : []),
    ...before.files.filter(({ recordId }) => !kept.has(recordId)).flatMap((file) => filePlaces(before.merchantId, file))
  ]
}
