/** What happened to an aggregate between two versions, read from its history: it is the same whenever it is read. */
import * as Effect from "effect/Effect"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import type { AggregateRef } from "../../ports/commit.ts"
import { Store, type StoredEvent, type StoreUnavailable } from "../../ports/store.ts"
import type { Change, ChangeOf } from "../webhooks/webhook-dialect.ts"
import {
  cardDefinition,
  checkoutDefinition,
  depositDefinition,
  endpointDefinition,
  intentDefinition,
  intentRefundDefinition,
  paymentDefinition,
  settlementDefinition
} from "./aggregates.ts"
import {
  crossBorderDefinition,
  onchainDefinition,
  payoutRefundDefinition,
  rfiDefinition
} from "./cross-border-aggregates.ts"

type Fact = { readonly _tag: string; readonly atMs: number }

/** Turns a whole history into changes. */
type Teller<One extends Change> = (ref: AggregateRef, history: ReadonlyArray<StoredEvent>) => ReadonlyArray<One>

const teller =
  <Type extends string, State, Event extends Fact>(type: Type, definition: AggregateDefinition<State, Event>) =>
  (
    { merchantId, id }: AggregateRef,
    history: ReadonlyArray<StoredEvent>
  ): ReadonlyArray<ChangeOf<Type, State, Event>> => {
    let before = definition.initial
    return history.map(({ version, data, schemaVersion }) => {
      const event = definition.decodeEvent(data, schemaVersion)
      const after = definition.evolve(before, event)
      const change = { type, id, merchantId, version, atMs: event.atMs, event, before, after }
      before = after
      return change
    })
  }

const tellers: { readonly [Type in Change["type"]]: Teller<Extract<Change, { readonly type: Type }>> } = {
  payment: teller("payment", paymentDefinition),
  card: teller("card", cardDefinition),
  checkout: teller("checkout", checkoutDefinition),
  intent: teller("intent", intentDefinition),
  deposit: teller("deposit", depositDefinition),
  intent_refund: teller("intent_refund", intentRefundDefinition),
  cross_border_payment: teller("cross_border_payment", crossBorderDefinition),
  onchain_transaction: teller("onchain_transaction", onchainDefinition),
  rfi: teller("rfi", rfiDefinition),
  payout_refund: teller("payout_refund", payoutRefundDefinition),
  settlement: teller("settlement", settlementDefinition),
  endpoint: teller("endpoint", endpointDefinition)
}

/** Whether what happens to aggregates of this type is told. */
export const isTold = (type: string): type is Change["type"] => Object.hasOwn(tellers, type)

/** The changes with versions from `first` to `last`. A history without them is a defect: what is committed stays. */
export const changesOf = Effect.fnUntraced(function* (
  ref: AggregateRef,
  first: number,
  last: number
): Effect.fn.Return<ReadonlyArray<Change>, StoreUnavailable, Store> {
  const { type } = ref
  if (!isTold(type)) return yield* Effect.die(new Error(`nothing is told of ${type}`))
  const store = yield* Store
  const history: Array<StoredEvent> = []
  while (history.length < last) {
    const page = yield* store.events(ref, history.length)
    if (page.length === 0) return yield* Effect.die(new Error(`the ${type} has no version ${last}`))
    history.push(...page)
  }
  return tellers[type](ref, history.slice(0, last)).slice(first - 1)
})

/** The change that led to a version. */
export const changeAt = (ref: AggregateRef, version: number): Effect.Effect<Change, StoreUnavailable, Store> =>
  Effect.flatMap(changesOf(ref, version, version), ([change]) =>
    change === undefined ? Effect.die(new Error(`there is no version ${version}`)) : Effect.succeed(change)
  )
