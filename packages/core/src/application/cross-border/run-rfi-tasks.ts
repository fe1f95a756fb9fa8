/** What happens to a request for information when nobody is asking: its answer is handed over, or its time runs out. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { NetworkRefusal } from "../../ports/payout-network.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import type { Rfi } from "../../rfi/rfi.ts"
import { again, done, type Operations, wakeFor } from "../operations.ts"
import { rfiDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { commitLease, keepLease, type Lease } from "../tasks/keep-lease.ts"
import type { CrossBorderDesk } from "./cross-border-desk.ts"
import { drafting } from "./cross-border-draft.ts"
import { answerRfiTo } from "./network-calls.ts"
import { moveRfi } from "./record-rfi-answer.ts"
import { recordStanding } from "./record-standing.ts"
import { answerPlace, openSealedAnswer, openSealedFile, rfiPlaces } from "./sealed-answers.ts"
import { retryAtMs } from "./submit-cross-border.ts"

/** For a process that finds an answer of which nobody knows whether the network has it. */
export const runSubmitRfi = Effect.fn("paykernel.submitRfiTask")(function* (
  operations: Operations,
  desk: CrossBorderDesk,
  task: ClaimedTask
) {
  const { merchantId, id } = task.aggregate
  const rfi = (yield* load(rfiDefinition, merchantId, id)).state
  // Decided meanwhile, which says that it was heard; or refused, and answered anew.
  if (rfi.status !== "in_review" || rfi.answer?.recordId !== task.subject) return yield* commitLease(done(task))
  yield* handOver(operations, desk, task, rfi)
})

/** Hands an answer over and writes down what came of it. Gives the refusal, where the network cannot take it. */
export const handOver = Effect.fnUntraced(function* (
  operations: Operations,
  desk: CrossBorderDesk,
  task: ClaimedTask,
  rfi: Rfi
) {
  const { merchantId, paymentId, id: rfiId, answer: kept } = rfi
  if (kept === null) return yield* Effect.die(new Error("there is no answer to hand over"))
  const lease: Lease = { task, untilMs: task.leasedUntilMs }
  const answer = yield* openSealedAnswer(answerPlace(merchantId, kept.recordId, "rfi-answer"))
  const files = yield* Effect.forEach(rfi.files, (file) => openSealedFile(merchantId, file))
  yield* keepLease(operations, lease)
  const submitted = { key: paymentId, rfiId, answer, files }
  const reply = yield* answerRfiTo(desk, submitted, operations.callTimeoutMs)
  switch (reply._tag) {
    case "Taken":
      yield* recordStanding(operations, { merchantId, paymentId }, reply.standing, (draft) =>
        Effect.sync(() => {
          draft.erased.push(...rfiPlaces(rfi))
          draft.lease = done(task)
        })
      )
      return null
    case "Refused":
      yield* reopen(task, rfi, kept.recordId, reply.refusal)
      return reply.refusal
    case "Unknown":
    case "NotSent":
      yield* drafting(merchantId, paymentId, (draft) =>
        Effect.sync(() => {
          draft.lease = again(task, retryAtMs(task, draft.nowMs))
          return Result.succeed(null)
        })
      )
      return null
  }
})

const reopen = (task: ClaimedTask, rfi: Rfi, recordId: string, { fields }: NetworkRefusal) =>
  drafting(rfi.merchantId, rfi.paymentId, (draft) => {
    const fileKeys = [...new Set(rfi.files.map(({ key }) => key))].filter((key) => fields.includes(key))
    const command = { _tag: "RefuseAnswer", recordId, fileKeys, nowMs: draft.nowMs } as const
    draft.lease = done(task)
    return moveRfi(draft, rfi.id, command)
  })

/** Ends what nobody answered in time, and with it a payment that waits for it. */
export const runExpireRfi = Effect.fn("paykernel.expireRfi")(function* (operations: Operations, task: ClaimedTask) {
  const { merchantId, id } = task.aggregate
  const rfi = (yield* load(rfiDefinition, merchantId, id)).state
  if (rfi.status !== "information_required") return yield* commitLease(done(task))
  const expired = yield* drafting(merchantId, rfi.paymentId, (draft) => {
    draft.lease = done(task)
    return moveRfi(draft, id, { _tag: "ExpireRfi", nowMs: draft.nowMs })
  })
  if (Result.isFailure(expired)) return yield* commitLease(again(task, rfi.expiresAtMs))
  wakeFor(operations, expired.success.tasks)
})
