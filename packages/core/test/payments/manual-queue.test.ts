/** What no machine can decide waits for a person, in a list, and moves on when the gateway is asked or speaks. */
import { Cvv } from "@paykernel/core"
import type { Attempt } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
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
} from "../kernel-world.ts"

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

describe("a reversal left to a person", () => {
  /** The gateway undid what it had done, and said so to nobody. */
  const leftWhileItWasUndone = async () => {
    const answer: { reversal: Attempt.GatewayReversal } = { reversal: { _tag: "ReversalUnknown", why: "timeout" } }
    shop = await world({
      send: async () => ({ _tag: "Unknown", why: "timeout" }),
      lookup: async () => ({ _tag: "AbsentFinal" }),
      reverse: async () => answer.reversal
    })
    const card = await submitCard(shop)
    const cvv = Result.getOrThrow(Cvv.parse("321"))
    const created = await shop.kernel.payments.create(
      merchantId,
      paymentInput(card.id, { verificationMethod: "cvv", cvv })
    )
    if (!created.ok) throw new Error(created.error._tag)
    await pass(shop, 25 * 3_600_000, 60)
    const { id } = created.value.view
    expect(await inReview()).toEqual([id])
    answer.reversal = { _tag: "Reversed" }
    return id
  }

  it("goes on when an old approval comes, which by now is about nothing", async () => {
    const id = await leftWhileItWasUndone()
    const gatewayKey = (await paymentOf(shop, id)).attempts[0]?.gatewayKey ?? ""
    const verdict = { ...approved, cvv: "pass" } as const
    for (let times = 0; times < 2; times++) {
      expect(await shop.kernel.payments.hear(merchantId, id, { gatewayKey, verdict })).toMatchObject({
        ok: true,
        value: { status: "pending", captured: usd(0n) }
      })
    }
    await shop.kernel.drain()
    expect(await paymentOf(shop, id)).toMatchObject({ status: "failed", attempts: [{ status: "not_charged" }] })
    expect(await shop.kernel.audit(merchantId)).toEqual([])
  })

  it("goes on when the person has the gateway asked again", async () => {
    const id = await leftWhileItWasUndone()
    await shop.kernel.payments.recheck(merchantId, id)
    await shop.kernel.drain()
    expect(await paymentOf(shop, id)).toMatchObject({ status: "failed", attempts: [{ status: "not_charged" }] })
    expect(await inReview()).toEqual([])
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
