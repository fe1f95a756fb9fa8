/**
 * A busy merchant: saves a few cards and charges them, spread over all nodes. Some payments are asked for twice, with
 * the same key, at two nodes at once; and no request is let go before its answer is known.
 */
import { randomUUID } from "node:crypto"
import { encryptCardData } from "@paykernel/adapters-http/browser"
import { eventually, type Merchant, memberOf, textAt } from "./merchant.ts"

export type LoadOptions = {
  readonly merchant: Merchant
  readonly nodes: number
  readonly payments: number
  readonly callers: number
  /** A number from 0 up to 1, excluding 1. */
  readonly random: () => number
  /** Told after each payment how many have been answered. */
  readonly onAnswered?: (count: number) => void
}

/** A payment as the merchant asked for it, and every answer to it. */
export type Asked = {
  readonly id: string
  readonly amount: string
  /** With a security code, which only the node that took it ever has. */
  readonly hasCode: boolean
  readonly answers: ReadonlyArray<{ readonly status: number; readonly text: string }>
}

const cards = 4
const shareTwice = 0.3
const shareDeclined = 0.1
const shareWithCode = 0.25

/** Resolves when every payment has been answered. */
export const runLoad = async (options: LoadOptions): Promise<ReadonlyArray<Asked>> => {
  const cardIds = await Promise.all(Array.from({ length: cards }, (_, at) => saveCard(options, at)))
  const cvv = await encryptCardData({ cvv: "123" }, await encryptionKey(options))
  const asked: Array<Asked> = []
  let started = 0
  const caller = async (): Promise<void> => {
    while (started++ < options.payments) {
      asked.push(await pay(options, cardIds, cvv))
      options.onAnswered?.(asked.length)
    }
  }
  await Promise.all(Array.from({ length: options.callers }, caller))
  return asked
}

const anyNode = ({ nodes, random }: LoadOptions): number => Math.floor(random() * nodes)

const encryptionKey = async (options: LoadOptions) => {
  const { data } = await options.merchant.askAny(anyNode(options), "GET", "/v1/encryption/public")
  return { keyId: textAt(data, "keyId"), publicKey: textAt(data, "publicKey") }
}

const payer = { email: "load@example.com", sessionId: "load", ipAddress: "192.0.2.7" }

const billingDetails = {
  name: "Load Driver",
  line1: "1 Main Street",
  city: "Boston",
  country: "US",
  district: "MA",
  postalCode: "01234"
}

/** Saved at one node, and good at all of them. */
const saveCard = async (options: LoadOptions, node: number): Promise<string> => {
  const { merchant } = options
  const encrypted = await encryptCardData({ number: "4007400000000007", cvv: "123" }, await encryptionKey(options))
  const expYear = new Date().getUTCFullYear() + 3
  const body = { idempotencyKey: randomUUID(), ...encrypted, billingDetails, expMonth: 12, expYear, metadata: payer }
  const created = await merchant.askAny(node, "POST", "/v1/cards", body)
  const id = textAt(created.data, "id")
  const card = await eventually(
    () => merchant.askAny(node + 1, "GET", `/v1/cards/${id}`),
    ({ data }) => textAt(data, "status") !== "pending"
  )
  if (textAt(card.data, "status") !== "complete") throw new Error(`the card was not accepted: ${card.text}`)
  return id
}

/** Amounts for which the issuer says no, and nobody before him. */
const declinedAmounts = ["5.01", "5.04", "5.07", "5.51"]

const pay = async (options: LoadOptions, cardIds: ReadonlyArray<string>, cvv: object): Promise<Asked> => {
  const { merchant, random } = options
  const pick = <A>(from: ReadonlyArray<A>): A | undefined => from[Math.floor(random() * from.length)]
  const amount = random() < shareDeclined ? (pick(declinedAmounts) ?? "") : `${10 + Math.floor(random() * 90)}.00`
  const hasCode = random() < shareWithCode
  const verification = hasCode ? { verification: "cvv", ...cvv } : { verification: "none" }
  const body = {
    idempotencyKey: randomUUID(),
    amount: { amount, currency: "USD" },
    source: { id: pick(cardIds), type: "card" },
    metadata: payer,
    ...verification
  }
  const first = anyNode(options)
  const others = random() < shareTwice ? [first + 1] : []
  const answers = await Promise.all(
    [first, ...others].map((node) => merchant.askAny(node, "POST", "/v1/payments", body))
  )
  return {
    id: textAt(answers[0]?.data, "id"),
    amount,
    hasCode,
    answers: answers.map(({ status, text }) => ({ status, text }))
  }
}

/** What became of a payment: its status once it is decided, and the reason of one that failed. */
export type Ending = { readonly status: string; readonly amount: string; readonly errorCode: string }

/** Waits until a payment is settled or has failed. */
export const endingOf = async (merchant: Merchant, node: number, id: string): Promise<Ending> => {
  const { data } = await eventually(
    () => merchant.askAny(node, "GET", `/v1/payments/${id}`),
    (answer) => ["paid", "failed"].includes(textAt(answer.data, "status"))
  )
  const errorCode = textAt(data, "errorCode")
  return { status: textAt(data, "status"), amount: textAt(memberOf(data, "amount"), "amount"), errorCode }
}
