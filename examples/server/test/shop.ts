/** A shop that takes card payments with the official SDK, the way the published guide tells it. */
import { randomUUID } from "node:crypto"
import type { CardCreationRequest, Circle, PaymentCreationRequest } from "@circle-fin/circle-sdk"
import { type CardData, type EncryptedCardData, encryptCardData } from "@paykernel/adapters-http/browser"
import { textAt, valueAt } from "@paykernel/four-books/json-reading"
import { eventually } from "@paykernel/four-books/polling"

/** What a test wants to be special about a card; the rest is ordinary. */
export type CardWish = {
  readonly number?: string
  readonly cvv?: string
  readonly name?: string
  readonly line1?: string
  readonly expMonth?: number
  readonly expYear?: number
}

export type PaymentWish = Partial<Omit<PaymentCreationRequest, "amount" | "source">>

export type Shop = {
  readonly encrypt: (card: CardData) => Promise<EncryptedCardData>
  readonly cardRequest: (wish?: CardWish) => Promise<CardCreationRequest>
  readonly paymentRequest: (cardId: string, amount: string, wish?: PaymentWish) => PaymentCreationRequest
  /** Saves a card and waits for the issuer's answer. */
  readonly saveCard: (wish?: CardWish) => Promise<unknown>
  /** The id of a card that the issuer has accepted. */
  readonly goodCard: () => Promise<string>
  /** Asks for a payment; gives its id at once. */
  readonly pay: (cardId: string, amount: string, wish?: PaymentWish) => Promise<string>
  /** The payment, refund or cancel of this id, once it is no longer pending. */
  readonly outcomeOf: (id: string) => Promise<unknown>
  /** Asks until the payment is as wanted. */
  readonly paymentOnce: (id: string, isIt: (payment: unknown) => boolean) => Promise<unknown>
}

const payer = { email: "satoshi@circle.com", sessionId: "c71aa4ef19", ipAddress: "172.33.222.1" }

export const openShop = async (circle: Circle): Promise<Shop> => {
  const { data } = await circle.encryption.getPublicKey()
  const key = { keyId: textAt(data, "data", "keyId"), publicKey: textAt(data, "data", "publicKey") }
  const encrypt: Shop["encrypt"] = (card) => encryptCardData(card, key)

  const cardRequest: Shop["cardRequest"] = async (wish = {}) => {
    const { number = "4007400000000007", cvv = "123", name = "Satoshi Nakamoto", line1 = "100 Money Street" } = wish
    return {
      idempotencyKey: randomUUID(),
      ...(await encrypt({ number, cvv })),
      billingDetails: { name, line1, city: "Boston", country: "US", district: "MA", postalCode: "01234" },
      expMonth: wish.expMonth ?? 1,
      expYear: wish.expYear ?? new Date().getUTCFullYear() + 3,
      metadata: { ...payer, phoneNumber: "+14155555555" }
    }
  }

  const saveCard: Shop["saveCard"] = async (wish) => {
    const created = await circle.cards.createCard(await cardRequest(wish))
    const id = textAt(created.data, "data", "id")
    return eventually(
      async () => valueAt((await circle.cards.getCard(id)).data, "data"),
      (card) => valueAt(card, "status") !== "pending"
    )
  }

  const paymentRequest: Shop["paymentRequest"] = (cardId, amount, wish = {}) => ({
    idempotencyKey: randomUUID(),
    metadata: payer,
    amount: { amount, currency: "USD" },
    verification: "none",
    source: { id: cardId, type: "card" },
    description: "A test payment",
    ...wish
  })

  const paymentOnce: Shop["paymentOnce"] = (id, isIt) =>
    eventually(async () => valueAt((await circle.payments.getPayment(id)).data, "data"), isIt)

  return {
    encrypt,
    cardRequest,
    paymentRequest,
    saveCard,
    paymentOnce,
    goodCard: async () => textAt(await saveCard(), "id"),
    pay: async (cardId, amount, wish) => {
      const created = await circle.payments.createPayment(paymentRequest(cardId, amount, wish))
      return textAt(created.data, "data", "id")
    },
    outcomeOf: (id) => paymentOnce(id, (payment) => valueAt(payment, "status") !== "pending")
  }
}
