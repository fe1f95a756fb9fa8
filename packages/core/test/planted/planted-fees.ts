/** Defects of arithmetic: floats, roundings and remainders. */
import { allocate, defaultFeeSchedule, type Money } from "@paykernel/core"
import { Fees } from "@paykernel/core/domain"
import { laws } from "@paykernel/core/testing"
import * as Result from "effect/Result"
import { byLaw, type PlantedBug } from "./planted-bug.ts"

const sound: laws.Pricing = (gross, context) => Result.getOrThrow(Fees.assessFees(defaultFeeSchedule, gross, context))

const withAmount = (money: Money, amount: bigint): Money => ({ ...money, amount })

const float: laws.Pricing = (gross, context) => {
  const { breakdown, total } = sound(gross, context)
  const net = Math.round(Number.parseInt(`${gross.amount}`, 10) * 0.971 - 30)
  return { breakdown, total, net: withAmount(gross, BigInt(net)) }
}

const roundedUp: laws.Pricing = (gross, context) => {
  const { net, total, breakdown } = sound(gross, context)
  const up = (line: Fees.FeeLine): Fees.FeeLine => ({
    ...line,
    amount: withAmount(line.amount, line.amount.amount + 1n)
  })
  return { net, total, breakdown: breakdown.map((line, place) => (place === 0 ? up(line) : line)) }
}

const beyondGross: laws.Pricing = (gross) => {
  const fixed = withAmount(gross, 30n)
  const net = withAmount(gross, gross.amount - 30n)
  return { net, total: fixed, breakdown: [{ name: "fixed", kind: "fixed", amount: fixed }] }
}

/** From 1000 on the fixed part is waived, so a larger payment is cheaper. */
const stepped: laws.Pricing = (gross) => {
  const amount = gross.amount < 1_000n ? gross.amount / 10n : gross.amount / 20n
  const fee = withAmount(gross, amount)
  const net = withAmount(gross, gross.amount - amount)
  return { net, total: fee, breakdown: [{ name: "step", kind: "tiered", amount: fee }] }
}

const split: laws.SplitUnderTest["split"] = (amount, weights) =>
  Result.getOrThrow(allocate(amount, weights, "largestRemainder"))

const droppedRemainder: laws.SplitUnderTest["split"] = (amount, weights) => {
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  return weights.map((weight) => withAmount(amount, (amount.amount * weight) / total))
}

export const plantedFees: ReadonlyArray<PlantedBug> = [
  byLaw("a fee is calculated in floats", "laws.conservation", (isPlanted) =>
    laws.conservation({ price: isPlanted ? float : sound })
  ),
  byLaw("a line is rounded up and the total is not", "laws.conservation", (isPlanted) =>
    laws.conservation({ price: isPlanted ? roundedUp : sound })
  ),
  byLaw("a small payment costs more than it brings", "laws.nonNegative", (isPlanted) =>
    laws.nonNegative({ price: isPlanted ? beyondGross : sound })
  ),
  byLaw("a step in the price list makes larger payments cheaper", "laws.monotone", (isPlanted) =>
    laws.monotone({ price: isPlanted ? stepped : sound })
  ),
  byLaw("a split drops its remainder", "laws.allocation", (isPlanted) =>
    laws.allocation({ split: isPlanted ? droppedRemainder : split })
  )
]
