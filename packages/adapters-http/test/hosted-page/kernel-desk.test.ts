/** The desk that a kernel keeps: what a payer is told of each card, and that no way of sending it charges twice. */
import { randomUUID } from "node:crypto"
import { money } from "@paykernel/core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { encryptCardData } from "../../src/browser/index.ts"
import type { CardPayment, HostedDesk, HostedSession, PayResult } from "../../src/hosted/index.ts"
import { hostedPages, kernelDesk } from "../../src/hosted/index.ts"
import { type CardDoor, generateCardKey, openCardDoor } from "../../src/openpgp/index.ts"
import {
  ada,
  customerInfo,
  declined,
  good,
  type Json,
  needs3ds,
  openShop,
  origin,
  type Shop,
  shopOrigin
} from "../api/shop.ts"
import { pageKey } from "./payment-site.ts"

let shop: Shop
let desk: HostedDesk
let cardDoor: CardDoor
let seal: (number: string, cvv: string) => ReturnType<typeof encryptCardData>

beforeAll(async () => {
  shop = await openShop()
  cardDoor = await openCardDoor({ keys: [await generateCardKey({ nowMs: Date.now() })], answerAfterMs: 0 })
  desk = kernelDesk({ kernel: shop.kernel, cardDoor, pageUrl: (page) => `https://pay.example/pay/${page}` })
  seal = (number, cvv) =>
    encryptCardData({ number, cvv }, { keyId: cardDoor.keyId, publicKey: cardDoor.publicKeyBase64 })
})
afterAll(() => shop.close())

const openSession = async (change: Json = {}): Promise<{ readonly id: string; readonly page: string }> => {
  const { data } = await shop.open(change)
  return { id: String(data["session_id"]), page: String(data["payment_url"]).split("/pay/")[1] ?? "" }
}

type Typed = Partial<CardPayment> & { readonly number?: string; readonly cvv?: string }

const paying = async ({ number = good, cvv = "123", ...rest }: Typed = {}): Promise<CardPayment> => ({
  attempt: "first",
  ...(await seal(number, cvv)),
  expMonth: 12,
  expYear: 2035,
  name: "Ada Byron",
  email: "ada@example.com",
  ipAddress: "192.0.2.7",
  ...rest
})

const seen = (result: PayResult | HostedSession | undefined) =>
  result === undefined || "_tag" in result ? result : { status: result.status, decline: result.decline }

describe("a card", () => {
  it.each<[string, Typed, number, string]>([
    ["that is declined", { number: declined }, 25_000, "card_declined"],
    ["without funds", { number: "4000000000009995" }, 25_000, "insufficient_funds"],
    ["without funds for this amount", {}, 507, "insufficient_funds"],
    ["that its issuer knows as expired", { number: "4000000000000069" }, 25_000, "expired_card"],
    ["with a wrong code", { number: "4000000000000127" }, 25_000, "invalid_cvv"],
    ["that no issuer knows", { number: "4111111111111111" }, 25_000, "invalid_card"],
    ["of a payer who is denied", {}, 551, "card_declined"],
    ["with a wrong digit, past the page", { number: "4242424242424241" }, 25_000, "invalid_card"],
    ["with a code of two digits, past the page", { cvv: "12" }, 25_000, "invalid_cvv"],
    ["that is over, past the page", { expYear: 2025 }, 25_000, "expired_card"],
    ["of the next century, past the page", { expYear: 2100 }, 25_000, "expired_card"]
  ])("%s is told as what it is, charges nothing, and another one pays", async (_, typed, amount, decline) => {
    const before = shop.charged().length
    const { page } = await openSession({ amount })
    expect(seen(await desk.pay(page, await paying(typed)))).toEqual({ status: "pending", decline })
    expect(shop.charged().length).toBe(before)
    const again = await desk.pay(page, await paying({ attempt: "second" }))
    // Some amounts decline every card.
    const isHopeless = amount !== 25_000
    expect(seen(again)).toEqual(isHopeless ? { status: "pending", decline } : { status: "completed", decline: null })
    expect(shop.charged().length).toBe(isHopeless ? before : before + 1)
  })

  it("that pays is on the receipt with its last digits, and the session names its merchant", async () => {
    const { id, page } = await openSession({ customer_info: customerInfo, return_url: `${shopOrigin}/done` })
    await desk.pay(page, await paying())
    const session = await desk.session(page)
    expect(session).toMatchObject({
      id,
      status: "completed",
      merchant: { name: "Bookshop", logoUrl: null, colour: null },
      amount: { amount: 25_000n, currency: "USD" },
      customer: { name: customerInfo.name, email: customerInfo.email },
      returnUrl: `${shopOrigin}/done`,
      receipt: { transactionId: expect.stringMatching(/^txn_[0-9A-Z]{12}$/u), last4: "4242", network: "VISA" }
    })
    const told = JSON.stringify(session, (_, value) => (typeof value === "bigint" ? `${value}` : value))
    expect(told).not.toContain(good)
  })

  it("that needs 3-D Secure leads to the bank and, once approved, is on the receipt", async () => {
    const { page } = await openSession()
    const asked = await desk.pay(page, await paying({ number: needs3ds }))
    expect(asked).toMatchObject({ status: "action_required", challengeUrl: expect.stringMatching(/^https:/u) })
    expect(await desk.progress(page)).toEqual(asked)
  })
})

describe("one payment", () => {
  it("sent often at once, and again later, is charged once", async () => {
    const before = shop.charged().length
    const { page } = await openSession()
    const payments = await Promise.all(Array.from({ length: 8 }, () => paying()))
    const results = await Promise.all(payments.map((payment) => desk.pay(page, payment)))
    results.push(await desk.pay(page, await paying()))
    for (const result of results) expect(seen(result)).toEqual({ status: "completed", decline: null })
    expect(shop.charged().length).toBe(before + 1)
  })

  it("from two tabs at once is charged once, and both are told", async () => {
    const before = shop.charged().length
    const { page } = await openSession()
    const [one, other] = [await paying({ attempt: "here" }), await paying({ attempt: "there" })]
    const results = await Promise.all([desk.pay(page, one), desk.pay(page, other)])
    for (const result of results) expect(seen(result)).toEqual({ status: "completed", decline: null })
    expect(shop.charged().length).toBe(before + 1)
  })

  it("of a session that is over moves nothing", async () => {
    const before = shop.charged().length
    const { id, page } = await openSession()
    await shop.call("POST", `/api/hosted-payment/${id}/cancel`)
    expect(seen(await desk.pay(page, await paying()))).toEqual({ status: "cancelled", decline: null })
    expect(shop.charged().length).toBe(before)
  })
})

describe("a merchant of another country", () => {
  it.each([
    ["EUR", 4_990n, "de-DE", "49,90\u00A0€"],
    ["JPY", 300n, "ja-JP", "￥300"],
    ["KWD", 1_234n, "en-US", "KWD\u00A01.234"]
  ] as const)("is paid in %s, as small as its units are", async (currency, amount, locale, shown) => {
    const id = randomUUID()
    const terms = { minAmount: money(1n, currency), maxAmount: money(10_000_000n, currency) }
    const model = await shop.kernel.merchants.get(ada)
    if (!model.ok) throw new Error(model.error._tag)
    await shop.kernel.merchants.register({ ...model.value, id, terms: { ...model.value.terms, ...terms } })
    const order = { description: "Tea", customer: null, metadata: null, webhookUrl: null, returnUrl: null }
    const input = { ...order, amount: money(amount, currency), expiresAtMs: null }
    const opened = await shop.kernel.checkouts.open(id, input)
    const page = opened.ok ? opened.value.view.page : ""
    const headers = { "accept-language": locale }
    const pages = hostedPages({
      desk,
      publicUrl: `${origin}/pay`,
      cardKey: () => cardDoor,
      pageKey: await pageKey(),
      nowMs: shop.nowMs
    })
    const seenPage = await (await pages(new Request(`${origin}/pay/${page}`, { headers }))).text()
    expect(seenPage).toContain(`<p class="amount">${shown}</p>`)
    expect(seen(await desk.pay(page, await paying()))).toEqual({ status: "completed", decline: null })
    const balances = await shop.kernel.balances(id)
    expect(balances.ok && balances.value.unsettled).toEqual([money(amount, currency)])
    const inDollars = await shop.kernel.checkouts.open(id, { ...input, amount: money(amount, "USD") })
    expect(inDollars).toMatchObject({ ok: false, error: { _tag: "CurrencyNotSupported" } })
  })
})

describe("a name", () => {
  it("of nobody's page, and of a payment that was made without one, is not a session", async () => {
    const { data } = await shop.pay()
    const direct = await shop.kernel.checkouts.get(ada, String(data["transaction_id"]))
    for (const page of ["x", direct.ok ? direct.value.page : ""]) {
      expect([await desk.session(page), await desk.progress(page)]).toEqual([undefined, undefined])
      expect(await desk.pay(page, await paying())).toEqual({ _tag: "SessionNotFound" })
    }
  })
})

describe("a card that nobody can open", () => {
  it("is asked for again, and a kernel that is busy says when to come again", async () => {
    const { page } = await openSession()
    expect(await desk.pay(page, { ...(await paying()), keyId: "old" })).toEqual({ _tag: "EncryptionKeyUnknown" })
    const clear = btoa(`{"number":"${good}","cvv":"123"}`)
    expect(await desk.pay(page, { ...(await paying()), encryptedData: clear })).toEqual({ _tag: "CardDataUnreadable" })
    const { checkouts } = shop.kernel
    const { pay } = checkouts
    const away = { ok: false, error: { _tag: "Unavailable", retryAfterMs: 1500 } }
    Object.assign(checkouts, { pay: async () => away })
    const result = await desk.pay(page, await paying()).finally(() => Object.assign(checkouts, { pay }))
    expect(result).toEqual({ _tag: "DeskBusy", retryAfterMs: 1500 })
    expect(seen(await desk.session(page))).toEqual({ status: "pending", decline: null })
  })
})
