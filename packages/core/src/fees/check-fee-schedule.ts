/**
 * Whether a schedule can be charged at all. A mistake in a branch that is seldom taken must show when the contract is
 * made, not when the first payment takes it.
 */
import * as Result from "effect/Result"
import type { Money, Rational } from "../money/index.ts"
import type { CappedFee, Fee, FeeSchedule, FeeTerms, TieredFee } from "./fee-schedule.ts"

/** Why a schedule cannot be charged. `name` is the fee at fault. */
export type FeeScheduleRejection =
  /** A rate or an amount below zero. */
  | { readonly _tag: "FeeBelowZero"; readonly name: string }
  /** A rate with a denominator that is not above zero. */
  | { readonly _tag: "FeeRateInvalid"; readonly name: string }
  | { readonly _tag: "FeeTiersInvalid"; readonly name: string; readonly reason: TierFault }
  | {
      readonly _tag: "FeeCapsInvalid"
      readonly name: string
      readonly reason: "minimumAboveMaximum" | "currenciesMixed"
    }
  | { readonly _tag: "FeeScheduleTooLarge"; readonly depthMax: number; readonly partsMax: number }

export type TierFault = "empty" | "notAscending" | "lastIsBounded" | "openBeforeLast" | "currenciesMixed"

/** How deep fees may nest. */
export const feeDepthMax = 16

/** How many fees, rules, tiers and table rows a schedule may have in all. */
export const feePartsMax = 1_000

/**
 * The schedule itself, or the first reason why it cannot be charged.
 *
 * @example
 * checkFeeSchedule({ fee: noFee, onExcess: "limit" })
 * // => Result.succeed({ fee: { kind: "sum", fees: [] }, onExcess: "limit" })
 */
export const checkFeeSchedule = (schedule: FeeSchedule): Result.Result<FeeSchedule, FeeScheduleRejection> => {
  if (!isSmallEnough(schedule.fee)) {
    return Result.fail({ _tag: "FeeScheduleTooLarge", depthMax: feeDepthMax, partsMax: feePartsMax })
  }
  const fault = faultOf(schedule.fee)
  return fault === undefined ? Result.succeed(schedule) : Result.fail(fault)
}

/**
 * Counted level by level and given up at the bound. A level is opened only after its size is known: fees that are
 * shared between branches can make a small object mean a very large schedule.
 */
const isSmallEnough = (root: Fee): boolean => {
  let parts = 1
  let level: ReadonlyArray<Fee> = [root]
  for (let depth = 1; depth <= feeDepthMax; depth += 1) {
    for (const fee of level) parts += directPartsOf(fee)
    if (parts > feePartsMax) return false
    level = level.flatMap(childrenOf)
    if (level.length === 0) return true
  }
  return false
}

const childrenOf = (fee: Fee): ReadonlyArray<Fee> => {
  switch (fee.kind) {
    case "sum":
      return fee.fees
    case "capped":
      return [fee.fee]
    case "select":
      return [...fee.rules.map((rule) => rule.fee), fee.otherwise]
    default:
      return []
  }
}

const directPartsOf = (fee: Fee): number => {
  switch (fee.kind) {
    case "tiered":
      return fee.tiers.length
    case "interchangePlusPlus":
      return fee.interchange.length + fee.scheme.length
    case "sum":
      return fee.fees.length
    case "select":
      return fee.rules.length * 2 + 1
    case "capped":
      return 1
    default:
      return 0
  }
}

const faultOf = (fee: Fee): FeeScheduleRejection | undefined => {
  switch (fee.kind) {
    case "fixed":
      return fee.amount.amount < 0n ? belowZero(fee.name) : undefined
    case "percentage":
      return termsFault(fee.name, fee)
    case "tiered":
      return firstOf(fee.tiers, (tier) => termsFault(fee.name, tier)) ?? tiersFault(fee)
    case "interchangePlusPlus":
      return firstOf([...fee.interchange, ...fee.scheme, fee.markup], (terms) => termsFault(fee.name, terms))
    case "capped":
      return capsFault(fee) ?? faultOf(fee.fee)
    default:
      return firstOf(childrenOf(fee), faultOf)
  }
}

const termsFault = (name: string, terms: FeeTerms): FeeScheduleRejection | undefined => {
  if (!hasDenominator(terms.rate)) return { _tag: "FeeRateInvalid", name }
  return terms.rate.numerator < 0n || isBelowZero(terms.fixed) ? belowZero(name) : undefined
}

const tiersFault = ({ name, tiers }: TieredFee): FeeScheduleRejection | undefined => {
  const invalid = (reason: TierFault): FeeScheduleRejection => ({ _tag: "FeeTiersInvalid", name, reason })
  if (tiers.length === 0) return invalid("empty")
  if (tiers.at(-1)?.upTo !== undefined) return invalid("lastIsBounded")
  if (areMixed(tiers.flatMap(({ upTo, fixed }) => [upTo, fixed]))) return invalid("currenciesMixed")
  let reached = 0n
  for (const { upTo } of tiers.slice(0, -1)) {
    if (upTo === undefined) return invalid("openBeforeLast")
    if (upTo.amount <= reached) return invalid("notAscending")
    reached = upTo.amount
  }
  return undefined
}

const capsFault = ({ name, min, max }: CappedFee): FeeScheduleRejection | undefined => {
  if (isBelowZero(min) || isBelowZero(max)) return belowZero(name)
  if (min === undefined || max === undefined) return undefined
  if (min.currency !== max.currency) return { _tag: "FeeCapsInvalid", name, reason: "currenciesMixed" }
  return min.amount > max.amount ? { _tag: "FeeCapsInvalid", name, reason: "minimumAboveMaximum" } : undefined
}

const belowZero = (name: string): FeeScheduleRejection => ({ _tag: "FeeBelowZero", name })

const hasDenominator = (rate: Rational): boolean => rate.denominator > 0n

const isBelowZero = (amount: Money | undefined): boolean => amount !== undefined && amount.amount < 0n

const areMixed = (amounts: ReadonlyArray<Money | undefined>): boolean =>
  new Set(amounts.flatMap((amount) => (amount === undefined ? [] : [amount.currency]))).size > 1

const firstOf = <A, B>(items: ReadonlyArray<A>, find: (item: A) => B | undefined): B | undefined => {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
