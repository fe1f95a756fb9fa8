/** What must hold at every moment, whatever has just gone wrong: checked at each commit, each message and each answer. */

import type { GatewayLookup, GatewayReply, GatewayReversal } from "../../attempt/attempt.ts"
import type { GatewayOperation } from "../../ports/card-gateway.ts"
import type { Commit } from "../../ports/commit.ts"
import { type AttemptEntry, isOpen } from "./attempt-book.ts"
import { type BankTruth, minorUnits } from "./bank-truth.ts"
import type { Books, Changed, PaymentEntry } from "./books.ts"
import { checkBelonging, checkCheckout, checkPaying } from "./checkout-safety.ts"
import type { Report } from "./problems.ts"

type Answer = GatewayReply | GatewayLookup | GatewayReversal

export type Safety = {
  /** Called after each commit, with what it changed. */
  readonly committed: (commit: Commit, changed: Changed) => void
  /** Called when a message is about to leave a process. */
  readonly sent: (operation: GatewayOperation) => void
  /** Called when the gateway has answered about a key, whether or not anybody is left to hear it. */
  readonly answered: (call: "send" | "lookup" | "reverse", key: string, answer: Answer) => void
}

export const keepSafe = (books: Books, truth: BankTruth, report: Report): Safety => {
  const ledgerIds = new Set<string>()
  const madeFor = new Map<string, string>()
  /**
   * What is made carries the key of its request as its description: two with the same are two for one request. Payments of
   * one checkout are for its request, all of them.
   */
  const checkTwins = ({ id, state: { description } }: PaymentEntry): void => {
    if (description === null) return
    const made = books.checkouts.byPayment.get(id)?.id ?? id
    const other = madeFor.get(description) ?? made
    madeFor.set(description, other)
    if (other !== made) report("I1", `${made} and ${other} were both made for the key ${description}`)
  }
  return {
    committed: (commit, changed) => {
      for (const problem of truth.read()) report("I1", problem)
      checkLedger(commit, ledgerIds, report)
      for (const payment of changed.payments) {
        checkAmounts(payment, report)
        checkAttempts(payment, truth, report)
        checkAuthentication(payment, truth, report)
        checkTwins(payment)
        checkBelonging(payment, books, report)
      }
      for (const checkout of changed.checkouts) checkCheckout(checkout, books, truth, report)
    },
    sent: (operation) => {
      const { key, kind, amount, authorization } = operation
      const attempt = books.attemptsByKey.get(key)
      const stored = attempt && storedAttempt(books, attempt)
      if (attempt === undefined || stored === undefined || attempt.starts === 0) {
        report("RESEND", `${key} is sent before anything says so`)
        return
      }
      if (stored.kind !== kind || stored.amount.amount !== amount.amount.toString()) {
        report("TRUTH", `${key} is sent as a ${kind} of ${amount.amount}, which is not what was decided`)
      }
      if (stored.needsCvv && authorization?.card.cvv === null) {
        report("TRUTH", `${key} is sent without the code it needs`)
      }
      // Under a key that the bank has decided on nothing moves, whoever holds on to a lease by a clock that is behind.
      if (kind === "authorize" && !truth.isDecided(key)) checkPaying(attempt, books, report)
      attempt.sends++
      if (attempt.sends > attempt.starts) report("RESEND", `${key} is sent again, and nothing says that it may be`)
    },
    answered: (call, key, answer) => {
      const attempt = books.attemptsByKey.get(key)
      if (attempt === undefined) return
      if (call === "lookup" && answer._tag === "AbsentYet") attempt.absent = "yet"
      if (call === "lookup" && answer._tag === "AbsentFinal") attempt.absent = "final"
      // Nothing was absent, and what the gateway waits for itself is nobody's to send again.
      if (answer._tag === "Pending") attempt.absent = null
      if (answer._tag === "Found") attempt.heard = "truth"
      if (answer._tag !== "Approved") return
      const asked = storedAttempt(books, attempt)?.amount.amount
      const isOther = asked !== undefined && asked !== answer.amount.amount.toString()
      // What comes so late that nobody waits for it must not make anybody's better knowledge worse.
      if (!isOther) attempt.heard = "truth"
      else attempt.heard ??= "misleading"
    }
  }
}

const storedAttempt = (books: Books, attempt: AttemptEntry) =>
  books.payments.get(attempt.paymentId)?.state.attempts.find(({ id }) => id === attempt.id)

const checkLedger = ({ ledger }: Commit, seen: Set<string>, report: Report): void => {
  for (const { id, postings } of ledger) {
    if (seen.has(id)) report("I3", `the ledger transaction ${id} is posted twice`)
    seen.add(id)
    const sums = new Map<string, bigint>()
    for (const { layer, amount } of postings) {
      const name = `${layer} ${amount.currency}`
      sums.set(name, (sums.get(name) ?? 0n) + amount.amount)
    }
    for (const [name, sum] of sums) if (sum !== 0n) report("I3", `${id} does not balance: ${name} ${sum}`)
  }
}

const checkAmounts = ({ id, state }: PaymentEntry, report: Report): void => {
  const of = (name: "authorized" | "captured" | "refunded" | "refunding" | "amount") => BigInt(state[name].amount)
  const returned = of("refunded") + of("refunding")
  const inOrder =
    of("refunded") >= 0n &&
    of("refunding") >= 0n &&
    returned <= of("captured") &&
    of("captured") <= of("authorized") &&
    of("authorized") <= of("amount")
  if (!inOrder) report("I4", `${id}: ${returned} ≤ ${of("captured")} ≤ ${of("authorized")} ≤ ${of("amount")} is not so`)
}

const checkAttempts = (payment: PaymentEntry, truth: BankTruth, report: Report): void => {
  const { id, state, attempts } = payment
  let open = 0
  for (const stored of state.attempts) {
    const entry = attempts.get(stored.id)
    if (entry === undefined || entry.status !== stored.status) {
      report("I5", `${id}: attempt ${stored.id} is stored as ${stored.status}, its events say ${entry?.status}`)
    }
    if (entry !== undefined && entry.key !== stored.gatewayKey) report("I1", `${stored.id} has changed its gateway key`)
    if (stored.kind !== "refund" && isOpen(stored.status)) open++
    const effect = truth.standing(stored.gatewayKey)
    if (stored.status === "confirmed" && effect === undefined) {
      report("TRUTH", `${id}: the ${stored.kind} is confirmed, and the bank has not done it`)
    }
    if (effect !== undefined && minorUnits(effect) !== BigInt(stored.amount.amount)) {
      report("TRUTH", `${id}: the ${stored.kind} is of another amount at the bank`)
    }
    const saysNothing = stored.status === "declined" || stored.status === "not_charged" || stored.status === "abandoned"
    if (saysNothing && effect !== undefined) {
      report("TRUTH", `${id}: the ${stored.kind} is ${stored.status}, and the bank has done it`)
    }
  }
  if (open > 1) report("I5", `${id}: ${open} operations are under way at once`)
}

const checkAuthentication = ({ id, state }: PaymentEntry, truth: BankTruth, report: Report): void => {
  const { authentication } = state
  if (authentication?.status === "passed" && !truth.isAuthenticated(authentication.key)) {
    report("FORGED", `${id}: authenticated, and the issuer does not know it`)
  }
  if (
    state.verificationMethod === "three_d_secure" &&
    state.attempts.length > 0 &&
    authentication?.status !== "passed"
  ) {
    report("FORGED", `${id}: an attempt without the authentication that was asked for`)
  }
}
