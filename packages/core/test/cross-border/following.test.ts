/** How often a network is asked and told of a payment as time goes by, and when that is over. */
import type { NetworkStanding, PayoutNetwork } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  answer,
  bestQuote,
  crossBorderWorld,
  errorOf,
  fund,
  inputFor,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  type WorldOptions
} from "./cross-border-world.ts"

const dayMs = 86_400_000

/** A world that counts how often its network is asked how a payment stands, and changes what it says. */
const watched = async (options: WorldOptions = {}) => {
  const looks = { count: 0, isAway: false, told: (standing: NetworkStanding): NetworkStanding => standing }
  const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
    ...network,
    lookup: (key, timeoutMs) =>
      Effect.suspend(() => {
        looks.count++
        if (looks.isAway) return Effect.succeed({ _tag: "Unavailable", why: "a test" })
        return Effect.map(network.lookup(key, timeoutMs), (lookup) =>
          lookup._tag === "Found" ? { ...lookup, standing: looks.told(lookup.standing) } : lookup
        )
      })
  })
  return { world: await crossBorderWorld({ reach, ...options }), looks }
}

const paidOut = (standing: NetworkStanding): NetworkStanding => ({
  ...standing,
  reports: [...standing.reports, { _tag: "PayoutCompleted", fiatNetworkRef: "ref-1" }]
})

describe("a payment is asked about", () => {
  it("never where the network did not take it", async () => {
    const { world, looks } = await watched()
    const sanctioned = { senderAddress: "0x8589427373D6D84E98730D7795D8f6f8731FDA16" }
    const input = await inputFor(world, await bestQuote(world), {}, sanctioned)
    expect(errorOf(await world.kernel.crossBorder.payments.create(merchantId, input))).toBe("RefusedByNetwork")
    await pass(world, 120_000, 8)
    expect(looks.count).toBe(0)
  })

  it("until its end, by a host that follows nothing that has ended", async () => {
    const { world } = await watched({ followEndedMs: 0 })
    const { payment } = await payAs(world, "Delayed")
    await pass(world, 4_000)
    await fund(world, payment)
    await pass(world, 60_000, 8)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
  })

  it("ever less often when it has ended, and not for longer than its host says", async () => {
    const { world, looks } = await watched({ followEndedMs: 2 * dayMs })
    const { payment } = await payAs(world, "Failed")
    await pass(world, dayMs, 96)
    expect(looks.count).toBeGreaterThan(5)
    expect(looks.count).toBeLessThan(20)
    await pass(world, 2 * dayMs, 12)
    const { count } = looks
    looks.told = paidOut
    await pass(world, 4 * dayMs, 12)
    expect(looks.count).toBe(count)
    expect((await paymentOf(world, payment.id)).contradiction).toBe(null)
  })

  it("until the network has answered once more", async () => {
    const { world, looks } = await watched({ followEndedMs: 2 * dayMs })
    const { payment } = await payAs(world, "Failed")
    looks.isAway = true
    await pass(world, 6 * dayMs, 12)
    looks.isAway = false
    looks.told = paidOut
    await pass(world, dayMs, 12)
    expect((await paymentOf(world, payment.id)).contradiction).toBe("completed")
  })

  it("for as long as a question about it is open", async () => {
    const { world } = await watched({ followEndedMs: 0 })
    const { payment } = await payAs(world, "Ada Example")
    await fund(world, payment)
    await pass(world, 60_000, 8)
    await Effect.runPromise(world.simulated.raiseRfi(payment.id, 1))
    const { activeRfi } = ok(await world.kernel.crossBorder.payments.hear(merchantId, payment.id))
    if (activeRfi === null) throw new Error("nothing was asked")
    await pass(world, 8_000)
    ok(await answer(world, activeRfi))
    await pass(world, 60_000, 8)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "completed", rfis: [{ status: "approved" }] })
  })

  it("for as long as a refund is under way, and no more when it is over", async () => {
    const { world, looks } = await watched({ followEndedMs: 0 })
    looks.told = (standing) => ({
      ...standing,
      refunds: standing.refunds.map((refund) => ({ ...refund, report: { _tag: "Created" } }))
    })
    const { payment } = await payAs(world, "FailThenRefundCreatedThenCompleted")
    await fund(world, payment)
    await pass(world, 120_000, 20)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", refunds: [{ status: "created" }] })
    looks.told = (standing) => standing
    await pass(world, 240_000, 4)
    expect((await paymentOf(world, payment.id)).refunds).toMatchObject([{ status: "completed" }])
    const { count } = looks
    await pass(world, dayMs, 8)
    expect(looks.count).toBe(count)
  })

  it("for as long as the network has money that it neither paid out nor gave back", async () => {
    const { world, looks } = await watched({ followEndedMs: 0 })
    looks.told = (standing) => ({ ...standing, refunds: [] })
    const { payment } = await payAs(world, "FailThenRefundCreatedThenCompleted")
    await fund(world, payment)
    await pass(world, 2 * dayMs, 12)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", refunds: [] })
    looks.told = (standing) => standing
    await pass(world, dayMs, 4)
    expect((await paymentOf(world, payment.id)).refunds).toMatchObject([{ status: "completed" }])
  })
})

describe("money that arrived", () => {
  it("is told of until that is heard, and then no more", async () => {
    let told = 0
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      fund: (notice, timeoutMs) =>
        Effect.suspend(() =>
          ++told < 3 ? Effect.succeed({ _tag: "NotSent", why: "a test" }) : network.fund(notice, timeoutMs)
        )
    })
    const world = await crossBorderWorld({ reach })
    const { payment } = await payAs(world, "Ada Example")
    await fund(world, payment)
    await pass(world, 30_000, 8)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
    await pass(world, 600_000, 8)
    expect(told).toBe(3)
  })
})
