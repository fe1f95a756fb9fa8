/** What is refused before anything begins, and what an address costs. */
import { money } from "@paykernel/core"
import type { Blockchain } from "@paykernel/core/effect"
import { describe, expect, it } from "vitest"
import { firstPage } from "../kernel-world.ts"
import {
  balanceOf,
  errorOf,
  hourMs,
  intentOf,
  intentWorld,
  merchantId,
  ok,
  openIntent,
  order,
  payIn,
  usdc
} from "./intent-world.ts"

const listing = { ...firstPage, limit: 9 }

const inDollars = { fee: { kind: "fixed", name: "flat", amount: money(30n, "USD") }, onExcess: "limit" } as const

describe("what is refused before anything begins", () => {
  it.each([
    ["a chain that nobody knows", { chains: ["DOGE"] }, "ChainNotSupported"],
    ["an asset that the chain does not carry", { chains: ["BTC"] }, "ChainNotSupported"],
    ["a currency that nobody exchanges", { settlementCurrency: "JPY" as const }, "PairNotTraded"],
    ["nothing", { amount: usdc(0n) }, "IntentAmountNotPositive"],
    ["a time that is over", { expiresAtMs: 1 }, "IntentExpiryNotAllowed"]
  ])("%s", async (_, change, error) => {
    const { kernel } = await intentWorld()
    expect(errorOf(await kernel.intents.create(merchantId, { ...order, ...change }))).toBe(error)
    const { items } = ok(await kernel.intents.list(merchantId, listing))
    expect(items).toEqual([])
  })

  it("a merchant who is unknown, or suspended", async () => {
    const { kernel } = await intentWorld()
    expect(errorOf(await kernel.intents.create("nobody", order))).toBe("MerchantNotFound")
    ok(await kernel.merchants.suspend(merchantId))
    expect(errorOf(await kernel.intents.create(merchantId, order))).toBe("MerchantIsSuspended")
  })

  it.each([
    ["no keys", { idempotentByKey: false }],
    ["no look-ups", { lookupByKey: false }],
    ["a memory shorter than the margin", { keyTtlMs: 1000 }],
    ["messages that travel longer than anybody doubts", { maxInFlightMs: 25 * hourMs }]
  ])("a blockchain with %s", async (_, change) => {
    const reachChain = (blockchain: Blockchain["Service"]) => ({
      ...blockchain,
      capabilities: { ...blockchain.capabilities, ...change }
    })
    await expect(intentWorld({ reachChain })).rejects.toThrow("the blockchain sandbox cannot be used")
  })

  it.each([
    ["lifetimeMs", { lifetimeMs: 0 }],
    ["monitoringMs", { monitoringMs: -1 }],
    ["toleranceBps", { toleranceBps: 1001 }],
    ["lookPauseMaxMs", { lookPauseMaxMs: 0.5 }],
    ["feeSchedule cannot be charged on", { feeSchedule: inDollars }],
    ["lease fee", { leaseFees: [usdc(-1n)] }],
    ["lease fee", { leaseFees: [usdc(1n), usdc(2n)] }]
  ])("settings that mean nothing: %s", async (name, intents) => {
    await expect(intentWorld({ intents })).rejects.toThrow(name)
  })
})

describe("the fee for an address", () => {
  it("is taken from what the merchant has, and without it there is no address", async () => {
    const world = await intentWorld({ intents: { leaseFees: [usdc(250_000n)] } })
    const { view } = ok(await world.kernel.intents.create(merchantId, order))
    await world.kernel.drain()
    const failed = await intentOf(world, view.id)
    expect(failed.timeline[0]).toMatchObject({ status: "failed", reason: "fee_collection_failed" })
    const btc = { amount: money(1_000_000n, "BTC"), currency: "BTC", chains: ["BTC"] } as const
    await payIn(world, await openIntent(world, btc), btc.amount)
    const free = await balanceOf(world, "merchant_available")
    const opened = await openIntent(world)
    expect(opened).toMatchObject({ status: "pending", fees: { lease: usdc(250_000n) } })
    expect(await balanceOf(world, "merchant_available")).toBe(free + 250_000n)
    expect(await world.kernel.audit()).toEqual([])
  })
})
