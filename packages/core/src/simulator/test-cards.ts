/** The cards that the simulated issuer has given out. Any other number belongs to nobody. */
import type { FundingType } from "../card/card.ts"
import type { PaymentErrorCode } from "../payment/payment-error-code.ts"

export type TestCard = {
  readonly number: string
  readonly fundingType: FundingType
  /** Declines every authorization with this code. The card can be saved, so that the decline shows on a payment. */
  readonly declines: PaymentErrorCode | null
  /** Pays only after a challenge. */
  readonly requires3ds: boolean
}

const approving = (number: string, fundingType: FundingType): TestCard => ({
  number,
  fundingType,
  declines: null,
  requires3ds: false
})

const declining = (number: string, declines: PaymentErrorCode): TestCard => ({
  number,
  fundingType: "credit",
  declines,
  requires3ds: false
})

export const testCards: ReadonlyArray<TestCard> = [
  approving("4007400000000007", "credit"),
  approving("4007410000000006", "debit"),
  approving("4200000000000000", "credit"),
  approving("4757140000000001", "debit"),
  approving("4242424242424242", "credit"),
  approving("5102420000000006", "credit"),
  approving("5173375000000006", "debit"),
  approving("5555555555554444", "prepaid"),
  approving("345678901234564", "credit"),
  approving("378282246310005", "credit"),
  { number: "4000000000003220", fundingType: "credit", declines: null, requires3ds: true },
  declining("4000000000000002", "card_not_honored"),
  declining("4000000000009995", "payment_not_funded"),
  declining("4000000000000069", "card_expired"),
  declining("4000000000000127", "card_cvv_invalid")
]

const byNumber: ReadonlyMap<string, TestCard> = new Map(testCards.map((card) => [card.number, card]))

/**
 * The test card with this number.
 *
 * @example
 * testCardOf("4000000000003220")?.requires3ds // => true
 */
export const testCardOf = (number: string): TestCard | undefined => byNumber.get(number)
