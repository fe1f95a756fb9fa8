import { type PlainMessage, plainDialect, scriptedReceivers } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  finalityMs,
  hourMs,
  intentWorld,
  merchantId,
  ok,
  openIntent,
  pass,
  payIn,
  refund,
  send,
  settle,
  usdc
} from "./intent-world.ts"

/** A merchant who is told of everything. */
const toldWorld = async () => {
  const receivers = scriptedReceivers(() => Date.UTC(2026, 0, 1))
  const webhooks = { sender: receivers.sender, dialects: [plainDialect()] }
  const world = await intentWorld({ kernel: { webhooks } })
  const url = "https://shop.example/hook"
  ok(await world.kernel.webhooks.endpoints.create(merchantId, { dialect: "plain", name: null, url, types: [] }))
  const told = () => receivers.received.map(({ body }) => JSON.parse(body) as PlainMessage)
  return { ...world, told }
}

/** Every event that the store holds of what a merchant is paid on chains. */
const committed = async ({ store }: Awaited<ReturnType<typeof toldWorld>>): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const type of ["intent", "deposit", "intent_refund"]) {
    for (const { ref } of await Effect.runPromise(store.scan(merchantId, type, null, 100))) {
      const events = await Effect.runPromise(store.events(ref, 0))
      found.push(...events.map(({ version, tag }) => `${type}.${tag} ${ref.id} ${version}`))
    }
  }
  return found.toSorted()
}

describe("what happens to an intent", () => {
  it("is told, every event of it and of its deposits and refunds once", async () => {
    const world = await toldWorld()
    const intent = await payIn(world, await openIntent(world), usdc(4_000_000n))
    await payIn(world, intent, usdc(8_000_000n))
    await refund(world, intent.id)
    await pass(world, 5 * finalityMs, 8)
    const told = world
      .told()
      .filter(({ aggregate }) => aggregate.type !== "endpoint")
      .map(({ type, aggregate: { id, version } }) => `${type} ${id} ${version}`)
    expect(told.toSorted()).toEqual(await committed(world))
    const types = new Set(told.map((one) => one.split(" ")[0]))
    for (const type of ["intent.IntentCompleted", "deposit.DepositFinalized", "intent_refund.IntentRefundSent"]) {
      expect(types).toContain(type)
    }
  })

  it("is told also where money comes late", async () => {
    const world = await toldWorld()
    const intent = await openIntent(world)
    await pass(world, 9 * hourMs)
    await send(world, intent, usdc(4_000_000n))
    await settle(world, intent)
    const types = world.told().map(({ type }) => type)
    expect(types.slice(types.indexOf("intent.IntentExpired"))).toEqual(
      expect.arrayContaining(["intent.IntentExpired", "deposit.DepositFinalized", "intent.IntentDepositCredited"])
    )
  })
})
