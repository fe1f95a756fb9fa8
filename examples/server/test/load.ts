/**
 * A busy merchant: saves cards, charges them, captures, cancels and refunds, several at once. It never lets go of a
 * request before it knows the answer: whatever happens to the server, it asks again with the same key.
 */
import { randomUUID } from "node:crypto"
import type { ClientJournal } from "./client-journal.ts"
import { decimalOf } from "./cents.ts"
import { parseJson, valueAt } from "./json-reading.ts"
import type { MerchantClient } from "./merchant-client.ts"
import { pause } from "./polling.ts"

export type LoadOptions = {
  readonly api: MerchantClient
  readonly journal: ClientJournal
  readonly callers: number
  /** A number from 0 up to 1, excluding 1. */
  readonly random: () => number
  /** Encrypted once and sent again and again: what is measured here is not the client's cryptography. */
  readonly card: { readonly keyId: string; readonly encryptedData: string }
  readonly cvv: { readonly keyId: string; readonly encryptedData: string }
}

export type Load = {
  /** Requests answered so far, whatever the answer. */
  readonly answered: () => number
  /** Starts nothing new, and resolves when every request has been answered. */
  readonly stop: () => Promise<void>
}

type Deed = { readonly path: string; readonly body: { readonly [field: string]: unknown } }

const payer = { email: "load@example.com", sessionId: "load", ipAddress: "192.0.2.7" }
const declinedAmounts = ["5.01", "5.04", "5.43", "5.51"]

export const startLoad = (options: LoadOptions): Load => {
  const { api, journal, random } = options
  const cards: Array<string> = []
  const authorized: Array<string> = []
  const captured: Array<string> = []
  let answered = 0
  let stopping = false

  const pick = <A>(from: ReadonlyArray<A>): A | undefined => from[Math.floor(random() * from.length)]
  const chance = (probability: number): boolean => random() < probability
  const amount = () => ({ amount: decimalOf(BigInt(100 + Math.floor(random() * 9900))), currency: "USD" })

  const ask = async ({ path, body }: Deed): Promise<{ readonly status: number; readonly id: string | undefined }> => {
    const key = randomUUID()
    const request = { key, path, body: { idempotencyKey: key, ...body } }
    journal.asked(request)
    for (;;) {
      const answer = await api.post(path, request.body).catch(() => undefined)
      if (answer === undefined || answer.status >= 500) {
        await pause(10 + 40 * random())
        continue
      }
      journal.answered(request, answer.status, answer.text)
      answered++
      const id = valueAt(parseJson(answer.text), "data", "id")
      return { status: answer.status, id: typeof id === "string" ? id : undefined }
    }
  }

  const saveCard = async (): Promise<void> => {
    const billingDetails = {
      name: "Load Driver",
      line1: "1 Main Street",
      city: "Boston",
      country: "US",
      district: "MA",
      postalCode: "01234"
    }
    const expiry = { expMonth: 12, expYear: new Date().getUTCFullYear() + 3 }
    const { id } = await ask({ path: "/v1/cards", body: { ...options.card, billingDetails, ...expiry, metadata: payer } })
    if (id !== undefined) cards.push(id)
  }

  const pay = async (cardId: string): Promise<void> => {
    const autoCapture = chance(0.6)
    const verification = chance(0.4) ? { verification: "cvv", ...options.cvv } : { verification: "none" }
    const declined = chance(0.1) ? { amount: { amount: pick(declinedAmounts), currency: "USD" } } : {}
    const source = { id: cardId, type: "card" }
    const body = { amount: amount(), ...declined, ...verification, autoCapture, source, metadata: payer }
    const { id } = await ask({ path: "/v1/payments", body })
    if (id !== undefined) (autoCapture ? captured : authorized).push(id)
  }

  /** What is refused now, because something is still under way, may be asked again later as a new request. */
  const change = async (from: Array<string>, to: Array<string> | null, id: string, deed: Deed): Promise<void> => {
    const { status } = await ask(deed)
    if (status >= 300 || !from.includes(id)) return
    from.splice(from.indexOf(id), 1)
    to?.push(id)
  }

  const doSomething = async (): Promise<void> => {
    const cardId = pick(cards)
    if (cardId === undefined || chance(0.08)) return saveCard()
    const open = pick(authorized)
    const taken = pick(captured)
    if (open !== undefined && chance(0.3)) {
      const part = chance(0.5) ? { amount: { amount: "1.00", currency: "USD" } } : {}
      return change(authorized, captured, open, { path: `/v1/payments/${open}/capture`, body: part })
    }
    if (open !== undefined && chance(0.1)) {
      return change(authorized, null, open, { path: `/v1/payments/${open}/cancel`, body: {} })
    }
    if (taken !== undefined && chance(0.1)) {
      return change(captured, null, taken, { path: `/v1/payments/${taken}/cancel`, body: { reason: "duplicate" } })
    }
    if (taken !== undefined && chance(0.25)) {
      const body = { amount: { amount: chance(0.5) ? "0.50" : "1.00", currency: "USD" } }
      return change(captured, captured, taken, { path: `/v1/payments/${taken}/refund`, body })
    }
    return pay(cardId)
  }

  const caller = async (): Promise<void> => {
    while (!stopping) await doSomething()
  }
  const callers = Promise.all(Array.from({ length: options.callers }, caller))
  // A defect of this driver must not go unseen until somebody waits for it.
  callers.catch(() => {})
  return {
    answered: () => answered,
    stop: async () => {
      stopping = true
      await callers
    }
  }
}
