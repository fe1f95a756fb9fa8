import { Cvv, createKernel } from "@paykernel/core"
import { VaultUnavailable } from "@paykernel/core/effect"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { afterEach, describe, expect, it } from "vitest"
import {
  approve,
  cardInput,
  merchantId,
  merchantInput,
  pass,
  paymentInput,
  paymentOf,
  type Script,
  scriptedGateway,
  submitCard,
  usd,
  type World,
  world
} from "./kernel-world.ts"
import { away, replaceableStore } from "./standing-in.ts"

const opened: Array<World> = []
const open = async (...args: Parameters<typeof world>): Promise<World> => {
  const made = await world(...args)
  opened.push(made)
  return made
}
afterEach(async () => {
  for (const one of opened.splice(0)) await one.kernel.close()
})

const create = async (shop: World, change: Parameters<typeof paymentInput>[1] = {}) => {
  const card = await submitCard(shop)
  const created = await shop.kernel.payments.create(merchantId, paymentInput(card.id, change))
  if (!created.ok) throw new Error(created.error._tag)
  return created.value.view
}

describe("a payment's ordinary life", () => {
  it("is accepted as pending, confirmed by the gateway, and paid by a settlement", async () => {
    const shop = await open()
    const accepted = await create(shop)
    expect(accepted.status).toBe("pending")
    await shop.kernel.drain()
    expect((await paymentOf(shop, accepted.id)).status).toBe("confirmed")
    const unsettled = { available: [], unsettled: [usd(1000n)] }
    expect(await shop.kernel.balances(merchantId)).toMatchObject({ ok: true, value: unsettled })
    const settled = await shop.kernel.settlements.run(merchantId)
    expect(settled).toMatchObject({ ok: true, value: [{ totalCredits: usd(1000n), paymentFees: usd(59n) }] })
    expect(await paymentOf(shop, accepted.id)).toMatchObject({ status: "paid", fees: usd(59n) })
    const balances = await shop.kernel.balances(merchantId)
    expect(balances).toMatchObject({ ok: true, value: { available: [{ amount: 9_410_000n, currency: "USDC" }] } })
    expect(await shop.kernel.audit(merchantId)).toEqual([])
  })

  it("takes two durable writes: acceptance, already being sent, and outcome", async () => {
    const shop = await open()
    const card = await submitCard(shop)
    let commits = 0
    const counting: World["store"] = {
      ...shop.store,
      commit: (commit) => {
        commits++
        return shop.store.commit(commit)
      }
    }
    const counted = await open({}, { store: counting }, { store: counting, clock: shop.clock })
    const created = await counted.kernel.payments.create(merchantId, paymentInput(card.id))
    expect(created.ok && created.value.view.attempts[0]?.status).toBe("sending")
    await counted.kernel.drain()
    expect(commits).toBe(2)
  })

  it("settles by itself every interval", async () => {
    const shop = await open()
    const payment = await create(shop)
    await pass(shop, 301_000)
    expect((await paymentOf(shop, payment.id)).status).toBe("paid")
  })

  it("authorizes, captures a part, refunds a part and settles the rest", async () => {
    const shop = await open()
    const { id } = await create(shop, { autoCapture: false })
    await shop.kernel.drain()
    expect((await paymentOf(shop, id)).status).toBe("authorized")
    expect((await shop.kernel.payments.capture(merchantId, id, { amount: usd(800n) })).ok).toBe(true)
    await shop.kernel.drain()
    const refund = await shop.kernel.payments.refund(merchantId, id, { amount: usd(300n), reason: "duplicate" })
    expect(refund).toMatchObject({ ok: true, value: { view: { reversal: { status: "pending" } } } })
    await shop.kernel.drain()
    expect(await paymentOf(shop, id)).toMatchObject({ captured: usd(800n), refunded: usd(300n), refunding: usd(0n) })
    const totals = (totalCredits: bigint, totalDebits: bigint) => ({
      ok: true,
      value: [{ totalCredits: usd(totalCredits), totalDebits: usd(totalDebits) }]
    })
    expect(await shop.kernel.settlements.run(merchantId)).toMatchObject(totals(800n, 300n))
    await shop.kernel.payments.refund(merchantId, id, { amount: usd(200n), reason: null })
    await shop.kernel.drain()
    expect(await shop.kernel.settlements.run(merchantId)).toMatchObject(totals(0n, 200n))
    expect(await shop.kernel.settlements.run(merchantId)).toEqual({ ok: true, value: [] })
    expect(await shop.kernel.audit(merchantId)).toEqual([])
    const reversalId = refund.ok ? refund.value.view.id : ""
    const found = await shop.kernel.payments.get(merchantId, reversalId)
    expect(found).toMatchObject({ ok: true, value: { reversal: { status: "paid", type: "refund" } } })
  })

  it("is released when nobody captures it in 6 days and 18 hours", async () => {
    const shop = await open()
    const { id } = await create(shop, { autoCapture: false })
    await pass(shop, (6 * 24 + 18) * 3_600_000 - 60_000)
    expect((await paymentOf(shop, id)).status).toBe("authorized")
    await pass(shop, 120_000)
    expect((await paymentOf(shop, id)).status).toBe("expired")
    expect(await shop.kernel.audit(merchantId)).toEqual([])
  })
})

describe("a payment is refused", () => {
  const cvv = () => Result.getOrThrow(Cvv.parse("321"))

  it.each<[string, () => Parameters<typeof paymentInput>[1], string]>([
    ["that is to be checked by a code, and has none", () => ({ verificationMethod: "cvv" }), "CvvRequired"],
    ["that has a code which nobody checks", () => ({ verificationMethod: "none", cvv: cvv() }), "CvvNotAllowed"],
    ["by a channel that the merchant does not have", () => ({ channel: "another's" }), "ChannelNotFound"]
  ])("%s", async (_, change, error) => {
    const shop = await open()
    const card = await submitCard(shop)
    const input = paymentInput(card.id, change())
    expect(await shop.kernel.payments.create(merchantId, input)).toEqual({ ok: false, error: { _tag: error } })
    if (input.cvv !== null) expect(() => input.cvv?.reveal()).toThrow("destroyed")
    await shop.kernel.drain()
    expect(shop.calls).toEqual([])
  })

  it("of a merchant who is suspended", async () => {
    const shop = await open()
    const card = await submitCard(shop)
    await shop.kernel.merchants.suspend(merchantId)
    const refused = await shop.kernel.payments.create(merchantId, paymentInput(card.id))
    expect(refused).toEqual({ ok: false, error: { _tag: "MerchantIsSuspended" } })
  })
})

describe("the channel of a payment", () => {
  const channel = (id: string, isDefault: boolean) => ({
    ...{ id, default: isDefault, cardDescriptor: id, achDescriptor: id }
  })

  it.each([
    ["the merchant's default one where none is named", [channel("a", false), channel("b", true)], null, "b"],
    ["any of his that is named", [channel("a", false), channel("b", true)], "a", "a"],
    ["none where he has no default one", [channel("a", false)], null, null]
  ])("is %s", async (_, channels, asked, channelOf) => {
    const shop = await open()
    const id = "next-door"
    await shop.kernel.merchants.register({ ...merchantInput, id, channels })
    const card = await shop.kernel.cards.submit(id, cardInput())
    const cardId = card.ok ? card.value.view.id : ""
    const made = await shop.kernel.payments.create(id, paymentInput(cardId, { channel: asked }))
    expect(made).toMatchObject({ ok: true, value: { view: { channel: channelOf } } })
  })
})

describe("not knowing is a state", () => {
  const timesOut: NonNullable<Script["send"]> = async () => ({ _tag: "Unknown", why: "timeout" })

  it("is resolved by a look-up that finds the effect", async () => {
    const found: Script = {
      send: timesOut,
      lookup: async () => ({
        _tag: "Found",
        verdict: { _tag: "Approved", reference: "r", amount: usd(1000n), avs: "Y", cvv: "not_requested" }
      })
    }
    const shop = await open(found)
    const { id } = await create(shop)
    await shop.kernel.drain()
    expect((await paymentOf(shop, id)).status).toBe("confirmed")
    expect(shop.calls.map(({ call }) => call)).toEqual(["send", "lookup"])
  })

  it("is sent again under the same key only when absence is final", async () => {
    let sends = 0
    const shop = await open({ send: async (operation) => (++sends === 1 ? timesOut(operation) : approve(operation)) })
    const { id } = await create(shop)
    await pass(shop, 2000)
    expect(sends).toBe(1)
    expect((await paymentOf(shop, id)).attempts[0]?.status).toBe("unknown")
    await pass(shop, 10_000)
    expect((await paymentOf(shop, id)).status).toBe("confirmed")
    const sent = shop.calls.filter(({ call }) => call === "send")
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
    expect(sent).toHaveLength(2)
  })

  it("is reversed instead where the message held a security code", async () => {
    const shop = await open({ send: timesOut })
    const cvv = Result.getOrThrow(Cvv.parse("321"))
    const { id } = await create(shop, { verificationMethod: "cvv", cvv })
    await pass(shop, 12_000)
    expect(await paymentOf(shop, id)).toMatchObject({ status: "failed", failure: "payment_failed" })
    expect(shop.calls.filter(({ call }) => call === "send")).toHaveLength(1)
    expect(shop.calls.some(({ call }) => call === "reverse")).toBe(true)
  })

  it("calls a person when the doubt lasts too long, and keeps the payment pending", async () => {
    const shop = await open({ send: timesOut, lookup: async () => ({ _tag: "Unavailable", why: "down" }) })
    const { id } = await create(shop)
    await pass(shop, 25 * 3_600_000, 60)
    expect((await paymentOf(shop, id)).attempts[0]?.status).toBe("manual")
    expect((await paymentOf(shop, id)).status).toBe("pending")
    const subject = (await paymentOf(shop, id)).attempts[0]?.id
    const aggregate = { type: "payment", id }
    expect(shop.incidents).toEqual([
      { kind: "attempt_escalated", merchantId, aggregate, subject, why: "in doubt for too long" }
    ])
  })

  it("quarantines an answer about another amount", async () => {
    const shop = await open({
      send: async (operation) => ({ ...approve(operation), amount: usd(999n) }),
      lookup: async () => ({
        _tag: "Found",
        verdict: { _tag: "Approved", reference: "r", amount: usd(999n), avs: "Y", cvv: "not_requested" }
      })
    })
    const { id } = await create(shop)
    await pass(shop, 1000)
    expect((await paymentOf(shop, id)).attempts[0]?.status).toBe("manual")
    expect((await paymentOf(shop, id)).captured).toEqual(usd(0n))
  })
})

describe("a process that dies", () => {
  it("leaves its payments to another, which looks up and never sends again blindly", async () => {
    const hang: Script = { send: () => new Promise(() => {}) }
    const dead = await world(hang, { worker: { idlePollMs: 3_600_000 } })
    const card = await submitCard(dead)
    const created = await dead.kernel.payments.create(merchantId, paymentInput(card.id))
    if (!created.ok) throw new Error(created.error._tag)
    const heir = await open(
      {
        lookup: async () => ({
          _tag: "Found",
          verdict: { _tag: "Approved", reference: "r", amount: usd(1000n), avs: "Y", cvv: "not_requested" }
        })
      },
      {},
      { store: dead.store, clock: dead.clock }
    )
    await pass(heir, 60_000, 3)
    expect((await paymentOf(heir, created.value.view.id)).status).toBe("confirmed")
    expect(heir.calls.map(({ call }) => call)).toEqual(["lookup"])
  })

  it("cannot write what it learned after its lease was taken over", async () => {
    let answer = (_: Awaited<ReturnType<NonNullable<Script["send"]>>>): void => {}
    const slow: Script = {
      send: () =>
        new Promise((resolve) => {
          answer = resolve
        })
    }
    const paused = await open(slow, { worker: { idlePollMs: 3_600_000 } })
    const card = await submitCard(paused)
    const created = await paused.kernel.payments.create(merchantId, paymentInput(card.id))
    if (!created.ok) throw new Error(created.error._tag)
    const declined = {
      _tag: "Declined",
      reference: "r",
      code: "card_not_honored",
      avs: "Y",
      cvv: "not_requested"
    } as const
    const heir = await open(
      { lookup: async () => ({ _tag: "Found", verdict: declined }) },
      {},
      { store: paused.store, clock: paused.clock }
    )
    await pass(heir, 60_000, 3)
    expect((await paymentOf(heir, created.value.view.id)).status).toBe("failed")
    answer({ _tag: "Approved", reference: "r", amount: usd(1000n), avs: "Y", cvv: "not_requested" })
    await paused.kernel.close()
    expect((await paymentOf(heir, created.value.view.id)).status).toBe("failed")
    expect(await heir.kernel.audit(merchantId)).toEqual([])
  })

  it("takes security codes with it: what was never sent is abandoned, not guessed", async () => {
    const quiet = await open()
    const card = await submitCard(quiet)
    const crowded = await open(
      { send: () => new Promise(() => {}) },
      { worker: { concurrency: 1, idlePollMs: 3_600_000 }, callTimeoutMs: 300 },
      { store: quiet.store, clock: quiet.clock }
    )
    await crowded.kernel.payments.create(merchantId, paymentInput(card.id))
    const cvv = Result.getOrThrow(Cvv.parse("321"))
    const waiting = await crowded.kernel.payments.create(
      merchantId,
      paymentInput(card.id, { verificationMethod: "cvv", cvv })
    )
    if (!waiting.ok) throw new Error(waiting.error._tag)
    expect(waiting.value.view.attempts[0]?.status).toBe("planned")
    await pass(quiet, 60_000, 3)
    expect(await paymentOf(quiet, waiting.value.view.id)).toMatchObject({
      status: "failed",
      failure: "payment_unprocessable"
    })
  })
})

describe("a key makes a request safe to repeat", () => {
  const request = (key: string, meaning: string) => ({
    scope: "host",
    key,
    meaning,
    answer: (payment: { readonly id: string; readonly status: string }) => ({
      status: 201,
      body: JSON.stringify({ id: payment.id, status: payment.status })
    })
  })

  it("replays the same bytes, also after the payment has moved on", async () => {
    const shop = await open()
    const card = await submitCard(shop)
    const first = await shop.kernel.payments.create(merchantId, paymentInput(card.id), request("k", "ten dollars"))
    await shop.kernel.drain()
    const again = await shop.kernel.payments.create(merchantId, paymentInput(card.id), request("k", "ten dollars"))
    expect(first.ok && again.ok && again.value.replayed).toBe(true)
    expect(first.ok && first.value.answer).toEqual(again.ok && again.value.answer)
    expect(shop.calls.filter(({ call }) => call === "send")).toHaveLength(1)
  })

  it("lets one of many racing requests through", async () => {
    const shop = await open()
    const card = await submitCard(shop)
    const racing = await Promise.all(
      Array.from({ length: 50 }, () =>
        shop.kernel.payments.create(merchantId, paymentInput(card.id), request("k", "same"))
      )
    )
    expect(racing.filter((one) => one.ok && !one.value.replayed)).toHaveLength(1)
    expect(new Set(racing.map((one) => one.ok && one.value.answer?.body)).size).toBe(1)
    await shop.kernel.drain()
    expect(shop.calls.filter(({ call }) => call === "send")).toHaveLength(1)
  })

  it("replays a refund as that very refund, of a payment as it is by then", async () => {
    const shop = await open()
    const { id } = await create(shop)
    await shop.kernel.drain()
    const refund = (key: string, cents: bigint) =>
      shop.kernel.payments.refund(
        merchantId,
        id,
        { amount: usd(cents), reason: null },
        { scope: "host", key, meaning: key, answer: (view) => ({ status: 201, body: view.id }) }
      )
    await refund("first", 300n)
    const second = await refund("second", 200n)
    await shop.kernel.drain()
    const again = await refund("second", 200n)
    expect(second).toMatchObject({ ok: true, value: { replayed: false, view: { reversal: { amount: usd(200n) } } } })
    const view = { payment: { id, refunded: usd(500n) }, reversal: { amount: usd(200n), status: "paid" } }
    expect(again).toMatchObject({ ok: true, value: { replayed: true, view } })
    expect(again.ok && second.ok && again.value.view.id === second.value.view.id).toBe(true)
  })

  it("refuses a key that meant something else", async () => {
    const shop = await open()
    const card = await submitCard(shop)
    await shop.kernel.payments.create(merchantId, paymentInput(card.id), request("k", "ten dollars"))
    const other = await shop.kernel.payments.create(merchantId, paymentInput(card.id), request("k", "twenty dollars"))
    expect(other).toEqual({ ok: false, error: { _tag: "IdempotencyKeyReused" } })
  })

  it("binds nothing to a refusal", async () => {
    const shop = await open()
    const card = await submitCard(shop)
    const refused = await shop.kernel.payments.create(
      merchantId,
      paymentInput(card.id, { amount: usd(0n) }),
      request("k", "zero")
    )
    expect(refused).toMatchObject({ ok: false, error: { _tag: "AmountNotPositive" } })
    const mended = await shop.kernel.payments.create(merchantId, paymentInput(card.id), request("k", "ten dollars"))
    expect(mended.ok).toBe(true)
  })
})

describe("a card that changes", () => {
  it("is seen by the next payment at once, without the clock moving", async () => {
    const answers = { error: null as "card_expired" | null }
    const gateway: ReturnType<typeof scriptedGateway> = {
      ...scriptedGateway({}, []),
      verifyCard: () =>
        Effect.succeed({ error: answers.error, avs: "Y", cvv: "pass", issuerCountry: "US", fundingType: "credit" })
    }
    const shop = await open({}, { gateway })
    const { id } = await submitCard(shop)
    const pay = async () => {
      const created = await shop.kernel.payments.create(merchantId, paymentInput(id))
      return created.ok ? "accepted" : created.error._tag
    }
    expect(await pay()).toBe("accepted")
    answers.error = "card_expired"
    const cvv = Result.getOrThrow(Cvv.parse("456"))
    await shop.kernel.cards.update(merchantId, id, { cvv, expMonth: null, expYear: null, billing: {}, email: null })
    await shop.kernel.drain()
    expect(await pay()).toBe("SourceNotUsable")
  })

  it("is answered as the change that it is, and not as one of before", async () => {
    const shop = await open()
    const { id } = await submitCard(shop)
    const cvv = Result.getOrThrow(Cvv.parse("456"))
    const change = { cvv, expMonth: 1, expYear: 2031, billing: {}, email: null }
    const updated = await shop.kernel.cards.update(merchantId, id, change)
    const view = { id, expMonth: 1, expYear: 2031, status: "pending" }
    expect(updated).toMatchObject({ ok: true, value: { view, replayed: false, answer: null } })
  })
})

describe("the number of a card", () => {
  it("is known again within its merchant, and not beyond", async () => {
    const shop = await open()
    const { fingerprint } = await submitCard(shop)
    const { pan } = cardInput()
    expect(await shop.kernel.cards.fingerprint(merchantId, pan)).toBe(fingerprint)
    expect(await shop.kernel.cards.fingerprint("another", pan)).not.toBe(fingerprint)
  })

  it("is not known where the vault is away", async () => {
    const vault = envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
    const fingerprint = () => Effect.fail(new VaultUnavailable({ cause: "away" }))
    const shop = await open({}, { vault: { ...vault, fingerprint } })
    const asked = shop.kernel.cards.fingerprint(merchantId, cardInput().pan)
    await expect(asked).rejects.toThrow("the vault cannot be reached")
  })
})

describe("a kernel that was just made", () => {
  it("is ready as soon as its store answers", async () => {
    const { instead, store } = replaceableStore()
    const shop = await open({}, { store, worker: false })
    instead.nextDueAtMs = () => away()
    await expect(shop.kernel.ready()).rejects.toMatchObject({ _tag: "StoreUnavailable" })
    delete instead.nextDueAtMs
    await shop.kernel.ready()
  })
})

describe("at its limits", () => {
  it("refuses a security code it has no room to keep, and says when to come back", async () => {
    const shop = await open({ send: () => new Promise(() => {}) })
    const card = await submitCard(shop)
    const full = await open(
      { send: () => new Promise(() => {}) },
      { worker: { concurrency: 1, queueMax: 1 } },
      { store: shop.store, clock: shop.clock }
    )
    const pay = () =>
      full.kernel.payments.create(
        merchantId,
        paymentInput(card.id, { verificationMethod: "cvv", cvv: Result.getOrThrow(Cvv.parse("321")) })
      )
    expect((await pay()).ok).toBe(true)
    expect((await pay()).ok).toBe(true)
    expect(await pay()).toMatchObject({ ok: false, error: { _tag: "Unavailable" } })
    opened.splice(opened.indexOf(full), 1)
    opened.splice(opened.indexOf(shop), 1)
  })

  it("refuses at construction a gateway that could not be recovered from", async () => {
    const shop = await open()
    const gateway = scriptedGateway({}, [])
    const mute = { ...gateway, capabilities: { ...gateway.capabilities, lookupByKey: false } }
    const { store } = shop
    const vault = {} as Parameters<typeof createKernel>[0]["vault"]
    expect(() => createKernel({ store, gateway: mute, vault, digestKey: new Uint8Array(32) })).toThrow(
      /cannot be used/u
    )
    expect(() => createKernel({ store, gateway, vault, digestKey: new Uint8Array(8) })).toThrow(/at least 32 bytes/u)
    expect(() => createKernel({ store, gateway, vault, digestKey: new Uint8Array(32), callTimeoutMs: 20_000 })).toThrow(
      /leaseMs/u
    )
  })
})
