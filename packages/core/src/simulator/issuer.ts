/**
 * The simulated issuer: what it says to a card, an authorization or an authentication follows from magic inputs
 * alone, so that a test can ask for any outcome. It keeps nothing; the bank around it does.
 */
import type { AvsResult, CvvResult } from "../attempt/attempt.ts"
import type { FundingType } from "../card/card.ts"
import type { Eci, VerificationMethod } from "../payment/payment.ts"
import type { PaymentErrorCode } from "../payment/payment-error-code.ts"
import { type TestCard, testCardOf } from "./test-cards.ts"

/** A card as it arrives at the issuer. */
export type PresentedCard = {
  readonly number: string
  readonly cvv: string | null
  readonly expMonth: number
  readonly expYear: number
  /** First line of the billing address. */
  readonly line1: string
}

export type VerificationAnswer = {
  readonly error: "card_failed" | "card_expired" | "card_cvv_invalid" | null
  readonly avs: AvsResult
  readonly cvv: CvvResult
  readonly issuerCountry: string | null
  readonly fundingType: FundingType
}

export type AuthorizationAnswer = {
  /** `null`: approved. */
  readonly code: PaymentErrorCode | null
  readonly avs: AvsResult
  readonly cvv: CvvResult
}

export type AuthenticationAnswer = {
  readonly result: "passed" | "failed" | "challenged"
  /** What a pass is worth: 05 on Visa and American Express, 02 on Mastercard (EMV 3-D Secure, full authentication). */
  readonly eci: Eci
  readonly code: PaymentErrorCode | null
}

/** Decimal amounts, in any currency of two decimals, that an authorization is declined for and no transfer comes of. */
export const declinedAmounts: Readonly<Record<string, PaymentErrorCode>> = {
  "5.01": "payment_failed",
  "5.04": "card_not_honored",
  "5.05": "payment_not_supported_by_issuer",
  "5.07": "payment_not_funded",
  "5.19": "card_invalid",
  "5.41": "card_limit_violated",
  "5.43": "payment_denied",
  "5.51": "payment_fraud_detected",
  "5.54": "credit_card_not_allowed",
  "5.57": "payment_stopped_by_issuer",
  "5.84": "card_account_ineligible"
}

/** Amounts that decide a 3-D Secure authentication. Every other passes without a challenge. */
export const authenticationAmounts: Readonly<Record<string, AuthenticationAnswer["result"]>> = {
  "5.66": "challenged",
  "5.69": "passed",
  "5.72": "failed"
}

const wrongCvvs: ReadonlySet<string> = new Set(["000", "999"])

/**
 * What the issuer says about a card without moving money. A card that declines payments is fine to save.
 *
 * @example
 * const card = { number: "4111111111111111", cvv: "123", expMonth: 1, expYear: 2030, line1: "Main St" }
 * verify(card, 0).error // => "card_failed"
 */
export const verify = (card: PresentedCard, nowMs: number): VerificationAnswer => {
  const known = testCardOf(card.number)
  if (known === undefined) {
    return { error: "card_failed", avs: "U", cvv: "unavailable", issuerCountry: null, fundingType: "unknown" }
  }
  const cvv = cvvResult(card)
  const error = hasExpired(card, nowMs) ? "card_expired" : cvv === "fail" ? "card_cvv_invalid" : null
  return { error, avs: avsResult(card), cvv, issuerCountry: "US", fundingType: known.fundingType }
}

/**
 * What the issuer says to an authorization. `amount` is a decimal text in major units. The address is always looked at
 * and never decides; the CVV is looked at only where it is the verification asked for.
 *
 * @example
 * const card = { number: "4007400000000007", cvv: null, expMonth: 1, expYear: 2030, line1: "Test_N" }
 * authorize(card, { amount: "5.07", verificationMethod: "none", eci: null }, 0)
 * // => { code: "payment_not_funded", avs: "N", cvv: "not_requested" }
 */
export const authorize = (
  card: PresentedCard,
  asked: { readonly amount: string; readonly verificationMethod: VerificationMethod; readonly eci: Eci | null },
  nowMs: number
): AuthorizationAnswer => {
  const known = testCardOf(card.number)
  const checksCvv = asked.verificationMethod === "cvv"
  if (known === undefined) return { code: "card_failed", avs: "U", cvv: checksCvv ? "unavailable" : "not_requested" }
  const cvv = checksCvv ? cvvResult(card, known) : "not_requested"
  return { code: declineOf(card, known, asked, cvv, nowMs), avs: avsResult(card), cvv }
}

/**
 * What becomes of a bank transfer of an amount: it comes, unless an authorization of the same amount would be declined.
 *
 * @example
 * transfer("5.07").code // => "payment_not_funded"
 */
export const transfer = (amount: string): AuthorizationAnswer => ({
  code: declinedAmounts[amount] ?? null,
  avs: "not_requested",
  cvv: "not_requested"
})

/**
 * How a 3-D Secure authentication starts: passed or failed at once, or with a challenge to the payer.
 *
 * @example
 * authenticate("4007400000000007", "5.66") // => { result: "challenged", eci: "05", code: null }
 */
export const authenticate = (number: string, amount: string): AuthenticationAnswer => {
  const known = testCardOf(number)
  const eci = number.startsWith("5") || number.startsWith("2") ? "02" : "05"
  if (known === undefined) return { result: "failed", eci, code: "card_failed" }
  const result = known.requires3ds ? "challenged" : (authenticationAmounts[amount] ?? "passed")
  return { result, eci, code: result === "failed" ? "three_d_secure_failure" : null }
}

const declineOf = (
  card: PresentedCard,
  known: TestCard,
  asked: { readonly amount: string; readonly eci: Eci | null },
  cvv: CvvResult,
  nowMs: number
): PaymentErrorCode | null => {
  if (hasExpired(card, nowMs)) return "card_expired"
  if (known.declines !== null) return known.declines
  if (cvv === "fail") return "card_cvv_invalid"
  if (cvv === "unavailable") return "card_cvv_required"
  if (known.requires3ds && !authenticated(asked.eci)) return "three_d_secure_required"
  return declinedAmounts[asked.amount] ?? null
}

/** ECI 00 and 07 say that no authentication took place. */
const authenticated = (eci: Eci | null): boolean => eci !== null && eci !== "00" && eci !== "07"

/** The issuer sees no CVV after a crash of the merchant's side, which is not the same as a wrong one. */
const cvvResult = (card: PresentedCard, known?: TestCard): CvvResult => {
  if (card.cvv === null) return "unavailable"
  return wrongCvvs.has(card.cvv) || known?.declines === "card_cvv_invalid" ? "fail" : "pass"
}

const testAddress = /^Test_([A-Z-])$/u

const avsResult = (card: PresentedCard): AvsResult => testAddress.exec(card.line1)?.[1] ?? "Y"

/** A card is good to the end of its month. */
const hasExpired = (card: PresentedCard, nowMs: number): boolean => {
  const now = new Date(nowMs)
  const months = (now.getUTCFullYear() - card.expYear) * 12 + (now.getUTCMonth() + 1 - card.expMonth)
  return months > 0
}
