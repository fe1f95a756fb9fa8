/**
 * Pays a merchant for what was captured: batches of confirmed payments and of refunds made since, each batch one commit
 * with the payments it covers, so that a payment is settled exactly once or not at all.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Merchant } from "../../merchant/merchant.ts"
import { zero } from "../../money/index.ts"
import { decide as decidePayment } from "../../payment/index.ts"
import type { Payment, PaymentEvent } from "../../payment/payment.ts"
import { Clock } from "../../ports/clock.ts"
import type { AggregateWrite } from "../../ports/commit.ts"
import { Ids } from "../../ports/ids.ts"
import { type ClaimedTask, Store } from "../../ports/store.ts"
import { decide as decideSettlement, noSettlement } from "../../settlement/index.ts"
import type { Settlement, SettlementLine } from "../../settlement/settlement.ts"
import { again } from "../operations.ts"
import { paymentDefinition, settlementDefinition } from "../storage/aggregates.ts"
import { type Loaded, revive, written } from "../storage/repository.ts"
import { commitLease } from "../tasks/keep-lease.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"

const paymentsPerBatch = 100
/** Batches of one run; what is left waits for the next one. */
const batchesMax = 1000
const conflictsMax = 8

/** Settles what is ready now. Answers the batches that were made. */
export const settle = Effect.fn("paykernel.settle")(function* (directory: MerchantDirectory, merchantId: string) {
  const merchant = yield* directory.get(merchantId)
  const made: Array<Settlement> = []
  if (merchant.status === "none") return made
  let conflicts = 0
  while (made.length < batchesMax) {
    const batch = yield* settleBatch(merchant)
    if (batch._tag === "Nothing") return made
    if (batch._tag === "Settled") made.push(batch.settlement)
    else if (++conflicts > conflictsMax) return made
  }
  return made
})

/** The recurring task: settle, and be due again an interval from now. */
export const runSettlement = Effect.fn("paykernel.runSettlement")(function* (
  directory: MerchantDirectory,
  task: ClaimedTask
) {
  const { merchantId } = task.aggregate
  yield* settle(directory, merchantId)
  const merchant = yield* directory.get(merchantId)
  const nowMs = (yield* Clock).nowMs()
  yield* commitLease(again(task, nowMs + merchant.terms.settlementIntervalMs))
})

type Batch =
  | { readonly _tag: "Settled"; readonly settlement: Settlement }
  | { readonly _tag: "Nothing" }
  /** Somebody changed one of the payments meanwhile. */
  | { readonly _tag: "Contended" }

const settleBatch = Effect.fnUntraced(function* (merchant: Merchant) {
  const store = yield* Store
  const nowMs = (yield* Clock).nowMs()
  const settlementId = (yield* Ids).next(nowMs)
  const ready = yield* readyPayments(merchant.id)
  const writes: Array<AggregateWrite> = []
  const lines: Array<SettlementLine> = []
  for (const loaded of ready) {
    const payment = loaded.state
    const decided = decidePayment(payment, { _tag: "SettlePayment", settlementId, nowMs })
    if (Result.isFailure(decided) || decided.success.events.length === 0) continue
    const owner = { merchantId: merchant.id, id: payment.id }
    writes.push(written(paymentDefinition, owner, loaded, decided.success.events).write)
    lines.push(...linesOf(payment, decided.success.events))
  }
  const decided = decideSettlement(noSettlement, {
    _tag: "CompleteSettlement",
    id: settlementId,
    merchantId: merchant.id,
    walletId: merchant.walletId,
    lines,
    settlementCurrency: merchant.terms.settlementCurrency,
    rate: merchant.terms.settlementRate,
    nowMs
  })
  if (Result.isFailure(decided)) {
    if (decided.failure._tag === "NothingToSettle") return { _tag: "Nothing" } satisfies Batch
    return yield* Effect.die(new Error(`a settlement batch was refused: ${decided.failure._tag}`))
  }
  const absent = { state: settlementDefinition.initial, version: 0 }
  const owner = { merchantId: merchant.id, id: settlementId }
  const { state, write } = written(settlementDefinition, owner, absent, decided.success.events)
  const { ledger } = decided.success
  const aggregates = [...writes, write]
  return yield* store
    .commit({ idempotency: null, aggregates, ledger, tasks: [], lease: null, sealed: [], erased: [] })
    .pipe(
      Effect.as<Batch>({ _tag: "Settled", settlement: state }),
      Effect.catchTag("VersionConflict", () => Effect.succeed<Batch>({ _tag: "Contended" })),
      Effect.catchTag(["KeyTaken", "LeaseLost"], (error) => Effect.die(error))
    )
})

/** Payments with something to settle, each once, whichever of its items was listed. */
const readyPayments = Effect.fnUntraced(function* (merchantId: string) {
  const page = yield* (yield* Store).list({
    merchantId,
    collection: "payments",
    where: { awaiting: "settlement" },
    fromMs: null,
    toMs: null,
    page: { _tag: "First" },
    limit: paymentsPerBatch
  })
  const payments = new Map<string, Loaded<Payment>>()
  for (const item of page.items) {
    payments.set(item.aggregate.ref.id, revive(paymentDefinition, item.aggregate))
  }
  return [...payments.values()]
})

/** What a payment contributes, from how it stood before it was settled. */
const linesOf = (payment: Payment, events: ReadonlyArray<PaymentEvent>): ReadonlyArray<SettlementLine> =>
  events.flatMap((event): ReadonlyArray<SettlementLine> => {
    if (event._tag === "ReversalSettled") {
      const reversal = payment.reversals.find((one) => one.id === event.reversalId)
      const amount = reversal?.amount ?? zero(payment.amount.currency)
      return [{ _tag: "ReversalLine", paymentId: payment.id, reversalId: event.reversalId, amount }]
    }
    if (event._tag !== "PaymentSettled") return []
    const returned = payment.reversals.filter((one) => one.status === "paid" && one.settlementId === null)
    return [
      { _tag: "PaymentLine", paymentId: payment.id, captured: payment.captured, fees: payment.fees },
      ...returned.map((one): SettlementLine => {
        return { _tag: "ReversalLine", paymentId: payment.id, reversalId: one.id, amount: one.amount }
      })
    ]
  })
