/** An amount that can be charged or given back: dollars, and more than nothing. */
import type { Money } from "@paykernel/core"
import { Money as MoneyRoom } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Operation } from "./operation.ts"
import type { MoneyBody } from "./payment.schema.ts"
import { invalidAmount, unsupportedCurrency } from "./published-error.ts"

export const readAmount = ({ amount, currency }: MoneyBody): Operation<Money> => {
  if (currency !== "USD") return Effect.fail(unsupportedCurrency)
  const read = MoneyRoom.parse(amount, "USD")
  return Result.isSuccess(read) && MoneyRoom.isPositive(read.success)
    ? Effect.succeed(read.success)
    : Effect.fail(invalidAmount)
}

/** `5` and `5.00` are the same request. */
export const meaningOfAmount = (amount: Money) => ({
  amount: MoneyRoom.format(amount),
  currency: amount.currency
})
