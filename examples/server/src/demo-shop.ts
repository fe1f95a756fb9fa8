/** The shop of the demo: each act is a few calls of the API and ends when the outcome is known and as expected. */
import { randomUUID } from "node:crypto"
import { type EncryptionKey, encryptCardData, fetchEncryptionKey } from "@paykernel/adapters-http/browser"
import { type Ask, callerOf, expectThat, member, textAt } from "./demo-client.ts"

/** An open shop, and the card that its customer has left there. */
export type DemoShop = { readonly ask: Ask; readonly key: EncryptionKey; cardId: string }

export type DemoPayment = {
  readonly id: string
  readonly status: string
  readonly amount: string
  readonly fees: string
  readonly captured: string
  readonly errorCode: string
}

/** Finds the service and its encryption key. Rejects if it is not there or the API key is not known. */
export const openShop = async (address: string, apiKey: string): Promise<DemoShop> => {
  const ask = callerOf(address, apiKey)
  expectThat(textAt(await ask("GET", "/ping"), "message") === "pong", "the service answers a ping")
  return { ask, key: await fetchEncryptionKey(address, apiKey), cardId: "" }
}

/** Encrypts the card as the shop's page would, saves it, and waits for the issuer. Gives its particulars in words. */
export const saveCard = async (shop: DemoShop, number: string, cvv: string): Promise<ReadonlyArray<string>> => {
  const created = await shop.ask("POST", "/v1/cards", {
    idempotencyKey: randomUUID(),
    ...(await encryptCardData({ number, cvv }, shop.key)),
    billingDetails,
    expMonth: 12,
    expYear: new Date().getUTCFullYear() + 2,
    metadata: payer
  })
  shop.cardId = textAt(created, "data", "id")
  const card = await outcomeOf(shop, `/v1/cards/${shop.cardId}`, isDecided)
  expectThat(textAt(card, "status") === "complete", "the card is accepted")
  const checks = `AVS ${textAt(card, "verification", "avs")}, CVV ${textAt(card, "verification", "cvv")}`
  return [`card ${shop.cardId}`, `${textAt(card, "network")} ····${textAt(card, "last4")} is complete: ${checks}`]
}

export type PayOptions = {
  readonly cvv?: string
  readonly autoCapture?: boolean
  /** Default `confirmed`. */
  readonly expect?: string
}

export const pay = async (shop: DemoShop, amount: string, options: PayOptions = {}): Promise<DemoPayment> => {
  const { cvv, autoCapture = true, expect = "confirmed" } = options
  const encrypted = cvv === undefined ? undefined : await encryptCardData({ cvv }, shop.key)
  const verification = encrypted === undefined ? { verification: "none" } : { verification: "cvv", ...encrypted }
  const payment = await paymentOnce(shop, await request(shop, amount, { ...verification, autoCapture }), isDecided)
  expectThat(payment.status === expect, `a payment of ${amount} is ${expect}, not ${payment.status}`)
  return payment
}

export const capture = async (shop: DemoShop, paymentId: string, amount: string): Promise<DemoPayment> => {
  const body = { idempotencyKey: randomUUID(), amount: usd(amount) }
  await shop.ask("POST", `/v1/payments/${paymentId}/capture`, body)
  return paymentOnce(shop, paymentId, (data) => member(data, "captured") === true)
}

/** Without an amount it is a cancel of everything. */
export const giveBack = async (shop: DemoShop, paymentId: string, amount?: string): Promise<DemoPayment> => {
  const how = amount === undefined ? "cancel" : "refund"
  const body = { idempotencyKey: randomUUID(), ...(amount === undefined ? {} : { amount: usd(amount) }) }
  const made = await shop.ask("POST", `/v1/payments/${paymentId}/${how}`, body)
  const given = await paymentOnce(shop, textAt(made, "data", "id"), isDecided)
  expectThat(given.status === "paid", `the ${how} is paid, not ${given.status}`)
  return given
}

export type Challenged = { readonly page: string; readonly backAt: string; readonly payment: DemoPayment }

/** A payment that the bank asks the payer about; he approves. */
export const payWithChallenge = async (shop: DemoShop, amount: string): Promise<Challenged> => {
  const verificationSuccessUrl = "https://shop.example/thanks"
  const urls = { verificationSuccessUrl, verificationFailureUrl: "https://shop.example/sorry" }
  const id = await request(shop, amount, { verification: "three_d_secure", ...urls })
  const asked = await outcomeOf(shop, `/v1/payments/${id}`, isDecided)
  const page = textAt(asked, "requiredAction", "redirectUrl")
  const backAt = await approve(page)
  expectThat(backAt === verificationSuccessUrl, `the payer comes back to the page for success, not to ${backAt}`)
  const payment = await paymentOnce(shop, id, (data) => isDecided(data) && textAt(data, "status") !== "action_required")
  expectThat(payment.status === "confirmed", `the payment is confirmed, not ${payment.status}`)
  return { page, backAt, payment }
}

/** Settles what is confirmed. Gives the settlement and the balance in words. */
export const settle = async ({ ask }: DemoShop): Promise<ReadonlyArray<string>> => {
  const ids = member(await ask("POST", "/sandbox/settle", {}), "data")
  const id: unknown = Array.isArray(ids) ? ids[0] : undefined
  expectThat(typeof id === "string", "there is something to settle")
  const settlement = member(await ask("GET", `/v1/settlements/${id}`), "data")
  const total = (field: string): string => textAt(settlement, field, "amount")
  const balances = member(await ask("GET", "/v1/balances"), "data", "available")
  const available = (Array.isArray(balances) ? balances : []).map((money) => {
    return `${textAt(money, "amount")} ${textAt(money, "currency")}`
  })
  expectThat(available.length > 0, "the balance shows it")
  return [
    `settlement ${id}`,
    `credits ${total("totalCredits")}, debits ${total("totalDebits")}, fees ${total("paymentFees")} USD`,
    `available now: ${available.join(", ")}`
  ]
}

const payer = { email: "ada@example.com", sessionId: "demo-session", ipAddress: "192.0.2.1" }

const billingDetails = {
  name: "Ada Lovelace",
  line1: "12 St James's Square",
  city: "Boston",
  country: "US",
  district: "MA",
  postalCode: "01234"
}

const usd = (amount: string) => ({ amount, currency: "USD" })

const request = async ({ ask, cardId }: DemoShop, amount: string, more: object): Promise<string> => {
  const body = { idempotencyKey: randomUUID(), amount: usd(amount), source: { id: cardId, type: "card" }, ...more }
  return textAt(await ask("POST", "/v1/payments", { metadata: payer, ...body }), "data", "id")
}

const isDecided = (data: unknown): boolean => textAt(data, "status") !== "pending"

const patienceMs = 15_000

const outcomeOf = async ({ ask }: DemoShop, path: string, isIt: (data: unknown) => boolean): Promise<unknown> => {
  for (const untilMs = Date.now() + patienceMs; ; ) {
    const data = member(await ask("GET", path), "data")
    if (isIt(data)) return data
    expectThat(Date.now() < untilMs, `${path} comes to an end, and is not ${textAt(data, "status")} for ever`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const paymentOnce = async (shop: DemoShop, id: string, isIt: (data: unknown) => boolean): Promise<DemoPayment> => {
  const payment = await outcomeOf(shop, `/v1/payments/${id}`, isIt)
  const textOr = (fallback: string, ...path: ReadonlyArray<string>): string =>
    member(payment, ...path) === undefined ? fallback : textAt(payment, ...path)
  return {
    id,
    status: textAt(payment, "status"),
    amount: textAt(payment, "amount", "amount"),
    fees: textOr("0.00", "fees", "amount"),
    captured: textOr("0.00", "captureAmount", "amount"),
    errorCode: textOr("", "errorCode")
  }
}

/** What the payer's browser does at the bank: opens the page, presses the button, and follows the way back. */
const approve = async (page: string): Promise<string> => {
  const html = await (await fetch(page)).text()
  const token = /name="token" value="([^"]+)"/u.exec(html)?.[1] ?? ""
  const form = new URLSearchParams({ token, answer: "approve" })
  let response = await fetch(page, { method: "POST", body: form, redirect: "manual" })
  for (let hops = 0; hops < 5; hops++) {
    const location = response.headers.get("location")
    if (location === null) break
    if (new URL(location).origin !== new URL(page).origin) return location
    response = await fetch(location, { redirect: "manual" })
  }
  throw new Error("the bank's page does not lead back to the shop")
}
