/** An intent and its events as stored: plain JSON, validated whenever it is read. Writing lists each field by hand. */
import * as Schema from "effect/Schema"
import { CurrencyCode, encodeMoney, MoneyCodec, type MoneyJson } from "../money/money.schema.ts"
import type {
  Confirming,
  Intent,
  IntentCreated,
  IntentEvent,
  IntentKind,
  IntentMethod,
  IntentReason,
  IntentStatus,
  PayAddress,
  PaymentContext,
  TimelineEntry
} from "./intent.ts"

type AmountField = "amount" | "paid" | "refunding" | "refunded" | "leaseFee" | "fee" | "noted"

type Stored<Shape> = Shape extends unknown
  ? {
      readonly [Field in keyof Shape]: Field extends AmountField
        ? MoneyJson | Extract<Shape[Field], null>
        : Field extends "confirming"
          ? ConfirmingJson
          : Field extends "fees"
            ? FeesJson
            : Field extends "currency" | "settlementCurrency"
              ? string
              : Shape[Field]
    }
  : never

type ConfirmingJson = Omit<Confirming, "total"> & { readonly total: MoneyJson }
type FeesJson = { readonly lease: MoneyJson; readonly payments: MoneyJson }

export type IntentJson = Stored<Intent>
export type IntentEventJson = Stored<IntentEvent>

const StatusCodec: Schema.Codec<TimelineEntry["status"]> = Schema.Literals([
  "created",
  "pending",
  "active",
  "complete",
  "expired",
  "failed",
  "refunded"
])

const IntentStatusCodec: Schema.Codec<IntentStatus> = Schema.Union([Schema.Literal("none"), StatusCodec])

const IntentKindCodec: Schema.Codec<IntentKind> = Schema.Literals(["transient", "continuous"])

const ContextCodec: Schema.Codec<PaymentContext> = Schema.Literals(["none", "underpaid", "paid", "overpaid"])

const ReasonCodec: Schema.Codec<IntentReason> = Schema.Literals(["requested_by_merchant", "fee_collection_failed"])

const PayAddressCodec: Schema.Codec<PayAddress> = Schema.Struct({
  chain: Schema.String,
  address: Schema.String,
  addressTag: Schema.NullOr(Schema.String)
})

const MethodCodec: Schema.Codec<IntentMethod> = Schema.Struct({
  chain: Schema.String,
  address: Schema.NullOr(PayAddressCodec),
  watchedTo: Schema.NullOr(Schema.String)
})

const TimelineEntryCodec: Schema.Codec<TimelineEntry> = Schema.Struct({
  status: StatusCodec,
  context: ContextCodec,
  reason: Schema.NullOr(ReasonCodec),
  atMs: Schema.Int
})

const terms = {
  kind: IntentKindCodec,
  id: Schema.String,
  merchantId: Schema.String,
  walletId: Schema.NullOr(Schema.String),
  currency: CurrencyCode,
  amount: Schema.NullOr(MoneyCodec),
  settlementCurrency: CurrencyCode,
  toleranceBps: Schema.Int,
  expiresAtMs: Schema.NullOr(Schema.Int),
  monitoringMs: Schema.Int
}

export const IntentCodec: Schema.Codec<Intent, IntentJson> = Schema.Struct({
  status: IntentStatusCodec,
  ...terms,
  methods: Schema.Array(MethodCodec),
  monitoredUntilMs: Schema.NullOr(Schema.Int),
  watching: Schema.Boolean,
  context: ContextCodec,
  paid: MoneyCodec,
  confirming: Schema.Struct({ count: Schema.Int, total: MoneyCodec, inTime: Schema.Int }),
  refunding: MoneyCodec,
  refunded: MoneyCodec,
  fees: Schema.Struct({ lease: MoneyCodec, payments: MoneyCodec }),
  depositIds: Schema.Array(Schema.String),
  refundIds: Schema.Array(Schema.String),
  timeline: Schema.Array(TimelineEntryCodec),
  lastCreditedAtMs: Schema.NullOr(Schema.Int),
  endedAtMs: Schema.NullOr(Schema.Int),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

const moment = { atMs: Schema.Int }
const addressed = { addresses: Schema.Array(PayAddressCodec), leaseFee: MoneyCodec, ...moment }
const noted = { depositId: Schema.String, amount: MoneyCodec, late: Schema.Boolean, ...moment }
const credited = { ...noted, fee: MoneyCodec, noted: Schema.NullOr(MoneyCodec) }
const refund = { refundId: Schema.String, amount: MoneyCodec, ...moment }

export const IntentEventCodec: Schema.Codec<IntentEvent, IntentEventJson> = Schema.TaggedUnion({
  IntentCreated: { ...terms, chains: Schema.Array(Schema.String), ...moment },
  IntentOpened: addressed,
  IntentActivated: addressed,
  IntentFailed: { reason: Schema.Literal("fee_collection_failed"), ...moment },
  IntentDepositNoted: noted,
  IntentDepositTakenBack: noted,
  IntentDepositCredited: credited,
  IntentCompleted: credited,
  IntentExpired: { reason: Schema.NullOr(Schema.Literal("requested_by_merchant")), ...moment },
  IntentMonitoringEnded: moment,
  IntentWatchAdvanced: { chain: Schema.String, watchedTo: Schema.String, ...moment },
  IntentRefundStarted: refund,
  IntentRefundPaid: refund,
  IntentRefundFailed: refund
})

/** Reads a stored intent. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeIntent: (json: unknown) => Intent = Schema.decodeUnknownSync(IntentCodec)

/** Reads a stored event of an intent. Throws where the JSON is not one. */
export const decodeIntentEvent: (json: unknown) => IntentEvent = Schema.decodeUnknownSync(IntentEventCodec)

export const encodeIntent = (intent: Intent): IntentJson => {
  const { methods, timeline, confirming, fees, depositIds, refundIds } = intent
  return {
    status: intent.status,
    ...encodeTerms(intent),
    methods: methods.map(({ chain, address, watchedTo }) => ({
      chain,
      address: address === null ? null : encodeAddress(address),
      watchedTo
    })),
    monitoredUntilMs: intent.monitoredUntilMs,
    watching: intent.watching,
    context: intent.context,
    paid: encodeMoney(intent.paid),
    confirming: { count: confirming.count, total: encodeMoney(confirming.total), inTime: confirming.inTime },
    refunding: encodeMoney(intent.refunding),
    refunded: encodeMoney(intent.refunded),
    fees: { lease: encodeMoney(fees.lease), payments: encodeMoney(fees.payments) },
    depositIds: [...depositIds],
    refundIds: [...refundIds],
    timeline: timeline.map(({ status, context, reason, atMs }) => ({ status, context, reason, atMs })),
    lastCreditedAtMs: intent.lastCreditedAtMs,
    endedAtMs: intent.endedAtMs,
    createdAtMs: intent.createdAtMs,
    updatedAtMs: intent.updatedAtMs
  }
}

export const encodeIntentEvent = (event: IntentEvent): IntentEventJson => {
  const { _tag, atMs } = event
  switch (_tag) {
    case "IntentCreated":
      return { _tag, ...encodeTerms(event), chains: [...event.chains], atMs }
    case "IntentOpened":
    case "IntentActivated":
      return { _tag, addresses: event.addresses.map(encodeAddress), leaseFee: encodeMoney(event.leaseFee), atMs }
    case "IntentDepositNoted":
    case "IntentDepositTakenBack":
      return { _tag, depositId: event.depositId, amount: encodeMoney(event.amount), late: event.late, atMs }
    case "IntentDepositCredited":
    case "IntentCompleted": {
      const { depositId, amount, late, fee, noted } = event
      const amounts = { amount: encodeMoney(amount), fee: encodeMoney(fee), noted: noted && encodeMoney(noted) }
      return { _tag, depositId, late, ...amounts, atMs }
    }
    case "IntentFailed":
      return { _tag, reason: event.reason, atMs }
    case "IntentExpired":
      return { _tag, reason: event.reason, atMs }
    case "IntentMonitoringEnded":
      return { _tag, atMs }
    case "IntentWatchAdvanced":
      return { _tag, chain: event.chain, watchedTo: event.watchedTo, atMs }
    case "IntentRefundStarted":
    case "IntentRefundPaid":
    case "IntentRefundFailed":
      return { _tag, refundId: event.refundId, amount: encodeMoney(event.amount), atMs }
  }
}

type Terms = Omit<IntentCreated, "_tag" | "chains" | "atMs">

const encodeTerms = (from: Terms): Omit<Terms, "amount"> & { readonly amount: MoneyJson | null } => ({
  kind: from.kind,
  id: from.id,
  merchantId: from.merchantId,
  walletId: from.walletId,
  currency: from.currency,
  amount: from.amount && encodeMoney(from.amount),
  settlementCurrency: from.settlementCurrency,
  toleranceBps: from.toleranceBps,
  expiresAtMs: from.expiresAtMs,
  monitoringMs: from.monitoringMs
})

const encodeAddress = ({ chain, address, addressTag }: PayAddress): PayAddress => ({ chain, address, addressTag })
