/** What no machine can decide waits for a person, in a list, and moves on when the gateway is asked or speaks. */
import type { Attempt } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it } from "vitest"
import {
  merchantId,
  pass,
  paymentInput,
  paymentOf,
  type Script,
  submitCard,
  usd,
  type World,
  world
} from "./kernel-world.ts"

let shop: World
afterEach(() => shop.kernel.close())

const approved: Attempt.GatewayVerdict = {
  _tag: "Approved",
  reference: "r",
  amount: usd(1000n),
  avs: "Y",
  cvv: "not_requested"
}

/** A payment whose authorization was left to a person, and what the gateway's look-ups will say from then on. */
const leftToAPerson = async () => {
  const answer: { lookup: Attempt.GatewayLookup } = { lookup: { _tag: "Unavailable", why: "down" } }
  const script: Script = { send: async () => ({ _tag: "Unknown", why: "timeout" }), lookup: async () => answer.lookup }
  shop = await world(script)
  const card = await submitCard(shop)
  const created = await shop.kernel.payments.create(merchantId, paymentInput(card.id))
  if (!created.ok) throw new Error(created.error._tag)
  await pass(shop, 25 * 3_600_000, 60)
  return { id: created.value.view.id, answer }
}

const inReview = async () => {
  const listed = await shop.kernel.payments.list(merchantId, {
    where: { review: "manual" },
    fromMs: null,
    toMs: null,
    page: { _tag: "First" },
    limit: 10
  })
  return listed.ok ? listed.value.items.map(({ id }) => id) : []
}

describe("an attempt left to a person", () => {
  it("is listed, and stays until the gateway says something for certain", async () => {
    const { id, answer } = await leftToAPerson()
    expect(await inReview()).toEqual([id])
    expect(await shop.kernel.payments.recheck(merchantId, id)).toMatchObject({ ok: true, value: { status: "pending" } })
    expect(await inReview()).toEqual([id])
    answer.lookup = { _tag: "Found", verdict: approved }
    expect(await shop.kernel.payments.recheck(merchantId, id)).toMatchObject({
      ok: true,
      value: { status: "confirmed" }
    })
    expect(await inReview()).toEqual([])
    expect(await shop.kernel.audit(merchantId)).toEqual([])
  })

  it("moves on when the gateway speaks by itself, however often it says so", async () => {
    const { id } = await leftToAPerson()
    const gatewayKey = (await paymentOf(shop, id)).attempts[0]?.gatewayKey ?? ""
    for (let times = 0; times < 3; times++) {
      const heard = await shop.kernel.payments.hear(merchantId, id, { gatewayKey, verdict: approved })
      expect(heard).toMatchObject({ ok: true, value: { status: "confirmed", captured: usd(1000n) } })
    }
    expect(await shop.kernel.audit(merchantId)).toEqual([])
  })

  it("is not moved by a message about another amount, or about a key it does not have", async () => {
    const { id } = await leftToAPerson()
    const gatewayKey = (await paymentOf(shop, id)).attempts[0]?.gatewayKey ?? ""
    const wrong = { gatewayKey, verdict: { ...approved, amount: usd(999n) } }
    expect(await shop.kernel.payments.hear(merchantId, id, wrong)).toMatchObject({
      ok: true,
      value: { status: "pending" }
    })
    const foreign = { gatewayKey: "another", verdict: approved }
    expect(await shop.kernel.payments.hear(merchantId, id, foreign)).toMatchObject({
      error: { _tag: "AttemptNotFound" }
    })
    expect(await shop.kernel.payments.hear(merchantId, "nobody", foreign)).toMatchObject({
      error: { _tag: "PaymentNotFound" }
    })
    expect(await inReview()).toEqual([id])
  })
})

describe("what has served its time", () => {
  it("is swept away: finished tasks after a week, keys after a month", async () => {
    shop = await world({}, { sweeper: { sweepEveryMs: 10 } })
    const card = await submitCard(shop)
    const request = { scope: "host", key: "k", meaning: "m", answer: () => ({ status: 201, body: "{}" }) }
    const first = await shop.kernel.payments.create(merchantId, paymentInput(card.id), request)
    await pass(shop, 31 * 24 * 3_600_000, 4)
    const swept = async () =>
      (await Effect.runPromise(shop.store.idempotencyRecord({ merchantId, scope: "host", key: "k" }))) === undefined
    await expect.poll(swept, { timeout: 5000 }).toBe(true)
    const again = await shop.kernel.payments.create(merchantId, paymentInput(card.id), request)
    expect(first.ok && again.ok && again.value.view.id !== first.value.view.id).toBe(true)
  })
})
