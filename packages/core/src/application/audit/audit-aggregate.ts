/** One aggregate against its own history, its bounds and its postings. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { foldBalances, isBalanced } from "../../ledger/index.ts"
import type { LedgerTransaction } from "../../ledger/ledger.ts"
import type { Payment } from "../../payment/payment.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import type { Json } from "../../ports/commit.ts"
import { Store, type StoredAggregate, type StoreUnavailable } from "../../ports/store.ts"
import { revive } from "../storage/repository.ts"

/** What is wrong with an aggregate, and the transactions that refer to it as far as they were asked for. */
export type Examined = {
  readonly problems: ReadonlyArray<string>
  readonly transactions: ReadonlyArray<LedgerTransaction>
}

type Fact = { readonly _tag: string; readonly atMs: number }

/** What the transactions of an aggregate must add up to, given its state. */
type Inspect<State> = (state: State, transactions: ReadonlyArray<LedgerTransaction>) => ReadonlyArray<string>

/** Replays an aggregate. Its ledger is read, and handed to `inspect`, where there is one. */
export const examine = Effect.fnUntraced(function* <State, Event extends Fact>(
  definition: AggregateDefinition<State, Event>,
  stored: StoredAggregate,
  inspect?: Inspect<State>
): Effect.fn.Return<Examined, StoreUnavailable, Store> {
  const { merchantId, id } = stored.ref
  const store = yield* Store
  const transactions = inspect === undefined ? [] : yield* store.ledgerOf(merchantId, { type: definition.type, id })
  const revived = attempt(() => revive(definition, stored).state)
  if (Result.isFailure(revived)) return { problems: ["its state cannot be decoded"], transactions }
  const state = revived.success
  const replay = yield* replayProblem(definition, stored, state)
  const bounds = definition.bounds(state)
  const isBroken = bounds !== null && (bounds.captured > bounds.authorized || bounds.refunded > bounds.captured)
  const problems = [
    ...(replay === null ? [] : [replay]),
    ...(isBroken ? ["a bound is broken"] : []),
    ...(inspect === undefined ? [] : inspect(state, transactions))
  ]
  return { problems, transactions }
})

export const inspectPayment: Inspect<Payment> = (payment, transactions) => {
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
  return problems
}

/** Its transactions count in the merchant's balances, and by themselves only have to balance. */
export const inspectBalance: Inspect<unknown> = (_, transactions) =>
  transactions.every(isBalanced) ? [] : ["a ledger transaction does not balance"]

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
      const next = attempt(() => definition.evolve(folded, definition.decodeEvent(event.data, event.schemaVersion)))
      if (Result.isFailure(next)) return "its history cannot be folded"
      folded = next.success
      version = event.version
    }
    if (events.length === 0) break
  }
  if (version !== stored.version) return "its version is not the length of its history"
  return sameJson(definition.encodeState(folded), definition.encodeState(state))
    ? null
    : "its state is not the fold of its events"
})

/** Decoders and machines throw on what no version of this code wrote. */
const attempt = <A>(act: () => A): Result.Result<A, unknown> => Result.try(act)

const sameJson = (left: Json, right: Json): boolean => sorted(left) === sorted(right)

/** JSON text with keys in order: two stores may give keys back in different orders. */
const sorted = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(sorted).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${sorted(one)}`).join(",")}}`
}
