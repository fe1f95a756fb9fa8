/** An intent against its own history, its deposits and its refunds; and these against their postings. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Deposit } from "../../deposit/deposit.ts"
import { idsNamedMax } from "../../intent/index.ts"
import type { Intent } from "../../intent/intent.ts"
import type { IntentRefund } from "../../intent-refund/intent-refund.ts"
import { foldBalances, isBalanced } from "../../ledger/index.ts"
import type { LedgerTransaction } from "../../ledger/ledger.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import { Store, type StoredAggregate } from "../../ports/store.ts"
import { depositDefinition, intentDefinition, intentRefundDefinition } from "../storage/aggregates.ts"
import { revive } from "../storage/repository.ts"
import { examine, inspectBalance } from "./audit-aggregate.ts"

type Transactions = ReadonlyArray<LedgerTransaction>

const looksOff = (transactions: Transactions): ReadonlyArray<string> =>
  transactions.every(isBalanced) ? [] : ["a ledger transaction does not balance"]

/** What we hold of it, posted and held, in its own currency. */
const holdings = (transactions: Transactions, currency: string) => {
  const found = foldBalances(transactions).find((one) => one.account === "crypto_holdings" && one.currency === currency)
  return { posted: found?.posted ?? 0n, held: found?.held ?? 0n }
}

const inspectDeposit = ({ credit, amount }: Deposit, transactions: Transactions): ReadonlyArray<string> => {
  const { posted } = holdings(transactions, amount.currency)
  const isRight = posted === (credit?.amount.amount ?? 0n)
  return [...looksOff(transactions), ...(isRight ? [] : ["its postings are not what was credited"])]
}

const inspectRefund = (refund: IntentRefund, transactions: Transactions): ReadonlyArray<string> => {
  const { status, amount, networkFee } = refund
  const { posted, held } = holdings(transactions, amount.currency)
  const sent = status === "paid" ? amount.amount + (networkFee?.amount ?? 0n) : 0n
  const isRight = posted === -sent && held === (status === "pending" ? amount.amount : 0n)
  return [...looksOff(transactions), ...(isRight ? [] : ["its postings are not what was sent or set apart"])]
}

export const examineDeposit = (stored: StoredAggregate) => examine(depositDefinition, stored, inspectDeposit)

export const examineIntentRefund = (stored: StoredAggregate) => examine(intentRefundDefinition, stored, inspectRefund)

/**
 * Deposits and refunds are written in the commits of their intent, so that together they are what it says, as long as it
 * names all of them.
 */
export const examineIntent = Effect.fnUntraced(function* (stored: StoredAggregate) {
  const examined = yield* examine(intentDefinition, stored, inspectBalance)
  // What cannot be decoded, or is not what its events say, has nothing to be compared with.
  if (examined.problems.length > 0) return examined
  const intent = revive(intentDefinition, stored).state
  const deposits = yield* partsOf(depositDefinition, stored, intent.depositIds)
  const refunds = yield* partsOf(intentRefundDefinition, stored, intent.refundIds)
  const problems = [...depositProblems(intent, deposits), ...refundProblems(intent, refunds)]
  return { ...examined, problems }
})

/** `null`: one of them cannot be read, which its own examination says. */
const partsOf = Effect.fnUntraced(function* <State, Event extends { readonly _tag: string; readonly atMs: number }>(
  definition: AggregateDefinition<State, Event>,
  { ref }: StoredAggregate,
  ids: ReadonlyArray<string>
) {
  const store = yield* Store
  const parts: Array<State> = []
  for (const id of ids) {
    const stored = yield* store.load({ ...ref, type: definition.type, id })
    if (stored === undefined) return `its ${definition.type} ${id} does not exist`
    const revived = Result.try(() => revive(definition, stored).state)
    if (Result.isFailure(revived)) return null
    parts.push(revived.success)
  }
  return parts
})

type Parts<State> = ReadonlyArray<State> | string | null

const depositProblems = (intent: Intent, deposits: Parts<Deposit>): ReadonlyArray<string> => {
  if (typeof deposits === "string") return [deposits]
  const namesAll = intent.kind === "transient" && intent.depositIds.length < idsNamedMax
  if (deposits === null || !namesAll) return []
  const credited = deposits.reduce((total, { credit }) => total + (credit?.amount.amount ?? 0n), 0n)
  const confirming = deposits.filter(({ status }) => status === "seen" || status === "confirming").length
  const problems: Array<string> = []
  if (credited !== intent.paid.amount) problems.push("its deposits are not what was paid")
  if (confirming !== intent.confirming.count) problems.push("its deposits are not what is confirming")
  return problems
}

const refundProblems = (intent: Intent, refunds: Parts<IntentRefund>): ReadonlyArray<string> => {
  if (typeof refunds === "string") return [refunds]
  if (refunds === null || intent.refundIds.length >= idsNamedMax) return []
  const sumOf = (one: IntentRefund["status"]) =>
    refunds.reduce((total, { status, amount }) => (status === one ? total + amount.amount : total), 0n)
  const isRight = sumOf("paid") === intent.refunded.amount && sumOf("pending") === intent.refunding.amount
  return isRight ? [] : ["its refunds are not what it gave back or set apart"]
}
