/** Who is held up by something other than the bank: by a slow store, by standing still, by a clock that leapt. */
import type { PortCall } from "../../ports/fault-points.ts"
import type { Actor, Agenda } from "./agenda.ts"

/** Beside those to the bank, these are made when no client waits. */
const withoutClients: ReadonlySet<PortCall> = new Set([
  ...(["sender.post", "blockchain.deriveAddress", "blockchain.sendRefund", "blockchain.lookupRefund"] as const)
])

export type Hurdles = {
  /** A call of it takes so long. */
  readonly slowed: (actor: Actor, call: PortCall, forMs: number) => void
  readonly stoodStill: (actor: Actor, forMs: number) => void
  /** All clocks, or those of some, show another time. */
  readonly clocksLeapt: () => void
  /** Whether an answer may be late that was asked for then. */
  readonly excuseAnswer: (actor: Actor, sinceMs: number) => boolean
  /** Whether a message may leave late under a lease of then: reading takes its time before the lease is looked at. */
  readonly excuseSend: (actor: Actor, sinceMs: number) => boolean
}

export const watchHurdles = ({ nowMs }: Pick<Agenda, "nowMs">): Hurdles => {
  const reading = new Map<Actor, number>()
  const acting = new Map<Actor, number>()
  let leaptAtMs = -1
  const extend = (until: Map<Actor, number>, actor: Actor, forMs: number): void => {
    until.set(actor, Math.max(until.get(actor) ?? 0, nowMs() + forMs))
  }
  const excuseSend = (actor: Actor, sinceMs: number): boolean => Math.max(leaptAtMs, acting.get(actor) ?? -1) >= sinceMs
  return {
    slowed: (actor, call, forMs) => {
      if (!call.startsWith("gateway.") && !withoutClients.has(call))
        extend(call === "store.commit" ? acting : reading, actor, forMs)
    },
    stoodStill: (actor, forMs) => extend(acting, actor, forMs),
    clocksLeapt: () => {
      leaptAtMs = nowMs()
    },
    excuseSend,
    excuseAnswer: (actor, sinceMs) => excuseSend(actor, sinceMs) || (reading.get(actor) ?? -1) >= sinceMs
  }
}
