/**
 * One simulated process: a real kernel with its real worker and sweeper, whose every call through a port leaves it,
 * arrives somewhere, and comes back, each at a moment that the agenda chooses. Between any two of them it may die, and
 * then nothing of it happens any more; or it may stand still, and go on when others have taken over.
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type { Kernel } from "../../application/kernel-contract.ts"
import type { Fault, PortCall } from "../../ports/fault-points.ts"
import type { Actor, Agenda } from "./agenda.ts"
import type { CoverageCount } from "./coverage.ts"
import type { Dice } from "./dice.ts"
import type { Hurdles } from "./hurdles.ts"
import type { Trace } from "./trace.ts"

/** Waits for a process to come to a certain side of a certain call, for the n-th time, and strikes it there. */
export type Ambush = {
  /** `null`: any call. */
  readonly call: PortCall | null
  readonly side: "before" | "after"
  /** Times that it is let pass. */
  passes: number
  readonly how: "died" | "stalled"
  /** How long a stalled process stands still. */
  readonly forMs: number
}

export type Process = {
  readonly name: string
  readonly actor: Actor
  readonly kernel: Kernel
}

/** What a call of a process needs to know of the world. */
export type Surroundings = {
  readonly agenda: Agenda
  readonly dice: Dice
  readonly trace: Trace
  readonly coverage: CoverageCount
  readonly hurdles: Hurdles
  /** Everything that is not a process: what has left one, the bank, the payers. */
  readonly outside: Actor
  ambush: Ambush | null
  /** Told when an ambush strikes, so that somebody starts the process again. */
  readonly struck: (actor: Actor, ambush: Ambush) => void
}

export type Deliver<A, E> = (exit: Exit.Exit<A, E>) => void

/** How a call is carried out where it arrives. `deliver` sends the answer on its way, now or later. */
export type Perform<A, E> = (deliver: Deliver<A, E>) => void

export type Cross = <A, E>(call: PortCall, note: string, slow: number, perform: Perform<A, E>) => Effect.Effect<A, E>

/** The way of a process through its ports. `slow` is the probability that a call takes its time. */
export const crossingOf =
  (world: Surroundings, actor: Actor): Cross =>
  (call, note, slow, perform) =>
    Effect.callback((resume) => {
      const { agenda, trace, dice, coverage, hurdles } = world
      const home: Parameters<typeof perform>[0] = (exit) => {
        strike(world, actor, call, "after")
        if (actor.state === "up") resume(exit)
        else agenda.post(actor, () => resume(exit))
      }
      const arrive = (): void => {
        trace.note(agenda.nowMs(), actor.name, call, note)
        perform((exit) => {
          trace.note(exit._tag)
          agenda.post(actor, () => home(exit))
        })
      }
      strike(world, actor, call, "before")
      if (dice.chance(slow)) {
        coverage.struck(`${call}: slow`)
        const ms = dice.pick(slowMs)
        hurdles.slowed(actor, call, ms)
        agenda.after(actor, ms, arrive)
      } else agenda.post(actor, arrive)
    })

/** From a hiccup to longer than any lease. */
const slowMs = [20, 500, 3000, 45_000] as const

const strike = (world: Surroundings, actor: Actor, call: PortCall, side: Ambush["side"]): void => {
  const { ambush } = world
  if (ambush === null || actor.state !== "up" || ambush.side !== side) return
  if (ambush.call !== null && ambush.call !== call) return
  if (ambush.passes-- > 0) return
  world.ambush = null
  const fault: Fault = `${ambush.how} ${side}`
  world.coverage.struck(`${call}: ${fault}`)
  world.trace.note(actor.name, fault, call)
  if (ambush.how === "died") world.agenda.end(actor, world.outside, () => world.dice.chance(0.5))
  else stall(world, actor, ambush.forMs)
  world.struck(actor, ambush)
}

/** Stands still: what others do to it has to wait, and its clock goes on. */
export const stall = ({ agenda, outside, hurdles }: Surroundings, actor: Actor, forMs: number): void => {
  if (actor.state !== "up") return
  actor.state = "paused"
  hurdles.stoodStill(actor, forMs)
  agenda.after(outside, forMs, () => {
    if (actor.state === "paused") actor.state = "up"
  })
}
