/**
 * The way of a process through its ports when a schedule decides everything. A call that another process could notice,
 * or that could notice another, is held until the schedule lets it through; what cannot matter to anybody passes at once.
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type { Actor, Agenda } from "../../../src/testing/simulation/agenda.ts"
import { outcomeOf } from "./situation.ts"

/**
 * How a call goes. `dies`: it takes effect, and its process is gone before the answer. A process that dies elsewhere is
 * one that dies here: between two of its effects there is nothing of it that anybody could see. `answer lost`: it takes
 * effect, and the process goes on without knowing. `late`: the process is told that nothing came back, and the message
 * is still on its way.
 */
export type Way = "answered" | "dies" | "answer lost" | "late"

export type HeldCall = {
  readonly by: Actor
  readonly what: string
  /** What the call is about, such as a gateway key. */
  readonly about: string
  /** Changes nothing. */
  readonly isRead: boolean
  readonly ways: ReadonlyArray<Way>
  readonly go: (way: Way) => void
}

export type Crossing = {
  readonly agenda: Agenda
  /** Everything that is not a process: what has left one, and the bank. */
  readonly outside: Actor
  readonly held: Array<HeldCall>
  /** While it is set, nothing is held. */
  isOpen: boolean
  /** Everything that each living process has been told, in order. What it is now follows from that and nothing else. */
  readonly told: Map<Actor, string>
  readonly tell: (actor: Actor, what: string, told: unknown) => void
}

export type Call<A, E> = {
  readonly what: string
  readonly about: string
  readonly ways: ReadonlyArray<Way>
  /** Carries it out where it arrives, and tells what came of it. */
  readonly perform: (tell: (exit: Exit.Exit<A, E>) => void) => void
  /** What its process is told where the answer does not come. */
  readonly unanswered: Exit.Exit<A, E>
  /** What of an answer tells it from others. Default: all of it. */
  readonly mark?: (answer: A) => unknown
}

/** Holds the calls of one process. */
export const holding = (world: Crossing, actor: Actor) => {
  let calls = 0
  return <A, E>({ what, about, ways, perform, unanswered, mark }: Call<A, E>): Effect.Effect<A, E> =>
    Effect.callback((resume) => {
      const name = `${what}, ${++calls}`
      const tell = (exit: Exit.Exit<A, E>): void => {
        if (actor.state !== "up") return
        if (!world.isOpen) world.tell(actor, name, outcomeOf(exit, mark))
        resume(exit)
      }
      if (world.isOpen) return perform(tell)
      hold(world, { by: actor, what, about, ways }, (way) => {
        if (way === "dies") kill(world, actor)
        if (way !== "late") return perform(way === "answer lost" ? () => tell(unanswered) : tell)
        tell(unanswered)
        const late = { by: world.outside, what: `${what}, late`, about, ways: ["answered"] } as const
        hold(world, late, () => perform(() => {}))
      })
    })
}

const hold = (
  { held, outside }: Crossing,
  what: Pick<HeldCall, "by" | "what" | "about" | "ways">,
  then: (way: Way) => void
): void => {
  const call: HeldCall = {
    ...what,
    isRead: what.ways.length === 1 && what.by !== outside,
    go: (way) => {
      held.splice(held.indexOf(call), 1)
      then(way)
    }
  }
  held.push(call)
}

/** Nothing of the process happens any more. What had left it is not its own. */
export const kill = (world: Crossing, actor: Actor): void => {
  world.agenda.end(actor, world.outside, () => false)
  const others = world.held.filter(({ by }) => by !== actor)
  world.held.splice(0, world.held.length, ...others)
  world.told.delete(actor)
}

/** A message is on its way for so long at most; what is still held when that has passed was lost. */
export const loseLateMessages = ({ held, outside }: Crossing): void => {
  const others = held.filter(({ by }) => by !== outside)
  held.splice(0, held.length, ...others)
}
