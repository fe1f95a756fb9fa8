/**
 * The time was up and the payment was given up; and then it went through after all. The customer has paid for something
 * that was already sold to somebody else, and no one looks at payments that are over.
 */
import { Cvv } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { paymentInput } from "../kernel-world.ts"
import { newLife } from "../mortal-process.ts"
import {
  type CornerShop,
  capture,
  cornerShop,
  hour,
  merchantId,
  minute,
  stateOf,
  usd,
  verdicts,
  viewOf
} from "./corner-shop.ts"

/** A payment whose payer has been sent to his issuer, and a way for him to answer there and come back. */
const challenged = async ({ world, till, paid }: CornerShop) => {
  const id = await paid({
    ...{ amount: usd(566n), verificationMethod: "three_d_secure", autoCapture: true },
    ...{ successUrl: "https://shop.example/good", failureUrl: "https://shop.example/bad" }
  })
  const challengeId = (await stateOf(till, id)).authentication?.challengeUrl?.split("/").at(-1) ?? ""
  const answer = async (): Promise<string> => {
    const answered = await world.bank.challenges.answer(challengeId, "approved")
    return Result.getOrThrow(answered).returnUrl.split("/return/")[1] ?? ""
  }
  return { id, answer }
}

describe("a payer who answers his issuer in time and comes back too late", () => {
  it("finds the payment failed, and is not charged", async () => {
    const shop = await cornerShop()
    const { world, till, open, moved } = shop
    const { id, answer } = await challenged(shop)
    world.clock.ms += 14 * minute
    const state = await answer()
    // Nobody can ask the issuer; then the deadline passes.
    const authenticate = () => Effect.succeed(undefined)
    const cutOff = open({ gateway: { ...world.bank.gateway, authenticate } })
    world.clock.ms += 2 * minute
    await cutOff.kernel.drain()
    const failed = { status: "failed", failure: "three_d_secure_action_expired" }
    expect(await stateOf(till, id)).toMatchObject(failed)
    for (let times = 0; times < 2; times++) {
      const back = await till.kernel.payments.returnFromChallenge(state)
      expect(back).toEqual({ ok: false, error: { _tag: "ReturnStateInvalid" } })
    }
    await world.pass(till, hour, 12)
    expect(await stateOf(till, id)).toMatchObject({ ...failed, attempts: [], captured: usd(0n) })
    expect(moved("authorize")).toEqual([])
    expect(await shop.disagreements()).toEqual([])
  })

  it("is not charged either where nobody had noticed the deadline before he came", async () => {
    const shop = await cornerShop()
    const { world, till, moved } = shop
    const { id, answer } = await challenged(shop)
    world.clock.ms += 14 * minute
    const state = await answer()
    world.clock.ms += 2 * minute
    const back = await till.kernel.payments.returnFromChallenge(state)
    // The way back was open for as long as the challenge.
    expect(back).toEqual({ ok: false, error: { _tag: "ReturnStateInvalid" } })
    await world.pass(till, minute, 6)
    const failed = { status: "failed", failure: "three_d_secure_action_expired", captured: usd(0n) }
    expect(await stateOf(till, id)).toMatchObject(failed)
    expect(moved("authorize")).toEqual([])
    expect(await shop.disagreements()).toEqual([])
  })
})

/** The bank says no. */
const declined = async ({ paid }: CornerShop): Promise<string> => paid({ amount: usd(543n) })

/** The code is gone with the process, so what was not answered can only be called off. */
const calledOff = async ({ world, till, open, cardId }: CornerShop): Promise<string> => {
  world.bank.setMode("drop-before", 1)
  const doomed = open(
    {},
    newLife(({ call, when }) => call === "send" && when === "after")
  )
  const cvv = Result.getOrThrow(Cvv.parse("321"))
  const input = paymentInput(cardId, { amount: usd(777n), verificationMethod: "cvv", cvv })
  const { id } = viewOf(await doomed.kernel.payments.create(merchantId, input))
  await doomed.call((kernel) => kernel.drain())
  world.bury(doomed)
  world.bank.setMode("normal", 1)
  await world.pass(till, 2 * minute, 12)
  return id
}

describe("a success that the bank reports after a payment has failed", () => {
  it.each([
    { because: "the bank had declined it", fail: declined },
    { because: "it was called off", fail: calledOff }
  ])("is undone at the bank, and the payment stays failed: $because", async ({ fail }) => {
    const shop = await cornerShop()
    const { world, till, moved } = shop
    const id = await fail(shop)
    const { status, amount, attempts } = await stateOf(till, id)
    expect(status).toBe("failed")
    const gatewayKey = attempts[0]?.gatewayKey ?? ""
    const before = world.asked.filter(({ call }) => call === "reverse").length
    const verdict = { _tag: "Approved", reference: "late", amount, avs: "Y", cvv: "pass" } as const
    for (let times = 0; times < 2; times++) {
      const heard = await till.kernel.payments.hear(merchantId, id, { gatewayKey, verdict })
      expect(heard).toMatchObject({ ok: true, value: { status: "failed", captured: usd(0n) } })
    }
    await till.kernel.drain()
    const reversals = world.asked.filter(({ call }) => call === "reverse").slice(before)
    expect(reversals.map(({ key }) => key)).toEqual([gatewayKey])
    expect(await stateOf(till, id)).toMatchObject({ status: "failed", attempts: [{ status: "not_charged" }] })
    expect(await shop.booked(id)).toEqual([])
    expect(moved("authorize")).toEqual([])
    expect(await shop.disagreements()).toEqual([])
  })
})

describe("a capture that succeeds after the authorization has run out", () => {
  it("is found before the authorization is given up, so that the payment is captured and nothing else", async () => {
    const shop = await cornerShop()
    const { world, till, open, moved } = shop
    const id = await shop.paid({ autoCapture: false })
    const doomed = open(
      {},
      newLife(({ call, when }) => call === "send" && when === "after")
    )
    expect(verdicts([await capture(doomed, id)])).toEqual(["accepted"])
    await doomed.call((kernel) => kernel.drain())
    world.bury(doomed)
    // The bank has done it. Nobody looks for a week, and then everything falls due at once.
    world.clock.ms += 7 * 24 * hour
    await world.pass(till, hour, 12)
    expect(await stateOf(till, id)).toMatchObject({ captured: usd(1000n), refunded: usd(0n) })
    expect(["confirmed", "paid"]).toContain((await stateOf(till, id)).status)
    expect(moved("capture")).toEqual(["10.00"])
    expect((await shop.booked(id)).slice(0, 2)).toEqual(["authorization_hold", "capture"])
    expect(await shop.disagreements()).toEqual([])
  })
})
