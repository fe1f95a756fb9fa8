/**
 * What a payment costs under a schedule, with the line for every part of it. Whatever the schedule says, the gross
 * amount is the net amount plus all lines, and no line is below zero.
 */
import * as Result from "effect/Result"
import { type Currency, type Money, money } from "../money/index.ts"
import { chargeTerms, chargeTiers } from "./charge-terms.ts"
import { checkFeeSchedule, type FeeScheduleRejection } from "./check-fee-schedule.ts"
import type {
  CappedFee,
  Fee,
  FeeCondition,
  FeeContext,
  FeeSchedule,
  FeeTerms,
  InterchangePlusPlusFee,
  TieredFee
} from "./fee-schedule.ts"

/** One part of the fees. `name` is the fee's own; a minimum that was not reached adds a line of kind `minimum`. */
export type FeeLine<C extends Currency = Currency> = {
  readonly name: string
  readonly kind: FeeLineKind
  readonly amount: Money<C>
}

export type FeeLineKind = "fixed" | "percentage" | "tiered" | "interchange" | "scheme" | "markup" | "minimum"

/** `gross = net + total`, and `total` is the sum of the breakdown. */
export type FeeAssessment<C extends Currency = Currency> = {
  readonly gross: Money<C>
  readonly net: Money<C>
  readonly total: Money<C>
  readonly breakdown: ReadonlyArray<FeeLine<C>>
}

/** Why a payment could not be assessed. `name` is the fee that could not be charged. */
export type FeeRejection =
  | FeeScheduleRejection
  | { readonly _tag: "GrossBelowZero" }
  /** An amount of the schedule is in another currency than the payment. */
  | { readonly _tag: "FeeCurrencyMismatch"; readonly name: string; readonly fee: Currency; readonly gross: Currency }
  /** No row of the table fits the card's network and funding type. */
  | { readonly _tag: "NoCardTerms"; readonly name: string; readonly table: "interchange" | "scheme" }
  /** The tiers count from the volume to date, which is missing or below zero. */
  | { readonly _tag: "VolumeToDateMissing"; readonly name: string }

/**
 * The fees of a payment of `gross`.
 *
 * @example
 * assessFees(defaultFeeSchedule, money(1000n, "USD"), { method: "card", merchantId: "m1" }).success.total
 * // => { amount: 59n, currency: "USD" }
 */
export const assessFees = <C extends Currency>(
  schedule: FeeSchedule,
  gross: Money<C>,
  context: FeeContext
): Result.Result<FeeAssessment<C>, FeeRejection> => {
  if (gross.amount < 0n) return Result.fail({ _tag: "GrossBelowZero" })
  const refusal = refusalOf(schedule)
  if (refusal !== undefined) return Result.fail(refusal)
  const charged = charge(schedule.fee, gross, context)
  if (Result.isFailure(charged)) return Result.fail(charged.failure)
  const lines = schedule.onExcess === "limit" ? limitTo(charged.success, gross.amount) : charged.success
  const total = totalOf(lines)
  return Result.succeed({
    gross,
    net: money(gross.amount - total, gross.currency),
    total: money(total, gross.currency),
    breakdown: lines.map((line) => ({ ...line, amount: money(line.amount, gross.currency) }))
  })
}

/** Schedules are values that never change, so one that was found sound stays so; the check costs more than the fee. */
const sound = new WeakSet<FeeSchedule>()

const refusalOf = (schedule: FeeSchedule): FeeScheduleRejection | undefined => {
  if (sound.has(schedule)) return undefined
  const checked = checkFeeSchedule(schedule)
  if (Result.isFailure(checked)) return checked.failure
  sound.add(schedule)
  return undefined
}

/** A line before it has a currency: it is always the payment's. */
type Line = { readonly name: string; readonly kind: FeeLineKind; readonly amount: bigint }

/** Conditions on the card alone, which table rows and rules have in common. */
type CardCondition = Pick<FeeCondition, "network" | "fundingType">

type Charged = Result.Result<ReadonlyArray<Line>, FeeRejection>

const charge = (fee: Fee, gross: Money, context: FeeContext): Charged => {
  switch (fee.kind) {
    case "fixed":
      return inCurrency(fee.name, gross, [fee.amount], () => [
        { name: fee.name, kind: "fixed", amount: fee.amount.amount }
      ])
    case "percentage":
      return Result.succeed([
        { name: fee.name, kind: "percentage", amount: chargeTerms(fee, gross.amount, fee.rounding) }
      ])
    case "tiered":
      return chargeTiered(fee, gross, context)
    case "interchangePlusPlus":
      return chargeInterchange(fee, gross, context)
    case "capped":
      return Result.flatMap(charge(fee.fee, gross, context), (lines) =>
        inCurrency(fee.name, gross, [fee.min, fee.max], () => capped(fee, lines))
      )
    case "sum":
      return chargeAll(fee.fees, gross, context)
    case "select": {
      const rule = fee.rules.find(({ when }) => holds(when, gross.currency, context))
      return charge(rule?.fee ?? fee.otherwise, gross, context)
    }
  }
}

/** A plain loop: this is on the way of every capture, where general combinators cost more than the fees. */
const chargeAll = (fees: ReadonlyArray<Fee>, gross: Money, context: FeeContext): Charged => {
  const lines: Array<Line> = []
  for (const fee of fees) {
    const charged = charge(fee, gross, context)
    if (Result.isFailure(charged)) return charged
    lines.push(...charged.success)
  }
  return Result.succeed(lines)
}

const chargeTiered = (fee: TieredFee, gross: Money, context: FeeContext): Charged => {
  const start = fee.basis === "payment" ? money(0n, gross.currency) : context.volumeToDate
  if (start === undefined || start.amount < 0n) return Result.fail({ _tag: "VolumeToDateMissing", name: fee.name })
  const amounts = [start, ...fee.tiers.flatMap(({ upTo, fixed }) => [upTo, fixed])]
  return inCurrency(fee.name, gross, amounts, () => [
    { name: fee.name, kind: "tiered", amount: chargeTiers(fee, start.amount, gross.amount) }
  ])
}

const chargeInterchange = (fee: InterchangePlusPlusFee, gross: Money, context: FeeContext): Charged => {
  const { name, markup } = fee
  const interchange = fee.interchange.find((row) => fits(row, context))
  if (interchange === undefined) return Result.fail({ _tag: "NoCardTerms", name, table: "interchange" })
  const scheme = fee.scheme.find((row) => fits(row, context))
  if (scheme === undefined) return Result.fail({ _tag: "NoCardTerms", name, table: "scheme" })
  const line = (kind: FeeLineKind, terms: FeeTerms): Line => ({
    name,
    kind,
    amount: chargeTerms(terms, gross.amount, fee.rounding)
  })
  return inCurrency(name, gross, [interchange.fixed, scheme.fixed, markup.fixed], () => [
    line("interchange", interchange),
    line("scheme", scheme),
    line("markup", markup)
  ])
}

const fits = (row: CardCondition, context: FeeContext): boolean =>
  (row.network === undefined || row.network === context.network) &&
  (row.fundingType === undefined || row.fundingType === context.fundingType)

const holds = (when: FeeCondition, currency: Currency, context: FeeContext): boolean =>
  (when.method === undefined || when.method === context.method) &&
  (when.currency === undefined || when.currency === currency) &&
  (when.merchantId === undefined || when.merchantId === context.merchantId) &&
  fits(when, context)

const capped = (fee: CappedFee, lines: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const limited = fee.max === undefined ? lines : limitTo(lines, fee.max.amount)
  const missing = (fee.min?.amount ?? 0n) - totalOf(limited)
  return missing > 0n ? [...limited, { name: fee.name, kind: "minimum", amount: missing }] : limited
}

/** The lines with no more than `maximum` in all: each takes what the ones before it have left. */
const limitTo = (lines: ReadonlyArray<Line>, maximum: bigint): ReadonlyArray<Line> => {
  let left = maximum
  return lines.map((line) => {
    const excess = line.amount - left
    if (excess > 0n) {
      left = 0n
      return { ...line, amount: line.amount - excess }
    }
    left -= line.amount
    return line
  })
}

const totalOf = (lines: ReadonlyArray<Line>): bigint => lines.reduce((total, { amount }) => total + amount, 0n)

const inCurrency = (
  name: string,
  gross: Money,
  amounts: ReadonlyArray<Money | undefined>,
  lines: () => ReadonlyArray<Line>
): Charged => {
  const other = amounts.find((amount) => amount !== undefined && amount.currency !== gross.currency)
  return other === undefined
    ? Result.succeed(lines())
    : Result.fail({ _tag: "FeeCurrencyMismatch", name, fee: other.currency, gross: gross.currency })
}
