/**
 * A busy merchant: saves cards, charges them, captures, cancels and refunds, several at once. It never lets go of a
 * request before it knows the answer: whatever happens to the server, it asks again with the same key.
 */
import { randomUUID } from "node:crypto"
import { decimalOf } from "./cents.ts"
import type { ClientJournal } from "./client-journal.ts"
import { parseJson, valueAt } from "./json-reading.ts"
import type { MerchantClient } from "./merchant-client.ts"
import { pause } from "./polling.ts"

type Encrypted = { readonly keyId: string; readonly encryptedData: string }

export type LoadOptions = {
  readonly api: MerchantClient
  readonly journal: ClientJournal
  readonly callers: number
  /** A number from 0 up to 1, excluding 1. */
  readonly random: () => number
  /** Encrypted once and sent again and again: what is tried here is not the client's cryptography. */
  readonly card: Encrypted
  readonly cvv: Encrypted
}

export type Load = {
  /** Requests answered so far, whatever the answer. */
  readonly answered: () => number
  /** Starts nothing new, and resolves when every request has been answered. */
  readonly stop: () => Promise<void>
}

export const startLoad = (options: LoadOptions): Load => {
  const known: Known = { cards: [], authorized: [], captured: [] }
  let answered = 0
  let stopping = false

  const caller = async (): Promise<void> => {
    while (!stopping) {
      const deed = nextDeed(known, options)
      const { status, id } = await askUntilAnswered(options, deed)
      answered++
      if (status < 300) deed.done(id)
    }
  }
  const callers = Promise.all(Array.from({ length: options.callers }, caller))
  // Whoever stops the load hears of it; until then it must not count as unheard.
  callers.catch(() => {})
  return {
    answered: () => answered,
    stop: async () => {
      stopping = true
      await callers
    }
  }
}

/** Ids of what may be charged, captured or given back. A payment may turn out to have failed: then it is refused. */
type Known = { readonly cards: Array<string>; readonly authorized: Array<string>; readonly captured: Array<string> }

type Deed = {
  readonly path: string
  readonly body: object
  /** What is known when the deed was acknowledged. */
  readonly done: (id: string) => void
}

type Answer = { readonly status: number; readonly id: string }

/** Longer than any restart takes. */
const patienceMs = 40_000

const askUntilAnswered = async (options: LoadOptions, { path, body }: Deed): Promise<Answer> => {
  const { api, journal, random } = options
  const key = randomUUID()
  const request = { key, path, body: { idempotencyKey: key, ...body } }
  journal.asked(request)
  for (const untilMs = Date.now() + patienceMs; ; ) {
    const answer = await api.post(path, request.body).catch(() => undefined)
    if (answer !== undefined && answer.status < 500) {
      journal.answered(request, answer.status, answer.text)
      return { status: answer.status, id: String(valueAt(parseJson(answer.text), "data", "id")) }
    }
    if (Date.now() > untilMs) throw new Error(`${path} is not answered: ${answer?.status} ${answer?.text}`)
    await pause(10 + 40 * random())
  }
}

const nextDeed = (known: Known, options: LoadOptions): Deed => {
  const { random } = options
  const pick = (from: ReadonlyArray<string>): string | undefined => from[Math.floor(random() * from.length)]
  const chance = (probability: number): boolean => random() < probability
  const card = pick(known.cards)
  if (card === undefined || chance(0.08)) return saveCard(known, options.card)
  const authorized = pick(known.authorized)
  if (authorized !== undefined && chance(0.3)) return capture(known, authorized, chance(0.5))
  if (authorized !== undefined && chance(0.1)) return cancel(known.authorized, authorized)
  const captured = pick(known.captured)
  if (captured !== undefined && chance(0.1)) return cancel(known.captured, captured)
  if (captured !== undefined && chance(0.25)) return refund(captured, chance(0.5) ? "0.50" : "1.00")
  return pay(known, card, options)
}

const payer = { email: "load@example.com", sessionId: "load", ipAddress: "192.0.2.7" }
const usd = (amount: string) => ({ amount, currency: "USD" })

const billingDetails = {
  name: "Load Driver",
  line1: "1 Main Street",
  city: "Boston",
  country: "US",
  district: "MA",
  postalCode: "01234"
}

const saveCard = ({ cards }: Known, card: Encrypted): Deed => ({
  path: "/v1/cards",
  body: { ...card, billingDetails, expMonth: 12, expYear: new Date().getUTCFullYear() + 3, metadata: payer },
  done: (id) => void cards.push(id)
})

const declinedAmounts = ["5.01", "5.04", "5.43", "5.51"]

const pay = (known: Known, cardId: string, { random, cvv }: LoadOptions): Deed => {
  const autoCapture = random() < 0.6
  const declined = random() < 0.1 ? declinedAmounts[Math.floor(random() * declinedAmounts.length)] : undefined
  const amount = usd(declined ?? decimalOf(BigInt(100 + Math.floor(random() * 9900))))
  const verification = random() < 0.4 ? { verification: "cvv", ...cvv } : { verification: "none" }
  return {
    path: "/v1/payments",
    body: { amount, ...verification, autoCapture, source: { id: cardId, type: "card" }, metadata: payer },
    done: (id) => void (autoCapture ? known.captured : known.authorized).push(id)
  }
}

const capture = ({ authorized, captured }: Known, id: string, inPart: boolean): Deed => ({
  path: `/v1/payments/${id}/capture`,
  body: inPart ? { amount: usd("1.00") } : {},
  done: () => {
    forget(authorized, id)
    captured.push(id)
  }
})

const cancel = (from: Array<string>, id: string): Deed => ({
  path: `/v1/payments/${id}/cancel`,
  body: { reason: "duplicate" },
  done: () => forget(from, id)
})

const refund = (id: string, amount: string): Deed => ({
  path: `/v1/payments/${id}/refund`,
  body: { amount: usd(amount) },
  done: () => {}
})

const forget = (ids: Array<string>, id: string): void => {
  const at = ids.indexOf(id)
  if (at >= 0) ids.splice(at, 1)
}
