/** What is asked of the books beyond looking something up: refusals, balances, and whose turn a task is. */
import type { Ledger } from "@paykernel/core/domain"
import {
  type ClaimedTask,
  type Commit,
  type CommitError,
  InvariantViolated,
  KeyTaken,
  LeaseLost,
  type Store,
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
  if (lease !== null && !isHeld(books, lease)) return new LeaseLost({ taskId: lease.id })
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

/** A key whose time is over is as good as new. */
const isBound = (books: Books, record: NonNullable<Commit["idempotency"]>): boolean => {
  const kept = books.keys.get(keyName(record))
  return kept !== undefined && kept.expiresAtMs > record.createdAtMs
}

const isHeld = (books: Books, { merchantId, id, fence }: TaskUpdate): boolean => {
  const task = books.tasks.get(nameOf(merchantId, id))
  return task?.state === "leased" && task.fence === fence
}

const availableAtMs = ({ state, dueAtMs, leasedUntilMs }: Task): number => {
  if (state === "done" || state === "parked") return Infinity
  return state === "leased" ? Math.max(dueAtMs, leasedUntilMs) : dueAtMs
}

const oldestFirst = (a: Task, b: Task): number => a.dueAtMs - b.dueAtMs || (a.id < b.id ? -1 : 1)

export const claimable = (books: Books, { nowMs, limit }: Request<"claim">): ReadonlyArray<Task> =>
  [...books.tasks.values()]
    .filter((task) => availableAtMs(task) <= nowMs)
    .sort(oldestFirst)
    .slice(0, limit)

export const nextDueAtMs = (books: Books): number | null => {
  let next = Infinity
  for (const task of books.tasks.values()) next = Math.min(next, availableAtMs(task))
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
    .filter(({ expiresAtMs }) => expiresAtMs <= nowMs)
    .slice(0, limit - tasks.length)
    .map(({ merchantId, scope, key }) => ({ merchantId, scope, key }))
  return { tasks, keys }
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
