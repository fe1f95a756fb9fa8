/** What every operation of the kernel reads: how this process works, and what it keeps in memory. */
import type { AttemptPolicy } from "../attempt/attempt.ts"
import type { CardGateway } from "../ports/card-gateway.ts"
import type { Clock } from "../ports/clock.ts"
import type { TaskInsert, TaskUpdate } from "../ports/commit.ts"
import type { Digest } from "../ports/digest.ts"
import type { Ids } from "../ports/ids.ts"
import type { Risk } from "../ports/risk.ts"
import type { ClaimedTask, Store } from "../ports/store.ts"
import type { Vault } from "../ports/vault.ts"
import type { Incident } from "./kernel-contract.ts"
import type { CvvLocker } from "./payments/cvv-locker.ts"

export type Ports = Store | CardGateway | Vault | Risk | Clock | Ids | Digest

export type Operations = {
  /** Names this process on leases. */
  readonly owner: string
  readonly leaseMs: number
  /** Deadline of one call to the gateway; well inside a lease. */
  readonly callTimeoutMs: number
  readonly policy: AttemptPolicy
  /** First pause between two looks at an open challenge. */
  readonly challengePollMs: number
  /** Where the issuer sends a payer's browser back to. */
  readonly challengeReturnUrl: (state: string) => string
  readonly cvvs: CvvLocker
  /** The latest time that this process has seen. */
  readonly latestMs: () => number
  /** How much time has passed for this process, whatever its clock was set back. */
  readonly passedMs: () => number
  readonly onIncident: (incident: Incident) => void
  /** Filled in by the kernel once its worker exists. */
  readonly hands: Hands
}

/** The worker, as use cases see it. */
export type Hands = {
  /** Room for the task of a commit under way; `null` where there is none. */
  readonly reserve: () => Reservation | null
  readonly offer: (task: ClaimedTask) => void
  readonly wake: () => void
}

export type Reservation = {
  /** Whether the task would run at once, so that what it sends may be marked as being sent already. */
  readonly atOnce: boolean
  /** To be called once, when the commit is over and its task was offered. */
  readonly release: () => void
}

export const done = (task: ClaimedTask): TaskUpdate => updated(task, { _tag: "Done" })

export const again = (task: ClaimedTask, dueAtMs: number): TaskUpdate => updated(task, { _tag: "Again", dueAtMs })

export const hold = (task: ClaimedTask, untilMs: number): TaskUpdate => updated(task, { _tag: "Hold", untilMs })

export const park = (task: ClaimedTask, why: string): TaskUpdate => updated(task, { _tag: "Park", why })

const updated = ({ id, aggregate, fence }: ClaimedTask, then: TaskUpdate["then"]): TaskUpdate => ({
  merchantId: aggregate.merchantId,
  id,
  fence,
  then
})

/** Hands a task that was just committed, born leased, to the worker of this process. */
export const takeUp = (operations: Pick<Operations, "hands">, tasks: ReadonlyArray<TaskInsert>): void => {
  for (const task of claimedAtBirth(tasks)) operations.hands.offer(task)
}

/** Tells the worker of this process of tasks that were just committed, before it would look for them itself. */
export const wakeFor = ({ hands }: Pick<Operations, "hands">, tasks: ReadonlyArray<unknown>): void => {
  if (tasks.length > 0) hands.wake()
}

/** Those that were born leased to this process, as it would have claimed them. */
export const claimedAtBirth = (tasks: ReadonlyArray<TaskInsert>): ReadonlyArray<ClaimedTask> =>
  tasks.flatMap(({ bornLeased, ...task }) =>
    bornLeased === null ? [] : [{ ...task, attempt: 1, fence: 1, leasedUntilMs: bornLeased.untilMs }]
  )

/** Exponential pause with a cap, for tries that wait on somebody else. */
export const pauseMs = (tries: number, firstMs: number, capMs: number): number =>
  Math.min(capMs, firstMs * 2 ** Math.min(tries, 20))
