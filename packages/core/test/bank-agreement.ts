/**
 * Compares three books after a storm: what the bank executed, what the kernel stored, and what clients were told. An
 * empty answer says that nothing was lost, doubled or left in doubt without a person having been called.
 */
import { format, type Incident, type Kernel, money, type Payment } from "@paykernel/core"
import { Attempt } from "@paykernel/core/domain"
import { paymentDefinition, type Store, type StoredAggregate } from "@paykernel/core/effect"
import type { BankRecord, Executed } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"

export type Books = {
  readonly merchantId: string
  readonly kernel: Pick<Kernel, "audit">
  readonly store: Store["Service"]
  readonly bank: ReadonlyArray<BankRecord>
  readonly incidents: ReadonlyArray<Incident>
  /** Ids of payments that clients were given an answer about. */
  readonly acknowledged: ReadonlySet<string>
}

export const disagreements = async (books: Books): Promise<ReadonlyArray<string>> => {
  const payments = await paymentsOf(books)
  const found: Array<string> = []
  for (const finding of await books.kernel.audit(books.merchantId)) {
    found.push(`audit: ${finding.problem} (${finding.aggregate?.id ?? "all"})`)
  }
  for (const task of await Effect.runPromise(books.store.parked())) found.push(`parked: ${task.id}, ${task.why}`)
  for (const id of books.acknowledged) {
    if (!payments.some((payment) => payment.id === id)) found.push(`${id}: answered for, and not stored`)
  }
  const bank = standing(books.bank)
  found.push(...bank.problems)
  for (const payment of payments) {
    found.push(...problemsOf(payment, bank, books.incidents).map((problem) => `${payment.id}: ${problem}`))
  }
  for (const { operationKey, paymentId } of bank.effects.values()) {
    const known = payments.some(({ attempts }) => attempts.some(({ gatewayKey }) => gatewayKey === operationKey))
    if (!known) found.push(`${paymentId}: the bank executed ${operationKey}, which the kernel does not know`)
  }
  return found
}

/** Every payment, each with the key under which its client asked for it. */
export const paymentsOf = async ({ store, merchantId }: Pick<Books, "store" | "merchantId">) => {
  const payments: Array<Payment> = []
  let afterId: string | null = null
  for (;;) {
    const page: ReadonlyArray<StoredAggregate> = await Effect.runPromise(
      store.scan(merchantId, paymentDefinition.type, afterId, 100)
    )
    for (const stored of page) {
      payments.push(paymentDefinition.decodeState(stored.state, stored.schemaVersion))
      afterId = stored.ref.id
    }
    if (page.length < 100) return payments
  }
}

type Standing = {
  /** Approved executions whose effect has not been reversed, by gateway key. */
  readonly effects: ReadonlyMap<string, Executed>
  readonly problems: ReadonlyArray<string>
}

const standing = (records: ReadonlyArray<BankRecord>): Standing => {
  const effects = new Map<string, Executed>()
  const approvals = new Set<string>()
  const problems: Array<string> = []
  for (const record of records) {
    if (record.record === "executed" && record.outcome === "approved") {
      if (approvals.has(record.operationKey)) problems.push(`${record.paymentId}: a key was executed twice`)
      approvals.add(record.operationKey)
      effects.set(record.operationKey, record)
    }
    if (record.record === "reversed") effects.delete(record.operationKey)
  }
  return { effects, problems }
}

const problemsOf = (
  payment: Payment,
  { effects }: Standing,
  incidents: ReadonlyArray<Incident>
): ReadonlyArray<string> => {
  const problems: Array<string> = []
  let doubtful = false
  for (const attempt of payment.attempts) {
    const has = effects.has(attempt.gatewayKey)
    if (attempt.status === "manual") {
      doubtful = true
      const called = incidents.some(({ kind, subject }) => kind === "attempt_escalated" && subject === attempt.id)
      if (!called) problems.push(`the ${attempt.kind} waits for a person whom nobody called`)
    } else if (Attempt.isOpen(attempt)) problems.push(`the ${attempt.kind} is still ${attempt.status}`)
    else if (attempt.status === "confirmed" && !has) problems.push(`the ${attempt.kind} is confirmed, not executed`)
    else if (attempt.status !== "confirmed" && has) problems.push(`the ${attempt.kind} is ${attempt.status}, executed`)
  }
  if (doubtful) return problems
  if (payment.status === "pending" || payment.status === "action_required") problems.push(`it is ${payment.status}`)
  return [...problems, ...amountProblems(payment, effects)]
}

const amountProblems = (payment: Payment, effects: Standing["effects"]): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const mine = [...effects.values()].filter(({ paymentId }) => paymentId === payment.id)
  const authorizations = mine.filter(({ kind }) => kind === "authorize")
  if (payment.status === "failed" && mine.length > 0) problems.push("it failed, and the bank executed it")
  if (authorizations.length > 1) problems.push("it is authorized twice")
  const currency = payment.amount.currency
  const total = (lines: ReadonlyArray<Executed>): bigint =>
    lines.reduce((sum, { amount }) => sum + BigInt(amount.replace(".", "")), 0n)
  const capturedAtBank = total(mine.filter(({ kind, capture }) => kind === "capture" || capture))
  if (capturedAtBank !== payment.captured.amount) {
    problems.push(`captured ${format(payment.captured)}, at the bank ${format(money(capturedAtBank, currency))}`)
  }
  const refundedAtBank = total(mine.filter(({ kind }) => kind === "refund"))
  if (refundedAtBank !== payment.refunded.amount) {
    problems.push(`refunded ${format(payment.refunded)}, at the bank ${format(money(refundedAtBank, currency))}`)
  }
  const voidedAtBank = mine.some(({ kind }) => kind === "void")
  const voided = payment.attempts.some(({ kind, status }) => kind === "void" && status === "confirmed")
  if (voidedAtBank !== voided) problems.push(voided ? "voided, but not at the bank" : "voided at the bank only")
  return problems
}
