/** Single requests of a merchant who writes down what he was answered. */
import { randomUUID } from "node:crypto"
import { textAt, valueAt } from "@paykernel/four-books/json-reading"
import type { Answered, MerchantClient } from "@paykernel/four-books/merchant-client"
import { eventually } from "@paykernel/four-books/polling"
import { expect } from "vitest"
import type { Site } from "./site.ts"

export type Keyed = { readonly idempotencyKey: string }

export const usd = (amount: string) => ({ amount, currency: "USD" })

const payer = { email: "grace@example.com", sessionId: "faults", ipAddress: "192.0.2.9" }

export const paymentBody = (
  cardId: string,
  amount: string,
  more: object = {}
): Keyed & { readonly [field: string]: unknown } => ({
  idempotencyKey: randomUUID(),
  amount: usd(amount),
  source: { id: cardId, type: "card" },
  verification: "none",
  metadata: payer,
  ...more
})

type Merchant = Pick<Site, "journal"> & { readonly api: MerchantClient }

/** Asks once, and writes down the question and the answer. */
export const ask = async ({ api, journal }: Merchant, path: string, body: Keyed): Promise<Answered> => {
  const request = { key: body.idempotencyKey, path, body }
  journal.asked(request)
  const answer = await api.post(path, body)
  journal.answered(request, answer.status, answer.text)
  return answer
}

/** Asks for what cannot be refused. */
export const acknowledge = async (merchant: Merchant, path: string, body: Keyed): Promise<Answered> => {
  const answer = await ask(merchant, path, body)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer
}

const billingDetails = {
  name: "Grace Hopper",
  line1: "1 Main Street",
  city: "Boston",
  country: "US",
  district: "MA",
  postalCode: "01234"
}

/** The id of a card that the issuer has accepted. */
export const savedCard = async (site: Site): Promise<string> => {
  const expYear = new Date().getUTCFullYear() + 3
  const body = { ...site.secrets.card, billingDetails, expMonth: 12, expYear, metadata: payer }
  const created = await acknowledge(site, "/v1/cards", { idempotencyKey: randomUUID(), ...body })
  const id = textAt(created.body, "data", "id")
  await eventually(
    async () => valueAt((await site.api.get(`/v1/cards/${id}`)).body, "data", "status"),
    (status) => status === "complete"
  )
  return id
}
