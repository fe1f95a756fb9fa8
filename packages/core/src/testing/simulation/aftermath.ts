/**
 * What must be so in the end: faults have stopped, 48 hours have passed, and a person has gone through what was left to
 * persons. Truth, books and what clients were told are compared whole.
 */
import * as Effect from "effect/Effect"
import { auditAll } from "../../application/audit/audit.ts"
import { format, money } from "../../money/index.ts"
import { Store } from "../../ports/store.ts"
import { isOpen } from "./attempt-book.ts"
import { type BankTruth, minorUnits } from "./bank-truth.ts"
import type { PaymentEntry } from "./books.ts"
import { compareCheckout } from "./checkout-safety.ts"
import { merchantId } from "./shop.ts"
import type { World } from "./world.ts"

/** Compares everything with everything. Open tasks and the audit are asked of the store by `lateFindings`. */
export const compareBooks = (world: World): void => {
  const { truth, books, report } = world
  for (const problem of truth.read()) report("I1", problem)
  for (const payment of books.payments.values()) comparePayment(world, payment)
  const nowMs = world.wall.nowMs(0)
  for (const checkout of books.checkouts.byId.values()) compareCheckout(checkout, books, truth, nowMs, report)
  for (const { operationKey, paymentId } of truth.effects.values()) {
    if (!books.attemptsByKey.has(operationKey)) {
      report("TRUTH", `${paymentId}: the bank executed ${operationKey}, which the kernel does not know`)
    }
  }
}

const comparePayment = (world: World, payment: PaymentEntry): void => {
  const { report, truth } = world
  const { id, state } = payment
  let doubtful = false
  for (const { id: attemptId, kind, status, gatewayKey } of state.attempts) {
    const effect = truth.standing(gatewayKey)
    if (status === "manual") {
      doubtful = true
      checkEscalation(world, payment, attemptId)
    } else if (isOpen(status) || status === "orphaned") report("I9", `${id}: the ${kind} is still ${status}`)
    else if (status === "confirmed" && effect === undefined) report("TRUTH", `${id}: the ${kind} was never executed`)
    else if (status !== "confirmed" && effect !== undefined)
      report("TRUTH", `${id}: the ${kind} is ${status}, executed`)
  }
  if (doubtful) return
  if (state.status === "pending" || state.status === "action_required") report("I9", `${id} is still ${state.status}`)
  for (const problem of amountProblems(state, truth)) report("TRUTH", `${id}: ${problem}`)
}

const amountProblems = (state: PaymentEntry["state"], truth: BankTruth): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const mine = [...truth.effects.values()].filter(({ paymentId }) => paymentId === state.id)
  const total = (lines: typeof mine): bigint => lines.reduce((sum, line) => sum + minorUnits(line), 0n)
  const compare = (what: "captured" | "refunded", atBank: bigint): void => {
    const stored = BigInt(state[what].amount)
    const text = (amount: bigint) => format(money(amount, "USD"))
    if (stored !== atBank) problems.push(`${what} ${text(stored)}, at the bank ${text(atBank)}`)
  }
  compare("captured", total(mine.filter(({ kind, capture }) => kind === "capture" || capture)))
  compare("refunded", total(mine.filter(({ kind }) => kind === "refund")))
  const voided = state.attempts.some(({ kind, status }) => kind === "void" && status === "confirmed")
  if (mine.some(({ kind }) => kind === "void") !== voided) problems.push("voided in one of the books only")
  if (state.status === "failed" && mine.length > 0) problems.push("it failed, and the bank executed it")
  return problems
}

/** A person is called where the gateway named another amount, or where doubt has lasted as long as it may. */
const checkEscalation = (world: World, payment: PaymentEntry, attemptId: string): void => {
  const { report, times, altered } = world
  const attempt = payment.attempts.get(attemptId)
  const escalation = attempt?.escalation ?? null
  if (attempt === undefined || escalation === null) return
  const { atMs, unknownSinceMs, why } = escalation
  const lasted = unknownSinceMs !== null && atMs - unknownSinceMs >= times.resolveLimitMs
  if (!lasted && !altered.has(attempt.key)) report("MANUAL", `${payment.id}: a person was called for nothing (${why})`)
}

/** What only the store can say: tasks that are open or set aside, card data and secrets at rest, and the kernel's own audit. */
export const lateFindings = (world: World): void => {
  const { report, books, safe, telling, grounds } = world
  // Asked of the store itself: there is nothing left that could happen on the way.
  const audited = Effect.runSync(Effect.provideService(auditAll(), Store, grounds.store))
  for (const { problem } of audited) report("I3", `audit: ${problem}`)
  const numbers = [...new Set([...safe.values()].map(({ secret }) => secret))]
  const ofNews = telling === null ? [] : ["endpoint", "delivery"]
  const stored = ofNews.flatMap((type) => Effect.runSync(grounds.store.scan(merchantId, type, null, 1000)))
  const told = stored.map(({ ref: { id }, state }) => ({ id, state }))
  for (const { id, state } of [...books.payments.values(), ...books.checkouts.byId.values(), ...told]) {
    const text = JSON.stringify(state)
    if (numbers.some((number) => text.includes(number))) report("I10", `${id} holds a card number or a secret`)
  }
}
