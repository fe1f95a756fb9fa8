import * as Result from "effect/Result"
import type { Attempt, AttemptEvent, GatewayLookup, GatewayReply, GatewayVerdict } from "../attempt/attempt.ts"
import { evolveAttempt, onAbandon, onHolderLost, onLookup, onReply, onStart } from "../attempt/index.ts"
import type { Decision, TaskRequest } from "../decision.ts"
import type { LedgerTransaction } from "../ledger/ledger.ts"
import { convert, equals, isPositive, type Money, type RoundingMode } from "../money/index.ts"
import type {
  IntentRefund,
  IntentRefundCommand,
  IntentRefundEvent,
  IntentRefundRejection,
  PlanRefund,
  TransferLookup,
  TransferReply,
  TransferStanding
} from "./intent-refund.ts"
import { holdTransaction, releaseTransaction, sentTransaction } from "./intent-refund-ledger.ts"

export type IntentRefundDecision = Result.Result<Decision<IntentRefundEvent>, IntentRefundRejection>

/** The merchant never gives less than the refund is worth. */
export const refundRounding: RoundingMode = "ceiling"

/**
 * What follows for a refund from a command. Total and deterministic. The first definite answer stands, and what comes after
 * it changes nothing.
 *
 * @example
 * const refused = { _tag: "RecordReply", reply: { _tag: "Failed", why: "address_invalid" }, nowMs }
 * Result.getOrThrow(decide(sendingRefund, refused)).events.map(({ _tag }) => _tag)
 * // => ["TransferAdvanced", "IntentRefundRefused"]
 */
export const decide = (refund: IntentRefund, command: IntentRefundCommand): IntentRefundDecision => {
  if (command._tag === "PlanRefund") return planRefund(refund, command)
  const { attempt } = refund
  if (attempt === null) return Result.fail({ _tag: "IntentRefundNotFound" })
  if (refund.status !== "pending") return nothingNew
  const { nowMs } = command
  const planned = { ...refund, attempt }
  switch (command._tag) {
    case "StartTransfer":
      return advanced(planned, onStart(attempt, nowMs), nowMs)
    case "DeclareHolderLost":
      return advanced(planned, onHolderLost(attempt, nowMs), nowMs)
    case "AbandonTransfer":
      return advanced(planned, onAbandon(attempt, command.why, nowMs), nowMs)
    case "RecordReply": {
      const { reply } = command
      return advanced(planned, onReply(attempt, replyOf(reply, refund.amount), nowMs), nowMs, reply)
    }
    case "RecordLookup": {
      const { lookup, policy } = command
      const standing = lookup._tag === "Found" ? lookup.standing : null
      return advanced(planned, onLookup(attempt, lookupOf(lookup, refund.amount), policy, nowMs), nowMs, standing)
    }
  }
}

const planRefund = (refund: IntentRefund, command: PlanRefund): IntentRefundDecision => {
  if (refund.status !== "none") return Result.fail({ _tag: "IntentRefundAlreadyExists" })
  const { _tag, attemptId, key, nowMs, ...terms } = command
  if (!isPositive(terms.amount)) return Result.fail({ _tag: "RefundAmountNotPositive" })
  if (!isSourceOf(command)) return Result.fail({ _tag: "RefundSourceInvalid" })
  const plan = {
    id: attemptId,
    kind: "refund" as const,
    gatewayKey: key,
    amount: terms.amount,
    needsCvv: false,
    plannedAtMs: nowMs,
    startedAtMs: null
  }
  const planned: IntentRefundEvent = { _tag: "IntentRefundPlanned", ...terms, plan, atMs: nowMs }
  return happened([planned], [holdTransaction({ ...terms, networkFee: null }, nowMs)], [sendTask(terms.id, nowMs)])
}

const isSourceOf = ({ amount, source, rate }: PlanRefund): boolean =>
  rate === null
    ? equals(amount, source)
    : source.currency !== amount.currency && equals(source, sourceOf(amount, source.currency, rate.rate))

/**
 * What a refund costs the merchant in another currency, at a rate of major units of it for one of the asset.
 *
 * @example
 * sourceOf({ amount: 1n, currency: "BTC" }, "USDC", percent(6_500_050n)) // => { amount: 651n, currency: "USDC" }
 */
export const sourceOf = (amount: Money, currency: Money["currency"], rate: Parameters<typeof convert>[2]): Money =>
  convert(amount, currency, rate, refundRounding)

/** On the chain and not final: whoever sent it waits, and so do we. */
const confirming = "waits for confirmations"

const replyOf = (reply: TransferReply, amount: Money): GatewayReply => {
  switch (reply._tag) {
    case "Broadcast":
      return reply.final ? verdictOf(reply, amount) : { _tag: "Unknown", why: confirming }
    case "Failed":
      return verdictOf(reply, amount)
    case "Unknown":
    case "NotSent":
      return reply
  }
}

const lookupOf = (lookup: TransferLookup, amount: Money): GatewayLookup => {
  if (lookup._tag !== "Found") return lookup
  const { standing } = lookup
  const isWaiting = standing._tag === "Broadcast" && !standing.final
  return isWaiting ? { _tag: "Pending" } : { _tag: "Found", verdict: verdictOf(standing, amount) }
}

/** A chain knows neither of addresses of people nor of codes on cards. */
const unasked = { avs: "not_requested", cvv: "not_requested" } as const

const verdictOf = (standing: TransferStanding, amount: Money): GatewayVerdict =>
  standing._tag === "Broadcast"
    ? { _tag: "Approved", reference: standing.transactionHash, amount, ...unasked }
    : { _tag: "Declined", reference: null, code: standing.why, ...unasked }

/** What the attempt makes of the answer, what is new on the chain, and how the refund ends with it. */
const advanced = (
  refund: IntentRefund & { readonly attempt: Attempt },
  events: ReadonlyArray<AttemptEvent>,
  atMs: number,
  told: TransferReply | null = null
): IntentRefundDecision => {
  const { attempt, amount } = refund
  const seen = told?._tag === "Broadcast" ? told : null
  if (seen !== null && seen.networkFee.currency !== amount.currency) {
    return Result.fail({ _tag: "NetworkFeeCurrencyMismatch" })
  }
  const moved = events.map((event): IntentRefundEvent => ({ _tag: "TransferAdvanced", event, atMs }))
  const after = events.reduce(evolveAttempt, attempt)
  const broadcast: ReadonlyArray<IntentRefundEvent> =
    seen !== null && !isKnown(refund, seen)
      ? [{ _tag: "TransferBroadcast", transactionHash: seen.transactionHash, networkFee: seen.networkFee, atMs }]
      : []
  const so = [...broadcast, ...moved]
  switch (after.status) {
    case "confirmed": {
      const networkFee = seen?.networkFee ?? refund.networkFee
      return happened([...so, { _tag: "IntentRefundSent", atMs }], [sentTransaction({ ...refund, networkFee }, atMs)])
    }
    case "declined":
    case "abandoned": {
      const why = told?._tag === "Failed" ? told.why : "not_sent"
      return happened([...so, { _tag: "IntentRefundRefused", why, atMs }], [releaseTransaction(refund, atMs)])
    }
    default:
      return happened(so)
  }
}

type Broadcast = Extract<TransferStanding, { readonly _tag: "Broadcast" }>

/** A fee is an estimate until a block holds the transaction. */
const isKnown = ({ transactionHash, networkFee }: IntentRefund, seen: Broadcast): boolean =>
  transactionHash === seen.transactionHash && networkFee !== null && equals(networkFee, seen.networkFee)

const sendTask = (id: string, dueAtMs: number): TaskRequest => ({
  id: `${id}:refund-transfer`,
  kind: "refund_transfer",
  aggregate: { type: "intent_refund", id },
  subject: id,
  dueAtMs
})

const happened = (
  events: ReadonlyArray<IntentRefundEvent>,
  ledger: ReadonlyArray<LedgerTransaction> = [],
  tasks: ReadonlyArray<TaskRequest> = []
): IntentRefundDecision => Result.succeed({ events, ledger, tasks })

const nothingNew: IntentRefundDecision = Result.succeed({ events: [], ledger: [], tasks: [] })
