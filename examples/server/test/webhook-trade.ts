/**
 * A merchant who takes payments with cards of payers who are present: directly, and on pages. Whatever happens to the
 * server, he asks again until he is answered.
 */
import { randomUUID } from "node:crypto"
import { encryptCardData } from "@paykernel/adapters-http/browser"
import { parseJson, textAt, valueAt } from "@paykernel/four-books/json-reading"
import { pause } from "@paykernel/four-books/polling"

export type TradeOptions = {
  readonly address: () => string
  readonly apiKey: string
  readonly random: () => number
  /** Where to be told of some of the payments, beside the endpoints. */
  readonly webhookUrl: string
}

export type WebhookTrade = {
  /** Begins nothing more, and gives up waiting for what is not answered soon. */
  readonly stop: () => Promise<void>
}

type Answer = {
  readonly status: number
  /** Where it leads. */
  readonly location: string | null
  readonly text: string
  readonly body: unknown
}

/** What pays, what is declined, and what the payer has to answer the bank for. */
const numbers = { good: "4242424242424242", declined: "4000000000000002", challenged: "4000000000003220" }

export const startTrade = (options: TradeOptions): WebhookTrade => {
  const life = { isOver: false }
  const shop: Shop = { ...options, life }
  const keepOn = async (pay: () => Promise<void>): Promise<void> => {
    while (!life.isOver) await pay()
  }
  const kinds = [
    () => payDirectly(shop, numbers.good),
    () => payDirectly(shop, numbers.declined),
    () => payDirectly(shop, numbers.challenged),
    () => payOnPage(shop, numbers.good),
    () => payOnPage(shop, numbers.challenged)
  ]
  const trading = Promise.all(kinds.map((kind) => keepOn(kind).catch(unlessClosed)))
  trading.catch(() => {})
  return {
    stop: async () => {
      life.isOver = true
      await trading
    }
  }
}

type Shop = TradeOptions & { readonly life: { readonly isOver: boolean } }

class ShopClosed extends Error {}

const unlessClosed = (cause: unknown): void => {
  if (!(cause instanceof ShopClosed)) throw cause
}

const payDirectly = async (options: Shop, number: string): Promise<void> => {
  const { random, webhookUrl } = options
  const answer = await askUntilAnswered(options, "/api/direct-payment", {
    amount: 1000 + Math.floor(random() * 1000),
    currency: "USD",
    payment_method: "card",
    ...{ card_number: number, expiry_month: 12, expiry_year: 2035, cvv: "123" },
    ...(random() < 0.7 ? { webhook_url: webhookUrl } : {})
  })
  const challengeUrl = valueAt(answer.body, "data", "action_data", "3ds_url")
  if (typeof challengeUrl === "string") await answerChallenge(options, challengeUrl)
}

const payOnPage = async (options: Shop, number: string): Promise<void> => {
  const { random, webhookUrl } = options
  const opened = await askUntilAnswered(options, "/api/hosted-payment", {
    ...{ amount: 25_000, currency: "USD", description: "Premium Subscription" },
    ...(random() < 0.5 ? { webhook_url: webhookUrl } : {})
  })
  const url = textAt(opened.body, "data", "payment_url")
  const page = await untilAnswered(options, url)
  const data = parseJson(unescaped(/data-page="([^"]*)"/u.exec(page.text)?.[1] ?? ""))
  const keyId = textAt(data, "keyId")
  const sealed = await encryptCardData({ number, cvv: "123" }, { keyId, publicKey: textAt(data, "publicKey") })
  const payer = { expMonth: 12, expYear: 2035, name: "Ada Byron", email: "ada@example.com" }
  const body = JSON.stringify({ attempt: valueAt(data, "attempt"), ...sealed, ...payer })
  const { origin } = new URL(url)
  const headers = { origin, "sec-fetch-site": "same-origin", "content-type": "application/json" }
  const paid = await untilAnswered(options, `${url}/payment`, { method: "POST", headers, body })
  const challengeUrl = valueAt(paid.body, "challengeUrl")
  if (typeof challengeUrl === "string") await answerChallenge(options, challengeUrl)
}

/** The form of the bank's page, as a browser would send it. */
const answerChallenge = async (shop: Shop, url: string): Promise<void> => {
  const page = await untilAnswered(shop, url)
  const token = unescaped(/name="token" value="([^"]*)"/u.exec(page.text)?.[1] ?? "")
  const body = new URLSearchParams({ token, answer: shop.random() < 0.7 ? "approve" : "fail" })
  const { location } = await untilAnswered(shop, url, { method: "POST", body, redirect: "manual" })
  if (location !== null) await untilAnswered(shop, location, { redirect: "manual" })
}

const askUntilAnswered = (shop: Shop, path: string, body: object): Promise<Answer> => {
  const headers = {
    authorization: `Bearer ${shop.apiKey}`,
    "content-type": "application/json",
    "idempotency-key": randomUUID()
  }
  return untilAnswered(shop, `${shop.address()}${path}`, { method: "POST", headers, body: JSON.stringify(body) })
}

const patienceMs = 40_000
/** A payment that a killed server was making is answered late. */
const answerMaxMs = 2_000

const untilAnswered = async ({ life }: Shop, url: string, init: RequestInit = {}): Promise<Answer> => {
  for (const untilMs = Date.now() + patienceMs; ; ) {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(answerMaxMs) })
      .then(async (response) => {
        const { status, headers } = response
        return { status, location: headers.get("location"), text: await response.text() }
      })
      .catch(() => undefined)
    if (answer !== undefined && answer.status < 500) return { ...answer, body: parseJson(answer.text) }
    if (life.isOver) throw new ShopClosed()
    if (Date.now() > untilMs) throw new Error(`no answer: ${answer?.status} ${answer?.text}`)
    await pause(20)
  }
}

const unescaped = (html: string): string =>
  html
    .replaceAll(/&#(\d+);/gu, (_, code) => String.fromCharCode(Number.parseInt(code, 10)))
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
