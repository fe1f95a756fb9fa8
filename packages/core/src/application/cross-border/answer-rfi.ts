/**
 * Answers a request for information. The answer is sealed and written down before the network hears it; where the network
 * cannot take it as it was written, the request is open as before, and whoever answered hears why.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Digest } from "../../ports/digest.ts"
import { StoreUnavailable } from "../../ports/store.ts"
import type { Rfi } from "../../rfi/rfi.ts"
import { derivedUuid } from "../commit/derived-uuid.ts"
import { claimedAtBirth, type Operations } from "../operations.ts"
import { rfiDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { jweFault } from "./check-jwe.ts"
import type { SubmitRfiFailure } from "./cross-border-contract.ts"
import type { CrossBorderDesk } from "./cross-border-desk.ts"
import { type Draft, drafting } from "./cross-border-draft.ts"
import { findRfi } from "./read-cross-border.ts"
import { moveRfi } from "./record-rfi-answer.ts"
import { handOver } from "./run-rfi-tasks.ts"
import { answerPlace, sealAnswer } from "./sealed-answers.ts"

export type Answering = {
  readonly operations: Operations
  readonly desk: CrossBorderDesk
  readonly merchantId: string
  readonly paymentId: string
  readonly rfiId: string
  readonly input: { readonly version: number; readonly jwe: string }
}

type Answer = Result.Result<Rfi, SubmitRfiFailure>

const refuse = (reason: SubmitRfiFailure): Answer => Result.fail(reason)

export const submitRfi = Effect.fn("paykernel.submitRfi")(
  function* (answering: Answering) {
    const { operations, desk, merchantId, paymentId, rfiId, input } = answering
    const found = yield* findRfi(merchantId, paymentId, rfiId)
    if (Result.isFailure(found)) return refuse(found.failure)
    const why = jweFault(input.jwe)
    if (why !== undefined) return refuse({ _tag: "JweNotAcceptable", field: "answer", why })
    const drafted = yield* drafting(merchantId, paymentId, (draft) => writeDown(answering, draft))
    if (Result.isFailure(drafted)) return refuse(drafted.failure)
    const { value: rfi, tasks } = drafted.success
    const [task] = claimedAtBirth(tasks)
    // The same answer again: it is on its way, or decided.
    if (task === undefined) return Result.succeed(rfi)
    const refusal = yield* handOver(operations, desk, task, rfi)
    if (refusal !== null) return refuse({ _tag: "RefusedByNetwork", refusal })
    return Result.succeed((yield* load(rfiDefinition, merchantId, rfiId)).state)
  },
  // Whoever has taken the task over finds out; the same answer may be given again.
  Effect.catchTag("LeaseLost", ({ taskId }) =>
    Effect.fail(new StoreUnavailable({ reason: `lost ${taskId}`, outcomeUnknown: true }))
  )
)

/** The answer has a name of its own each time that the request is open: one that was refused is not the next one. */
const writeDown = Effect.fnUntraced(function* ({ operations, merchantId, rfiId, input }: Answering, draft: Draft) {
  const { nowMs } = draft
  const { refusals } = (yield* load(rfiDefinition, merchantId, rfiId)).state
  const recordId = derivedUuid(yield* Digest, "record-id", [rfiId, refusals, input.jwe])
  const submit = { _tag: "SubmitRfi", answer: { version: input.version, recordId }, nowMs } as const
  const moved = yield* moveRfi(draft, rfiId, submit)
  if (Result.isFailure(moved) || draft.tasks.length === 0) return moved
  const lease = { owner: operations.owner, untilMs: nowMs + operations.leaseMs }
  draft.bornLeased = ({ kind }) => (kind === "submit_rfi" ? lease : null)
  draft.sealed.push(yield* sealAnswer(answerPlace(merchantId, recordId, "rfi-answer"), input))
  return moved
})
