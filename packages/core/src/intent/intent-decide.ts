import * as Result from "effect/Result"
import type { Decision, TaskRequest } from "../decision.ts"
import type { LedgerTransaction } from "../ledger/ledger.ts"
import { compare, isNegative, isPositive, isZero, type Money } from "../money/index.ts"
import type { CreateIntent, Intent, IntentCommand, IntentEvent, IntentRejection } from "./intent.ts"
import { leaseTransaction } from "./intent-ledger.ts"
import { reckon, reckoningOf } from "./intent-reckoning.ts"
import { refundableUntilMs } from "./refund-window.ts"

export type IntentDecision = Result.Result<Decision<IntentEvent>, IntentRejection>

type Command<Tag extends IntentCommand["_tag"]> = Extract<IntentCommand, { readonly _tag: Tag }>

/** How far ahead an intent may expire. */
export const intentLifetimeMaxMs = 30 * 86_400_000

/** Chains on which one intent can be paid. */
export const intentChainsMax = 8

/** The widest tolerance: a tenth of the amount. */
export const toleranceBpsMax = 1000

/**
 * What follows from a command, given what has happened to the intent so far. Total and deterministic; time and ids arrive
 * in the command. Deposits are accepted in every state that has an address: money that came cannot be refused.
 *
 * @example
 * const deposit = { _tag: "CreditDeposit", depositId: "d-1", amount: usdc(5n), fee: usdc(0n), late: false, noted: null, nowMs }
 * const asked = { ...pendingIntent, amount: usdc(9n) }
 * Result.getOrThrow(decide(asked, deposit)).events.map(({ _tag }) => _tag) // => ["IntentDepositCredited"]
 * const enough = { ...deposit, amount: usdc(9n) }
 * Result.getOrThrow(decide(asked, enough)).events.map(({ _tag }) => _tag) // => ["IntentCompleted"]
 */
export const decide = (intent: Intent, command: IntentCommand): IntentDecision => {
  if (command._tag === "CreateIntent") return createIntent(intent, command)
  if (intent.status === "none") return Result.fail({ _tag: "IntentNotFound" })
  switch (command._tag) {
    case "AssignAddresses":
      return assignAddresses(intent, command)
    case "FailIntent":
      return intent.status === "created"
        ? happened([{ _tag: "IntentFailed", reason: command.reason, atMs: command.nowMs }])
        : nothingNew
    case "NoteDeposit":
    case "TakeBackDeposit":
    case "CreditDeposit":
      return recordDeposit(intent, command)
    case "ExpireIntent":
      return expireIntent(intent, command)
    case "EndMonitoring":
      return endMonitoring(intent, command.nowMs)
    case "AdvanceWatch":
      return advanceWatch(intent, command)
    case "StartRefund":
      return startRefund(intent, command)
    case "RecordRefund":
      return recordRefund(intent, command)
  }
}

const createIntent = (intent: Intent, command: CreateIntent): IntentDecision => {
  if (intent.status !== "none") return Result.fail({ _tag: "IntentAlreadyExists" })
  const { nowMs, _tag, ...terms } = command
  const rejection = termsRejection(command)
  if (rejection !== undefined) return Result.fail(rejection)
  const { id, expiresAtMs } = terms
  const tasks = [task(id, "assign_address", nowMs), ...(expiresAtMs === null ? [] : [expireTask(id, expiresAtMs)])]
  return happened([{ _tag: "IntentCreated", ...terms, atMs: nowMs }], tasks)
}

const termsRejection = (command: CreateIntent): IntentRejection | undefined => {
  const { kind, amount, currency, chains, toleranceBps, expiresAtMs, monitoringMs, nowMs } = command
  if ((kind === "transient") !== (amount !== null))
    return invalid("an amount is for a transient intent, and needed there")
  if ((kind === "transient") !== (expiresAtMs !== null)) return invalid("a transient intent expires, and no other does")
  if (amount !== null && amount.currency !== currency) return invalid("the amount is in another currency")
  if (amount !== null && !isPositive(amount)) return { _tag: "IntentAmountNotPositive" }
  if (!isWhole(toleranceBps, toleranceBpsMax)) return invalid(`the tolerance is not within 0 and ${toleranceBpsMax}`)
  if (!isWhole(monitoringMs, monitoringMaxMs)) return invalid("the monitoring window is no time, or too long")
  if (chains.length === 0 || chains.length > intentChainsMax || new Set(chains).size < chains.length) {
    return { _tag: "IntentChainsInvalid", maximum: intentChainsMax }
  }
  if (expiresAtMs !== null && !isWithinLifetime(expiresAtMs, nowMs)) {
    return { _tag: "IntentExpiryNotAllowed", maxMs: intentLifetimeMaxMs }
  }
  return undefined
}

const monitoringMaxMs = 366 * 86_400_000

const isWhole = (value: number, max: number): boolean => Number.isInteger(value) && value >= 0 && value <= max

const isWithinLifetime = (expiresAtMs: number, nowMs: number): boolean =>
  Number.isInteger(expiresAtMs) && expiresAtMs > nowMs && expiresAtMs - nowMs <= intentLifetimeMaxMs

/** Whoever derived addresses in vain, because somebody was faster or nobody wants them any more, changes nothing. */
const assignAddresses = (intent: Intent, command: Command<"AssignAddresses">): IntentDecision => {
  if (intent.status !== "created") return nothingNew
  const { addresses, leaseFee, nowMs } = command
  const assigned = new Set(addresses.map(({ chain }) => chain))
  if (addresses.length !== intent.methods.length || intent.methods.some(({ chain }) => !assigned.has(chain))) {
    return Result.fail({ _tag: "AddressesIncomplete" })
  }
  if (leaseFee.currency !== intent.currency || isNegative(leaseFee))
    return Result.fail(invalid("no fee of this intent"))
  const _tag = intent.kind === "transient" ? "IntentOpened" : "IntentActivated"
  const ledger = isZero(leaseFee) ? [] : [leaseTransaction(intent, leaseFee, nowMs)]
  return happened([{ _tag, addresses, leaseFee, atMs: nowMs }], [task(intent.id, "watch_deposits", nowMs)], ledger)
}

type DepositCommand = Command<"NoteDeposit" | "TakeBackDeposit" | "CreditDeposit">

const recordDeposit = (intent: Intent, command: DepositCommand): IntentDecision => {
  if (intent.methods.every(({ address }) => address === null)) return Result.fail({ _tag: "IntentHasNoAddress" })
  const { depositId, amount, late, nowMs: atMs } = command
  if (amount.currency !== intent.currency) {
    return Result.fail({ _tag: "DepositCurrencyMismatch", expected: intent.currency })
  }
  if (!isPositive(amount)) return Result.fail({ _tag: "DepositAmountNotPositive" })
  const leaving = command._tag === "TakeBackDeposit" ? amount : command._tag === "CreditDeposit" ? command.noted : null
  if (leaving !== null && !isNoted(intent, leaving, late)) return Result.fail({ _tag: "DepositNotNoted" })
  const about = { depositId, amount, late }
  if (command._tag === "TakeBackDeposit") return happened([{ _tag: "IntentDepositTakenBack", ...about, atMs }])
  if (command._tag === "NoteDeposit") {
    // One that turns up after the watch is over has to be watched, for as long as it takes to be final.
    const watch = intent.watching ? [] : [watchAgainTask(intent.id, depositId, atMs)]
    return happened([{ _tag: "IntentDepositNoted", ...about, atMs }], watch)
  }
  const { fee, noted } = command
  const isEnough = reckon({ ...standingOf(intent), paid: plus(intent.paid, amount) }).isEnough
  const _tag = intent.status === "pending" && isEnough ? "IntentCompleted" : "IntentDepositCredited"
  return happened([{ _tag, ...about, fee, noted, atMs }])
}

const isNoted = ({ confirming: { count, total, inTime }, currency }: Intent, amount: Money, late: boolean): boolean => {
  const rest = total.amount - amount.amount
  const fits = count > 1 ? rest > 0n : rest === 0n
  return amount.currency === currency && fits && (late ? inTime < count : inTime > 0)
}

const standingOf = ({ amount: asked, refunding, refunded, toleranceBps }: Intent) => ({
  asked,
  refunding,
  refunded,
  toleranceBps
})

const plus = (a: Money, b: Money): Money => ({ ...a, amount: a.amount + b.amount })

/** The end of the time waits for deposits that were sent before it, for as long as anybody looks for them. */
const expireIntent = (intent: Intent, { because, nowMs }: Command<"ExpireIntent">): IntentDecision => {
  const { status, expiresAtMs, monitoredUntilMs } = intent
  const isOpen = status === "created" || status === "pending"
  if (because === "merchant") {
    return isOpen
      ? happened([{ _tag: "IntentExpired", reason: "requested_by_merchant", atMs: nowMs }])
      : Result.fail({ _tag: "IntentNotExpirable", status })
  }
  if (expiresAtMs === null || !isOpen) return nothingNew
  if (nowMs < expiresAtMs) return Result.fail({ _tag: "IntentNotDue", dueAtMs: expiresAtMs })
  const isMonitored = monitoredUntilMs !== null && nowMs < monitoredUntilMs
  if (intent.confirming.inTime > 0 && isMonitored) return Result.fail({ _tag: "DepositConfirming" })
  return happened([{ _tag: "IntentExpired", reason: null, atMs: nowMs }])
}

/** What is still confirming at the end of the window is waited for: it was seen, and has to come to an end. */
const endMonitoring = (intent: Intent, nowMs: number): IntentDecision => {
  const { status, watching, monitoredUntilMs } = intent
  const mayEnd = status === "complete" || status === "expired" || status === "refunded"
  if (!watching) return nothingNew
  if (!mayEnd || monitoredUntilMs === null || nowMs < monitoredUntilMs) {
    return Result.fail({ _tag: "IntentNotDue", dueAtMs: monitoredUntilMs ?? nowMs })
  }
  if (intent.confirming.count > 0) return Result.fail({ _tag: "DepositConfirming" })
  return happened([{ _tag: "IntentMonitoringEnded", atMs: nowMs }])
}

const advanceWatch = (intent: Intent, { chain, watchedTo, nowMs }: Command<"AdvanceWatch">): IntentDecision => {
  const method = intent.methods.find((one) => one.chain === chain)
  if (method === undefined || method.address === null) return Result.fail({ _tag: "IntentHasNoAddress" })
  if (method.watchedTo === watchedTo) return nothingNew
  return happened([{ _tag: "IntentWatchAdvanced", chain, watchedTo, atMs: nowMs }])
}

const startRefund = (intent: Intent, { refundId, amount, nowMs }: Command<"StartRefund">): IntentDecision => {
  const { status, currency } = intent
  if (status !== "active" && status !== "complete" && status !== "expired" && status !== "refunded") {
    return Result.fail({ _tag: "IntentNotRefundable", status })
  }
  if (amount.currency !== currency) return Result.fail({ _tag: "RefundCurrencyMismatch", expected: currency })
  if (!isPositive(amount)) return Result.fail({ _tag: "RefundAmountNotPositive" })
  if (intent.confirming.count > 0) return Result.fail({ _tag: "DepositConfirming" })
  const { refundable } = reckoningOf(intent)
  if (compare(amount, refundable) > 0) return Result.fail({ _tag: "RefundExceedsPaid", refundable })
  const endedAtMs = refundableUntilMs(intent)
  if (nowMs > endedAtMs) return Result.fail({ _tag: "RefundWindowOver", endedAtMs })
  return happened([{ _tag: "IntentRefundStarted", refundId, amount, atMs: nowMs }])
}

const recordRefund = (intent: Intent, command: Command<"RecordRefund">): IntentDecision => {
  if (intent.status !== "refunded") return Result.fail({ _tag: "IntentNotRefundable", status: intent.status })
  const { refundId, amount, outcome, nowMs: atMs } = command
  if (amount.currency !== intent.currency) {
    return Result.fail({ _tag: "RefundCurrencyMismatch", expected: intent.currency })
  }
  if (compare(amount, intent.refunding) > 0) return Result.fail({ _tag: "RefundNotUnderWay" })
  const _tag = outcome === "paid" ? "IntentRefundPaid" : "IntentRefundFailed"
  return happened([{ _tag, refundId, amount, atMs }])
}

const task = (id: string, kind: "assign_address" | "watch_deposits", dueAtMs: number): TaskRequest => ({
  id: `${id}:${kind.replaceAll("_", "-")}`,
  kind,
  aggregate: { type: "intent", id },
  subject: id,
  dueAtMs
})

const expireTask = (id: string, dueAtMs: number): TaskRequest => ({
  id: `${id}:expire-intent`,
  kind: "expire_intent",
  aggregate: { type: "intent", id },
  subject: id,
  dueAtMs
})

const watchAgainTask = (id: string, depositId: string, dueAtMs: number): TaskRequest => ({
  ...task(id, "watch_deposits", dueAtMs),
  id: `${id}:watch-deposits:${depositId}`
})

const invalid = (reason: string): IntentRejection => ({ _tag: "IntentTermsInvalid", reason })

const happened = (
  events: ReadonlyArray<IntentEvent>,
  tasks: ReadonlyArray<TaskRequest> = [],
  ledger: ReadonlyArray<LedgerTransaction> = []
): IntentDecision => Result.succeed({ events, ledger, tasks })

const nothingNew: IntentDecision = Result.succeed({ events: [], ledger: [], tasks: [] })
