/**
 * Asks the network to take a payment that is written down already, under the payment's own id: whoever asks again, and
 * however often, asks for the same payment. What was encrypted for the network is kept until it has answered.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderPayment } from "../../cross-border/cross-border.ts"
import type { FailureCode } from "../../cross-border/failure-code.ts"
import type { EncryptedAnswer, NetworkRefusal, NetworkReply } from "../../ports/payout-network.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import type { Place } from "../../ports/vault.ts"
import { again, done, type Operations, pauseMs } from "../operations.ts"
import { keepLease, type Lease } from "../tasks/keep-lease.ts"
import type { CrossBorderDesk } from "./cross-border-desk.ts"
import { type Draft, drafting, tell } from "./cross-border-draft.ts"
import { submitPaymentTo } from "./network-calls.ts"
import { findCrossBorder } from "./read-cross-border.ts"
import { recordStanding } from "./record-standing.ts"
import { answerPlace, openSealedAnswer } from "./sealed-answers.ts"

/** What a payment has to be submitted with. */
export type EncryptedAnswers = { readonly travelRule: EncryptedAnswer; readonly beneficiaryAccount: EncryptedAnswer }

export const answerPlaces = ({
  merchantId,
  travelRuleRecordId,
  beneficiaryRecordId
}: CrossBorderPayment): readonly [Place, Place] => [
  answerPlace(merchantId, travelRuleRecordId, "travel-rule"),
  answerPlace(merchantId, beneficiaryRecordId, "beneficiary-account")
]

export const sendPayment = (
  { callTimeoutMs }: Operations,
  desk: CrossBorderDesk,
  { id: key, quoteId, senderAddress, refundAddress, reasonForPayment }: CrossBorderPayment,
  answers: EncryptedAnswers
): Effect.Effect<NetworkReply> =>
  submitPaymentTo(desk, { key, quoteId, senderAddress, refundAddress, reasonForPayment, ...answers }, callTimeoutMs)

/** Anything that the network has said of it shows that it was taken; one that has ended needs no taking. */
export const isTaken = ({ status, manualReview, rfis }: CrossBorderPayment): boolean =>
  status !== "created" || manualReview || rfis.length > 0

/** When to ask again where nothing was heard. */
export const retryAtMs = (task: Pick<ClaimedTask, "attempt">, nowMs: number): number =>
  nowMs + pauseMs(task.attempt, 500, 60_000)

/** For a process that finds a payment of which nobody knows whether the network has it. */
export const runSubmitCrossBorder = Effect.fn("paykernel.submitCrossBorder")(function* (
  operations: Operations,
  desk: CrossBorderDesk,
  task: ClaimedTask
) {
  const { merchantId, id: paymentId } = task.aggregate
  const found = yield* findCrossBorder(merchantId, paymentId)
  if (Result.isFailure(found)) return yield* settle(task, () => {})
  const payment = found.success
  const places = answerPlaces(payment)
  const finish = (draft: Draft) => {
    draft.erased.push(...places)
    draft.lease = done(task)
  }
  if (isTaken(payment)) return yield* settle(task, finish)
  const [ofTravelRule, ofAccount] = places
  const travelRule = yield* openSealedAnswer(ofTravelRule)
  const beneficiaryAccount = yield* openSealedAnswer(ofAccount)
  const lease: Lease = { task, untilMs: task.leasedUntilMs }
  yield* keepLease(operations, lease)
  const reply = yield* sendPayment(operations, desk, payment, { travelRule, beneficiaryAccount })
  switch (reply._tag) {
    case "Taken":
      yield* recordStanding(operations, { merchantId, paymentId }, reply.standing, (draft) =>
        Effect.sync(() => finish(draft))
      )
      return
    case "Refused":
      return yield* settle(task, (draft) => {
        const failed = { _tag: "Failed", code: failureCodeOfRefusal(reply.refusal) } as const
        tell(draft, { _tag: "RecordReport", report: failed, nowMs: draft.nowMs })
        finish(draft)
      })
    case "Unknown":
    case "NotSent":
      return yield* settle(task, (draft) => {
        draft.lease = again(task, retryAtMs(task, draft.nowMs))
      })
  }
})

const settle = Effect.fnUntraced(function* (task: ClaimedTask, change: (draft: Draft) => void) {
  yield* drafting(task.aggregate.merchantId, task.aggregate.id, (draft) =>
    Effect.sync(() => {
      draft.lease = done(task)
      change(draft)
      return Result.succeed(null)
    })
  )
})

/** Why a payment failed that its maker was told was under way, before the network would not take it. */
export const failureCodeOfRefusal = ({ why }: NetworkRefusal): FailureCode => {
  switch (why) {
    case "jwe_malformed":
    case "encryption_unsupported":
    case "decryption_failed":
    case "requirements_version_unknown":
    case "requirements_not_met":
      return "PM01000"
    case "sender_sanctioned":
      return "PM07001"
    case "quote_expired":
      return "PM09000"
    default:
      return "PM00001"
  }
}
