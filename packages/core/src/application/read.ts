/** What a merchant may look at: single things and lists, each from the store as it is now. */
import * as Effect from "effect/Effect"
import { available as availableOf } from "../ledger/index.ts"
import { negate } from "../money/index.ts"
import type { Payment, PaymentEvent, PaymentSource } from "../payment/payment.ts"
import type { AggregateDefinition } from "../ports/aggregate.ts"
import { type ListedItem, Store } from "../ports/store.ts"
import type { Listed, ListRequest, PaymentItem } from "./kernel-contract.ts"
import { cardDefinition, paymentDefinition, settlementDefinition } from "./storage/aggregates.ts"
import { revive } from "./storage/repository.ts"

type Collection = "payments" | "cards" | "settlements"

const list = <Item>(
  merchantId: string,
  collection: Collection,
  request: ListRequest,
  present: (item: ListedItem) => Item
) =>
  Effect.flatMap(Store, (store) =>
    Effect.map(
      store.list({ merchantId, collection, ...request }),
      (page): Listed<Item> => ({
        items: page.items.map(present),
        hasNext: page.hasNext,
        hasPrevious: page.hasPrevious
      })
    )
  )

const presentAs =
  <State, Event extends { readonly _tag: string; readonly atMs: number }>(
    definition: AggregateDefinition<State, Event>
  ) =>
  (item: ListedItem): State =>
    revive(definition, item.aggregate).state

export const presentPaymentItem = (item: ListedItem): PaymentItem => {
  const payment: Payment = revive(paymentDefinition, item.aggregate).state
  return { id: item.id, payment, reversal: payment.reversals.find((one) => one.id === item.id) ?? null }
}

const find = <Item>(merchantId: string, collection: Collection, id: string, present: (item: ListedItem) => Item) =>
  Effect.flatMap(Store, (store) =>
    Effect.map(store.find(merchantId, collection, id), (item) => (item === undefined ? undefined : present(item)))
  )

export const findCard = (merchantId: string, id: string) => find(merchantId, "cards", id, presentAs(cardDefinition))
export const listCards = (merchantId: string, request: ListRequest) =>
  list(merchantId, "cards", request, presentAs(cardDefinition))

/** What was paid on a blockchain is an item of the same collection, and no payment of this kind. */
export const findPayment = (merchantId: string, id: string) =>
  find(merchantId, "payments", id, (item) =>
    item.aggregate.ref.type === paymentDefinition.type ? presentPaymentItem(item) : undefined
  )

const paymentTypes: ReadonlyArray<string> = ["card", "bank_transfer"] satisfies ReadonlyArray<PaymentSource["type"]>

export const listPayments = (merchantId: string, request: ListRequest) => {
  const asked = request.where["type"] ?? paymentTypes
  const type = (typeof asked === "string" ? [asked] : asked).filter((one) => paymentTypes.includes(one))
  const where = { ...request.where, type }
  return list(merchantId, "payments", { ...request, where }, presentPaymentItem)
}

/** As many as a store gives at once. */
const eventsPage = 1000

/** Everything that ever happened to a payment, oldest first; `undefined` where there is none of that id. */
export const readHistory = Effect.fn("paykernel.paymentHistory")(function* (merchantId: string, id: string) {
  const store = yield* Store
  const item = yield* store.find(merchantId, "payments", id)
  if (item === undefined) return undefined
  const history: Array<PaymentEvent> = []
  for (;;) {
    const stored = yield* store.events(item.aggregate.ref, history.length)
    history.push(...stored.map(({ data, schemaVersion }) => paymentDefinition.decodeEvent(data, schemaVersion)))
    if (stored.length < eventsPage) return history
  }
})

export const findSettlement = (merchantId: string, id: string) =>
  find(merchantId, "settlements", id, presentAs(settlementDefinition))
export const listSettlements = (merchantId: string, request: ListRequest) =>
  list(merchantId, "settlements", request, presentAs(settlementDefinition))

/** Free to use, less what is held for movements under way; and what is captured but not settled. */
export const readBalances = Effect.fn("paykernel.balances")(function* (merchantId: string) {
  const accounts = yield* (yield* Store).balances(merchantId)
  // Credits are negative in the books; to the merchant they are what is owed to it.
  const owed = (account: "merchant_available" | "merchant_unsettled") =>
    accounts.filter((balance) => balance.account === account).map((balance) => negate(availableOf(balance)))
  return { available: owed("merchant_available"), unsettled: owed("merchant_unsettled"), accounts }
})
