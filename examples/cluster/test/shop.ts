/** A shop for tests that says of each request which node gets it. */
import { randomUUID } from "node:crypto"
import { encryptCardData } from "@paykernel/adapters-http/browser"
import { expect } from "vitest"
import type { Cluster } from "../src/cluster.ts"
import { type Answered, eventually, type Merchant, merchantOf, textAt } from "../src/merchant.ts"

export type Node = 0 | 1 | 2

export const canaryPan = "4007400000000007"
export const canaryCvv = "7391"

export type Shop = {
  readonly get: (node: Node, path: string) => Promise<Answered>
  readonly post: (node: Node, path: string, body: object) => Promise<Answered>
  /** Saves a card at one node; another one says when it is complete. Gives its id. */
  readonly saveCard: (at: Node, seenAt: Node) => Promise<string>
  readonly paymentBody: (cardId: string, amount: string, more?: object) => object
  /** Asks for a payment. Gives its id. */
  readonly pay: (at: Node, cardId: string, amount: string, more?: object) => Promise<string>
  /** The payment, once a node sees it in this status, or settled. */
  readonly paymentOnce: (seenAt: Node, id: string, status: string, limitMs?: number) => Promise<unknown>
  readonly code: () => Promise<object>
}

const payer = { email: "ada@example.com", sessionId: "s-1", ipAddress: "192.0.2.1" }

export const openShop = (cluster: Cluster): Shop => {
  const addresses = cluster.nodes.map(({ address }) => address)
  const merchant: Merchant = merchantOf(addresses, cluster.apiKey)
  const get: Shop["get"] = (node, path) => merchant.ask(addresses[node] ?? "", "GET", path)
  const post: Shop["post"] = (node, path, body) => merchant.ask(addresses[node] ?? "", "POST", path, body)
  const encrypt = async (at: Node, card: { readonly number?: string; readonly cvv: string }) => {
    const { data } = await get(at, "/v1/encryption/public")
    return encryptCardData(card, { keyId: textAt(data, "keyId"), publicKey: textAt(data, "publicKey") })
  }
  const paymentBody: Shop["paymentBody"] = (cardId, amount, more = {}) => ({
    idempotencyKey: randomUUID(),
    amount: { amount, currency: "USD" },
    source: { id: cardId, type: "card" },
    verification: "none",
    metadata: payer,
    ...more
  })
  return {
    get,
    post,
    paymentBody,
    code: () => encrypt(1, { cvv: canaryCvv }),
    saveCard: async (at, seenAt) => {
      const created = await post(at, "/v1/cards", {
        idempotencyKey: randomUUID(),
        ...(await encrypt(seenAt, { number: canaryPan, cvv: canaryCvv })),
        billingDetails: {
          name: "Ada Lovelace",
          line1: "12 St James's Square",
          city: "Boston",
          country: "US",
          district: "MA",
          postalCode: "01234"
        },
        expMonth: 12,
        expYear: new Date().getUTCFullYear() + 2,
        metadata: payer
      })
      expect(created.status, created.text).toBe(201)
      const id = textAt(created.data, "id")
      await eventually(
        () => get(seenAt, `/v1/cards/${id}`),
        ({ data }) => textAt(data, "status") === "complete",
        10_000
      )
      return id
    },
    pay: async (at, cardId, amount, more) => {
      const created = await post(at, "/v1/payments", paymentBody(cardId, amount, more))
      expect(created.status, created.text).toBe(201)
      return textAt(created.data, "id")
    },
    paymentOnce: async (seenAt, id, status, limitMs = 10_000) => {
      const seen = await eventually(
        () => get(seenAt, `/v1/payments/${id}`),
        ({ data }) => [status, "paid"].includes(textAt(data, "status")),
        limitMs
      )
      return seen.data
    }
  }
}
