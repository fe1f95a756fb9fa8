/** Ready-made cards and operations for tests of gateways. The numbers are test numbers of the simulated issuer. */
import * as Result from "effect/Result"
import { Cvv } from "../card/cvv.ts"
import { Pan } from "../card/pan.ts"
import { type Currency, parse } from "../money/index.ts"
import type { CardCredentials, GatewayOperation } from "../ports/card-gateway.ts"

/**
 * A card with everything a gateway wants to know about it. `cvv: null` is a card whose CVV is gone.
 *
 * @example
 * cardOf("4007400000000007").pan.last4 // => "0007"
 */
export const cardOf = (
  number: string,
  { cvv = "123", line1 = "1 Main Street", expMonth = 12, expYear = 2040 }: CardExampleOptions = {}
): CardCredentials => ({
  pan: Result.getOrThrow(Pan.parse(number)),
  cvv: cvv === null ? null : Result.getOrThrow(Cvv.parse(cvv)),
  expMonth,
  expYear,
  billingDetails: {
    name: "Ada Lovelace",
    city: "Boston",
    country: "US",
    line1,
    line2: null,
    district: "MA",
    postalCode: "02101"
  }
})

export type CardExampleOptions = {
  readonly cvv?: string | null
  readonly line1?: string
  readonly expMonth?: number
  readonly expYear?: number
}

/**
 * An authorization under a key, of a decimal amount in US dollars unless another currency is named.
 *
 * @example
 * authorizationOf("k", "5.00").amount // => { amount: 500n, currency: "USD" }
 */
export const authorizationOf = (
  key: string,
  amount: string,
  options: Partial<NonNullable<GatewayOperation["authorization"]>> & { readonly currency?: Currency } = {}
): GatewayOperation => ({
  key,
  kind: "authorize",
  amount: Result.getOrThrow(parse(amount, options.currency ?? "USD")),
  merchantId: "merchant-1",
  paymentId: `payment of ${key}`,
  authorizationKey: null,
  authorization: {
    card: options.card ?? cardOf("4007400000000007"),
    capture: options.capture ?? false,
    verificationMethod: options.verificationMethod ?? "none",
    eci: options.eci ?? null
  }
})

/**
 * A capture, void or refund of an authorization, of a decimal amount in its currency.
 *
 * @example
 * followUpOf(authorizationOf("k", "5.00"), "capture", "k2", "3.00").authorizationKey // => "k"
 */
export const followUpOf = (
  authorized: GatewayOperation,
  kind: "capture" | "void" | "refund",
  key: string,
  amount: string
): GatewayOperation => ({
  ...authorized,
  key,
  kind,
  amount: Result.getOrThrow(parse(amount, authorized.amount.currency)),
  authorizationKey: authorized.key,
  authorization: null
})

/**
 * Numbers from 0 up to 1 that are the same for the same seed (mulberry32).
 *
 * @example
 * seededRandom(1)() === seededRandom(1)() // => true
 */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
