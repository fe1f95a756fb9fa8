import { follow } from "../machine.ts"
import { add, type Money, subtract, zero } from "../money/index.ts"
import type { Confirming, Intent, IntentEvent, IntentReason, PayAddress, TimelineEntry } from "./intent.ts"
import { intentMachine } from "./intent-machine.ts"
import { reckoningOf } from "./intent-reckoning.ts"

/** Before anything happened. The currencies mean nothing until the intent is created. */
export const noIntent: Intent = {
  status: "none",
  kind: "transient",
  id: "",
  merchantId: "",
  walletId: null,
  currency: "USDC",
  amount: null,
  settlementCurrency: "USDC",
  methods: [],
  toleranceBps: 0,
  expiresAtMs: null,
  monitoringMs: 0,
  monitoredUntilMs: null,
  watching: false,
  context: "none",
  paid: zero("USDC"),
  confirming: { count: 0, total: zero("USDC"), inTime: 0 },
  refunding: zero("USDC"),
  refunded: zero("USDC"),
  fees: { lease: zero("USDC"), payments: zero("USDC") },
  depositIds: [],
  refundIds: [],
  timeline: [],
  lastCreditedAtMs: null,
  endedAtMs: null,
  createdAtMs: 0,
  updatedAtMs: 0
}

/** Deposits and refunds that an intent names: whoever sends dust by the thousand must not make it grow. */
export const idsNamedMax = 100

/**
 * The intent after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * evolve(pendingIntent, { _tag: "IntentExpired", reason: null, atMs: 5 }).timeline[0]?.status // => "expired"
 */
export const evolve = (intent: Intent, event: IntentEvent): Intent => {
  const status = follow(intentMachine, intent.status, event._tag)
  const moved = { ...changed(intent, event), status, updatedAtMs: event.atMs }
  const counted = { ...moved, context: reckoningOf(moved).context }
  return withTimeline(intent, counted, reasonOf(event), event.atMs)
}

const changed = (intent: Intent, event: IntentEvent): Intent => {
  switch (event._tag) {
    case "IntentCreated":
      return created(event)
    case "IntentOpened":
    case "IntentActivated":
      return addressed(intent, event.addresses, event.leaseFee)
    case "IntentDepositNoted":
      return {
        ...intent,
        confirming: counting(intent.confirming, event.amount, event.late, 1),
        depositIds: naming(intent, event.depositId),
        watching: true
      }
    case "IntentDepositTakenBack":
      return { ...intent, confirming: counting(intent.confirming, event.amount, event.late, -1) }
    case "IntentDepositCredited":
    case "IntentCompleted":
      return credited(intent, event)
    case "IntentFailed":
    case "IntentExpired":
      return { ...intent, endedAtMs: event.atMs }
    case "IntentMonitoringEnded":
      return { ...intent, watching: false }
    case "IntentWatchAdvanced": {
      const { chain, watchedTo } = event
      return { ...intent, methods: intent.methods.map((one) => (one.chain === chain ? { ...one, watchedTo } : one)) }
    }
    case "IntentRefundStarted":
      return {
        ...intent,
        refunding: add(intent.refunding, event.amount),
        refundIds: latest(intent.refundIds, event.refundId),
        monitoredUntilMs: intent.monitoredUntilMs ?? event.atMs + intent.monitoringMs,
        endedAtMs: intent.endedAtMs ?? event.atMs
      }
    case "IntentRefundPaid":
      return {
        ...intent,
        refunding: subtract(intent.refunding, event.amount),
        refunded: add(intent.refunded, event.amount)
      }
    case "IntentRefundFailed":
      return { ...intent, refunding: subtract(intent.refunding, event.amount) }
  }
}

const created = (event: Extract<IntentEvent, { readonly _tag: "IntentCreated" }>): Intent => {
  const { kind, id, merchantId, walletId, currency, amount, settlementCurrency } = event
  const { toleranceBps, expiresAtMs, monitoringMs, atMs } = event
  const nothing = zero(currency)
  return {
    ...noIntent,
    kind,
    id,
    merchantId,
    walletId,
    currency,
    amount,
    settlementCurrency,
    methods: event.chains.map((chain) => ({ chain, address: null, watchedTo: null })),
    toleranceBps,
    expiresAtMs,
    monitoringMs,
    monitoredUntilMs: expiresAtMs === null ? null : expiresAtMs + monitoringMs,
    paid: nothing,
    confirming: { count: 0, total: nothing, inTime: 0 },
    refunding: nothing,
    refunded: nothing,
    fees: { lease: nothing, payments: nothing },
    createdAtMs: atMs
  }
}

const addressed = (intent: Intent, addresses: ReadonlyArray<PayAddress>, leaseFee: Money): Intent => ({
  ...intent,
  methods: intent.methods.map((method) => ({
    ...method,
    address: addresses.find(({ chain }) => chain === method.chain) ?? null
  })),
  fees: { ...intent.fees, lease: leaseFee },
  watching: true
})

type Credited = Extract<IntentEvent, { readonly _tag: "IntentDepositCredited" | "IntentCompleted" }>

const credited = (intent: Intent, event: Credited): Intent => ({
  ...intent,
  paid: add(intent.paid, event.amount),
  confirming: event.noted === null ? intent.confirming : counting(intent.confirming, event.noted, event.late, -1),
  fees: { ...intent.fees, payments: add(intent.fees.payments, event.fee) },
  depositIds: naming(intent, event.depositId),
  lastCreditedAtMs: event.atMs
})

const counting = ({ count, total, inTime }: Confirming, amount: Money, late: boolean, by: 1 | -1): Confirming => ({
  count: count + by,
  total: by === 1 ? add(total, amount) : subtract(total, amount),
  inTime: late ? inTime : inTime + by
})

/** A continuous one names none of them: they are as many as its life is long, and are listed by it. */
const naming = ({ kind, depositIds }: Intent, id: string): ReadonlyArray<string> =>
  kind === "continuous" || depositIds.includes(id) ? depositIds : latest(depositIds, id)

const latest = (ids: ReadonlyArray<string>, id: string): ReadonlyArray<string> => [...ids, id].slice(-idsNamedMax)

const reasonOf = (event: IntentEvent): IntentReason | null =>
  event._tag === "IntentExpired" || event._tag === "IntentFailed" ? event.reason : null

const withTimeline = (before: Intent, after: Intent, reason: IntentReason | null, atMs: number): Intent => {
  const { status, context, timeline } = after
  if (status === "none" || (status === before.status && context === before.context)) return after
  const entry: TimelineEntry = { status, context, reason, atMs }
  return { ...after, timeline: [entry, ...timeline] }
}
