/**
 * What happens next, and when. Nothing in a simulation runs but from here: fibers that are ready, calls on their way,
 * timers. Time stands still while anything can run and then leaps to the next timer.
 */
import { type Timer, timerHeap } from "./timer-heap.ts"

/** Whoever does something: a process, or the world around all of them. What one that is down had planned never happens. */
export type Actor = {
  readonly name: string
  state: "up" | "paused" | "down"
  /** Fibers that are ready to go on, oldest first. */
  tasks: Array<() => void>
}

export type Agenda = {
  readonly nowMs: () => number
  /** Something that may happen now, in any order with all else that may. */
  readonly post: (actor: Actor, happen: () => void) => void
  readonly after: (actor: Actor, ms: number, happen: () => void) => Timer
  /** A fiber that goes on before anything else happens. */
  readonly resume: (actor: Actor, task: () => void) => void
  /** Ends an actor. `survives` says of each thing of it that was under way whether it happens nevertheless. */
  readonly end: (actor: Actor, heir: Actor, survives: () => boolean) => void
  /**
   * Lets things happen: at most `eventsMax` of them, and none later than `ms` from now. `choose` picks among so many that
   * could be next. Where fewer happen time moves on by `ms` all the same.
   */
  readonly run: (eventsMax: number, ms: number, choose: (among: number) => number) => Promise<number>
}

type Happening = { actor: Actor; readonly happen: () => void }

export const makeAgenda = (startMs: number): Agenda => {
  let nowMs = startMs
  let order = 0
  const ready: Array<Happening> = []
  const timers = timerHeap()
  const fibers = fiberQueue()

  const possible = (): ReadonlyArray<Happening> => (ready.every(canHappen) ? ready : ready.filter(canHappen))
  const leap = (untilMs: number): boolean => {
    const next = timers.peek()
    if (next === undefined || next.atMs > untilMs) return false
    nowMs = Math.max(nowMs, next.atMs)
    for (const { actor, happen } of timers.due(nowMs)) if (happen !== null) ready.push({ actor, happen })
    return true
  }
  const happenOneOf = (now: ReadonlyArray<Happening>, choose: (among: number) => number): void => {
    const chosen = now[choose(now.length)] ?? now[0]
    if (chosen === undefined) return
    ready.splice(ready.indexOf(chosen), 1)
    chosen.happen()
    fibers.run()
  }
  return {
    nowMs: () => nowMs,
    post: (actor, happen) => {
      if (actor.state !== "down") ready.push({ actor, happen })
    },
    after: (actor, ms, happen) => timers.push({ atMs: nowMs + Math.max(0, ms), order: order++, actor, happen }),
    resume: fibers.resume,
    end: (actor, heir, survives) => {
      actor.state = "down"
      actor.tasks = []
      for (const one of ready.splice(0)) {
        if (one.actor !== actor) ready.push(one)
        else if (survives()) ready.push({ actor: heir, happen: one.happen })
      }
    },
    run: async (eventsMax, ms, choose) => {
      const untilMs = nowMs + ms
      await fibers.settle()
      for (let events = 0; ; ) {
        for (let now = possible(); events < eventsMax && now.length > 0; now = possible()) {
          happenOneOf(now, choose)
          events++
          // A turn for the promises that it has kept, and one for whoever awaited them.
          await undefined
          await undefined
        }
        await fibers.settle()
        if (events >= eventsMax) return events
        if (possible().length > 0 || leap(untilMs)) continue
        nowMs = Math.max(nowMs, untilMs)
        return events
      }
    }
  }
}

const canHappen = ({ actor }: Happening): boolean => actor.state === "up"

/** More turns than any chain of promises between two fibers has links. */
const promiseTurns = 12

const fiberQueue = () => {
  let waking: Array<Actor> = []

  const resume = (actor: Actor, task: () => void): void => {
    if (actor.state === "down") return
    if (actor.tasks.push(task) === 1) waking.push(actor)
  }
  /** Fibers run in the order in which they became ready, as they do in one process. */
  const turn = (actor: Actor): void => {
    if (actor.state === "paused") waking.push(actor)
    if (actor.state !== "up") return
    const { tasks } = actor
    actor.tasks = []
    for (const task of tasks) {
      if (actor.state === "up") task()
      else resume(actor, task)
    }
  }
  /** Until none can go on. Answers whether any could. */
  const run = (): boolean => {
    let ran = false
    while (waking.some(({ state }) => state === "up")) {
      const actors = waking
      waking = []
      for (const actor of actors) turn(actor)
      ran = true
    }
    return ran
  }
  /** Until fibers and the promises between them have come to rest. */
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < promiseTurns; quiet++) {
      if (run()) quiet = 0
      await undefined
    }
  }
  return { resume, run, settle }
}
