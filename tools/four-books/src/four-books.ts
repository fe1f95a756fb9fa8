/**
 * Compares the books that different owners keep of the same payments: (A) the bank's journal of what it executed, (B)
 * the client's journal of what it was answered, (C) the database, and (D) what the API says now. The judge reads each
 * by itself and uses no code of the packages, so that a mistake there cannot hide itself here.
 */
import { join } from "node:path"
import {
  answersAgainstDatabase,
  answersAgainstReplays,
  apiAgainstDatabase,
  bookOfClient,
  publicJournalAgainstFile
} from "./answer-check.ts"
import { type BankBook, type Position, positionOf, readBankBook, type Standing } from "./bank-book.ts"
import type { ClientJournal } from "./client-journal.ts"
import { type AttemptRow, type DatabaseBook, type PaymentRow, readDatabaseBook } from "./database-book.ts"
import { type Differences, when } from "./differences.ts"
import { ledgerAgainstBank, ledgerFaults, settlementsAgainstPayments } from "./ledger-check.ts"
import type { MerchantClient } from "./merchant-client.ts"

/** A merchant: what was answered, and a way to ask again. */
export type Client = { readonly clientJournal: ClientJournal; readonly api: MerchantClient }

export type Books = Client & {
  /** Where the bank's journal is. */
  readonly sandboxDir: string
  /** Where the API shows the bank's journal as well, if it does. */
  readonly bankShownAt: string | null
  /** `sqlite:PATH` or `postgres://…`. */
  readonly databaseUrl: string
  /** Merchants beside the first. */
  readonly others?: ReadonlyArray<Client>
}

export type Comparison = {
  readonly payments: number
  readonly executions: number
  readonly acknowledged: number
  /** How often nobody knew what had become of a message to the bank. */
  readonly doubts: number
  /** Empty where the books agree. */
  readonly differences: ReadonlyArray<string>
}

/** To be asked when the system is at rest: nothing on its way, nothing due. */
export const compareBooks = async (books: Books): Promise<Comparison> => {
  const bank = readBankBook(join(books.sandboxDir, "gateway-journal.jsonl"))
  const database = await readDatabaseBook(books.databaseUrl)
  const clients = [books, ...(books.others ?? [])]
  const perClient = []
  for (const client of clients) {
    const own = clients.length === 1 ? database : bookOfClient(client.clientJournal, database)
    perClient.push(await clientAgainstDatabase(client, own))
  }
  return {
    payments: database.payments.length,
    executions: bank.executions.size,
    acknowledged: perClient.reduce((sum, one) => sum + one.acknowledged, 0),
    doubts: database.doubts,
    differences: [
      ...bank.faults,
      ...executionsAgainstAttempts(bank, database),
      ...database.payments.flatMap((payment) => paymentAgainstBank(payment, positionOf(bank, payment.id))),
      ...ledgerFaults(database.postings),
      ...ledgerAgainstBank(bank, database),
      ...settlementsAgainstPayments(database),
      ...unfinished(database),
      ...perClient.flatMap(({ differences }) => differences),
      ...unasked(
        database,
        perClient.map(({ own }) => own)
      ),
      ...(books.bankShownAt === null ? [] : await publicJournalAgainstFile(books.api, books.bankShownAt, bank))
    ]
  }
}

const clientAgainstDatabase = async ({ clientJournal, api }: Client, own: DatabaseBook) => ({
  own,
  acknowledged: clientJournal.acknowledged().length,
  differences: [
    ...answersAgainstDatabase(clientJournal, own),
    ...(await answersAgainstReplays(clientJournal, api)),
    ...(await apiAgainstDatabase(api, own))
  ]
})

/** Payments of a merchant that is none of the clients. */
const unasked = ({ payments }: DatabaseBook, owned: ReadonlyArray<DatabaseBook>): Differences => {
  const known = new Set(owned.flatMap((own) => own.payments.map(({ id }) => id)))
  return payments.flatMap(({ id }) => when(!known.has(id), `${id} belongs to nobody who has asked`))
}

/** The part that holds at every moment, also under load: it may be asked at any time. */
export const differencesAtAnyMoment = async (databaseUrl: string): Promise<ReadonlyArray<string>> => {
  const database = await readDatabaseBook(databaseUrl)
  return [
    ...when(database.integrity !== "ok", `the database is damaged: ${database.integrity}`),
    ...ledgerFaults(database.postings),
    ...database.payments.flatMap(boundsFaults)
  ]
}

/** What the bank's book may say of a key, for each end that an attempt can have come to. */
const standingsOf: { readonly [status: string]: ReadonlyArray<Standing | "absent"> } = {
  confirmed: ["approved"],
  declined: ["refused", "absent"],
  abandoned: ["absent"],
  not_charged: ["undone", "refused", "absent"]
}

const executionsAgainstAttempts = (bank: BankBook, { payments }: DatabaseBook): Differences => {
  const attempts = new Map<string, AttemptRow & { readonly paymentId: string }>()
  for (const { id, attempts: own } of payments) for (const one of own) attempts.set(one.key, { ...one, paymentId: id })
  const unknown = [...bank.executions.values()].flatMap((execution) => {
    const attempt = attempts.get(execution.key)
    if (attempt === undefined) return [`the database does not know the bank's ${execution.kind} ${execution.key}`]
    const same =
      attempt.kind === execution.kind &&
      attempt.paymentId === execution.paymentId &&
      attempt.cents === execution.cents &&
      attempt.currency === execution.currency
    return when(!same, `the bank executed ${execution.key} otherwise than it was asked`)
  })
  const claimed = [...attempts.values()].flatMap((attempt) => {
    const standing = bank.executions.get(attempt.key)?.standing ?? "absent"
    const allowed = standingsOf[attempt.status] ?? []
    const name = `the ${attempt.kind} ${attempt.key} of ${attempt.paymentId}`
    return when(!allowed.includes(standing), `${name} is ${attempt.status}, and to the bank it is ${standing}`)
  })
  return [...unknown, ...claimed]
}

const boundsFaults = (payment: PaymentRow): Differences => {
  const { id, authorized, captured, refunded, refunding, guarded } = payment
  const kept = [authorized, captured, refunded + refunding]
  const ordered = 0n <= refunded && 0n <= refunding && refunded + refunding <= captured && captured <= authorized
  return [
    ...when(!ordered, `the bounds of ${id} are broken: ${refunded}+${refunding} of ${captured} of ${authorized}`),
    ...when(String(guarded) !== String(kept), `the row of ${id} guards ${guarded}, and its state has ${kept}`)
  ]
}

const statusesAtRest = ["authorized", "confirmed", "paid", "failed", "voided", "cancelled", "expired"]
const chargedStatuses = ["authorized", "confirmed", "paid"]

const paymentAgainstBank = (payment: PaymentRow, bank: Position): Differences => {
  const { id, status } = payment
  const isCharged = chargedStatuses.includes(status)
  return [
    ...boundsFaults(payment),
    ...when(bank.authorizations > 1, `${id} was authorized ${bank.authorizations} times`),
    ...when(!statusesAtRest.includes(status), `${id} is stuck in ${status}`),
    ...when(isCharged && bank.authorizations === 0, `${id} is ${status} without an authorization at the bank`),
    ...when(status === "failed" && bank.authorizations > 0 && !bank.voided, `${id} failed, and the bank charges it`),
    ...when(isCharged && bank.voided, `${id} is ${status}, and the bank has voided it`),
    ...when((status === "voided" || status === "cancelled") && !bank.voided, `${id} is ${status} only here`),
    ...when(payment.captured !== bank.captured, `${id} captured ${payment.captured}, the bank ${bank.captured}`),
    ...when(payment.refunded !== bank.refunded, `${id} refunded ${payment.refunded}, the bank ${bank.refunded}`)
  ]
}

/** Timers wait for their hour; anything else that is left is stuck. */
const waitingKinds = ["settle", "expire_authorization", "expire_challenge"]

const unfinished = ({ tasks, integrity }: DatabaseBook): Differences => [
  ...when(integrity !== "ok", `the database is damaged: ${integrity}`),
  ...tasks.flatMap(({ id, kind, state, why }) =>
    when(state !== "ready" || !waitingKinds.includes(kind), `the task ${id} (${kind}) is still ${state}: ${why}`)
  )
]
