/**
 * What is due, paid, over and returnable: plain arithmetic on whole minor units, so that its laws can be read off and
 * proved. Nothing here is stored; it follows from what is.
 */
import { add, compare, isZero, type Money, money, subtract, zero } from "../money/index.ts"
import type { Intent, PaymentContext } from "./intent.ts"

/** What a reckoning starts from. `asked` is `null` where any amount will do. All of one currency. */
export type Standing = {
  readonly asked: Money | null
  readonly paid: Money
  readonly refunding: Money
  readonly refunded: Money
  readonly toleranceBps: number
}

/** `paid = applied + surplus`, `asked = applied + due`, and `paid = refunded + refunding + refundable`. */
export type Reckoning = {
  /** What of the payments counts against what was asked. */
  readonly applied: Money
  /** What is still owed; never below nothing. */
  readonly due: Money
  /** What was paid beyond what was asked. */
  readonly surplus: Money
  readonly refundable: Money
  readonly context: PaymentContext
  /** Whether enough was paid, give or take the tolerance. */
  readonly isEnough: boolean
}

/**
 * How payments stand against what was asked. What was given back does not make it unpaid again.
 *
 * @example
 * const nothing = usdc(0n)
 * const { due, context } = reckon({ asked: usdc(10n), paid: usdc(4n), refunding: nothing, refunded: nothing, toleranceBps: 0 })
 * due // => { amount: 6n, currency: "USDC" }
 * context // => "underpaid"
 */
export const reckon = ({ asked, paid, refunding, refunded, toleranceBps }: Standing): Reckoning => {
  const nothing = zero(paid.currency)
  const target = asked ?? paid
  const isOver = compare(paid, target) > 0
  const applied = isOver ? target : paid
  return {
    applied,
    due: isOver ? nothing : subtract(target, paid),
    surplus: isOver ? subtract(paid, target) : nothing,
    refundable: subtract(paid, add(refunding, refunded)),
    context: asked === null ? "none" : contextOf(asked, paid),
    isEnough: asked !== null && compare(add(paid, toleranceOf(asked, toleranceBps)), asked) >= 0
  }
}

/** The shortfall that is forgiven, rounded against the payer: never more than was agreed. */
export const toleranceOf = (asked: Money, toleranceBps: number): Money =>
  money((asked.amount * BigInt(toleranceBps)) / 10_000n, asked.currency)

/** How an intent stands. */
export const reckoningOf = ({ amount, paid, refunding, refunded, toleranceBps }: Intent): Reckoning =>
  reckon({ asked: amount, paid, refunding, refunded, toleranceBps })

const contextOf = (asked: Money, paid: Money): PaymentContext => {
  if (isZero(paid)) return "none"
  const side = compare(paid, asked)
  if (side === 0) return "paid"
  return side < 0 ? "underpaid" : "overpaid"
}
