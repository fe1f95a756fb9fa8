/** A checkout against its own history, and against the payments that were made for it. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Checkout, CheckoutPayment } from "../../checkout/checkout.ts"
import { Store, type StoredAggregate } from "../../ports/store.ts"
import { checkoutDefinition, paymentDefinition } from "../storage/aggregates.ts"
import { revive } from "../storage/repository.ts"
import { examine } from "./audit-aggregate.ts"

/** Payments are read after their checkout, and never go back: what they contradict then has always been wrong. */
export const examineCheckout = Effect.fnUntraced(function* (stored: StoredAggregate) {
  const examined = yield* examine(checkoutDefinition, stored)
  // What cannot be decoded, or is not what its events say, has nothing to be compared with.
  if (examined.problems.length > 0) return examined
  const checkout = revive(checkoutDefinition, stored).state
  const succeeded = checkout.payments.filter(({ status }) => status === "succeeded").length
  const isRight = succeeded === (checkout.status === "completed" ? 1 : 0)
  const problems: Array<string> = isRight ? [] : ["it is not completed by exactly one payment"]
  for (const part of checkout.payments) {
    const payment = yield* (yield* Store).load({ ...stored.ref, type: paymentDefinition.type, id: part.id })
    problems.push(...problemsWith(checkout, part, payment))
  }
  return { ...examined, problems }
})

const problemsWith = (
  { amount }: Checkout,
  { id, status }: CheckoutPayment,
  stored: StoredAggregate | undefined
): ReadonlyArray<string> => {
  if (stored === undefined) return [`its payment ${id} does not exist`]
  const revived = Result.try(() => revive(paymentDefinition, stored).state)
  // Its own examination says so.
  if (Result.isFailure(revived)) return []
  const payment = revived.success
  const problems: Array<string> = []
  if (payment.amount.amount !== amount.amount || payment.amount.currency !== amount.currency) {
    problems.push(`its payment ${id} is of another amount`)
  }
  const isCaptured = payment.captured.amount > 0n
  if (status === "succeeded" && !isCaptured) problems.push(`its payment ${id} succeeded, and was not captured`)
  if (status === "failed" && isCaptured) problems.push(`its payment ${id} failed, and was captured`)
  return problems
}
