/**
 * Brings what a network says of a payment to the payment, its requests for information and its refunds, in one commit.
 * A standing is everything that was ever said, so it may be brought again, late, and beside others: what is known is
 * nothing new, and what cannot be yet is left out until it is said again.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { decide as decideRefund } from "../../payout-refund/payout-refund-decide.ts"
import type { NetworkRefund, NetworkRfi, NetworkStanding } from "../../ports/payout-network.ts"
import type { Store, StoreUnavailable } from "../../ports/store.ts"
import type { RfiCommand } from "../../rfi/rfi.ts"
import { decide as decideRfi } from "../../rfi/rfi-decide.ts"
import { type Operations, wakeFor } from "../operations.ts"
import { crossBorderDefinition, payoutRefundDefinition, rfiDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import { type Draft, decidePart, drafting, put, tell } from "./cross-border-draft.ts"
import { rfiPlaces } from "./sealed-answers.ts"

/** The payment once everything that can be recorded of it is. `beside`: what else belongs into the same commit. */
export const recordStanding = Effect.fn("paykernel.recordStanding")(function* (
  operations: Operations,
  { merchantId, paymentId }: { readonly merchantId: string; readonly paymentId: string },
  standing: NetworkStanding,
  beside: (draft: Draft) => Effect.Effect<void, StoreUnavailable, Store> = () => Effect.void
) {
  const incidents: Array<string> = []
  const drafted = yield* drafting(merchantId, paymentId, (draft) =>
    Effect.gen(function* () {
      incidents.length = 0
      // A request is raised before and decided before the report that follows from it.
      for (const rfi of standing.rfis) incidents.push(...(yield* hearOfRfi(draft, rfi)))
      for (const report of standing.reports) tell(draft, { _tag: "RecordReport", report, nowMs: draft.nowMs })
      for (const refund of standing.refunds) incidents.push(...(yield* hearOfRefund(draft, refund)))
      if (draft.payment.contradiction !== draft.before.state.contradiction) {
        incidents.push(`it is said to have ${draft.payment.contradiction} after it had ended otherwise`)
      }
      yield* beside(draft)
      return Result.succeed(draft.payment)
    })
  )
  if (Result.isFailure(drafted)) return yield* Effect.die(new Error("a standing is never refused as a whole"))
  const { value: payment, tasks } = drafted.success
  for (const why of incidents) report(operations, payment, why)
  wakeFor(operations, tasks)
  return payment
})

/** Of a network that was not reached, or says nothing of a payment. */
export const nothingHeard: NetworkStanding = { reports: [], rfis: [], refunds: [] }

const none: ReadonlyArray<string> = []

const hearOfRfi = Effect.fnUntraced(function* (draft: Draft, heard: NetworkRfi) {
  const { id, outcome, answered: _, ...asked } = heard
  const { merchantId, nowMs } = draft
  const { id: paymentId, rfis } = draft.payment
  const known = rfis.find((one) => one.id === id)
  if (known !== undefined && known.status !== "information_required" && known.status !== "in_review") return none
  const loaded = yield* load(rfiDefinition, merchantId, id)
  if (loaded.state.status !== "none" && loaded.state.paymentId !== paymentId) return ["a request is another payment's"]
  const commands: ReadonlyArray<RfiCommand> = [
    ...(loaded.state.status === "none"
      ? [{ _tag: "RaiseRfi", id, merchantId, paymentId, ...asked, nowMs } as const]
      : []),
    ...(outcome === null ? [] : [{ _tag: "RecordOutcome", outcome, nowMs } as const])
  ]
  const part = decidePart(rfiDefinition, decideRfi, { merchantId, id }, loaded, commands)
  // One whose time was over when it was heard of: what became of the payment is reported all the same.
  if (Result.isFailure(part)) return none
  const { state } = part.success
  if (state.status === "none" || part.success.events.length === 0) return none
  const rfi = { id, status: state.status }
  const told = tell(draft, { _tag: "RecordRfi", rfi, code: state.failureCode, nowMs })
  if (Result.isFailure(told)) return none
  put(draft, part.success)
  draft.rfis.set(id, state)
  if (outcome !== null) draft.erased.push(...rfiPlaces(state))
  return none
})

const hearOfRefund = Effect.fnUntraced(function* (draft: Draft, heard: NetworkRefund) {
  const { merchantId, nowMs } = draft
  const { id: paymentId } = draft.payment
  const loaded = yield* load(payoutRefundDefinition, merchantId, heard.id)
  const command = { _tag: "RecordRefund", ...heard, merchantId, paymentId, nowMs } as const
  const part = decidePart(payoutRefundDefinition, decideRefund, { merchantId, id: heard.id }, loaded, [command])
  if (Result.isFailure(part)) return ["a refund is not what it was said to be"]
  const { state, events } = part.success
  if (state.status === "none" || events.length === 0) return none
  const { id, status, amount, transactionHash } = state
  const told = tell(draft, { _tag: "RecordRefund", refund: { id, status, amount, transactionHash }, nowMs })
  if (Result.isFailure(told)) return told.failure._tag === "RefundExceedsFunds" ? ["more is refunded than came"] : none
  put(draft, part.success)
  return state.contradiction === loaded.state.contradiction ? none : ["a refund is said to have ended otherwise"]
})

/** Something that a person has to look at: the network contradicts itself, or us. */
export const report = ({ onIncident }: Operations, { merchantId, id }: CrossBorderPayment, why: string): void =>
  onIncident({
    kind: "payout_contradicted",
    merchantId,
    aggregate: { type: crossBorderDefinition.type, id },
    subject: id,
    why
  })
