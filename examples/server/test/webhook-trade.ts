/**
 * A merchant who does everything once that can be done with card payments: over `/v1`, directly, and on pages. Whatever
 * happens to the server meanwhile, he asks again with the same key until he is answered.
 */
import { randomUUID } from "node:crypto"
import { type EncryptedCardData, encryptCardData } from "@paykernel/adapters-http/browser"
import { parseJson, textAt, valueAt } from "@paykernel/four-books/json-reading"
import { pause } from "@paykernel/four-books/polling"

export type TradeOptions = {
  readonly address: string
  readonly apiKey: string
  /** Where to be told of some of the payments, beside the endpoints. */
  readonly webhookUrl: string
  /** Encrypted once: what is tried here is not the client's cryptography. */
  readonly card: EncryptedCardData
}

/** Resolves when everything was done, and answered. */
export const tradeOnce = async (options: TradeOptions): Promise<void> => {
  const cardId = await saveCard(options)
  const deeds = [
    chargeAndGiveBack(options, cardId),
    reserveAndTake(options, cardId),
    reserveAndCancel(options, cardId),
    chargeAndCancel(options, cardId),
    charge(options, cardId, "5.01"),
    charge(options, cardId, "5.66", threeDSecure),
    payDirectly(options, numbers.good),
    payDirectly(options, numbers.declined),
    payDirectly(options, numbers.challenged),
    payOnPage(options, numbers.good),
    payOnPage(options, numbers.challenged)
  ]
  await Promise.all(deeds)
}

/** What the book holds after it has been done once, if nothing was lost with a server. */
export const tradedKinds: ReadonlyArray<string> = [
  ...["payments.authorized", "payments.captured", "payments.failed", "payments.actionRequired"],
  ...["refunds.paid", "cancels.paid", "cards.complete"],
  ...["payment.succeeded", "payment.failed", "payment.pending"]
]

/** What pays, what is declined, and what the payer has to answer the bank for. */
const numbers = { good: "4242424242424242", declined: "4000000000000002", challenged: "4000000000003220" }

const payer = { email: "trade@example.com", sessionId: "trade", ipAddress: "192.0.2.7" }
const usd = (amount: string) => ({ amount, currency: "USD" })

/** A code that was lost with the server cannot be verified: then the payer types it in once more. */
const saveCard = async (options: TradeOptions): Promise<string> => {
  const id = await make(options, "/v1/cards", {
    ...options.card,
    billingDetails: {
      ...{ name: "Ada Byron", line1: "1 Main Street", city: "Boston" },
      ...{ country: "US", district: "MA", postalCode: "01234" }
    },
    ...{ expMonth: 12, expYear: 2035, metadata: payer }
  })
  const status = await untilShown(options, `/v1/cards/${id}`, "complete", "failed")
  return status === "complete" ? id : saveCard(options)
}

const urls = { verificationSuccessUrl: "https://a.example/", verificationFailureUrl: "https://b.example/" }
const threeDSecure = { verification: "three_d_secure", ...urls }

const charge = (options: TradeOptions, cardId: string, amount: string, change: object = {}): Promise<string> =>
  make(options, "/v1/payments", {
    ...{ amount: usd(amount), verification: "none", source: { id: cardId, type: "card" }, metadata: payer },
    ...change
  })

const chargeAndGiveBack = async (options: TradeOptions, cardId: string): Promise<void> => {
  const id = await charge(options, cardId, "12.00")
  const status = await untilShown(options, `/v1/payments/${id}`, "confirmed", "paid", "failed")
  if (status !== "failed") await make(options, `/v1/payments/${id}/refund`, { amount: usd("2.00") })
}

const reserveAndTake = async (options: TradeOptions, cardId: string): Promise<void> => {
  const id = await charge(options, cardId, "13.00", { autoCapture: false })
  const status = await untilShown(options, `/v1/payments/${id}`, "confirmed", "failed")
  if (status !== "failed") await make(options, `/v1/payments/${id}/capture`, { amount: usd("3.00") })
}

const reserveAndCancel = async (options: TradeOptions, cardId: string): Promise<void> => {
  const id = await charge(options, cardId, "14.00", { autoCapture: false })
  const status = await untilShown(options, `/v1/payments/${id}`, "confirmed", "failed")
  if (status !== "failed") await make(options, `/v1/payments/${id}/cancel`, { reason: "duplicate" })
}

const chargeAndCancel = async (options: TradeOptions, cardId: string): Promise<void> => {
  const id = await charge(options, cardId, "15.00")
  const status = await untilShown(options, `/v1/payments/${id}`, "confirmed", "paid", "failed")
  if (status !== "failed") await make(options, `/v1/payments/${id}/cancel`, { reason: "duplicate" })
}

const payDirectly = async (options: TradeOptions, number: string): Promise<void> => {
  const answer = await askUntilAnswered(options, "/api/direct-payment", {
    ...{ amount: 1000, currency: "USD", payment_method: "card", webhook_url: options.webhookUrl },
    ...{ card_number: number, expiry_month: 12, expiry_year: 2035, cvv: "123" }
  })
  const challengeUrl = valueAt(answer.body, "data", "action_data", "3ds_url")
  if (typeof challengeUrl === "string") await answerChallenge(challengeUrl)
}

const payOnPage = async (options: TradeOptions, number: string): Promise<void> => {
  const order = { amount: 25_000, currency: "USD", description: "Premium", webhook_url: options.webhookUrl }
  const url = textAt((await askUntilAnswered(options, "/api/hosted-payment", order)).body, "data", "payment_url")
  const page = await untilAnswered(url)
  const data = parseJson(unescaped(/data-page="([^"]*)"/u.exec(page.text)?.[1] ?? ""))
  const key = { keyId: textAt(data, "keyId"), publicKey: textAt(data, "publicKey") }
  const sealed = await encryptCardData({ number, cvv: "123" }, key)
  const form = { expMonth: 12, expYear: 2035, name: "Ada Byron", email: "ada@example.com" }
  const body = JSON.stringify({ attempt: valueAt(data, "attempt"), ...sealed, ...form })
  const { origin } = new URL(url)
  const headers = { origin, "sec-fetch-site": "same-origin", "content-type": "application/json" }
  const paid = await untilAnswered(`${url}/payment`, { method: "POST", headers, body })
  const challengeUrl = valueAt(paid.body, "challengeUrl")
  if (typeof challengeUrl === "string") await answerChallenge(challengeUrl)
}

/** The form of the bank's page, as a browser would send it. */
const answerChallenge = async (url: string): Promise<void> => {
  const page = await untilAnswered(url)
  const token = unescaped(/name="token" value="([^"]*)"/u.exec(page.text)?.[1] ?? "")
  const body = new URLSearchParams({ token, answer: "approve" })
  const { location } = await untilAnswered(url, { method: "POST", body, redirect: "manual" })
  if (location !== null) await untilAnswered(location, { redirect: "manual" })
}

type Answer = {
  readonly status: number
  /** Where it leads. */
  readonly location: string | null
  readonly text: string
  readonly body: unknown
}

/** The id of what was made. */
const make = async (options: TradeOptions, path: string, body: object): Promise<string> => {
  const key = randomUUID()
  const answer = await askUntilAnswered(options, path, { idempotencyKey: key, ...body }, key)
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`)
  return String(valueAt(answer.body, "data", "id"))
}

const askUntilAnswered = (
  { address, apiKey }: TradeOptions,
  path: string,
  body: object,
  key: string = randomUUID()
): Promise<Answer> => {
  const authorization = `Bearer ${apiKey}`
  const headers = { authorization, "content-type": "application/json", "idempotency-key": key }
  return untilAnswered(`${address}${path}`, { method: "POST", headers, body: JSON.stringify(body) })
}

const untilShown = async (
  { address, apiKey }: TradeOptions,
  path: string,
  ...statuses: ReadonlyArray<string>
): Promise<string> => {
  const headers = { authorization: `Bearer ${apiKey}` }
  for (const untilMs = Date.now() + patienceMs; ; await pause(30)) {
    const { body, text } = await untilAnswered(`${address}${path}`, { headers })
    const status = String(valueAt(body, "data", "status"))
    if (statuses.includes(status)) return status
    if (Date.now() > untilMs) throw new Error(`${path} is not ${statuses.join(" or ")}: ${text}`)
  }
}

/** Longer than any restart takes. */
const patienceMs = 60_000
/** A server that is killed in the middle closes no connection. */
const answerMaxMs = 5_000

const untilAnswered = async (url: string, init: RequestInit = {}): Promise<Answer> => {
  for (const untilMs = Date.now() + patienceMs; ; await pause(20)) {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(answerMaxMs) })
      .then(async (response) => {
        const { status, headers } = response
        return { status, location: headers.get("location"), text: await response.text() }
      })
      .catch(() => undefined)
    const isFinal = answer !== undefined && answer.status < 500 && !isBusy(answer)
    if (isFinal) return { ...answer, body: parseJson(answer.text) }
    if (Date.now() > untilMs) throw new Error(`no answer: ${answer?.status} ${answer?.text}`)
  }
}

/** The same request is being answered already, to somebody who is not there any more. */
const isBusy = ({ status, text }: { readonly status: number; readonly text: string }): boolean =>
  status === 409 && text.includes("idempotency_key_in_use")

const unescaped = (html: string): string =>
  html
    .replaceAll(/&#(\d+);/gu, (_, code) => String.fromCharCode(Number.parseInt(code, 10)))
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
