/** What a merchant may look at of its intents, and of all that was paid and given back, whichever way. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type ListedItem, Store } from "../../ports/store.ts"
import type { Listed, ListRequest } from "../kernel-contract.ts"
import { presentPaymentItem } from "../read.ts"
import {
  depositDefinition,
  intentDefinition,
  intentRefundDefinition,
  paymentDefinition
} from "../storage/aggregates.ts"
import { load, revive } from "../storage/repository.ts"
import type { AnyPayment, IntentNotFound } from "./intent-contract.ts"

export const findIntent = Effect.fn("paykernel.findIntent")(function* (merchantId: string, id: string) {
  const { state } = yield* load(intentDefinition, merchantId, id)
  return state.status === "none" ? Result.fail<IntentNotFound>({ _tag: "IntentNotFound" }) : Result.succeed(state)
})

export const listIntents = Effect.fn("paykernel.listIntents")(function* (merchantId: string, request: ListRequest) {
  const page = yield* (yield* Store).list({ merchantId, collection: "intents", ...request })
  return { ...page, items: page.items.map(({ aggregate }) => revive(intentDefinition, aggregate).state) }
})

/** A payment, refund or cancel of any kind, by its id. */
export const findAnyPayment = Effect.fn("paykernel.findAnyPayment")(function* (merchantId: string, id: string) {
  const item = yield* (yield* Store).find(merchantId, "payments", id)
  return item === undefined ? undefined : present(item)
})

export const listAnyPayments = Effect.fn("paykernel.listAnyPayments")(function* (
  merchantId: string,
  request: ListRequest
) {
  const page = yield* (yield* Store).list({ merchantId, collection: "payments", ...request })
  return { ...page, items: page.items.map(present) } satisfies Listed<AnyPayment>
})

const present = (item: ListedItem): AnyPayment => {
  const { type } = item.aggregate.ref
  switch (type) {
    case paymentDefinition.type:
      return { _tag: "Payment", item: presentPaymentItem(item) }
    case depositDefinition.type:
      return { _tag: "Deposit", deposit: revive(depositDefinition, item.aggregate).state }
    case intentRefundDefinition.type:
      return { _tag: "IntentRefund", refund: revive(intentRefundDefinition, item.aggregate).state }
    default:
      throw new Error(`no payment is made of a ${type}`)
  }
}
