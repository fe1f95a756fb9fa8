/**
 * The checker's own books of what the store holds, kept from the commits themselves: statuses follow from the machines'
 * tables alone, so that neither a decision nor a fold of the kernel is taken at its word.
 */
import type { AttemptPlanJson } from "../../attempt/attempt.schema.ts"
import type { AttemptEvent } from "../../attempt/attempt.ts"
import type { CheckoutEventJson, CheckoutJson } from "../../checkout/checkout.schema.ts"
import type { PaymentJson } from "../../payment/payment.schema.ts"
import {
  type AggregateWrite,
  type Commit,
  type EventRecord,
  type IdempotencyRecord,
  isJsonObject,
  type Json,
  type TaskUpdate
} from "../../ports/commit.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { type AttemptEntry, openAttemptBook } from "./attempt-book.ts"
import { type CheckoutBook, type CheckoutEntry, openCheckoutBook } from "./checkout-book.ts"
import { type CoverageCount, edgeName, isOutOfReach, tableOf } from "./coverage.ts"
import type { Report } from "./problems.ts"

export type PaymentEntry = Entry & {
  readonly attempts: Map<string, AttemptEntry>
  /** As it was last written. */
  state: PaymentJson
}

type Entry = { readonly id: string; status: string; version: number; readonly statuses: Set<string> }

export type Books = {
  readonly payments: ReadonlyMap<string, PaymentEntry>
  readonly cards: ReadonlyMap<string, Entry>
  /** By their merchants and ids. */
  readonly endpoints: ReadonlyMap<string, Entry>
  readonly intents: ReadonlyMap<string, Entry>
  readonly deposits: ReadonlyMap<string, Entry>
  readonly intentRefunds: ReadonlyMap<string, Entry>
  readonly quotes: ReadonlyMap<string, Entry>
  readonly payouts: ReadonlyMap<string, Entry>
  readonly transfers: ReadonlyMap<string, Entry>
  readonly rfis: ReadonlyMap<string, Entry>
  readonly tickets: ReadonlyMap<string, Entry>
  readonly checkouts: { readonly byId: ReadonlyMap<string, CheckoutEntry> } & Pick<CheckoutBook, "byPayment">
  readonly attemptsByKey: ReadonlyMap<string, AttemptEntry>
  /** By their scopes and keys. */
  readonly kept: ReadonlyMap<string, IdempotencyRecord>
  readonly claimed: (tasks: ReadonlyArray<ClaimedTask>) => void
  /** Takes in what has become durable, and reports what should not have. Answers what it changed. */
  readonly enter: (commit: Commit) => Changed
}

export type Changed = {
  readonly payments: ReadonlyArray<PaymentEntry>
  readonly checkouts: ReadonlyArray<CheckoutEntry>
}

/** `quietMs`: how long a message may be on its way and still be invisible to a look-up. */
export const openBooks = (coverage: CoverageCount, report: Report, quietMs: number): Books => {
  const fences = new Map<string, number>()
  const entries = new Map<string, Entry>()
  const payments = new Map<string, PaymentEntry>()
  const cards = new Map<string, Entry>()
  const endpoints = new Map<string, Entry>()
  const [intents, deposits, intentRefunds] = [
    new Map<string, Entry>(),
    new Map<string, Entry>(),
    new Map<string, Entry>()
  ]
  const [quotes, payouts, transfers] = [new Map<string, Entry>(), new Map<string, Entry>(), new Map<string, Entry>()]
  const [rfis, tickets] = [new Map<string, Entry>(), new Map<string, Entry>()]
  const byType: { readonly [type: string]: Map<string, Entry> } = {
    ...{ card: cards, intent: intents, deposit: deposits, intent_refund: intentRefunds },
    ...{ quote: quotes, cross_border_payment: payouts, onchain_transaction: transfers, rfi: rfis, ticket: tickets }
  }
  const checkouts = new Map<string, CheckoutEntry>()
  const attempts = openAttemptBook(coverage, report, quietMs)
  const book = openCheckoutBook(report)
  const kept = new Map<string, IdempotencyRecord>()

  const happen = ({ type, id }: AggregateWrite["ref"], { data }: EventRecord): void => {
    const checkout = type === "checkout" ? checkouts.get(id) : undefined
    if (checkout !== undefined && isCheckoutEvent(data)) book.happen(checkout, data)
    const payment = type === "payment" ? payments.get(id) : undefined
    if (payment === undefined) return
    if (isPlanning(data) && data.plan !== null) attempts.plan(payment, data.plan)
    if (isAdvance(data)) attempts.move(payment, data.attemptId, data.event)
  }
  const opened = ({ ref, state }: AggregateWrite): Entry => {
    const entry: Entry = { id: ref.id, status: "none", version: 0, statuses: new Set() }
    byType[ref.type]?.set(ref.id, entry)
    if (ref.type === "endpoint") endpoints.set(`${ref.merchantId} ${ref.id}`, entry)
    if (isCheckoutState(ref.type, state)) {
      const checkout: CheckoutEntry = { ...entry, parts: [], state }
      checkouts.set(ref.id, checkout)
      return checkout
    }
    if (!isPaymentState(ref.type, state)) return entry
    const payment: PaymentEntry = { ...entry, attempts: new Map(), state }
    payments.set(ref.id, payment)
    return payment
  }
  const write = (one: AggregateWrite): void => {
    const { ref, expectedVersion, events, state } = one
    const name = `${ref.type} ${ref.id}`
    const key = `${ref.merchantId} ${name}`
    const entry = entries.get(key) ?? opened(one)
    entries.set(key, entry)
    if (entry.version !== expectedVersion) report("I5", `${name}: written over version ${entry.version}`)
    const machine = tableOf(ref.type)
    for (const event of events) {
      const to = machine[entry.status]?.[event.tag]
      if (to === undefined) report("I5", `${name}: no edge ${entry.status} --${event.tag}-->`)
      const edge = edgeName(ref.type, entry.status, event.tag)
      if (isOutOfReach(edge)) report("I5", `${name}: ${edge} is a move for which there is no reason`)
      coverage.moved(edge)
      entry.status = to ?? entry.status
      entry.statuses.add(entry.status)
      happen(ref, event)
    }
    entry.version += events.length
    if (!isJsonObject(state) || state["status"] !== entry.status) {
      report("I5", `${name}: stored as something else than its events say, which is ${entry.status}`)
    }
    const payment = payments.get(ref.id)
    if (payment !== undefined && isPaymentState(ref.type, state)) payment.state = state
    const checkout = checkouts.get(ref.id)
    if (checkout === undefined || !isCheckoutState(ref.type, state)) return
    checkout.state = state
    book.written(checkout)
  }
  return {
    ...{ payments, cards, endpoints, intents, deposits, intentRefunds, kept, attemptsByKey: attempts.byKey },
    ...{ quotes, payouts, transfers, rfis, tickets },
    checkouts: { byId: checkouts, byPayment: book.byPayment },
    claimed: (tasks) => {
      for (const { aggregate, id, fence } of tasks) {
        const name = `${aggregate.merchantId} ${id}`
        const before = fences.get(name)
        if (before !== undefined && fence <= before) report("FENCE", `${id} is given out again under fence ${fence}`)
        fences.set(name, fence)
      }
    },
    enter: ({ aggregates, idempotency, lease }) => {
      if (lease !== null) checkFence(fences, lease, report)
      if (idempotency !== null) bind(kept, idempotency, report)
      for (const one of aggregates) write(one)
      return { payments: among(payments, "payment", aggregates), checkouts: among(checkouts, "checkout", aggregates) }
    }
  }
}

const among = <A>(
  entries: ReadonlyMap<string, A>,
  type: string,
  aggregates: ReadonlyArray<AggregateWrite>
): ReadonlyArray<A> => aggregates.flatMap(({ ref }) => (ref.type === type ? (entries.get(ref.id) ?? []) : []))

const checkFence = (fences: ReadonlyMap<string, number>, lease: TaskUpdate, report: Report): void => {
  const fence = fences.get(`${lease.merchantId} ${lease.id}`)
  if (fence === undefined || lease.fence >= fence) return
  report("FENCE", `${lease.id} is written by holder ${lease.fence}, and belongs to holder ${fence}`)
}

const bind = (kept: Map<string, IdempotencyRecord>, record: IdempotencyRecord, report: Report): void => {
  const name = keptName(record.scope, record.key)
  const before = kept.get(name)
  if (before !== undefined && before.expiresAtMs > record.createdAtMs) {
    report("I7", `the key ${record.key} is bound twice`)
  }
  kept.set(name, record)
}

/** The same key under two scopes is two. */
export const keptName = (scope: string, key: string): string => `${scope} ${key}`

/** What is stored under a type has the shape that the kernel's codec of this type writes. */
const isPaymentState = (type: string, state: Json): state is PaymentJson => type === "payment" && isJsonObject(state)

const isCheckoutState = (type: string, state: Json): state is CheckoutJson => type === "checkout" && isJsonObject(state)

type Planning = { readonly _tag: string; readonly plan: AttemptPlanJson | null }
type Advance = { readonly _tag: "AttemptAdvanced"; readonly attemptId: string; readonly event: AttemptEvent }

const isCheckoutEvent = (data: Json): data is CheckoutEventJson => isJsonObject(data) && "_tag" in data

const isPlanning = (data: Json): data is Planning => isJsonObject(data) && "plan" in data

const isAdvance = (data: Json): data is Advance => isJsonObject(data) && data["_tag"] === "AttemptAdvanced"
