/** What a move asks of a kernel, and how it can be asked again. */
import type { Card, Payment, PaymentItem } from "@paykernel/core"
import { usd } from "../../src/testing/payment-examples.ts"
import * as Shop from "../../src/testing/simulation/shop.ts"
import type { Move } from "./metamorphic-story.ts"

export type Made = Shop.Made

/** A good card. */
export const saveWish: Made = {
  what: "save a card",
  about: "card",
  changed: null,
  ask: (kernel, request) =>
    kernel.cards.submit(
      Shop.merchantId,
      Shop.cardInput("4007400000000007", "123"),
      request<Card>(["save"], ({ id, status }) => ({ id, status, parent: id }))
    )
}

export const payWish = ({ minor, captured, payer }: Extract<Move, { do: "pay" }>, cardId: string): Made => ({
  what: `pay ${minor}${captured ? ", captured" : ""}${payer === null ? "" : `, the payer ${payer}`}`,
  about: "payment",
  changed: null,
  ask: (kernel, request) => {
    const described = request<Payment>(["pay", `${minor}`, captured], ({ id, status }) => ({ id, status, parent: id }))
    const input = {
      ...{ amount: usd(minor), cardId, cvv: null, autoCapture: captured, channel: null, description: described.key },
      verificationMethod: payer === null ? ("none" as const) : ("three_d_secure" as const),
      ...{ successUrl: "https://shop.example/good", failureUrl: "https://shop.example/bad" },
      payer: { email: "ada@example.com", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" }
    }
    return kernel.payments.create(Shop.merchantId, input, described)
  }
})

export const changeWish = (move: Extract<Move, { do: "capture" | "refund" | "cancel" }>, id: string): Made => ({
  what: move.do === "cancel" ? "cancel" : `${move.do} ${move.minor ?? "all"}`,
  about: "payment",
  changed: null,
  ask: ({ payments }, request) => {
    const shown = ({ id: item, payment }: PaymentItem) => ({ id: item, parent: payment.id, status: payment.status })
    const described = request(move.do === "cancel" ? [move.do, id] : [move.do, id, `${move.minor}`], shown)
    switch (move.do) {
      case "capture": {
        const amount = move.minor === null ? null : usd(move.minor)
        return payments.capture(Shop.merchantId, id, { amount }, described)
      }
      case "refund":
        return payments.refund(Shop.merchantId, id, { amount: usd(move.minor), reason: null }, described)
      case "cancel":
        return payments.cancel(Shop.merchantId, id, { reason: null }, described)
    }
  }
})
