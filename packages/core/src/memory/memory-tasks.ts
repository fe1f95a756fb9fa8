/** The task queue of the memory store: who holds what until when, and which holder has been overtaken. */
import { laneOf, type TaskLane } from "../decision.ts"
import type { TaskInsert, TaskUpdate } from "../ports/commit.ts"
import type { ClaimedTask, Store } from "../ports/store.ts"

type Task = ClaimedTask & { readonly state: "ready" | "leased" | "done" | "parked"; readonly why: string }

type Requests = Store["Service"]

export const memoryTasks = () => {
  const open = new Map<string, Task>()
  const closed = new Map<string, Task>()

  const isHeldBy = ({ merchantId, id, fence }: TaskUpdate): boolean => {
    const task = open.get(keyOf(merchantId, id))
    return task !== undefined && task.state === "leased" && task.fence === fence
  }

  const file = (task: TaskInsert): void => {
    const key = keyOf(task.aggregate.merchantId, task.id)
    if (!open.has(key) && !closed.has(key)) open.set(key, filed(task))
  }

  const update = ({ merchantId, id, then }: TaskUpdate): void => {
    const key = keyOf(merchantId, id)
    const task = open.get(key)
    if (task === undefined) throw new Error(`no open task ${id}`)
    const ended = endedAs(task, then)
    open.delete(key)
    const place = ended.state === "done" || ended.state === "parked" ? closed : open
    place.set(key, ended)
  }

  const claim = ({ lane, nowMs, leaseMs, limit }: Parameters<Requests["claim"]>[0]): ReadonlyArray<ClaimedTask> =>
    [...open.values()]
      .filter((task) => laneOf(task.kind) === lane && availableAtMs(task) <= nowMs)
      .sort(oldestDueFirst)
      .slice(0, limit)
      .map((task) => {
        const { attempt, fence } = task
        const leasedUntilMs = nowMs + leaseMs
        const claimed: Task = { ...task, state: "leased", attempt: attempt + 1, fence: fence + 1, leasedUntilMs }
        open.set(keyOf(task.aggregate.merchantId, task.id), claimed)
        return asClaimed(claimed)
      })

  const nextDueAtMs = (lane: TaskLane): number | null => {
    let next: number | null = null
    for (const task of open.values()) {
      if (laneOf(task.kind) === lane) next = Math.min(next ?? Infinity, availableAtMs(task))
    }
    return next
  }

  const parked = (): ReadonlyArray<ClaimedTask & { readonly why: string }> =>
    [...closed.values()]
      .filter(({ state }) => state === "parked")
      .sort(oldestDueFirst)
      .slice(0, 1000)
      .map((task) => ({ ...asClaimed(task), why: task.why }))

  /** A finished task's last lease stands for the time at which it finished. */
  const sweep = ({ finishedTasksBeforeMs, limit }: Parameters<Requests["sweep"]>[0]): number => {
    const gone = [...closed.values()]
      .filter(({ state, leasedUntilMs }) => state === "done" && leasedUntilMs < finishedTasksBeforeMs)
      .slice(0, limit)
    for (const { aggregate, id } of gone) closed.delete(keyOf(aggregate.merchantId, id))
    return gone.length
  }

  return { isHeldBy, file, update, claim, nextDueAtMs, parked, sweep }
}

const keyOf = (merchantId: string, id: string): string => JSON.stringify([merchantId, id])

const filed = ({ bornLeased, ...task }: TaskInsert): Task => {
  if (bornLeased === null) return { ...task, state: "ready", attempt: 0, fence: 0, leasedUntilMs: 0, why: "" }
  return { ...task, state: "leased", attempt: 1, fence: 1, leasedUntilMs: bornLeased.untilMs, why: "" }
}

const endedAs = (task: Task, then: TaskUpdate["then"]): Task => {
  switch (then._tag) {
    case "Again":
      return { ...task, state: "ready", dueAtMs: then.dueAtMs }
    case "Hold":
      return { ...task, leasedUntilMs: then.untilMs }
    case "Done":
      return { ...task, state: "done" }
    case "Park":
      return { ...task, state: "parked", why: then.why }
  }
}

const availableAtMs = ({ state, dueAtMs, leasedUntilMs }: Task): number =>
  state === "leased" ? Math.max(dueAtMs, leasedUntilMs) : dueAtMs

const oldestDueFirst = (a: Task, b: Task): number => a.dueAtMs - b.dueAtMs || (a.id < b.id ? -1 : 1)

const asClaimed = ({ state: _state, why: _why, ...task }: Task): ClaimedTask => task
