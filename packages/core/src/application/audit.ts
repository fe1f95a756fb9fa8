/**
 * Recomputes a merchant's world from its history and compares: every state is the fold of its events, every bound
 * holds, the books balance, and each payment's postings say what its state says.
 */
import * as Effect from "effect/Effect"
import { foldBalances, isBalanced } from "../ledger/index.ts"
import type { Balance, LedgerTransaction } from "../ledger/ledger.ts"
import type { Payment } from "../payment/payment.ts"
import type { AggregateDefinition } from "../ports/aggregate.ts"
import type { Json } from "../ports/commit.ts"
import { Store, type StoredAggregate } from "../ports/store.ts"
import { cardDefinition, merchantDefinition, paymentDefinition, settlementDefinition } from "./aggregates.ts"
import type { AuditFinding } from "./kernel-contract.ts"
import { revive } from "./repository.ts"

const pageSize = 200

type Fact = { readonly _tag: string; readonly atMs: number }

/** An empty answer is a clean bill. Reads page by page, so its memory does not grow with the merchant. */
export const audit = Effect.fn("paykernel.audit")(function* (merchantId: string) {
  const findings: Array<AuditFinding> = []
  const books: Books = new Map()
  yield* auditType(merchantId, merchantDefinition, findings, () => Effect.void)
  yield* auditType(merchantId, cardDefinition, findings, () => Effect.void)
  yield* auditType(merchantId, paymentDefinition, findings, (payment, aggregate) =>
    Effect.gen(function* () {
      const reference = { type: paymentDefinition.type, id: payment.id }
      const transactions = yield* (yield* Store).ledgerOf(merchantId, reference)
      findings.push(...postingFindings(payment, transactions, aggregate))
      enter(books, transactions)
    })
  )
  yield* auditType(merchantId, settlementDefinition, findings, (settlement) =>
    Effect.gen(function* () {
      const reference = { type: settlementDefinition.type, id: settlement.id }
      enter(books, yield* (yield* Store).ledgerOf(merchantId, reference))
    })
  )
  const balances = yield* (yield* Store).balances(merchantId)
  if (textOf([...books.values()]) !== textOf(balances)) {
    findings.push({ merchantId, aggregate: null, problem: "the balances are not the sum of the postings" })
  }
  return findings
})

const auditType = Effect.fnUntraced(function* <State, Event extends Fact, E, R>(
  merchantId: string,
  definition: AggregateDefinition<State, Event>,
  findings: Array<AuditFinding>,
  more: (state: State, aggregate: AuditFinding["aggregate"]) => Effect.Effect<void, E, R>
) {
  const store = yield* Store
  let afterId: string | null = null
  for (;;) {
    const page: ReadonlyArray<StoredAggregate> = yield* store.scan(merchantId, definition.type, afterId, pageSize)
    for (const stored of page) {
      const aggregate = { type: stored.ref.type, id: stored.ref.id }
      const { state } = revive(definition, stored)
      const problem = yield* replayProblem(definition, stored, state)
      if (problem !== null) findings.push({ merchantId, aggregate, problem })
      const bounds = definition.bounds(state)
      if (bounds !== null && (bounds.captured > bounds.authorized || bounds.refunded > bounds.captured)) {
        findings.push({ merchantId, aggregate, problem: "a bound is broken" })
      }
      yield* more(state, aggregate)
      afterId = stored.ref.id
    }
    if (page.length < pageSize) return
  }
})

const replayProblem = Effect.fnUntraced(function* <State, Event extends Fact>(
  definition: AggregateDefinition<State, Event>,
  stored: StoredAggregate,
  state: State
) {
  const store = yield* Store
  let folded = definition.initial
  let version = 0
  for (;;) {
    const events = yield* store.events(stored.ref, version)
    for (const event of events) {
      if (event.version !== version + 1) return "its history has a gap"
      folded = definition.evolve(folded, definition.decodeEvent(event.data, event.schemaVersion))
      version = event.version
    }
    if (events.length === 0) break
  }
  if (version !== stored.version) return "its version is not the length of its history"
  return sameJson(definition.encodeState(folded), definition.encodeState(state))
    ? null
    : "its state is not the fold of its events"
})

/** What the postings of a payment must add up to, given its state. */
const postingFindings = (
  payment: Payment,
  transactions: ReadonlyArray<LedgerTransaction>,
  aggregate: AuditFinding["aggregate"]
): ReadonlyArray<AuditFinding> => {
  const problems: Array<string> = []
  if (!transactions.every(isBalanced)) problems.push("a ledger transaction does not balance")
  const balances = foldBalances(transactions)
  const receivable = balances.find((one) => one.account === "card_receivable")
  const authorized = balances.find((one) => one.account === "card_authorized")
  const kept = payment.status === "cancelled" ? 0n : payment.captured.amount
  if ((receivable?.posted ?? 0n) !== kept - payment.refunded.amount) {
    problems.push("its postings are not what it captured less what it returned")
  }
  const reserved = payment.status === "authorized" ? payment.authorized.amount : 0n
  if ((authorized?.held ?? 0n) !== reserved || (receivable?.held ?? 0n) !== payment.refunding.amount) {
    problems.push("its holds are not what it has reserved")
  }
  return problems.map((problem) => ({ merchantId: payment.merchantId, aggregate, problem }))
}

/** Running totals by account and currency: their size does not grow with the number of payments. */
type Books = Map<string, Balance>

const enter = (books: Books, transactions: ReadonlyArray<LedgerTransaction>): void => {
  for (const balance of foldBalances(transactions)) {
    const key = `${balance.account} ${balance.currency}`
    const sum = books.get(key) ?? { ...balance, posted: 0n, held: 0n }
    books.set(key, { ...sum, posted: sum.posted + balance.posted, held: sum.held + balance.held })
  }
}

const textOf = (balances: ReadonlyArray<Balance>): string =>
  balances
    .filter((balance) => balance.posted !== 0n || balance.held !== 0n)
    .map((balance) => `${balance.account} ${balance.currency} ${balance.posted} ${balance.held}`)
    .sort()
    .join("\n")

const sameJson = (left: Json, right: Json): boolean => sorted(left) === sorted(right)

/** JSON text with keys in order: two stores may give keys back in different orders. */
const sorted = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(sorted).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${sorted(one)}`).join(",")}}`
}
