/** The material of the store suite: what a case is, and commits short enough that each case shows what it varies. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { LedgerAccount, LedgerLayer, LedgerTransaction } from "../../ledger/ledger.ts"
import type { Currency } from "../../money/index.ts"
import type {
  AggregateRef,
  AggregateWrite,
  Commit,
  EventRecord,
  IdempotencyRecord,
  IndexEntry,
  TaskInsert,
  TaskUpdate
} from "../../ports/commit.ts"
import type { CommitError, ListQuery, Store } from "../../ports/store.ts"

export type StorePort = Store["Service"]

/** Opens one more store on the same data, as another process would. */
export type OpenAnother = () => Promise<StorePort>

/** Titles and what they assert, of a store that is empty when the case begins. */
export type StoreCases = { readonly [title: string]: (store: StorePort, another: OpenAnother) => Promise<void> }

export const merchantId = "0197-merchant-a"
export const stranger = "0197-merchant-b"
/** An arbitrary moment that needs more than 32 bits. */
export const noonMs = 1_795_000_000_000

export const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

/** How a commit ended, as the tag of its error or `"Committed"`. */
export const outcome = async (store: StorePort, commit: Commit): Promise<"Committed" | CommitError["_tag"]> => {
  const result = await run(Effect.result(store.commit(commit)))
  return Result.isSuccess(result) ? "Committed" : result.failure._tag
}

/** How a commit ended, as `outcome` tells it; but of a broken invariant, which it is, in the words of every store. */
export const verdict = async (store: StorePort, commit: Commit): Promise<string> => {
  const result = await run(Effect.result(store.commit(commit)))
  if (Result.isSuccess(result)) return "Committed"
  return result.failure._tag === "InvariantViolated" ? result.failure.invariant : result.failure._tag
}

export const outcomes = (store: StorePort, commits: ReadonlyArray<Commit>) =>
  Promise.all(commits.map((commit) => outcome(store, commit)))

/** The outcomes of commits that are made at once, each through the next of several stores. */
export const raced = (stores: ReadonlyArray<StorePort>, commits: ReadonlyArray<Commit>) =>
  Promise.all(commits.map((commit, n) => outcome(turnOf(stores, n), commit)))

/** As many stores on the same data as a few processes would have open. */
export const several = (store: StorePort, another: OpenAnother, count = 3): Promise<ReadonlyArray<StorePort>> =>
  Promise.all([store, ...numbers(count - 1).map(another)])

export const turnOf = <A>(all: ReadonlyArray<A>, turn: number): A => {
  const one = all[turn % all.length]
  if (one === undefined) throw new Error("there is nobody whose turn it could be")
  return one
}

/** Whether an effect dies: what a caller's own mistake must do. */
export const dies = async (effect: Effect.Effect<unknown, unknown>): Promise<boolean> => {
  const exit = await Effect.runPromiseExit(effect)
  return Exit.isFailure(exit) && exit.cause.reasons.some(({ _tag }) => _tag === "Die")
}

export const commitOf = (parts: Partial<Commit>): Commit => ({
  idempotency: null,
  aggregates: [],
  ledger: [],
  tasks: [],
  lease: null,
  sealed: [],
  erased: [],
  ...parts
})

export const refOf = (id: string, merchant = merchantId): AggregateRef => ({
  merchantId: merchant,
  type: "payment",
  id
})

export const eventOf = (tag: string, atMs = noonMs): EventRecord => ({ tag, schemaVersion: 1, data: { tag }, atMs })

export const writeOf = (id: string, parts: Partial<AggregateWrite> = {}): AggregateWrite => ({
  ref: refOf(id),
  expectedVersion: 0,
  schemaVersion: 1,
  state: { id, status: "pending" },
  events: [eventOf("PaymentCreated")],
  index: [],
  bounds: null,
  retention: { _tag: "Kept" },
  ...parts
})

export const entryOf = (id: string, createdAtMs: number, fields: IndexEntry["fields"] = {}): IndexEntry => ({
  collection: "payments",
  id,
  createdAtMs,
  fields
})

/** A payment that can be listed under its own id. */
export const listedOf = (id: string, createdAtMs: number, fields: IndexEntry["fields"] = {}, merchant = merchantId) =>
  commitOf({ aggregates: [writeOf(id, { ref: refOf(id, merchant), index: [entryOf(id, createdAtMs, fields)] })] })

export const keyOf = (key: string, parts: Partial<IdempotencyRecord> = {}): IdempotencyRecord => ({
  merchantId,
  scope: "POST /payments",
  key,
  fingerprint: "f",
  status: 201,
  body: "{}",
  aggregate: refOf("p"),
  subject: "p",
  createdAtMs: noonMs,
  expiresAtMs: noonMs + 86_400_000,
  ...parts
})

export const taskOf = (id: string, dueAtMs: number, parts: Partial<TaskInsert> = {}): TaskInsert => ({
  id,
  kind: "attempt",
  aggregate: refOf("p"),
  subject: `${id}-subject`,
  dueAtMs,
  bornLeased: null,
  ...parts
})

export const leaseOf = (id: string, fence: number, then: TaskUpdate["then"], merchant = merchantId): TaskUpdate => ({
  merchantId: merchant,
  id,
  fence,
  then
})

export const posting = (account: LedgerAccount, layer: LedgerLayer, amount: bigint, currency: Currency = "USD") => ({
  account,
  layer,
  amount: { amount, currency }
})

/** A capture: the acquirer owes us, we owe the merchant. */
export const captureOf = (id: string, amount: bigint, parts: Partial<LedgerTransaction> = {}): LedgerTransaction => ({
  id,
  merchantId,
  kind: "capture",
  reference: { type: "payment", id: "p" },
  atMs: noonMs,
  postings: [posting("card_receivable", "posted", amount), posting("merchant_unsettled", "posted", -amount)],
  ...parts
})

export const queryOf = (parts: Partial<ListQuery> = {}): ListQuery => ({
  merchantId,
  collection: "payments",
  where: {},
  fromMs: null,
  toMs: null,
  page: { _tag: "First" },
  limit: 50,
  ...parts
})

export const idsOf = async (store: StorePort, parts: Partial<ListQuery> = {}): Promise<ReadonlyArray<string>> =>
  (await run(store.list(queryOf(parts)))).items.map(({ id }) => id)

export const numbers = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, place) => place)
