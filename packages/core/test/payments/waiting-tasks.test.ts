/** When a task of a payment looks again. */
import type { KernelOptions } from "@paykernel/core"
import type { CardGateway } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { bareDesk, putUp } from "../bare-desk.ts"
import { capture, claimed, create, paid, pausesOf, paymentIn, savedCard } from "../bare-payments.ts"
import { approve, scriptedGateway } from "../kernel-world.ts"

describe("a task that has to wait", () => {
  const gatewayWith = (change: Partial<CardGateway["Service"]>): Partial<KernelOptions> => ({
    gateway: { ...scriptedGateway({}, []), ...change }
  })

  it("asks about an open challenge ever more seldom, and every half minute at least", async () => {
    const challenge = { _tag: "ChallengeIssued", url: "https://issuer.test" } as const
    const desk = await bareDesk({}, gatewayWith({ authenticate: () => Effect.succeed(challenge) }))
    const { id } = await savedCard(desk)
    desk.hands.room = null
    Result.getOrThrow(await desk.run(create(desk, id, { verificationMethod: "three_d_secure" })))
    expect(await pausesOf(desk, "authenticate", 5)).toEqual([4000, 8000, 16_000, 30_000, 30_000])
  })

  it("ends a challenge no earlier than its time, by whatever clock it was claimed", async () => {
    const desk = await bareDesk()
    const { id } = await savedCard(desk)
    desk.hands.room = null
    const { view } = Result.getOrThrow(await desk.run(create(desk, id, { verificationMethod: "three_d_secure" })))
    const beganMs = desk.clock.ms
    await desk.carryOut(await claimed(desk, "expire_challenge", beganMs + 15 * 60_000))
    await expect(claimed(desk, "expire_challenge", beganMs + 15 * 60_000 - 1)).rejects.toThrow("is due")
    desk.clock.ms = beganMs + 15 * 60_000
    await desk.carryOut(await claimed(desk, "expire_challenge", desk.clock.ms))
    expect(await paymentIn(desk, view.id)).toMatchObject({
      ...{ status: "failed", failure: "three_d_secure_action_expired" }
    })
    await expect(claimed(desk, "expire_challenge", desk.clock.ms + 1e12)).rejects.toThrow("is due")
    expect(desk.incidents).toEqual([])
  })

  it("ends where there is no such payment any more", async () => {
    const desk = await bareDesk()
    await putUp(desk, "expire_challenge", "payment")
    await desk.carryOut(await claimed(desk, "expire_challenge", 0))
    await expect(claimed(desk, "expire_challenge", 1e15)).rejects.toThrow("is due")
  })

  it("lets a capture under way end before it gives an authorization up, and looks every five minutes at least", async () => {
    const desk = await bareDesk({
      send: async (operation) =>
        operation.kind === "capture" ? { _tag: "Unknown", why: "timeout" } : approve(operation),
      lookup: async () => ({ _tag: "Unavailable", why: "down" })
    })
    const id = await paid(desk, { autoCapture: false })
    Result.getOrThrow(await desk.run(capture(desk, id)))
    await desk.workOff()
    desk.clock.ms += (6 * 24 + 18) * 3_600_000
    const seconds = [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    expect(await pausesOf(desk, "expire_authorization", 10)).toEqual(seconds.map((one) => one * 1000))
    expect((await paymentIn(desk, id))?.status).toBe("authorized")
  })
})
