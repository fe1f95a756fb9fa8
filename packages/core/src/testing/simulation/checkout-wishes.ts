/** What merchants and payers ask of checkouts: pages to be paid on, payments of their own, and the cards for both. */
import type { CheckoutView, PayCheckoutInput, PresentedCard } from "../../application/checkouts/checkout-contract.ts"
import { cardOf } from "../gateway-examples.ts"
import { usd } from "../payment-examples.ts"
import type { Dice } from "./dice.ts"
import { keyOf, type Made, merchantId, payer } from "./shop.ts"

/** One that the risk rules deny, one that needs a challenge where the payer is asked who he is, and ordinary ones. */
const amounts = [1000n, 1000n, 777n, 566n, 543n] as const

const numbers = [
  "4242424242424242",
  "4242424242424242",
  // Its issuer refuses what is not authenticated.
  "4000000000003220",
  "4000000000003220",
  // Declined, whatever it is asked for.
  "4000000000000002"
] as const

const returnUrl = "https://shop.example/back"

/** A card for one payment. Each `presented` is another one in memory, since a payment uses up its security code. */
export type CardInHand = { readonly what: string; readonly presented: () => PresentedCard }

export const anyCardInHand = (dice: Dice): CardInHand => {
  const number = dice.pick(numbers)
  const code = dice.pick([null, null, "321", "000"])
  return {
    what: `${number.slice(-4)}${code === null ? "" : ` and ${code}`}`,
    presented: () => {
      const { pan, cvv, expMonth, expYear, billingDetails } = cardOf(number, { cvv: code })
      return { pan, cvv, expMonth, expYear, billingDetails }
    }
  }
}

export const payInput = (attempt: string, card: CardInHand): PayCheckoutInput => ({
  ...{ attempt, card: card.presented(), payer, returnUrl }
})

const order = (minor: bigint, description: string, webhookUrl: string | null) => ({
  ...{ amount: usd(minor), description, customer: null, metadata: null, webhookUrl, returnUrl }
})

/** How long a page stays open; `null`: for as long as pages do. */
const lifetimesMs = [60_000, 1_300_000, 3_600_000, 600_000_000, null, null] as const

/** `webhookUrl`: where the merchant wants to hear of it, beside his endpoints. */
export const openWish = (dice: Dice, nowMs: number, webhookUrl: string | null): Made => {
  const amount = dice.pick(amounts)
  const lifetimeMs = dice.pick(lifetimesMs)
  const expiresAtMs = lifetimeMs === null ? null : nowMs + lifetimeMs
  const asking = (minor: bigint): Pick<Made, "what" | "ask"> => ({
    what: `open a page for ${minor}, for ${lifetimeMs === null ? "a day" : `${lifetimeMs} ms`}`,
    ask: ({ checkouts }, request) => {
      const described = request<CheckoutView>(["page", minor.toString(), expiresAtMs], idsOf)
      return checkouts.open(merchantId, { ...order(minor, described.key, webhookUrl), expiresAtMs }, described)
    }
  })
  return { ...asking(amount), about: "checkout", changed: asking(amount + 1n) }
}

/** With a card, or by a transfer that takes its time. */
export const directWish = (dice: Dice, webhookUrl: string | null): Made => {
  const amount = dice.pick(amounts)
  const card = dice.chance(0.8) ? anyCardInHand(dice) : null
  const asking = (minor: bigint): Pick<Made, "what" | "ask"> => ({
    what: `pay ${minor} directly ${card === null ? "by transfer" : `with ${card.what}`}`,
    ask: ({ checkouts }, request) => {
      const input = { ...order(minor, keyOf(request), webhookUrl), card: card?.presented() ?? null, payer }
      return checkouts.payDirectly(merchantId, input, request<CheckoutView>(["direct", minor.toString()], idsOf))
    }
  })
  return { ...asking(amount), about: "checkout", changed: asking(amount + 1n) }
}

const idsOf = ({ checkout, latest }: CheckoutView) => ({
  ...{ id: latest?.payment.id ?? checkout.id, parent: checkout.id, status: checkout.status }
})
