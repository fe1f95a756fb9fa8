import * as fc from "fast-check"
import type {
  CreateIntent,
  Intent,
  IntentCommand,
  IntentEvent,
  IntentKind,
  IntentReason,
  IntentStatus,
  PayAddress,
  PaymentContext,
  TimelineEntry
} from "../../intent/intent.ts"
import { money } from "../../money/index.ts"
import { anyCurrency, anyMoney } from "./money-arbitraries.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

const usdc = (amount: bigint) => money(amount, "USDC")

const anyContext = anyOf<PaymentContext>({ none: true, underpaid: true, paid: true, overpaid: true })
const anyReason = anyOf<IntentReason>({ requested_by_merchant: true, fee_collection_failed: true })
const anyKind = anyOf<IntentKind>({ transient: true, continuous: true })
const anyChain = fc.constantFrom("ETH", "BTC", "SOL")

const statuses = {
  created: true,
  pending: true,
  active: true,
  complete: true,
  expired: true,
  failed: true,
  refunded: true
} as const

const anyPayAddress: fc.Arbitrary<PayAddress> = fc.record({
  chain: anyChain,
  address: anyText,
  addressTag: orNull(anyText)
})

const terms = {
  kind: anyKind,
  id: anyId,
  merchantId: anyId,
  walletId: orNull(fc.constant("1000")),
  currency: anyCurrency,
  amount: orNull(anyMoney),
  settlementCurrency: anyCurrency,
  toleranceBps: fc.integer({ min: 0, max: 1000 }),
  expiresAtMs: orNull(anyTimeMs),
  monitoringMs: anyTimeMs
}

const anyTimelineEntry: fc.Arbitrary<TimelineEntry> = fc.record({
  status: anyOf<TimelineEntry["status"]>(statuses),
  context: anyContext,
  reason: orNull(anyReason),
  atMs: anyTimeMs
})

/** An intent in any state, whether or not a history leads to it. */
export const anyIntent: fc.Arbitrary<Intent> = fc.record({
  status: anyOf<IntentStatus>({ none: true, ...statuses }),
  ...terms,
  methods: fc.array(fc.record({ chain: anyChain, address: orNull(anyPayAddress), watchedTo: orNull(anyText) }), {
    maxLength: 3
  }),
  monitoredUntilMs: orNull(anyTimeMs),
  watching: fc.boolean(),
  context: anyContext,
  paid: anyMoney,
  confirming: fc.record({ count: fc.nat({ max: 9 }), total: anyMoney, inTime: fc.nat({ max: 9 }) }),
  refunding: anyMoney,
  refunded: anyMoney,
  fees: fc.record({ lease: anyMoney, payments: anyMoney }),
  depositIds: fc.array(anyId, { maxLength: 3 }),
  refundIds: fc.array(anyId, { maxLength: 3 }),
  timeline: fc.array(anyTimelineEntry, { maxLength: 3 }),
  lastCreditedAtMs: orNull(anyTimeMs),
  endedAtMs: orNull(anyTimeMs),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

const addressed = { addresses: fc.array(anyPayAddress, { maxLength: 3 }), leaseFee: anyMoney, atMs: anyTimeMs }
const noted = { depositId: anyId, amount: anyMoney, late: fc.boolean(), atMs: anyTimeMs }
const credited = { ...noted, fee: anyMoney, noted: orNull(anyMoney) }
const refund = { refundId: anyId, amount: anyMoney, atMs: anyTimeMs }

export const anyIntentEvent: fc.Arbitrary<IntentEvent> = fc.oneof(
  fc.record({
    _tag: fc.constant("IntentCreated" as const),
    ...terms,
    chains: fc.array(anyChain, { maxLength: 3 }),
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constantFrom("IntentOpened" as const, "IntentActivated" as const), ...addressed }),
  fc.record({
    _tag: fc.constant("IntentFailed" as const),
    reason: fc.constant("fee_collection_failed" as const),
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constantFrom("IntentDepositNoted" as const, "IntentDepositTakenBack" as const), ...noted }),
  fc.record({ _tag: fc.constantFrom("IntentDepositCredited" as const, "IntentCompleted" as const), ...credited }),
  fc.record({
    _tag: fc.constant("IntentExpired" as const),
    reason: orNull(fc.constant("requested_by_merchant" as const)),
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constant("IntentMonitoringEnded" as const), atMs: anyTimeMs }),
  fc.record({
    _tag: fc.constant("IntentWatchAdvanced" as const),
    chain: anyChain,
    watchedTo: anyText,
    atMs: anyTimeMs
  }),
  fc.record({
    _tag: fc.constantFrom("IntentRefundStarted" as const, "IntentRefundPaid" as const, "IntentRefundFailed" as const),
    ...refund
  })
)

/** Around the times at which the intents of these commands expire, and at which their monitoring and refunds end. */
const dayMs = 86_400_000
const startMs = 1_000_000
const expiresAtMs = 1_000_010
const monitoringMs = 100
const late = [expiresAtMs - 1, expiresAtMs, expiresAtMs + monitoringMs, expiresAtMs + 31 * dayMs]
const nowMs = fc.oneof({ arbitrary: fc.constant(startMs), weight: 4 }, fc.constantFrom(...late))

const sound = { currency: "USDC", chains: ["ETH"], toleranceBps: 1000, monitoringMs } as const

const opening = fc
  .tuple(fc.record({ ...terms, amount: fc.constantFrom(usdc(4n), usdc(10n)) }), fc.boolean(), fc.nat({ max: 30 }))
  .map(([asked, isTransient, flaw]): IntentCommand => {
    const kind = isTransient ? ("transient" as const) : ("continuous" as const)
    const time = isTransient ? { expiresAtMs } : { expiresAtMs: null, amount: null }
    return { _tag: "CreateIntent", ...asked, ...sound, kind, ...time, ...(flaws[flaw] ?? {}), nowMs: startMs }
  })

/** What is wrong with an opening, now and then. */
const flaws: ReadonlyArray<Partial<CreateIntent>> = [
  { kind: "continuous", expiresAtMs },
  { amount: usdc(0n) },
  { chains: ["ETH", "ETH"] },
  { expiresAtMs: expiresAtMs + 40 * dayMs },
  { toleranceBps: 1001 }
]

const assigning = fc.record({
  _tag: fc.constant("AssignAddresses" as const),
  addresses: fc
    .constantFrom(["ETH"], ["ETH"], ["ETH"], ["BTC"], ["ETH", "BTC"])
    .map((chains) => chains.map((chain): PayAddress => ({ chain, address: `at ${chain}`, addressTag: null }))),
  leaseFee: fc.constantFrom(usdc(0n), usdc(2n)),
  nowMs
})

/** Few, so that what is noted is also what is credited, and parts make a whole. */
const amount = fc.oneof(
  { arbitrary: fc.constantFrom(usdc(4n), usdc(6n), usdc(10n)), weight: 29 },
  { arbitrary: anyMoney, weight: 1 }
)
const isLate = fc.constantFrom(false, false, true)
const depositId = fc.constantFrom("d-1", "d-2", "d-3")

/** What may be told of deposits to an intent, in an order that makes sense or in none. */
export const anyDepositNews: fc.Arbitrary<IntentCommand> = fc.oneof(
  fc.record({
    _tag: fc.constantFrom("NoteDeposit" as const, "TakeBackDeposit" as const),
    depositId,
    amount,
    late: isLate,
    nowMs
  }),
  fc.record({
    _tag: fc.constant("CreditDeposit" as const),
    depositId,
    amount,
    fee: fc.constantFrom(usdc(0n), usdc(1n)),
    late: isLate,
    noted: fc.option(amount, { nil: null }),
    nowMs
  })
)

const refunding = { refundId: fc.constantFrom("r-1", "r-2"), amount, nowMs }

export const anyIntentCommand: fc.Arbitrary<IntentCommand> = fc.oneof(
  opening,
  { arbitrary: assigning, weight: 2 },
  { arbitrary: anyDepositNews, weight: 7 },
  fc.record({ _tag: fc.constant("FailIntent" as const), reason: fc.constant("fee_collection_failed" as const), nowMs }),
  {
    arbitrary: fc.record({
      _tag: fc.constant("ExpireIntent" as const),
      because: fc.constantFrom("time", "merchant"),
      nowMs
    }),
    weight: 2
  },
  { arbitrary: fc.record({ _tag: fc.constant("EndMonitoring" as const), nowMs }), weight: 2 },
  fc.record({
    _tag: fc.constant("AdvanceWatch" as const),
    chain: fc.constantFrom("ETH", "ETH", "BTC"),
    watchedTo: anyText,
    nowMs
  }),
  { arbitrary: fc.record({ _tag: fc.constant("StartRefund" as const), ...refunding }), weight: 3 },
  {
    arbitrary: fc.record({
      _tag: fc.constant("RecordRefund" as const),
      outcome: fc.constantFrom("paid", "failed"),
      ...refunding
    }),
    weight: 2
  }
)

/** A deposit that is noted and, as chains have it, final or gone some time later. */
const passing: fc.Arbitrary<ReadonlyArray<IntentCommand>> = fc
  .record({ depositId, amount: fc.constantFrom(usdc(4n), usdc(6n)), late: isLate, isFinal: fc.boolean(), nowMs })
  .map(({ isFinal, nowMs, ...about }) => [
    { _tag: "NoteDeposit", ...about, nowMs },
    isFinal
      ? { _tag: "CreditDeposit", ...about, fee: usdc(0n), noted: about.amount, nowMs }
      : { _tag: "TakeBackDeposit", ...about, nowMs }
  ])

const steps = fc.oneof({ arbitrary: anyIntentCommand.map((one) => [one]), weight: 3 }, passing)

/** Most lives begin at the beginning. */
export const anyIntentLife: fc.Arbitrary<ReadonlyArray<IntentCommand>> = fc
  .tuple(fc.option(opening), fc.option(assigning, { freq: 9 }), fc.array(steps, { maxLength: 8 }))
  .map(([first, second, more]) => [first, second, ...more.flat()].filter((command) => command !== null))
