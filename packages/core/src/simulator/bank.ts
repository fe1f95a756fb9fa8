/**
 * The books of the simulated bank: what each key did and what stands of each authorization. They are a fold of the
 * bank's records, so a bank that comes back after a crash is the same bank. The bank decides and never writes: whoever
 * asks it makes the record durable, and lets nobody see the answer earlier.
 */
import type { AttemptKind, AvsResult, CvvResult } from "../attempt/attempt.ts"
import type { Money } from "../money/index.ts"
import * as Authorizations from "./authorization.ts"
import type { AuthorizationAnswer } from "./issuer.ts"
import type { BankRecord, Executed, Poisoned, Reversed, TransferAwaited } from "./journal.ts"

export type BankOperation = {
  readonly key: string
  readonly kind: AttemptKind
  readonly amount: Money
  readonly merchantId: string
  readonly paymentId: string
  readonly authorizationKey: string | null
  readonly capture: boolean
  /** Asked only where the operation is new. `null` where the operation is no authorization. */
  readonly askIssuer: (() => AuthorizationAnswer) | null
}

/** What the bank answers about a key: always the same, and always with the amount it executed. */
export type BankVerdict = {
  readonly approved: boolean
  readonly reference: string | null
  readonly amount: string
  readonly currency: string
  readonly code: string | null
  readonly avs: AvsResult
  readonly cvv: CvvResult
}

/** A verdict, and the record that has to be durable before it is told. No record: nothing new happened. */
export type OperationDecision = { readonly verdict: BankVerdict; readonly record: Executed | null }

export type ReversalResult = "reversed" | "nothing" | "refused"
export type ReversalDecision = { readonly result: ReversalResult; readonly record: Reversed | Poisoned | null }

export type BankLookup =
  | { readonly found: "executed"; readonly verdict: BankVerdict; readonly at: string }
  /** Reversed or poisoned: no effect remains and none will come. */
  | { readonly found: "never"; readonly at: string }
  | { readonly found: "awaited"; readonly at: string }
  | { readonly found: "nothing" }

/** Decimal texts in major units, as the bank's records have them. */
export type AmountTexts = {
  readonly parse: (amount: string, currency: string) => Money
  readonly format: (amount: Money) => string
}

export type Bank = {
  readonly amounts: AmountTexts
  readonly executions: Map<string, Executed>
  /** Transfers that were announced, whatever became of them. */
  readonly transfers: Map<string, TransferAwaited>
  readonly authorizations: Map<string, Authorizations.Authorization>
  readonly undone: Map<string, { readonly result: ReversalResult; readonly at: string }>
}

/**
 * The bank as its records left it.
 *
 * @example
 * lookUp(openBank([], amounts), "k") // => { found: "nothing" }
 */
export const openBank = (records: ReadonlyArray<BankRecord>, amounts: AmountTexts): Bank => {
  const bank: Bank = {
    amounts,
    executions: new Map(),
    transfers: new Map(),
    authorizations: new Map(),
    undone: new Map()
  }
  for (const record of records) applyRecord(bank, record)
  return bank
}

/** Folds one record in. Records of authentications are no business of these books. */
export const applyRecord = (bank: Bank, record: BankRecord): void => {
  if (record.record === "executed") applyExecution(bank, record)
  if (record.record === "transfer_awaited") bank.transfers.set(record.operationKey, record)
  if (record.record === "poisoned") bank.undone.set(record.operationKey, { result: "nothing", at: record.at })
  if (record.record === "reversed") {
    bank.undone.set(record.operationKey, { result: "reversed", at: record.at })
    const execution = bank.executions.get(record.operationKey)
    if (execution === undefined) return
    const { amount } = amountOf(bank, execution)
    changeAuthorization(bank, execution, (standing) => Authorizations.withoutEffect(standing, execution.kind, amount))
  }
}

/**
 * What becomes of an operation. A key that was seen gets its first verdict again; one that was reversed or poisoned is
 * declined without effect.
 */
export const decideOperation = (bank: Bank, operation: BankOperation, at: string): OperationDecision => {
  const amount = bank.amounts.format(operation.amount)
  const { currency } = operation.amount
  if (bank.undone.has(operation.key)) return { verdict: { ...withoutEffect, amount, currency }, record: null }
  const earlier = bank.executions.get(operation.key)
  if (earlier !== undefined) return { verdict: verdictOf(earlier), record: null }
  const { key, kind, merchantId, paymentId, authorizationKey, capture } = operation
  const record: Executed = {
    record: "executed",
    operationKey: key,
    kind,
    amount,
    currency,
    at,
    merchantId,
    paymentId,
    authorizationKey,
    capture,
    reference: `gw_${(bank.executions.size + 1).toString(36).toUpperCase().padStart(12, "0")}`,
    ...judge(bank, operation)
  }
  return { verdict: verdictOf(record), record }
}

/** What becomes of a transfer whose time has come: money that is there is captured. */
export const decideTransfer = (
  bank: Bank,
  { operationKey: key, merchantId, paymentId, amount, currency, endsAtMs }: TransferAwaited,
  askIssuer: () => AuthorizationAnswer
): OperationDecision => {
  const money = bank.amounts.parse(amount, currency)
  const shared = { key, merchantId, paymentId, amount: money, askIssuer }
  const operation: BankOperation = { ...shared, kind: "authorize", authorizationKey: null, capture: true }
  return decideOperation(bank, operation, new Date(endsAtMs).toISOString())
}

/** Undoes what the key did, if anything, and makes sure that it never does anything again. */
export const decideReversal = (bank: Bank, key: string, at: string): ReversalDecision => {
  const before = bank.undone.get(key)
  if (before !== undefined) return { result: before.result, record: null }
  const execution = bank.executions.get(key)
  if (execution !== undefined && execution.outcome !== "approved") return { result: "nothing", record: null }
  const left = execution && undoableOf(bank, execution)
  if (left === "refused") return { result: "refused", record: null }
  if (left === undefined) return { result: "nothing", record: { record: "poisoned", operationKey: key, at } }
  const amount = bank.amounts.format(left)
  const { currency } = left
  const line = { operationKey: key, kind: "void", amount, currency, outcome: "approved", at } as const
  return { result: "reversed", record: { record: "reversed", ...line } }
}

export const lookUp = (bank: Bank, key: string): BankLookup => {
  const gone = bank.undone.get(key)
  if (gone !== undefined) return { found: "never", at: gone.at }
  const execution = bank.executions.get(key)
  const transfer = bank.transfers.get(key)
  if (execution === undefined && transfer !== undefined) return { found: "awaited", at: transfer.at }
  if (execution === undefined) return { found: "nothing" }
  return { found: "executed", verdict: verdictOf(execution), at: execution.at }
}

/** The transfer under a key that nobody has executed or undone, if there is one. */
export const awaitedTransfer = (bank: Bank, key: string): TransferAwaited | undefined =>
  bank.executions.has(key) || bank.undone.has(key) ? undefined : bank.transfers.get(key)

const withoutEffect: Omit<BankVerdict, "amount" | "currency"> = {
  approved: false,
  reference: null,
  code: "payment_canceled",
  avs: "not_requested",
  cvv: "not_requested"
}

const verdictOf = ({ outcome, reference, amount, currency, code, avs, cvv }: Executed): BankVerdict => ({
  approved: outcome === "approved",
  reference,
  amount,
  currency,
  code,
  avs,
  cvv
})

const applyExecution = (bank: Bank, execution: Executed): void => {
  bank.executions.set(execution.operationKey, execution)
  if (execution.outcome !== "approved") return
  const money = amountOf(bank, execution)
  const { kind, operationKey, merchantId, capture } = execution
  if (kind === "authorize") {
    bank.authorizations.set(operationKey, Authorizations.openAuthorization(merchantId, money, capture))
  } else {
    changeAuthorization(bank, execution, (standing) => Authorizations.withEffect(standing, kind, money.amount))
  }
}

const changeAuthorization = (
  bank: Bank,
  execution: Executed,
  change: (standing: Authorizations.Authorization) => Authorizations.Authorization
): void => {
  const key = authorizationKeyOf(execution)
  const standing = bank.authorizations.get(key)
  if (standing === undefined) throw new Error("an approved execution names an authorization that the book lacks")
  bank.authorizations.set(key, change(standing))
}

const undoableOf = (bank: Bank, execution: Executed): Money | "refused" | undefined => {
  const standing = bank.authorizations.get(authorizationKeyOf(execution))
  return standing && Authorizations.undoable(standing, execution.kind, amountOf(bank, execution).amount)
}

const authorizationKeyOf = ({ kind, operationKey, authorizationKey }: Executed): string =>
  kind === "authorize" ? operationKey : (authorizationKey ?? "")

const amountOf = (bank: Bank, execution: Executed): Money => bank.amounts.parse(execution.amount, execution.currency)

type Judgement = Pick<Executed, "outcome" | "code" | "avs" | "cvv">

const judge = (bank: Bank, operation: BankOperation): Judgement => {
  const { kind, amount, askIssuer } = operation
  if (amount.amount <= 0n) return senseless
  if (kind === "authorize") {
    if (askIssuer === null) return senseless
    const answer = askIssuer()
    return { ...answer, outcome: answer.code === null ? "approved" : "declined" }
  }
  const standing = bank.authorizations.get(operation.authorizationKey ?? "")
  const isTheirs = standing?.merchantId === operation.merchantId
  if (!isTheirs || standing.authorized.currency !== amount.currency) return senseless
  const code = Authorizations.refusal(standing, kind, amount.amount)
  return { ...unchecked, outcome: code === undefined ? "approved" : "declined", code: code ?? null }
}

const unchecked = { avs: "not_requested", cvv: "not_requested" } as const
const senseless: Judgement = { ...unchecked, outcome: "error", code: "payment_failed" }
