/**
 * Makes a payment of a quote. It is written down before the network hears of it, with the quote that it takes and the task
 * that finds out where nobody else does; then the network is asked, and what it answers is written under that task's fence.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderPayment } from "../../cross-border/cross-border.ts"
import type { AggregateRef } from "../../ports/commit.ts"
import { type NetworkRefusal, PayoutNetworkUnavailable } from "../../ports/payout-network.ts"
import { type ClaimedTask, StoreUnavailable } from "../../ports/store.ts"
import { decide as decideQuote } from "../../quote/quote-decide.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import type { IdempotentRequest } from "../kernel-contract.ts"
import { again, done } from "../operations.ts"
import { crossBorderDefinition, quoteDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { keepLease } from "../tasks/keep-lease.ts"
import type { CreateCrossBorderFailure, CrossBorderView } from "./cross-border-contract.ts"
import { type Draft, decidePart, drafting, put, tell, viewOf } from "./cross-border-draft.ts"
import { lookUpPaymentAt } from "./network-calls.ts"
import { findCrossBorder, presentCrossBorder, viewCrossBorder } from "./read-cross-border.ts"
import { nothingHeard, recordStanding } from "./record-standing.ts"
import { type Making, startCrossBorder } from "./start-cross-border.ts"
import { findAttempt } from "./submission-attempt.ts"
import { answerPlaces, isTaken, retryAtMs, sendPayment } from "./submit-cross-border.ts"

export const createCrossBorder = Effect.fn("paykernel.createCrossBorder")(function* (
  making: Making,
  request: IdempotentRequest<CrossBorderView> | undefined
) {
  const { merchantId } = making
  return yield* idempotently<CrossBorderView, CreateCrossBorderFailure, CreateError, CreatePorts>({
    merchantId,
    request,
    reachesOutside: true,
    perform: (bind) => perform(making, request, bind),
    current: (record) => viewCrossBorder(merchantId, record.subject)
  })
})

type CreateError = Effect.Error<ReturnType<typeof perform>>
type CreatePorts = Effect.Services<ReturnType<typeof perform>>

type MaybeBind = Bind<CrossBorderView> | null

const perform = Effect.fnUntraced(
  function* (making: Making, request: IdempotentRequest<CrossBorderView> | undefined, bind: MaybeBind) {
    const attempt = request === undefined ? null : yield* findAttempt(making.merchantId, request)
    if (attempt?._tag === "Reused") return refuse({ _tag: "IdempotencyKeyReused" })
    if (attempt?._tag === "Underway") return yield* joinAttempt(making, attempt.paymentId, bind)
    const started = yield* startCrossBorder(making, attempt)
    if (Result.isFailure(started)) {
      // What stands in the way may be what the same request has begun elsewhere in the meantime, such as a quote in use.
      const since = request === undefined ? null : yield* findAttempt(making.merchantId, request)
      if (since?._tag === "Underway") return yield* joinAttempt(making, since.paymentId, bind)
      return refuse(started.failure)
    }
    const { payment, task, answers } = started.success
    // Sealing took its time, and the lease was counted from before it.
    yield* keepLease(making.operations, { task, untilMs: task.leasedUntilMs })
    const reply = yield* sendPayment(making.operations, making.desk, payment, answers)
    switch (reply._tag) {
      case "Taken": {
        const beside = (draft: Draft) => Effect.andThen(finish(draft, task), bindAnswer(draft, bind))
        const taken = yield* recordStanding(making.operations, ofPayment(payment), reply.standing, beside)
        return Result.succeed(yield* presentCrossBorder(taken))
      }
      case "Refused":
        return yield* withdraw(payment, task, reply.refusal)
      case "Unknown":
      case "NotSent":
        return yield* leaveToTask(payment, task, bind)
    }
  },
  // Whoever has taken the task over finds out; what has become of it is known by then.
  Effect.catchTag("LeaseLost", ({ taskId }) =>
    Effect.fail(new StoreUnavailable({ reason: `lost ${taskId}`, outcomeUnknown: true }))
  )
)

type Answer = Result.Result<CrossBorderView, CreateCrossBorderFailure>

const refuse = (reason: CreateCrossBorderFailure): Answer => Result.fail(reason)

const ofPayment = ({ merchantId, id: paymentId }: CrossBorderPayment) => ({ merchantId, paymentId })

/** What the network has need not be kept for it any longer. */
const finish = (draft: Draft, task: ClaimedTask): Effect.Effect<void> =>
  Effect.sync(() => {
    draft.erased.push(...answerPlaces(draft.payment))
    draft.lease = done(task)
  })

/** Binds the key to the answer that the draft will be. */
const bindAnswer = Effect.fnUntraced(function* (draft: Draft, bind: MaybeBind) {
  if (bind === null) return
  const { merchantId, id } = draft.payment
  const aggregate: AggregateRef = { merchantId, type: crossBorderDefinition.type, id }
  draft.idempotency = bind(yield* viewOf(draft), { aggregate, subject: id })
})

/** The network does not take it as it was written: it is as if nobody had asked, and the quote is good as before. */
const withdraw = Effect.fnUntraced(function* (payment: CrossBorderPayment, task: ClaimedTask, refusal: NetworkRefusal) {
  const { merchantId, id: paymentId, quoteId } = payment
  const withdrawn = yield* drafting(merchantId, paymentId, (draft) =>
    Effect.gen(function* () {
      const { nowMs } = draft
      const told = tell(draft, { _tag: "WithdrawPayment", nowMs })
      if (Result.isFailure(told)) return Result.fail(told.failure)
      const loaded = yield* load(quoteDefinition, merchantId, quoteId)
      const release = { _tag: "ReleaseQuote", paymentId, nowMs } as const
      const ref = { merchantId, id: quoteId }
      const released = decidePart(quoteDefinition, decideQuote, ref, loaded, [release])
      if (Result.isSuccess(released)) put(draft, released.success)
      yield* finish(draft, task)
      return Result.succeed(null)
    })
  )
  return refuse(Result.isFailure(withdrawn) ? withdrawn.failure : { _tag: "RefusedByNetwork", refusal })
})

/** Nobody knows, so nobody is told more than that it is under way. */
const leaveToTask = Effect.fnUntraced(function* (payment: CrossBorderPayment, task: ClaimedTask, bind: MaybeBind) {
  const left = yield* drafting(payment.merchantId, payment.id, (draft) =>
    Effect.map(bindAnswer(draft, bind), () => {
      draft.lease = again(task, retryAtMs(task, draft.nowMs))
      return Result.succeed(draft.payment)
    })
  )
  return Result.succeed(yield* presentCrossBorder(Result.merge(left).value))
})

/** The same request is being answered elsewhere, or whoever answered it is gone: the network knows how far it came. */
const joinAttempt = Effect.fnUntraced(function* (making: Making, paymentId: string, bind: MaybeBind) {
  const { operations, desk, merchantId } = making
  const found = yield* findCrossBorder(merchantId, paymentId)
  const lookup = yield* lookUpPaymentAt(desk, paymentId, operations.callTimeoutMs)
  if (Result.isFailure(found) || (lookup._tag !== "Found" && !isTaken(found.success))) {
    return yield* new PayoutNetworkUnavailable({ reason: "it is not known whether the payment was taken" })
  }
  const standing = lookup._tag === "Found" ? lookup.standing : nothingHeard
  const about = { merchantId, paymentId }
  const payment = yield* recordStanding(operations, about, standing, (draft) => bindAnswer(draft, bind))
  return Result.succeed(yield* presentCrossBorder(payment))
})
