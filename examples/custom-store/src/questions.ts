/** What is asked of the books beyond looking something up: refusals, balances, and whose turn a task is. */
import type { Ledger } from "@paykernel/core/domain"
import {
  type AggregateRef,
  type ClaimedTask,
  type Commit,
  type CommitError,
  type IdempotencyRecord,
  InvariantViolated,
  KeyTaken,
  LeaseLost,
  laneOf,
  type Store,
  type TaskLane,
  type TaskUpdate,
  VersionConflict
} from "@paykernel/core/effect"
import { boundsViolation, commitViolation } from "@paykernel/core/memory"
import { type Books, keyName, ledgerOf, nameOf, refName, type Task } from "./books.ts"

type Request<Call extends keyof Store["Service"]> = Parameters<Store["Service"][Call]>[0]

/** Why a commit is refused, in the order that the port asks for: whose key is taken replays, whatever else changed. */
export const refusal = (books: Books, commit: Commit): CommitError | undefined => {
  const malformed = commitViolation(commit)
  if (malformed !== undefined) return new InvariantViolated({ invariant: malformed })
  const { idempotency, lease } = commit
  if (idempotency !== null && isBound(books, idempotency)) {
    const { merchantId, scope, key } = idempotency
    return new KeyTaken({ key: { merchantId, scope, key } })
  }
  if (lease !== null && !isOurs(books, lease)) return new LeaseLost({ taskId: lease.id })
  const stale = commit.aggregates.find(
    ({ ref, expectedVersion }) => (books.aggregates.get(refName(ref))?.version ?? 0) !== expectedVersion
  )
  if (stale !== undefined) return new VersionConflict({ ref: stale.ref })
  for (const { bounds } of commit.aggregates) {
    const broken = bounds === null ? undefined : boundsViolation(bounds)
    if (broken !== undefined) return new InvariantViolated({ invariant: broken })
  }
  const booked = commit.ledger.some(({ merchantId, id }) => ledgerOf(books, merchantId).has(id))
  return booked ? new InvariantViolated({ invariant: "a ledger transaction id is used once" }) : undefined
}

/** A key whose time is over is as good as new, unless what it began has not ended. */
const isBound = (books: Books, record: IdempotencyRecord): boolean => {
  const kept = books.keys.get(keyName(record))
  return kept !== undefined && (kept.expiresAtMs > record.createdAtMs || isHeld(books, kept))
}

export const isHeld = (books: Books, { aggregate }: IdempotencyRecord): boolean =>
  books.retentions.get(refName(aggregate))?._tag === "Open"

const isOurs = (books: Books, { merchantId, id, fence }: TaskUpdate): boolean => {
  const task = books.tasks.get(nameOf(merchantId, id))
  return task?.state === "leased" && task.fence === fence
}

const availableAtMs = ({ state, dueAtMs, leasedUntilMs }: Task): number => {
  if (state === "done" || state === "parked") return Infinity
  return state === "leased" ? Math.max(dueAtMs, leasedUntilMs) : dueAtMs
}

const oldestFirst = (a: Task, b: Task): number => a.dueAtMs - b.dueAtMs || (a.id < b.id ? -1 : 1)

export const claimable = (books: Books, { lane, nowMs, limit }: Request<"claim">): ReadonlyArray<Task> =>
  [...books.tasks.values()]
    .filter((task) => laneOf(task.kind) === lane && availableAtMs(task) <= nowMs)
    .sort(oldestFirst)
    .slice(0, limit)

export const nextDueAtMs = (books: Books, lane: TaskLane): number | null => {
  let next = Infinity
  for (const task of books.tasks.values()) {
    if (laneOf(task.kind) === lane) next = Math.min(next, availableAtMs(task))
  }
  return next === Infinity ? null : next
}

export const parkedTasks = (books: Books): ReadonlyArray<ClaimedTask & { readonly why: string }> =>
  [...books.tasks.values()]
    .filter(({ state }) => state === "parked")
    .sort(oldestFirst)
    .slice(0, 1000)
    .map((task) => ({ ...asClaimed(task), why: task.why }))

export const asClaimed = ({ state: _state, why: _why, ...task }: Task): ClaimedTask => task

/** The end of a task's last lease stands for the time at which it was finished. What is parked stays. */
export const sweepable = (books: Books, { nowMs, finishedTasksBeforeMs, limit }: Request<"sweep">) => {
  const tasks = [...books.tasks.values()]
    .filter(({ state, leasedUntilMs }) => state === "done" && leasedUntilMs < finishedTasksBeforeMs)
    .slice(0, limit)
    .map(({ aggregate: { merchantId }, id }) => ({ merchantId, id }))
  const keys = [...books.keys.values()]
    .filter((record) => record.expiresAtMs <= nowMs && !isHeld(books, record))
    .sort((a, b) => a.expiresAtMs - b.expiresAtMs)
    .slice(0, limit - tasks.length)
    .map(({ merchantId, scope, key }) => ({ merchantId, scope, key }))
  return { tasks, keys, ...forgettable(books, nowMs, limit - tasks.length - keys.length) }
}

/** Oldest first and each whole, counted with its events, until `limit` is reached. */
const forgettable = (books: Books, nowMs: number, limit: number) => {
  const over = [...books.aggregates].flatMap(([name, { ref, version }]) => {
    const retention = books.retentions.get(name)
    return retention?._tag === "Until" && retention.atMs <= nowMs ? [{ ref, rows: 1 + version, ...retention }] : []
  })
  const aggregates: Array<AggregateRef> = []
  let rows = 0
  for (const one of over.sort((a, b) => a.atMs - b.atMs)) {
    if (rows >= limit) break
    aggregates.push(one.ref)
    rows += one.rows
  }
  return { aggregates, rows }
}

/** Ordered by account and currency. */
export const balancesOf = (transactions: Iterable<Ledger.LedgerTransaction>): ReadonlyArray<Ledger.Balance> => {
  const sums = new Map<string, Ledger.Balance>()
  for (const { postings } of transactions) {
    for (const { account, layer, amount } of postings) {
      const { currency } = amount
      const name = `${account} ${currency}`
      const sum = sums.get(name) ?? { account, currency, posted: 0n, held: 0n }
      sums.set(name, { ...sum, [layer]: sum[layer] + amount.amount })
    }
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
}
