/** Payment intents, from the address to the credit, and how they end. */
import { bps, money } from "@paykernel/core"
import { describe, expect, it } from "vitest"
import {
  balanceOf,
  customer,
  dayMs,
  depositsOf,
  errorOf,
  finalityMs,
  half,
  hourMs,
  intentOf,
  intentWorld,
  merchantId,
  ok,
  openContinuous,
  openIntent,
  order,
  pass,
  payIn,
  paymentsOf,
  send,
  settle,
  storyOf,
  usdc,
  whole
} from "./intent-world.ts"

describe("an intent to be paid on a chain", () => {
  it("is accepted before it has an address, and gets one that stays", async () => {
    const world = await intentWorld()
    const created = ok(await world.kernel.intents.create(merchantId, order)).view
    expect(created).toMatchObject({ status: "created", methods: [{ chain: "ETH", address: null }] })
    expect(created.expiresAtMs).toBe(world.clock.ms + 8 * hourMs)
    await world.kernel.drain()
    const pending = await intentOf(world, created.id)
    expect(pending.status).toBe("pending")
    expect(pending.methods[0]?.address?.address).toMatch(/^0x[0-9a-fA-F]{40}$/u)
    expect(storyOf(pending)).toEqual(["created", "pending"])
  })

  it.each([
    ["exactly", [whole], "complete paid"],
    ["more than was asked", [usdc(10_000_001n)], "complete overpaid"],
    ["in parts", [half, half], "complete paid"]
  ])("is complete once it is paid: %s", async (_, amounts, end) => {
    const world = await intentWorld()
    let intent = await openIntent(world)
    for (const amount of amounts) intent = await payIn(world, intent, amount)
    expect(storyOf(intent).at(-1)).toBe(end)
    expect(intent.depositIds).toHaveLength(amounts.length)
    expect((await depositsOf(world, intent.id)).map(({ status }) => status)).toEqual(amounts.map(() => "final"))
    expect(await balanceOf(world, "crypto_holdings")).toBe(amounts.reduce((sum, { amount }) => sum + amount, 0n))
    expect(await world.kernel.audit()).toEqual([])
  })

  it("waits for the rest where too little came", async () => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), half)
    expect(storyOf(intent)).toEqual(["created", "pending", "pending underpaid"])
    expect(storyOf(await payIn(world, intent, half)).at(-1)).toBe("complete paid")
  })

  it("is complete within its tolerance, and says that less was paid", async () => {
    const world = await intentWorld({ intents: { toleranceBps: 100 } })
    const short = await payIn(world, await openIntent(world), usdc(9_899_999n))
    expect(short.status).toBe("pending")
    const enough = await payIn(world, await openIntent(world), usdc(9_900_000n))
    expect(storyOf(enough)).toEqual(["created", "pending", "complete underpaid"])
  })

  it("counts a deposit when it is final, and not before", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await send(world, intent, whole)
    await pass(world, finalityMs / 2, 1)
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    const seen = await intentOf(world, intent.id)
    expect(seen).toMatchObject({ status: "pending", context: "none", confirming: { count: 1, total: whole } })
    expect((await depositsOf(world, intent.id)).map(({ status }) => status)).toEqual(["confirming"])
    expect(await balanceOf(world, "crypto_holdings")).toBe(0n)
    await settle(world, intent)
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "complete", confirming: { count: 0 } })
  })

  it("credits a deposit once, however often anybody speaks of it", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await send(world, intent, whole)
    await pass(world, 2 * finalityMs)
    const heard = await Promise.all(Array.from({ length: 8 }, () => world.kernel.intents.hear(merchantId, intent.id)))
    expect(heard.map(errorOf)).toEqual(heard.map(() => null))
    expect((await intentOf(world, intent.id)).paid).toEqual(whole)
    expect(await balanceOf(world, "merchant_available")).toBe(-whole.amount)
  })

  it("is found out about without anybody saying a word", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, hourMs)
    await send(world, intent, whole)
    await pass(world, 3 * 60_000, 12)
    expect((await intentOf(world, intent.id)).status).toBe("complete")
  })

  it("takes a fee, and pays the rest in the currency that was asked for", async () => {
    const onePercent = { kind: "percentage", name: "blockchain", rate: bps(100n), rounding: "halfUp" } as const
    const world = await intentWorld({ intents: { feeSchedule: { fee: onePercent, onExcess: "limit" } } })
    const btc = { amount: money(1_000_000n, "BTC"), currency: "BTC", chains: ["BTC"] } as const
    const intent = await payIn(world, await openIntent(world, btc), btc.amount)
    const [deposit] = await depositsOf(world, intent.id)
    expect(deposit?.credit).toMatchObject({ fee: money(10_000n, "BTC"), net: money(990_000n, "BTC") })
    expect(intent.fees.payments).toEqual(money(10_000n, "BTC"))
    const settled = deposit?.credit?.settled
    expect(settled?.currency).toBe("USDC")
    expect(await balanceOf(world, "merchant_available")).toBe(-(settled?.amount ?? 0n))
    expect(await balanceOf(world, "fee_revenue", "BTC")).toBe(-10_000n)
    expect(await balanceOf(world, "conversion", "BTC")).toBe(-990_000n)
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("the end of an intent", () => {
  it("comes by itself", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, 8 * hourMs + 1000)
    const expired = await intentOf(world, intent.id)
    expect(expired.timeline[0]).toMatchObject({ status: "expired", context: "none", reason: null })
  })

  it("comes when the merchant says so, once", async () => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), half)
    const expired = ok(await world.kernel.intents.expire(merchantId, intent.id))
    expect(expired.timeline[0]).toMatchObject({
      status: "expired",
      context: "underpaid",
      reason: "requested_by_merchant"
    })
    expect(errorOf(await world.kernel.intents.expire(merchantId, intent.id))).toBe("IntentNotExpirable")
    const open = await openContinuous(world)
    expect(errorOf(await world.kernel.intents.expire(merchantId, open.id))).toBe("IntentNotExpirable")
  })

  it("waits for a deposit that was sent in time", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, 8 * hourMs - 2000)
    await send(world, intent, whole)
    await pass(world, 3000, 1)
    expect((await intentOf(world, intent.id)).status).toBe("pending")
    await pass(world, 5 * finalityMs)
    const intentNow = await intentOf(world, intent.id)
    expect(storyOf(intentNow)).toEqual(["created", "pending", "complete paid"])
    expect((await depositsOf(world, intent.id)).map(({ late }) => late)).toEqual([false])
  })

  it("is followed by a time in which late deposits are found, and then nobody looks", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, 8 * hourMs + 1000)
    await send(world, intent, half)
    await pass(world, 4 * hourMs)
    const late = await intentOf(world, intent.id)
    expect(storyOf(late)).toEqual(["created", "pending", "expired", "expired underpaid"])
    expect((await depositsOf(world, intent.id)).map(({ late }) => late)).toEqual([true])
    await pass(world, 8 * dayMs, 40)
    expect((await intentOf(world, intent.id)).watching).toBe(false)
  })

  it("does not make money invisible that comes when nobody looks any more", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, 8 * dayMs, 40)
    expect((await intentOf(world, intent.id)).watching).toBe(false)
    await send(world, intent, half)
    await pass(world, 1000, 1)
    const heard = ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect(heard).toMatchObject({ watching: true, confirming: { count: 1 } })
    await pass(world, 3 * finalityMs)
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "expired", paid: half, confirming: { count: 0 } })
    expect(await balanceOf(world, "crypto_holdings")).toBe(half.amount)
  })
})

describe("a call that is repeated", () => {
  const request = (key: string) => ({
    scope: "test",
    key,
    meaning: { one: "intent" },
    answer: (view: unknown) => ({
      status: 201,
      body: JSON.stringify(view, (_, one) => (typeof one === "bigint" ? String(one) : one))
    })
  })

  it("creates one intent, and starts one refund", async () => {
    const world = await intentWorld()
    const create = () => world.kernel.intents.create(merchantId, order, request("a"))
    const [first, second] = await Promise.all([create(), create()])
    expect(ok(first).answer).toEqual(ok(second).answer)
    await world.kernel.drain()
    const { items } = ok(
      await world.kernel.intents.list(merchantId, {
        where: {},
        fromMs: null,
        toMs: null,
        page: { _tag: "First" },
        limit: 9
      })
    )
    expect(items).toEqual([await intentOf(world, ok(first).view.id)])
    const intent = await payIn(world, items[0] ?? (await openIntent(world)), whole)
    const input = { destination: customer, amount: half, sourceCurrency: "USDC" as const }
    const asked = await Promise.all(
      [1, 2, 3].map(() => world.kernel.intents.refund(merchantId, intent.id, input, request("b")))
    )
    expect(new Set(asked.map((one) => ok(one).view.refund.id)).size).toBe(1)
    await pass(world, 5 * finalityMs, 8)
    expect((await intentOf(world, intent.id)).refunded).toEqual(half)
    expect((await paymentsOf(world, intent.id)).length).toBe(2)
  })
})
