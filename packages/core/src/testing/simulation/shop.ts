/** What the simulated merchant is, and what its clients ask for. */
import type { CreatePaymentInput, Kernel, PaymentItem, SubmitCardInput } from "../../application/kernel-contract.ts"
import type { Card } from "../../card/card.ts"
import { Cvv } from "../../card/cvv.ts"
import type { Payment, VerificationMethod } from "../../payment/payment.ts"
import { cardOf } from "../gateway-examples.ts"
import { exampleTerms, usd } from "../payment-examples.ts"
import type { RequestFor, Wish } from "./clients.ts"
import type { Dice } from "./dice.ts"

export const merchantId = "0193a000-0000-7000-8000-000000000001"

export const merchantInput: Parameters<Kernel["merchants"]["register"]>[0] = {
  id: merchantId,
  name: "Corner shop",
  walletId: "1000000001",
  channels: [{ id: "channel-1", default: true, cardDescriptor: "SHOP", achDescriptor: "SHOP" }],
  terms: {
    ...exampleTerms,
    settlementCurrency: "USDC",
    settlementRate: { numerator: 1n, denominator: 1n },
    settlementIntervalMs: 43_200_000
  }
}

export const profile: Parameters<Kernel["merchants"]["changeProfile"]>[1] = {
  ...{ displayName: "The corner", logoUrl: null, colour: "#336699", returnOrigins: ["https://shop.example"] }
}

/** What a client asks for, as yet without a key. */
export type Made = Pick<Wish, "what" | "about" | "ask" | "changed">

export const payer = { email: "ada@example.com", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" }

/** Amounts that the bank or the risk rules decline, or that need a challenge, among ordinary ones. */
const amounts = [1000n, 1000n, 777n, 5000n, 501n, 543n, 566n] as const
const challenged = 566n

export const payWish = (dice: Dice, cardId: string): Made => {
  const by = dice.pick<VerificationMethod>(["none", "none", "cvv", "three_d_secure", "three_d_secure"])
  const amount = by === "three_d_secure" && dice.chance(0.7) ? challenged : dice.pick(amounts)
  const autoCapture = dice.chance(0.5)
  const cvv = dice.pick(["321", "321", "321", "000"])
  const asking = (minor: bigint): Pick<Wish, "what" | "ask"> => ({
    what: `pay ${minor} by ${by}${autoCapture ? ", captured" : ""}`,
    ask: (kernel, request) => {
      const input: CreatePaymentInput = {
        ...{ amount: usd(minor), cardId, autoCapture, verificationMethod: by, channel: null, payer },
        cvv: by === "cvv" ? codeOf(cvv) : null,
        successUrl: "https://shop.example/good",
        failureUrl: "https://shop.example/bad",
        description: keyOf(request)
      }
      const meaning = [minor.toString(), cardId, by, autoCapture]
      return kernel.payments.create(
        merchantId,
        input,
        request<Payment>(meaning, ({ id, status }) => ({ id, status, parent: id }))
      )
    }
  })
  const first = asking(amount)
  return { ...first, about: "payment", changed: asking(amount + 1n) }
}

/** The key under which something is asked for, which describes what is made of it. */
export const keyOf = (request: RequestFor): string => request([], () => ({ id: "", parent: "", status: "" })).key

const itemIds = ({ id, payment }: PaymentItem) => ({ id, parent: payment.id, status: payment.status })

export const captureWish = (dice: Dice, paymentId: string): Made => {
  const amount = dice.pick([null, null, 1n, 300n, 777n])
  return {
    what: `capture ${amount ?? "all"} of ${paymentId}`,
    about: "payment",
    changed: null,
    ask: (kernel, request) =>
      kernel.payments.capture(
        merchantId,
        paymentId,
        { amount: amount === null ? null : usd(amount) },
        request(["capture", paymentId, String(amount)], itemIds)
      )
  }
}

export const refundWish = (dice: Dice, paymentId: string): Made => {
  const asking = (amount: bigint): Pick<Wish, "what" | "ask"> => ({
    what: `refund ${amount} of ${paymentId}`,
    ask: (kernel, request) =>
      kernel.payments.refund(
        merchantId,
        paymentId,
        { amount: usd(amount), reason: null },
        request(["refund", paymentId, String(amount)], itemIds)
      )
  })
  const amount = dice.pick([1n, 100n, 300n, 500n, 777n, 1000n])
  return { ...asking(amount), about: "payment", changed: asking(amount + 1n) }
}

export const cancelWish = (paymentId: string): Made => ({
  what: `cancel ${paymentId}`,
  about: "payment",
  changed: null,
  ask: (kernel, request) =>
    kernel.payments.cancel(merchantId, paymentId, { reason: null }, request(["cancel", paymentId], itemIds))
})

/** Card numbers: good ones, one that is nobody's, and magic codes that the issuer refuses. */
export const saveWish = (dice: Dice): Made => {
  const number = dice.pick(["4007400000000007", "5102420000000006", "4111111111111111"])
  const code = dice.pick(["123", "123", "123", "000"])
  return {
    what: `save card ${number.slice(-4)}`,
    about: "card",
    changed: null,
    ask: (kernel, request) => {
      const input = cardInput(number, code)
      return kernel.cards.submit(
        merchantId,
        input,
        request<Card>(["save", number], ({ id, status }) => ({ id, status, parent: id }))
      )
    }
  }
}

export const cardInput = (number: string, code: string): SubmitCardInput => {
  const { pan, expMonth, expYear, billingDetails } = cardOf(number)
  return { pan, cvv: codeOf(code), expMonth, expYear, billingDetails, holder: payer }
}

export const codeOf = (digits: string): Cvv => {
  const cvv = Cvv.parse(digits)
  if (cvv._tag === "Failure") throw new Error("not a security code")
  return cvv.success
}
