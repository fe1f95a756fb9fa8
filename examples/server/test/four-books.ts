/**
 * Compares the books that different owners keep of the same payments: (A) the bank's journal of what it executed, (B)
 * the client's journal of what it was answered, (C) the database, and (D) what the API says now. The judge reads each
 * by itself and uses no code of the packages, so that a mistake there cannot hide itself here.
 */
import { join } from "node:path"
import { type BankBook, type Position, positionOf, publicLine, readBankBook, type Standing } from "./bank-book.ts"
import type { ClientJournal } from "./client-journal.ts"
import { type AttemptRow, type DatabaseBook, type PaymentRow, readDatabaseBook } from "./database-book.ts"
import { isObject, listAt, parseJson, textAt, valueAt } from "./json-reading.ts"
import type { MerchantClient } from "./merchant-client.ts"

export type Books = {
  /** Where the bank's journal is. */
  readonly sandboxDir: string
  readonly databasePath: string
  /** Of the only merchant of the server, whose key `api` uses. */
  readonly clientJournal: ClientJournal
  readonly api: MerchantClient
}

export type Comparison = {
  readonly payments: number
  readonly executions: number
  readonly acknowledged: number
  /** Empty where the books agree. */
  readonly differences: ReadonlyArray<string>
}

/** To be asked when the system is at rest: nothing on its way, nothing due. */
export const compareBooks = async (books: Books): Promise<Comparison> => {
  const bank = readBankBook(join(books.sandboxDir, "gateway-journal.jsonl"))
  const database = readDatabaseBook(books.databasePath)
  const acknowledged = books.clientJournal.acknowledged()
  return {
    payments: database.payments.length,
    executions: bank.executions.size,
    acknowledged: acknowledged.length,
    differences: [
      ...bank.faults,
      ...executionsAgainstAttempts(bank, database),
      ...database.payments.flatMap((payment) => paymentAgainstBank(payment, positionOf(bank, payment.id))),
      ...ledgerFaults(database.postings),
      ...ledgerAgainstBank(bank, database),
      ...settlementsAgainstPayments(database),
      ...unfinished(database),
      ...answersAgainstDatabase(books, database),
      ...(await answersAgainstReplays(books)),
      ...(await apiAgainstDatabase(books.api, database)),
      ...(await publicJournalAgainstFile(books.api, bank))
    ]
  }
}

/** The part that holds at every moment, also under load: it may be asked at any time. */
export const differencesAtAnyMoment = (databasePath: string): ReadonlyArray<string> => {
  const database = readDatabaseBook(databasePath)
  return [
    ...(database.integrity === "ok" ? [] : [`the database file is damaged: ${database.integrity}`]),
    ...ledgerFaults(database.postings),
    ...database.payments.flatMap(boundsFaults)
  ]
}

type Differences = ReadonlyArray<string>

const when = (broken: boolean, difference: string): Differences => (broken ? [difference] : [])

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
  const { id, authorized, captured, refunded, refunding } = payment
  const ordered = 0n <= refunded && 0n <= refunding && refunded + refunding <= captured && captured <= authorized
  return when(!ordered, `the bounds of ${id} are broken: ${refunded}+${refunding} of ${captured} of ${authorized}`)
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

type Postings = DatabaseBook["postings"]

const sums = (postings: Postings, keyOf: (posting: Postings[number]) => string): ReadonlyMap<string, bigint> => {
  const totals = new Map<string, bigint>()
  for (const posting of postings) {
    const key = keyOf(posting)
    totals.set(key, (totals.get(key) ?? 0n) + posting.amount)
  }
  return totals
}

const ledgerFaults = (postings: Postings): Differences => {
  const totals = sums(postings, ({ transaction, layer, currency }) => `${transaction} ${layer} ${currency}`)
  return [...totals].flatMap(([key, total]) => when(total !== 0n, `the ledger transaction ${key} is off by ${total}`))
}

/** What the books say that the card issuers owe for a payment, against what the bank has moved. */
const ledgerAgainstBank = (bank: BankBook, { payments, postings }: DatabaseBook): Differences => {
  const ofPayments = postings.filter((one) => one.referenceType === "payment" && one.account === "card_receivable")
  const totals = sums(ofPayments, ({ referenceId, layer }) => `${referenceId} ${layer}`)
  return payments.flatMap(({ id, status }) => {
    const position = positionOf(bank, id)
    const posted = position.voided ? 0n : position.captured - position.refunded
    const held = status === "authorized" ? position.authorized : 0n
    const here = { posted: totals.get(`${id} posted`) ?? 0n, held: totals.get(`${id} held`) ?? 0n }
    return [
      ...when(here.posted !== posted, `the ledger has ${here.posted} for ${id}, the bank ${posted}`),
      ...when(here.held !== held, `the ledger holds ${here.held} for ${id}, the bank ${held}`)
    ]
  })
}

const settlementsAgainstPayments = ({ payments, settlements }: DatabaseBook): Differences => {
  const known = new Set(settlements.map(({ id }) => id))
  const unpaid = payments.flatMap(({ id, status, settlementId }) =>
    when((status === "paid") !== (settlementId !== null && known.has(settlementId)), `${id} is ${status} by ${settlementId}`)
  )
  const wrong = settlements.flatMap((settlement) => {
    const paid = payments.filter(({ settlementId }) => settlementId === settlement.id)
    const returned = payments.flatMap(({ reversals }) => reversals.filter((one) => one.settlementId === settlement.id))
    const total = (amounts: ReadonlyArray<bigint>): bigint => amounts.reduce((sum, amount) => sum + amount, 0n)
    const agrees =
      settlement.credits === total(paid.map(({ captured }) => captured)) &&
      settlement.fees === total(paid.map(({ fees }) => fees)) &&
      settlement.debits === total(returned.map(({ cents }) => cents))
    return when(!agrees, `the settlement ${settlement.id} is not the sum of its payments`)
  })
  return [...unpaid, ...wrong]
}

/** Timers wait for their hour; anything else that is left is stuck. */
const waitingKinds = ["settle", "expire_authorization", "expire_challenge"]

const unfinished = ({ tasks, integrity }: DatabaseBook): Differences => [
  ...when(integrity !== "ok", `the database file is damaged: ${integrity}`),
  ...tasks.flatMap(({ id, kind, state, why }) =>
    when(state !== "ready" || !waitingKinds.includes(kind), `the task ${id} (${kind}) is still ${state}: ${why}`)
  )
]

/** Of each acknowledged request: the thing exists, and its key is bound to it and to nothing else. */
const answersAgainstDatabase = ({ clientJournal }: Books, { keys, payments }: DatabaseBook): Differences => {
  const homes = new Map<string, string>()
  for (const { id, reversals } of payments) {
    homes.set(id, id)
    for (const reversal of reversals) homes.set(reversal.id, id)
  }
  return clientJournal.acknowledged().flatMap(({ key, path, answer }) => {
    const bound = keys.get(key)
    if (bound === undefined) return [`the database has forgotten the key ${key}`]
    const id = valueAt(parseJson(answer.text), "data", "id")
    if (typeof id !== "string") return []
    const home = path === "/v1/cards" ? id : homes.get(id)
    return when(home !== bound, `${path} answered ${id}, and its key leads to ${bound}`)
  })
}

/** An acknowledged request asked again gets the same bytes again, and what it made is there. */
const answersAgainstReplays = async ({ clientJournal, api }: Books): Promise<Differences> => {
  const differences: Array<string> = []
  for (const { key, path, body, answer } of clientJournal.acknowledged()) {
    const again = await api.post(path, body)
    if (again.status !== answer.status || again.text !== answer.text) {
      differences.push(`${path} ${key} was answered ${answer.status} ${answer.text}, and now ${again.status} ${again.text}`)
    }
    const id = valueAt(parseJson(answer.text), "data", "id")
    if (typeof id !== "string") continue
    const found = await api.get(`${path === "/v1/cards" ? "/v1/cards" : "/v1/payments"}/${id}`)
    if (found.status !== 200) differences.push(`${id} was acknowledged, and now it is ${found.status}`)
  }
  return differences
}

/** The whole list, page by page, against the table: the same ids, and what each payment has come to. */
const apiAgainstDatabase = async (api: MerchantClient, { payments }: DatabaseBook): Promise<Differences> => {
  const listed = new Map<string, string>()
  for (let query = "pageSize=50"; query !== ""; ) {
    const page = await api.get(`/v1/payments?${query}`)
    const items = listAt(page.body, "data")
    for (const item of items) {
      const id = textAt(item, "id")
      if (listed.has(id)) return [`the list has ${id} twice`]
      listed.set(id, textAt(item, "status"))
    }
    const last = items.at(-1)
    query = last === undefined ? "" : `pageSize=50&pageAfter=${textAt(last, "id")}`
  }
  const expected = payments.flatMap(({ id, status, reversals }) => [
    { id, status: publicStatus[status] },
    ...reversals.map((reversal) => ({ id: reversal.id, status: reversal.status }))
  ])
  return [
    ...when(listed.size !== expected.length, `the API lists ${listed.size} items, the database has ${expected.length}`),
    ...expected.flatMap(({ id, status }) =>
      when(listed.get(id) !== status, `the API says that ${id} is ${listed.get(id)}, the database ${status}`)
    )
  ]
}

const publicStatus: { readonly [status: string]: string } = {
  pending: "pending",
  action_required: "action_required",
  authorized: "confirmed",
  confirmed: "confirmed",
  paid: "paid",
  failed: "failed",
  voided: "failed",
  cancelled: "failed",
  expired: "failed"
}

const publicJournalAgainstFile = async (api: MerchantClient, bank: BankBook): Promise<Differences> => {
  const { body } = await api.get("/sandbox/gateway/journal")
  const shown = listAt(body, "data").filter(isObject).map(publicLine)
  const same = shown.length === bank.publicLines.length && shown.every((line, at) => line === bank.publicLines[at])
  return when(!same, `the bank shows ${shown.length} executions, its file has ${bank.publicLines.length}`)
}
