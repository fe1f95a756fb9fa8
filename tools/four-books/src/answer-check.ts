/** What clients were told, against the database and against what the API says now. */
import { type BankBook, publicLine } from "./bank-book.ts"
import type { ClientJournal } from "./client-journal.ts"
import type { DatabaseBook } from "./database-book.ts"
import { type Differences, when } from "./differences.ts"
import { isObject, listAt, parseJson, textAt, valueAt } from "./json-reading.ts"
import type { MerchantClient } from "./merchant-client.ts"

/** What the database has of the merchant that this client is, by whatever the client was answered. */
export const bookOfClient = (clientJournal: ClientJournal, database: DatabaseBook): DatabaseBook => {
  const told = new Set(clientJournal.acknowledged().map(({ answer }) => valueAt(parseJson(answer.text), "data", "id")))
  const own = database.payments.find(({ id }) => told.has(id))?.merchantId
  return {
    ...database,
    payments: database.payments.filter(({ merchantId }) => merchantId === own),
    keys: database.keys.filter(({ merchantId }) => merchantId === own)
  }
}

/** Of each acknowledged request: the thing exists, and its key is bound to it and to nothing else. */
export const answersAgainstDatabase = (clientJournal: ClientJournal, { keys, payments }: DatabaseBook): Differences => {
  const homes = new Map<string, string>()
  for (const { id, reversals } of payments) {
    homes.set(id, id)
    for (const reversal of reversals) homes.set(reversal.id, id)
  }
  const boundTo = new Map(keys.map(({ key, aggregateId }) => [key, aggregateId]))
  return clientJournal.acknowledged().flatMap(({ key, path, answer }) => {
    const bound = boundTo.get(key)
    if (bound === undefined) return [`the database has forgotten the key ${key}`]
    const id = valueAt(parseJson(answer.text), "data", "id")
    if (typeof id !== "string") return []
    const home = path === "/v1/cards" ? id : homes.get(id)
    return when(home !== bound, `${path} answered ${id}, and its key leads to ${bound}`)
  })
}

/** An acknowledged request asked again gets the same bytes again, and what it made is there. */
export const answersAgainstReplays = async (
  clientJournal: ClientJournal,
  api: MerchantClient
): Promise<Differences> => {
  const differences: Array<string> = []
  for (const { key, path, body, answer } of clientJournal.acknowledged()) {
    const again = await api.post(path, body)
    if (again.status !== answer.status || again.text !== answer.text) {
      differences.push(
        `${path} ${key} was answered ${answer.status} ${answer.text}, and now ${again.status} ${again.text}`
      )
    }
    const id = valueAt(parseJson(answer.text), "data", "id")
    if (typeof id !== "string") continue
    const found = await api.get(`${path === "/v1/cards" ? "/v1/cards" : "/v1/payments"}/${id}`)
    if (found.status !== 200) differences.push(`${id} was acknowledged, and now it is ${found.status}`)
  }
  return differences
}

/** The whole list, page by page, against the table: the same ids, and what each payment has come to. */
export const apiAgainstDatabase = async (api: MerchantClient, { payments }: DatabaseBook): Promise<Differences> => {
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

export const publicJournalAgainstFile = async (
  api: MerchantClient,
  path: string,
  bank: BankBook
): Promise<Differences> => {
  const { body } = await api.get(path)
  const shown = listAt(body, "data").filter(isObject).map(publicLine)
  const same = shown.length === bank.publicLines.length && shown.every((line, at) => line === bank.publicLines[at])
  return when(!same, `the bank shows ${shown.length} executions, its file has ${bank.publicLines.length}`)
}
