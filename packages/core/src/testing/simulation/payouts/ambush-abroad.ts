/** Where processes are struck that work with the network and its chains. */
import { type PortCall, portCalls } from "../../../ports/fault-points.ts"
import type { Ambush } from "../process.ts"
import type { World } from "../world.ts"
import { answer } from "./answering.ts"
import { hear, lookAt, makeTransaction, send, sign } from "./payout-actions.ts"

const calls: ReadonlyArray<PortCall> = (["payouts", "funding"] as const).flatMap((port) =>
  Object.entries(portCalls[port]).flatMap(([name, kind]) => (kind === "tool" ? [] : [`${port}.${name}` as PortCall]))
)

/** Who has such a call made. The others are made by whoever looks after payments. */
const provoking: { readonly [call in PortCall]?: (world: World) => void } = {
  "payouts.routes": makeTransaction,
  "payouts.quote": send,
  "payouts.requirements": (world) => lookAt(world, "requirements"),
  "payouts.submit": send,
  "payouts.answerRfi": answer,
  "payouts.lookup": hear,
  "funding.plan": makeTransaction,
  "funding.check": sign
}

/** Times for which a process stands still that is struck there. */
const stallsMs = [1000, 35_000, 120_000, 900_000] as const

export const lieInWait = (world: World, how: Ambush["how"]): void => {
  const { dice, grounds } = world
  const call = dice.any(calls) ?? null
  grounds.ambush = { call, how, passes: 0, side: dice.pick(["before", "after"]), forMs: dice.pick(stallsMs) }
  if (call !== null) provoking[call]?.(world)
}
