/** Places where processes run, one after the other in each: one that dies is started again, sooner or later. */
import type { Kernel } from "../../application/kernel-contract.ts"
import type { Actor } from "./agenda.ts"
import type { Process, Surroundings } from "./process.ts"

/** A clock may differ from those of other places. */
export type Slot = { readonly name: string; skewMs: number; process: Process | null }

export type Slots = {
  readonly all: ReadonlyArray<Slot>
  /** Those in which a process can be asked for something. */
  readonly alive: () => ReadonlyArray<Slot & { readonly process: Process }>
  /** Begins a process. One that ran in the slot goes on beside it, until it has ended by itself. */
  readonly start: (slot: Slot) => Process
  readonly kill: (slot: Slot) => void
  /** Told of a process that has died by itself. */
  readonly died: (actor: Actor) => void
  /** From now on nobody starts anything again. */
  readonly leaveEmpty: () => void
}

/** `hire` makes the kernel of a process. */
export const makeSlots = (
  { agenda, dice, trace, outside }: Pick<Surroundings, "agenda" | "dice" | "trace" | "outside">,
  nodes: number,
  hire: (actor: Actor, slot: Slot) => Kernel
): Slots => {
  const all = Array.from({ length: nodes }, (_, at): Slot => ({ name: `p${at}`, skewMs: 0, process: null }))
  const homes = new Map<Actor, Slot>()
  let empty = false

  const start = (slot: Slot): Process => {
    const actor: Actor = { name: `${slot.name}.${homes.size}`, state: "up", tasks: [] }
    homes.set(actor, slot)
    slot.process = null
    const process: Process = { name: actor.name, actor, kernel: hire(actor, slot) }
    // It may have died over the very first thing it did.
    slot.process = actor.state === "down" ? null : process
    return process
  }
  const comeBack = (slot: Slot): void => {
    slot.process = null
    agenda.after(outside, dice.pick([0, 100, 5000, 60_000]), () => {
      if (slot.process === null && !empty) start(slot)
    })
  }
  return {
    ...{ all, start },
    alive: () => all.filter((slot): slot is Slot & { readonly process: Process } => slot.process?.actor.state === "up"),
    kill: (slot) => {
      if (slot.process === null) return
      trace.note("killed", slot.process.name)
      agenda.end(slot.process.actor, outside, () => dice.chance(0.5))
      comeBack(slot)
    },
    died: (actor) => {
      const slot = homes.get(actor)
      // Where another has taken its place already, as after a process that was told to stop, nobody is missed.
      if (slot !== undefined && (slot.process === null || slot.process.actor === actor)) comeBack(slot)
    },
    leaveEmpty: () => {
      empty = true
    }
  }
}
