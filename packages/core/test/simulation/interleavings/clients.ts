/** The two clients: each asks for one thing, asks again when it has been cut off, and remembers what it was told. */
import type { Meeting } from "./one-schedule.ts"
import { type Process, type SmallWorld, settle, startProcess } from "./small-world.ts"
import type { Told, Wish } from "./wishes.ts"

export type Client = {
  readonly name: string
  readonly wish: Wish
  readonly key: string
  readonly asked: () => number
  readonly mayAsk: () => boolean
  readonly ask: () => Promise<void>
  /** Asks whom it likes, and does not take itself for answered. */
  readonly askAgain: (process: Process) => Promise<void>
  /** Its process, while there is one. */
  readonly process: () => Process | null
  /** Whether nothing is under way for it in a process that lives. */
  readonly rests: () => boolean
  /** Everything about it that may differ, as plain data. */
  readonly situation: () => unknown
}

export type Clients = readonly [Client, Client]

const asksMax = 3

export const makeClients = (world: SmallWorld, { wishes: [one, other], sameKey }: Meeting): Clients => [
  clientOf(world, "A", one, "key-a"),
  clientOf(world, "B", other, sameKey ? "key-a" : "key-b")
]

const clientOf = (world: SmallWorld, name: string, wish: Wish, key: string): Client => {
  let process: Process | null = null
  let state: "idle" | "asking" | "told" = "idle"
  let asks = 0

  const hear = ({ body, refusal }: Told): void => {
    state = refusal === "Unavailable" ? "idle" : "told"
    if (body === null) return
    const before = world.bodies.get(key) ?? body
    world.bodies.set(key, before)
    if (before !== body) world.report("I7", `${key}: first ${before}, then ${body}`)
    if (!isStored(world, body)) world.report("I6", `${key} is answered for, and not stored: ${body}`)
  }
  const say = async (to: Process): Promise<void> => {
    try {
      hear(await wish.ask(world, to, key))
    } catch (defect) {
      if (to.actor.state !== "down") world.report("DEFECT", `${name}, ${wish.name}: ${String(defect)}`)
    }
  }
  const isCutOff = (): boolean => process !== null && process.actor.state === "down"

  return {
    ...{ name, wish, key },
    asked: () => asks,
    mayAsk: () => {
      if (state === "told" || asks >= asksMax || (state === "asking" && !isCutOff())) return false
      return asks === 0 || wish.hasKey
    },
    rests: () => state !== "asking" && world.crossing.held.every(({ by }) => by !== process?.actor),
    ask: async () => {
      asks++
      state = "asking"
      if (process === null || isCutOff()) process = startProcess(world, asks === 1 ? name : `${name}${asks}`)
      const { actor } = process
      world.crossing.tell(actor, "asked", [wish.name, key])
      void say(process)
      await settle(world)
      // To ask changes nothing, so the first look at the store may as well be part of it.
      const look = world.crossing.held.find(({ by }) => by === actor)
      if (look?.isRead === true) look.go("answered")
    },
    askAgain: (to) => say(to),
    process: () => (process?.actor.state === "up" ? process : null),
    situation: () => [state, asks, process?.name, isCutOff()]
  }
}

const isStored = ({ books }: SmallWorld, body: string): boolean => {
  const { id }: { readonly id: string } = JSON.parse(body)
  if (books.payments.has(id)) return true
  return [...books.payments.values()].some(({ state }) => state.reversals.some((reversal) => reversal.id === id))
}
