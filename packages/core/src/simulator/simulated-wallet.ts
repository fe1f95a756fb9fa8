/**
 * Apple Pay and Google Pay without Apple and Google: a token for each card of the simulated issuer, so that each of its
 * answers can be had by wallet too.
 */
import * as Result from "effect/Result"
import { Pan } from "../card/pan.ts"
import { testCards } from "./test-cards.ts"

export type SimulatedWalletKind = "apple_pay" | "google_pay"

export type SimulatedWallet = {
  /** The card in a token; `ok: false` for a token of the other wallet, or of none. */
  readonly open: (
    kind: SimulatedWalletKind,
    token: string
  ) => Promise<
    | { readonly ok: true; readonly card: { readonly pan: Pan; readonly expMonth: number; readonly expYear: number } }
    | { readonly ok: false }
  >
}

/** Wallets give device cards a long life; this one ends before the bounds of a card's are met. */
const expiry = { expMonth: 12, expYear: 2049 }

/**
 * The magic token of a test card: the wallet, and the card's first six and last four digits.
 *
 * @example
 * walletToken("apple_pay", "4242424242424242") // => "tok_apple_pay_424242_4242"
 */
export const walletToken = (kind: SimulatedWalletKind, cardNumber: string): string =>
  `tok_${kind}_${cardNumber.slice(0, 6)}_${cardNumber.slice(-4)}`

/**
 * A wallet that knows the magic tokens of all test cards, and nothing else.
 *
 * @example
 * const opened = await simulatedWallet().open("google_pay", "tok_google_pay_400000_3220")
 * opened.ok && String(opened.card.pan) // => "************3220"
 */
export const simulatedWallet = (): SimulatedWallet => ({
  open: async (kind, token) => {
    const number = testCards.find((card) => walletToken(kind, card.number) === token)?.number
    const pan = Pan.parse(number ?? "")
    return Result.isSuccess(pan) ? { ok: true, card: { pan: pan.success, ...expiry } } : { ok: false }
  }
})
