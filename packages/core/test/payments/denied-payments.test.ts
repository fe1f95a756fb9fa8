/** Payments that are looked at before their first message, and denied. */
import type { KernelOptions } from "@paykernel/core"
import { type CardGateway, payDirectly } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { bareDesk } from "../bare-desk.ts"
import { capture, claimed, create, paid, pausesOf, paymentIn, savedCard } from "../bare-payments.ts"
import { direct, good } from "../checkouts/checkout-shop.ts"
import { merchantId, type Script, scriptedGateway } from "../kernel-world.ts"

describe("a payment that is denied before anything leaves", () => {
  const denied = { decision: "denied", reason: "3002" } as const

  it.each(["none", "three_d_secure"] as const)("has failed, and nobody is asked: verification %s", async (method) => {
    let assessed = 0
    const risk: KernelOptions["risk"] = {
      assessCard: () => Effect.succeed({ decision: "approved", reason: "" }),
      assessPayment: () => Effect.sync(() => ++assessed).pipe(Effect.as(denied))
    }
    let authenticated = 0
    const scripted = scriptedGateway({}, [])
    const authenticate: CardGateway["Service"]["authenticate"] = (...asked) => {
      authenticated++
      return scripted.authenticate(...asked)
    }
    const desk = await bareDesk({}, { risk, gateway: { ...scripted, authenticate } })
    const id = await paid(desk, { verificationMethod: method })
    expect(await paymentIn(desk, id)).toMatchObject({ status: "failed", risk: denied })
    const kind = method === "none" ? "attempt" : "authenticate"
    await expect(claimed(desk, kind, desk.clock.ms + 1e12)).rejects.toThrow("is due")
    expect([assessed, authenticated, desk.incidents]).toEqual([1, 0, []])
  })

  const approved = { decision: "approved", reason: "" } as const
  const scripts: ReadonlyArray<readonly [string, Script]> = [
    ["whatever is asked for afterwards", {}],
    [
      "however often its message is sent",
      { send: async () => ({ _tag: "Unknown", why: "timeout" }), lookup: async () => ({ _tag: "AbsentFinal" }) }
    ]
  ]

  it.each(scripts)("is looked at once, %s", async (_, script) => {
    let assessed = 0
    const desk = await bareDesk(script, {
      risk: {
        assessCard: () => Effect.succeed(approved),
        assessPayment: () => Effect.sync(() => ++assessed).pipe(Effect.as(approved))
      }
    })
    const id = await paid(desk, { autoCapture: false })
    await desk.run(capture(desk, id))
    await desk.workOff()
    expect(desk.calls.filter(({ call }) => call === "send").length).toBeGreaterThan(1)
    expect(assessed).toBe(1)
  })

  it("is not looked at where it is made by transfer: nobody makes one with a stolen card", async () => {
    const scripted = scriptedGateway({}, [])
    const gateway = { ...scripted, capabilities: { ...scripted.capabilities, bankTransfers: true } }
    const assess = () => Effect.die(new Error("nobody is to ask"))
    const desk = await bareDesk({}, { gateway, risk: { assessCard: assess, assessPayment: assess } })
    const input = { ...direct(good), card: null }
    const begun = payDirectly(desk.operations, desk.directory, merchantId, input, undefined)
    const { view } = Result.getOrThrow(await desk.run(begun))
    await desk.workOff()
    expect((await paymentIn(desk, view.latest?.payment.id ?? ""))?.status).toBe("confirmed")
  })

  it("is looked at once, however long its payer is asked to prove himself", async () => {
    let assessed = 0
    const risk: KernelOptions["risk"] = {
      assessCard: () => Effect.succeed(approved),
      assessPayment: () => Effect.sync(() => ++assessed).pipe(Effect.as(approved))
    }
    const challenge = { _tag: "ChallengeIssued", url: "https://issuer.test" } as const
    const gateway = { ...scriptedGateway({}, []), authenticate: () => Effect.succeed(challenge) }
    const desk = await bareDesk({}, { risk, gateway })
    const { id } = await savedCard(desk)
    desk.hands.room = null
    Result.getOrThrow(await desk.run(create(desk, id, { verificationMethod: "three_d_secure" })))
    await pausesOf(desk, "authenticate", 3)
    expect(assessed).toBe(1)
  })
})
