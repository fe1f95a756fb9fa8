/** A checkout as its host sees it: with its latest payment, and the name of its page. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Checkout, CheckoutPayment } from "../../checkout/checkout.ts"
import type { Payment } from "../../payment/payment.ts"
import { Digest } from "../../ports/digest.ts"
import { Store } from "../../ports/store.ts"
import type { Listed, ListRequest } from "../kernel-contract.ts"
import { checkoutDefinition, paymentDefinition } from "../storage/aggregates.ts"
import { load, revive } from "../storage/repository.ts"
import type { CheckoutNotFound, CheckoutView } from "./checkout-contract.ts"
import { checkoutPage, readCheckoutPage } from "./checkout-names.ts"

const notFound = Result.fail<CheckoutNotFound>({ _tag: "CheckoutNotFound" })

/** With the latest payment of one transaction, or of all. */
export const viewOf = Effect.fnUntraced(function* (checkout: Checkout, transactionId?: string) {
  const { merchantId, payments } = checkout
  const isAsked = (payment: CheckoutPayment) => transactionId === undefined || payment.transactionId === transactionId
  const latest = payments.findLast(isAsked)
  const payment = latest === undefined ? null : (yield* load(paymentDefinition, merchantId, latest.id)).state
  return viewWith(yield* Digest, checkout, payment)
})

/** `payment` is one of the checkout's. */
export const viewWith = (digest: Digest["Service"], checkout: Checkout, payment: Payment | null): CheckoutView => {
  const attempt = checkout.payments.find(({ id }) => id === payment?.id)
  const latest = attempt === undefined || payment === null ? null : { attempt, payment }
  return { checkout, latest, page: checkoutPage(digest, checkout.merchantId, checkout.id) }
}

export const findCheckout = Effect.fn("paykernel.findCheckout")(function* (merchantId: string, id: string) {
  const { state } = yield* load(checkoutDefinition, merchantId, id)
  return state.status === "none" ? notFound : Result.succeed(yield* viewOf(state))
})

export const findCheckoutOfTransaction = Effect.fn("paykernel.findTransaction")(function* (
  merchantId: string,
  transactionId: string
) {
  const item = yield* (yield* Store).find(merchantId, "transactions", transactionId)
  if (item === undefined) return notFound
  const { state: checkout } = revive(checkoutDefinition, item.aggregate)
  return Result.succeed(yield* viewOf(checkout, transactionId))
})

export const findCheckoutOfPage = Effect.fn("paykernel.findCheckoutPage")(function* (page: string) {
  const named = readCheckoutPage(yield* Digest, page)
  return named === undefined ? notFound : yield* findCheckout(named.merchantId, named.checkoutId)
})

export const listCheckouts = Effect.fn("paykernel.listCheckouts")(function* (merchantId: string, request: ListRequest) {
  const page = yield* (yield* Store).list({ merchantId, collection: "checkouts", ...request })
  const items = page.items.map(({ aggregate }) => revive(checkoutDefinition, aggregate).state)
  return { items, hasNext: page.hasNext, hasPrevious: page.hasPrevious } satisfies Listed<Checkout>
})
