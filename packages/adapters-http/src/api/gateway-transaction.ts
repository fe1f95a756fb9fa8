/**
 * The name that a transaction has at the gateway, in a form for merchants: a digest of the key of its first
 * authorization. The key itself commands money at the gateway and is not shown; the name stays the same when the issuer
 * asks for another authorization with 3-D Secure.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import type { Checkout, CheckoutPayment, CheckoutView, Kernel, Payment } from "@paykernel/core"
import * as Effect from "effect/Effect"
import { ask, type Operation } from "./operation.ts"

/** `gw_` and twelve capital letters or digits. */
export const gatewayTransactionOf = (kernel: Kernel, { checkout, latest }: CheckoutView): Operation<string> => {
  if (latest === null) throw new Error("a transaction without a payment was shown")
  const { attempt, payment } = latest
  const first = firstOf(checkout, attempt.attempt)
  if (first.id === payment.id) return Effect.succeed(nameOf(payment))
  const found = ask(() => kernel.payments.get(checkout.merchantId, first.id), "transaction")
  return Effect.map(found, ({ payment: authorized }) => nameOf(authorized))
}

/** The same name for whoever has another way to read payments. `attempt` is the one that the transaction is. */
export const gatewayTransactionName = async (
  checkout: Checkout,
  attempt: string,
  read: (paymentId: string) => Promise<Payment | undefined>
): Promise<string> => {
  const payment = await read(firstOf(checkout, attempt).id)
  if (payment === undefined) throw new Error("a checkout names a payment that does not exist")
  return nameOf(payment)
}

const firstOf = ({ payments }: Checkout, attempt: string): CheckoutPayment => {
  const first = payments.find((one) => one.attempt === attempt)
  if (first === undefined) throw new Error("a transaction that the checkout does not have was shown")
  return first
}

const nameOf = ({ attempts }: Payment): string => {
  const authorization = attempts.find(({ kind }) => kind === "authorize")
  if (authorization === undefined) throw new Error("a payment of a checkout begins with an authorization")
  const digest = sha256(new TextEncoder().encode(`gateway-transaction ${authorization.gatewayKey}`))
  return `gw_${Array.from(digest.subarray(0, nameLetters), (byte) => alphabet.charAt(byte & 31)).join("")}`
}

const nameLetters = 12
/** Crockford's: no letters that are mistaken for digits. Each letter is five bits of one byte. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
