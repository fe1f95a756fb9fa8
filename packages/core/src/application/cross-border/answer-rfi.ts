/**
 * Answers a request for information. The answer is sealed and written down before the network hears it; where the network
 * cannot take it as it was written, the request is open as before, and whoever answered hears why.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import { type ClaimedTask, StoreUnavailable } from "../../ports/store.ts"
import type { Rfi } from "../../rfi/rfi.ts"
import { decide } from "../../rfi/rfi-decide.ts"
import { derivedUuid } from "../commit/derived-uuid.ts"
import type { Operations } from "../operations.ts"
import { rfiDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { jweFault } from "./check-jwe.ts"
import type { SubmitRfiFailure } from "./cross-border-contract.ts"
import type { CrossBorderDesk } from "./cross-border-desk.ts"
import { drafting } from "./cross-border-draft.ts"
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
    const before = found.success
    const why = jweFault(input.jwe)
    if (why !== undefined) return refuse({ _tag: "JweNotAcceptable", field: "answer", why })
    const recordId = derivedUuid(yield* Digest, "record-id", [rfiId, before.refusals, input.jwe])
    const answer = { version: input.version, recordId }
    const nowMs = (yield* Clock).nowMs()
    const possible = decide(before, { _tag: "SubmitRfi", answer, nowMs })
    if (Result.isFailure(possible)) return refuse(possible.failure)
    const sealed = yield* sealAnswer(answerPlace(merchantId, recordId, "rfi-answer"), input)
    const drafted = yield* drafting(merchantId, paymentId, (draft) =>
      Effect.gen(function* () {
        const lease = { owner: operations.owner, untilMs: draft.nowMs + operations.leaseMs }
        const submit = { _tag: "SubmitRfi", answer, nowMs: draft.nowMs } as const
        const moved = yield* moveRfi(draft, rfiId, submit)
        if (Result.isFailure(moved)) return refuse(moved.failure)
        draft.bornLeased = ({ kind }) => (kind === "submit_rfi" ? lease : null)
        if (draft.tasks.length > 0) draft.sealed.push(sealed)
        return Result.succeed(moved.success)
      })
    )
    if (Result.isFailure(drafted)) return refuse(drafted.failure)
    const { value: rfi, tasks } = drafted.success
    const submission = tasks.find(({ bornLeased }) => bornLeased !== null)
    // The same answer again: it is on its way, or decided.
    if (submission?.bornLeased == null) return Result.succeed(rfi)
    const task: ClaimedTask = { ...submission, attempt: 1, fence: 1, leasedUntilMs: submission.bornLeased.untilMs }
    const refusal = yield* handOver(operations, desk, task, rfi)
    if (refusal !== null) return refuse({ _tag: "RefusedByNetwork", refusal })
    return Result.succeed((yield* load(rfiDefinition, merchantId, rfiId)).state)
  },
  // Whoever has taken the task over finds out; the same answer may be given again.
  Effect.catchTag("LeaseLost", ({ taskId }) =>
    Effect.fail(new StoreUnavailable({ reason: `lost ${taskId}`, outcomeUnknown: true }))
  )
)
