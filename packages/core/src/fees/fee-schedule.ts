/**
 * What a merchant pays for a payment, as data: a schedule is stored with the contract, shown to people and compared,
 * so it holds no function. Fees nest; every leaf becomes a line of the breakdown.
 */
import type { Currency, Money, Rational, RoundingMode } from "../money/index.ts"

/** A contract's fees, and what happens where they come to more than the payment itself. */
export type FeeSchedule = { readonly fee: Fee; readonly onExcess: ExcessPolicy }

/** `limit` cuts the fees to the gross amount; `allowNegativeNet` lets the merchant owe the difference. */
export type ExcessPolicy = "limit" | "allowNegativeNet"

export type Fee = FixedFee | PercentageFee | TieredFee | InterchangePlusPlusFee | CappedFee | SumFee | SelectFee

/** The same amount for every payment. */
export type FixedFee = { readonly kind: "fixed"; readonly name: string; readonly amount: Money }

/** A share of the gross amount: `bps(290n)` is 2.9 %. */
export type PercentageFee = {
  readonly kind: "percentage"
  readonly name: string
  readonly rate: Rational
  readonly rounding: RoundingMode
}

/** A share of an amount, and perhaps something fixed on top. */
export type FeeTerms = { readonly rate: Rational; readonly fixed?: Money }

/**
 * Terms that depend on how much is paid. `volume`: the tier reached sets the terms of the whole payment. `graduated`:
 * every slice of the payment is charged at its own tier, as with tax brackets; a tier's fixed part is due when the
 * payment has a slice in it.
 *
 * `basis` says where the tiers are counted from: `payment` from zero with each payment, `volumeToDate` from the
 * volume that the context brings. Tiers ascend, `upTo` belongs to its tier, and only the last one has none.
 */
export type TieredFee = {
  readonly kind: "tiered"
  readonly name: string
  readonly mode: "volume" | "graduated"
  readonly basis: "payment" | "volumeToDate"
  readonly tiers: ReadonlyArray<FeeTier>
  readonly rounding: RoundingMode
}

export type FeeTier = FeeTerms & { readonly upTo?: Money }

/**
 * Interchange++: what the issuer takes and what the card scheme takes are passed on by table, and the acquirer's
 * markup comes on top. Each of the three is a line of its own. The first row that fits the card is used; a row
 * without a network or funding type fits all of them.
 */
export type InterchangePlusPlusFee = {
  readonly kind: "interchangePlusPlus"
  readonly name: string
  readonly interchange: ReadonlyArray<CardTerms>
  readonly scheme: ReadonlyArray<CardTerms>
  readonly markup: FeeTerms
  readonly rounding: RoundingMode
}

export type CardTerms = FeeTerms & { readonly network?: string; readonly fundingType?: string }

/**
 * Another fee, kept between a minimum and a maximum. What is missing to the minimum is a line of its own; above the
 * maximum the last lines give way first, so that costs passed on are kept before a markup.
 */
export type CappedFee = {
  readonly kind: "capped"
  readonly name: string
  readonly min?: Money
  readonly max?: Money
  readonly fee: Fee
}

/** Several fees at once. None at all is a payment without fees. */
export type SumFee = { readonly kind: "sum"; readonly fees: ReadonlyArray<Fee> }

/** The first rule whose conditions all hold; `otherwise` where none does. */
export type SelectFee = { readonly kind: "select"; readonly rules: ReadonlyArray<FeeRule>; readonly otherwise: Fee }

export type FeeRule = { readonly when: FeeCondition; readonly fee: Fee }

/** What must be equal for a rule to hold. No condition holds for every payment. */
export type FeeCondition = {
  readonly method?: string
  readonly currency?: Currency
  readonly merchantId?: string
  readonly network?: string
  readonly fundingType?: string
}

/** What a schedule may ask about a payment besides its gross amount. `volumeToDate` is without this payment. */
export type FeeContext = {
  readonly method: string
  readonly merchantId: string
  readonly network?: string
  readonly fundingType?: string
  readonly volumeToDate?: Money
}

/** No fee, as an explicit choice. */
export const noFee: SumFee = { kind: "sum", fees: [] }
