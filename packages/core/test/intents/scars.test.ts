/** What has cost others money when they took crypto: each story is known by the name of what went wrong. */
import { BlockchainUnavailable } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
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
  pass,
  payIn,
  refund,
  refundsOf,
  send,
  settle,
  storyOf,
  usdc,
  whole
} from "./intent-world.ts"

/** A block of the chain of these intents. */
const blockMs = finalityMs / 12

describe("scars of being paid on chains", () => {
  it("expired with a partial payment, then paid over and late: credited, told, and returnable", async () => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), half)
    await pass(world, 8 * hourMs)
    expect((await intentOf(world, intent.id)).status).toBe("expired")
    const late = await payIn(world, intent, usdc(7_000_000n))
    expect(storyOf(late)).toEqual(["created", "pending", "pending underpaid", "expired underpaid", "expired overpaid"])
    expect((await depositsOf(world, intent.id)).map(({ late }) => late)).toEqual([true, false])
    expect(await balanceOf(world, "crypto_holdings")).toBe(12_000_000n)
    await refund(world, intent.id, { amount: usdc(12_000_000n) })
    await pass(world, 5 * finalityMs, 8)
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "refunded", refunded: usdc(12_000_000n) })
    expect(await world.kernel.audit()).toEqual([])
  })

  it("a transaction that its sender replaced: the one that is final counts, and the other is gone", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    const first = await send(world, intent, whole)
    await pass(world, blockMs, 1)
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    const { address = "", addressTag = null } = intent.methods[0]?.address ?? {}
    const payments = [{ address, addressTag, amount: half }]
    const fate = { fate: "replaced", payments } as const
    Result.getOrThrow(await world.chains.reorganise({ chain: "ETH", depth: 2, transactionHash: first, fate }))
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    const seen = await depositsOf(world, intent.id)
    const replacement = seen.find(({ transactionHash }) => transactionHash !== first)
    expect(seen.find(({ transactionHash }) => transactionHash === first)).toMatchObject({
      status: "dropped",
      replacedBy: replacement?.transactionHash,
      amount: whole
    })
    await settle(world, intent)
    const paid = await intentOf(world, intent.id)
    expect(paid).toMatchObject({ status: "pending", context: "underpaid", paid: half, confirming: { count: 0 } })
    expect((await depositsOf(world, intent.id)).map(({ status }) => status).toSorted()).toEqual(["dropped", "final"])
    expect(await balanceOf(world, "crypto_holdings")).toBe(half.amount)
    expect(await world.kernel.audit()).toEqual([])
  })

  it("two deposits in one block, and two in one transaction: each counts by itself", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await send(world, intent, usdc(1_000_000n), usdc(1_000_000n))
    await send(world, intent, usdc(1_000_000n))
    await settle(world, intent)
    const deposits = await depositsOf(world, intent.id)
    expect(deposits).toHaveLength(3)
    expect(new Set(deposits.map(({ block }) => block?.hash)).size).toBe(1)
    expect((await intentOf(world, intent.id)).paid).toEqual(usdc(3_000_000n))
  })

  it("a deposit to a continuous intent after it was refunded: credited all the same, and returnable", async () => {
    const world = await intentWorld()
    const intent = await payIn(world, await openContinuous(world), whole)
    expect(intent).toMatchObject({ status: "active", paid: whole, depositIds: [] })
    await refund(world, intent.id, { amount: whole })
    await pass(world, 5 * finalityMs, 8)
    await send(world, intent, half)
    await pass(world, 2 * hourMs, 8)
    const after = await intentOf(world, intent.id)
    expect(after).toMatchObject({ status: "refunded", paid: usdc(15_000_000n), refunded: whole })
    expect((await depositsOf(world, intent.id))[0]).toMatchObject({ status: "final", late: true })
    expect(await balanceOf(world, "merchant_available")).toBe(-half.amount)
    await refund(world, intent.id, { amount: half })
    await pass(world, 5 * finalityMs, 8)
    expect((await refundsOf(world, intent.id)).map(({ status }) => status)).toEqual(["paid", "paid"])
    expect(await balanceOf(world, "merchant_available")).toBe(0n)
    expect(await world.kernel.audit()).toEqual([])
  })

  it("a reorganisation before finality takes a deposit back, and brings it again", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    const hash = await send(world, intent, whole)
    await pass(world, 3 * blockMs, 3)
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect((await intentOf(world, intent.id)).confirming.count).toBe(1)
    const fate = { fate: "dropped", returnsAfterMs: 5 * blockMs } as const
    Result.getOrThrow(await world.chains.reorganise({ chain: "ETH", depth: 4, transactionHash: hash, fate }))
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect((await depositsOf(world, intent.id)).map(({ status }) => status)).toEqual(["dropped"])
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "pending", confirming: { count: 0 } })
    expect(await balanceOf(world, "crypto_holdings")).toBe(0n)
    await pass(world, 5 * blockMs, 2)
    await settle(world, intent)
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "complete", context: "paid" })
    expect(await world.kernel.audit()).toEqual([])
  })

  it("a reorganisation after finality takes nothing back, whatever a node says", async () => {
    let isForgetful = false
    const world = await intentWorld({
      reachChain: (blockchain) => ({
        ...blockchain,
        depositsAt: (query) =>
          Effect.map(blockchain.depositsAt(query), (page) =>
            isForgetful
              ? {
                  ...page,
                  sightings: page.sightings.map((one) => ({ ...one, status: "dropped" as const, height: null }))
                }
              : page
          )
      })
    })
    const intent = await payIn(world, await openIntent(world), whole)
    isForgetful = true
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect(await intentOf(world, intent.id)).toEqual(intent)
    expect((await depositsOf(world, intent.id)).map(({ status }) => status)).toEqual(["final"])
    const fate = { fate: "dropped", returnsAfterMs: null } as const
    const tooDeep = await world.chains.reorganise({ chain: "ETH", depth: 99, fate })
    expect(Result.isFailure(tooDeep)).toBe(true)
  })

  it("another asset than was asked for: kept as it came, and no payment of the intent", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await send(world, intent, { amount: 5_000_000n, currency: "EURC" })
    await settle(world, intent)
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "pending", context: "none", paid: usdc(0n) })
    expect((await depositsOf(world, intent.id)).map(({ status, amount }) => [status, amount.currency])).toEqual([
      ["final", "EURC"]
    ])
    expect(await balanceOf(world, "merchant_available", "EURC")).toBe(-5_000_000n)
    expect(await world.kernel.audit()).toEqual([])
  })

  it("one of two chains that cannot be asked: what is paid on the other is found", async () => {
    const world = await intentWorld({
      reachChain: (blockchain) => ({
        ...blockchain,
        depositsAt: (query) =>
          query.chain === "ETH"
            ? Effect.fail(new BlockchainUnavailable({ reason: "down" }))
            : blockchain.depositsAt(query)
      })
    })
    const intent = await openIntent(world, { chains: ["ETH", "SOL"] })
    const { address = "", addressTag = null } = intent.methods[1]?.address ?? {}
    const payments = [{ address, addressTag, amount: whole }]
    Result.getOrThrow(await world.chains.pay({ chain: "SOL", payments }))
    await pass(world, 5 * 60_000, 8)
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "complete", context: "paid" })
    expect(errorOf(await world.kernel.intents.hear(merchantId, intent.id))).toBe("Unavailable")
  })

  it("a transaction that never comes back: it does not stand in the way of what is looked at", async () => {
    const world = await intentWorld()
    const intent = await openContinuous(world)
    const lost = await send(world, intent, whole)
    const fate = { fate: "dropped", returnsAfterMs: null } as const
    Result.getOrThrow(await world.chains.reorganise({ chain: "ETH", depth: 0, transactionHash: lost, fate }))
    for (let n = 0; n < 2; n++) await send(world, intent, ...Array.from({ length: 20 }, () => usdc(1n)))
    await settle(world, intent)
    expect((await intentOf(world, intent.id)).methods[0]?.watchedTo).toBeNull()
    world.clock.ms += 8 * dayMs
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    const after = await intentOf(world, intent.id)
    expect(after.methods[0]?.watchedTo).not.toBeNull()
    expect(after.paid).toEqual(usdc(40n))
  })

  it("a deposit that cannot be credited: those that come after it are, and it is as soon as it can", async () => {
    const world = await intentWorld()
    const euros = { kind: "continuous", amount: null, settlementCurrency: "EURC" } as const
    const intent = await openIntent(world, euros)
    world.rates.setAvailable(false)
    await send(world, intent, whole)
    // What is not final needs no rate.
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect((await depositsOf(world, intent.id)).map(({ status }) => status)).toEqual(["seen"])
    await pass(world, 2 * finalityMs, 1)
    await send(world, intent, { amount: 3n, currency: "EURC" })
    expect(errorOf(await world.kernel.intents.hear(merchantId, intent.id))).toBe("Unavailable")
    expect((await depositsOf(world, intent.id)).map(({ amount }) => amount.currency)).toEqual(["EURC", "USDC"])
    world.rates.setAvailable(true)
    await settle(world, intent)
    expect((await depositsOf(world, intent.id)).map(({ status }) => status)).toEqual(["final", "final"])
    expect((await intentOf(world, intent.id)).paid).toEqual(whole)
    // Nor does what is credited.
    world.rates.setAvailable(false)
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect(await world.kernel.audit()).toEqual([])
  })

  it("a refund asked for by two clerks: the second finds nothing left", async () => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    const input = { destination: customer, amount: whole, sourceCurrency: "USDC" } as const
    const asked = await Promise.all([1, 2].map(() => world.kernel.intents.refund(merchantId, intent.id, input)))
    expect(asked.map(errorOf).toSorted()).toEqual(["RefundExceedsPaid", null])
    await pass(world, 5 * finalityMs, 8)
    expect(world.chains.transactions().filter(({ kind }) => kind === "refund")).toHaveLength(1)
  })

  it("a chain that cannot be asked at the end of the time: nobody says that nothing was paid", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, 8 * hourMs - blockMs, 4)
    await send(world, intent, whole)
    world.chains.setMode("down", 1)
    await pass(world, hourMs, 12)
    expect((await intentOf(world, intent.id)).status).toBe("pending")
    world.chains.setMode("normal", 1)
    await pass(world, hourMs, 12)
    expect(storyOf(await intentOf(world, intent.id)).at(-1)).toBe("complete paid")
    expect((await depositsOf(world, intent.id)).map(({ late }) => late)).toEqual([false])
  })

  it("dust by the hundred on one address: each is credited, and the looks stay short", async () => {
    const world = await intentWorld()
    const intent = await openContinuous(world)
    for (let n = 0; n < 3; n++) await send(world, intent, ...Array.from({ length: 30 }, () => usdc(1n)))
    await settle(world, intent)
    const after = await intentOf(world, intent.id)
    expect(after.paid).toEqual(usdc(90n))
    expect(after.methods[0]?.watchedTo).not.toBeNull()
    const { address = "", addressTag = null } = after.methods[0]?.address ?? {}
    const query = { chain: "ETH", address, addressTag, after: after.methods[0]?.watchedTo ?? null, limit: 100 }
    const left = await Effect.runPromise(world.chains.blockchain.depositsAt(query))
    expect(left.sightings.length).toBeLessThan(20)
    expect(await world.kernel.audit()).toEqual([])
  })
})
