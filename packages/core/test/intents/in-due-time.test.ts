/** When an intent is looked at and when it ends, where what it waits for comes to an end at the last moment. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import {
  depositsOf,
  finalityMs,
  type IntentWorld,
  intentOf,
  intentWorld,
  merchantId,
  ok,
  openIntent,
  order,
  pass,
  send,
  whole
} from "./intent-world.ts"

/** A block of Ethereum in these intents. */
const blockMs = finalityMs / 12

/** Its time is over, and it is told of what was sent just before. */
const sentAtTheLastMoment = async (world: IntentWorld) => {
  const intent = await openIntent(world)
  world.clock.ms = (intent.expiresAtMs ?? 0) - 1
  const hash = await send(world, intent, whole)
  await pass(world, blockMs, 1)
  expect(await intentOf(world, intent.id)).toMatchObject({ status: "pending", confirming: { count: 1 } })
  return { intent, hash }
}

describe("what was sent at the last moment", () => {
  it("is waited for, and the intent ends as soon as it is gone", async () => {
    const world = await intentWorld()
    const { intent, hash } = await sentAtTheLastMoment(world)
    const fate = { fate: "dropped", returnsAfterMs: null } as const
    Result.getOrThrow(await world.chains.reorganise({ chain: "ETH", depth: 1, transactionHash: hash, fate }))
    await pass(world, 4_000)
    expect((await intentOf(world, intent.id)).status).toBe("expired")
    expect(await depositsOf(world, intent.id)).toMatchObject([{ status: "dropped" }])
  })

  it("is looked at until it is final where nobody would be looked for any more, and then nobody is", async () => {
    const world = await intentWorld({ intents: { monitoringMs: 5 * blockMs } })
    const { intent } = await sentAtTheLastMoment(world)
    ok(await world.kernel.intents.expire(merchantId, intent.id))
    await pass(world, 2 * finalityMs, 24)
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "expired", paid: whole, watching: false })
    expect(world.incidents).toEqual([])
  })
})

describe("an intent that can be paid on two chains", () => {
  it("is looked at with every block of the faster one while something is on its way", async () => {
    let looks = 0
    const world = await intentWorld({
      reachChain: (chain) => ({
        ...chain,
        depositsAt: (query) =>
          Effect.suspend(() => {
            if (query.chain === "ETH") looks++
            return chain.depositsAt(query)
          })
      })
    })
    await send(world, await openIntent(world, { chains: ["ETH", "SOL"] }), whole)
    await pass(world, 2 * blockMs, 2)
    looks = 0
    await pass(world, 6 * blockMs, 24)
    expect(looks).toBe(6)
  })
})

describe("a chain that gives an address of another one", () => {
  it("gives an intent none, and the operator is told", async () => {
    const world = await intentWorld({
      reachChain: (chain) => ({
        ...chain,
        deriveAddress: (request) => Effect.map(chain.deriveAddress(request), (one) => ({ ...one, chain: "SOL" }))
      })
    })
    const { view } = ok(await world.kernel.intents.create(merchantId, order))
    await world.kernel.drain()
    expect((await intentOf(world, view.id)).status).toBe("created")
    const why = "Error: AssignAddresses was refused: AddressesIncomplete"
    expect(world.incidents).toMatchObject([{ kind: "task_failed", aggregate: { type: "intent", id: view.id }, why }])
  })
})
