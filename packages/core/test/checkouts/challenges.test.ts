/** A payer who is sent to his issuer from a page, and comes back, or does not. */
import { keyedDigest } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { challengeState } from "../../src/application/payments/challenge-state.ts"
import { cardInput, digestKey, merchantId, paymentInput, scriptedGateway } from "../kernel-world.ts"
import {
  answerChallenge,
  cardOf,
  charges,
  direct,
  errorOf,
  everyStored,
  good,
  needs3ds,
  ok,
  openPage,
  openShop,
  pay,
  paying,
  type Shop,
  settled,
  viewOf
} from "./checkout-shop.ts"

const stored = ({ store }: Shop, id: string) => Effect.runPromise(store.load({ merchantId, type: "payment", id }))

describe("a payment that the issuer wants authenticated", () => {
  const challenged = async (shop: Shop, expiresAtMs: number | null = null) => {
    const id = await openPage(shop, { expiresAtMs })
    await pay(shop, id, paying(needs3ds))
    const view = await settled(shop, id)
    expect(view).toMatchObject({
      checkout: { status: "paying", payments: [{ failure: "three_d_secure_required" }, { status: "open" }] },
      latest: { payment: { status: "action_required", verificationMethod: "three_d_secure" } }
    })
    return { id, view }
  }

  it("is one transaction with the first, and is paid when the payer has approved", async () => {
    const shop = await openShop()
    const { id, view } = await challenged(shop)
    const [first, second] = view.checkout.payments
    expect(second?.transactionId).toBe(first?.transactionId)
    const state = await answerChallenge(shop, view)
    expect(ok(await shop.kernel.payments.returnFromChallenge(state)).redirectUrl).toBe("https://shop.test/back")
    expect((await settled(shop, id)).checkout.status).toBe("completed")
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("is come back from once, in time, and with nothing that was changed on the way", async () => {
    const shop = await openShop()
    const [{ view }, { view: other }] = [await challenged(shop), await challenged(shop)]
    const state = await answerChallenge(shop, view)
    const [, , proof = ""] = state.split(".")
    const { kernel } = shop
    const back = async (token: string) => {
      const told = await kernel.payments.returnFromChallenge(token)
      return told.ok ? told.value.redirectUrl : told.error._tag
    }
    // Five bits in each of its letters: more than can be guessed.
    expect(proof).toMatch(/^[0-9a-z]{26}$/u)
    const swapped = `${merchantId}.${other.latest?.payment.id}.${proof}`
    const forged = [swapped, state.toUpperCase(), `${state}a`, state.slice(0, -1), `x${state}`, "", "..", "a.b.c"]
    for (const token of forged) expect(await back(token)).toBe("ReturnStateInvalid")
    expect(charges(shop)).toHaveLength(0)
    const ways = await Promise.all([back(state), back(state), back(state)])
    expect(ways.toSorted()).toEqual(["ReturnStateInvalid", "ReturnStateInvalid", "https://shop.test/back"])
    const history = await stored(shop, view.latest?.payment.id ?? "")
    expect(await back(state)).toBe("ReturnStateInvalid")
    expect(await stored(shop, view.latest?.payment.id ?? "")).toEqual(history)
    expect((await settled(shop, view.checkout.id)).checkout.status).toBe("completed")
    expect((await settled(shop, other.checkout.id, 0)).checkout.status).toBe("paying")
    expect(charges(shop)).toHaveLength(1)

    const late = await answerChallenge(shop, other)
    shop.clock.ms += 15 * 60_000
    expect(await back(late)).toBe("ReturnStateInvalid")
    expect(charges(shop)).toHaveLength(1)
  })

  it.each([
    ["who has proved himself", "approved", "https://shop.test/paid"],
    ["who has not", "failed", "https://shop.test/not-paid"]
  ] as const)("sends a payer on %s to where such are sent", async (_, answer, redirectUrl) => {
    const shop = await openShop()
    const { pan } = cardOf(needs3ds)
    const card = ok(await shop.kernel.cards.submit(merchantId, { ...cardInput(), pan })).view
    await shop.kernel.drain()
    const input = paymentInput(card.id, {
      ...{ verificationMethod: "three_d_secure" as const },
      ...{ successUrl: "https://shop.test/paid", failureUrl: "https://shop.test/not-paid" }
    })
    const { id } = ok(await shop.kernel.payments.create(merchantId, input)).view
    await shop.kernel.drain()
    const { payment } = ok(await shop.kernel.payments.get(merchantId, id))
    const challengeId = payment.authentication?.challengeUrl?.split("/").at(-1) ?? ""
    const { returnUrl } = Result.getOrThrow(await shop.bank.challenges.answer(challengeId, answer))
    const state = returnUrl.split("/").at(-1) ?? ""
    expect(ok(await shop.kernel.payments.returnFromChallenge(state))).toEqual({ redirectUrl })
  })

  it("has no way back where the payer was asked nothing", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, direct(good)))
    const state = challengeState(keyedDigest(digestKey), merchantId, view.latest?.payment.id ?? "")
    expect(errorOf(await shop.kernel.payments.returnFromChallenge(state))).toBe("ReturnStateInvalid")
  })

  it("leaves nothing of the way back in the store but a digest", async () => {
    const commits: Array<unknown> = []
    const shop = await openShop({}, (store) => ({
      ...store,
      commit: (commit) => {
        commits.push(commit)
        return store.commit(commit)
      }
    }))
    const { view } = await challenged(shop)
    const state = await answerChallenge(shop, view)
    ok(await shop.kernel.payments.returnFromChallenge(state))
    const [, , proof = ""] = state.split(".")
    const written = JSON.stringify(commits, (_, value) => (typeof value === "bigint" ? `${value}` : value))
    expect(written).toContain("return-state")
    expect(written).not.toContain(proof)
  })

  it("is told no way on where nobody has said one", async () => {
    const shop = await openShop()
    const { view } = ok(await shop.kernel.checkouts.payDirectly(merchantId, { ...direct(needs3ds), returnUrl: null }))
    const state = await answerChallenge(shop, await settled(shop, view.checkout.id))
    expect(ok(await shop.kernel.payments.returnFromChallenge(state))).toEqual({ redirectUrl: null })
  })

  it.each(["failed", "cancelled"] as const)("leaves the page open where the payer %s", async (answer) => {
    const shop = await openShop()
    const { id, view } = await challenged(shop)
    await answerChallenge(shop, view, answer)
    expect((await settled(shop, id)).checkout).toMatchObject({
      status: "open",
      payments: [{ failure: "three_d_secure_required" }, { failure: "three_d_secure_failure" }]
    })
    await pay(shop, id, paying(good, "second"))
    expect((await settled(shop, id)).checkout.status).toBe("completed")
  })

  it("leaves the page open where the merchant takes it back while the payer is asked", async () => {
    const shop = await openShop()
    const { id, view } = await challenged(shop)
    ok(await shop.kernel.payments.cancel(merchantId, view.latest?.payment.id ?? "", { reason: null }))
    expect((await settled(shop, id)).checkout).toMatchObject({
      status: "open",
      payments: [{ failure: "three_d_secure_required" }, { failure: "payment_canceled" }]
    })
  })

  it("is declined where the issuer has authenticated the payer, and still refuses it for want of that", async () => {
    const gateway = scriptedGateway(
      {
        send: async () => ({
          ...{ _tag: "Declined", reference: null, code: "three_d_secure_required" },
          ...{ avs: "not_requested", cvv: "not_requested" }
        })
      },
      []
    )
    const shop = await openShop({ gateway })
    const id = await openPage(shop)
    await pay(shop, id, paying(good))
    expect((await settled(shop, id)).checkout).toMatchObject({
      status: "open",
      payments: [{ failure: "three_d_secure_required" }, { failure: "three_d_secure_required" }]
    })
    expect(await everyStored(shop)).toEqual({ payments: 2, cards: 0 })
    expect(await Effect.runPromise(shop.store.sealedRecords(null, 100))).toEqual([])
    expect(await shop.kernel.audit()).toEqual([])
  })

  it("is waited for past the end of the page's time, and then counts", async () => {
    const shop = await openShop()
    const { id, view } = await challenged(shop, shop.clock.ms + 60_000)
    shop.clock.ms += 61_000
    await shop.kernel.drain()
    expect((await viewOf(shop, id)).checkout.status).toBe("paying")
    await answerChallenge(shop, view)
    expect((await settled(shop, id)).checkout.status).toBe("completed")
    shop.clock.ms += 60_000
    await shop.kernel.drain()
    expect((await viewOf(shop, id)).checkout.status).toBe("completed")
  })

  it("is waited for past the end of the page's time, which comes once it is declined", async () => {
    const shop = await openShop()
    const { id, view } = await challenged(shop, shop.clock.ms + 60_000)
    shop.clock.ms += 61_000
    await shop.kernel.drain()
    await answerChallenge(shop, view, "failed")
    expect((await settled(shop, id)).checkout.status).toBe("open")
    expect(errorOf(await shop.kernel.checkouts.pay(merchantId, id, paying(good, "late")))).toBe("CheckoutHasExpired")
    shop.clock.ms += 31_000
    await shop.kernel.drain()
    expect((await viewOf(shop, id)).checkout.status).toBe("expired")
    expect(await shop.kernel.audit()).toEqual([])
  })
})
