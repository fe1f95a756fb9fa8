/** The judge judged: books that agree are left in peace, and each of these forgeries is found. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import Database from "better-sqlite3"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openClientJournal } from "./client-journal.ts"
import { type Books, compareBooks } from "./four-books.ts"
import { textAt } from "./json-reading.ts"
import { merchantClient } from "./merchant-client.ts"
import { sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import { type ServerProcess, scratchDirectory, startProcess } from "./server-process.ts"
import { openShop } from "./shop.ts"

const apiKey = "SAND_API_KEY:four:books"
const directory = scratchDirectory()
const files = { bank: "gateway-journal.jsonl", database: "paykernel.sqlite", client: "client-journal.jsonl" }
let server: ServerProcess
let books: Books

/** One payment captured and settled, one refunded, one authorized, one declined. */
beforeAll(async () => {
  server = await startProcess(directory.path, { PAYKERNEL_API_KEY: apiKey })
  const api = merchantClient(() => server.address, apiKey)
  const clientPath = join(directory.path, files.client)
  const clientJournal = openClientJournal(clientPath)
  const post = async <Body extends { readonly idempotencyKey: string }>(path: string, body: Body): Promise<string> => {
    const request = { key: body.idempotencyKey, path, body }
    const answer = await api.post(path, body)
    clientJournal.answered(request, answer.status, answer.text)
    return textAt(answer.body, "data", "id")
  }
  const shop = await openShop(sdkClient(server.address, apiKey, sdkContract()))
  const cardId = await post("/v1/cards", await shop.cardRequest())
  const pay = async (amount: string, wish = {}): Promise<string> => {
    const id = await post("/v1/payments", shop.paymentRequest(cardId, amount, wish))
    await shop.outcomeOf(id)
    return id
  }
  await pay("10.00")
  const refunded = await pay("20.00")
  const { idempotencyKey, amount } = shop.paymentRequest(cardId, "5.00")
  await shop.outcomeOf(await post(`/v1/payments/${refunded}/refund`, { idempotencyKey, amount }))
  await api.post("/sandbox/settle", {})
  await pay("30.00", { autoCapture: false })
  await pay("5.04")
  const sandboxDir = join(directory.path, "data")
  books = { api, clientJournal, sandboxDir, databasePath: join(sandboxDir, files.database) }
})

afterAll(async () => {
  await server?.stop("SIGTERM")
  directory.remove()
})

it("books that agree are left in peace", async () => {
  expect(await compareBooks(books)).toEqual({ payments: 4, executions: 5, acknowledged: 6, doubts: 0, differences: [] })
})

type Forgery = { readonly file: keyof typeof files; readonly forge: (path: string) => void }

/** Copies of the files, one of them forged. */
const forged = ({ file, forge }: Forgery, nth: number): Books => {
  const sandboxDir = join(directory.path, `forged-${nth}`)
  mkdirSync(sandboxDir)
  const database = new Database(books.databasePath)
  database.pragma("wal_checkpoint(truncate)")
  database.close()
  copyFileSync(join(books.sandboxDir, files.bank), join(sandboxDir, files.bank))
  copyFileSync(books.databasePath, join(sandboxDir, files.database))
  copyFileSync(join(directory.path, files.client), join(sandboxDir, files.client))
  forge(join(sandboxDir, files[file]))
  const clientJournal = openClientJournal(join(sandboxDir, files.client))
  return { api: books.api, sandboxDir, databasePath: join(sandboxDir, files.database), clientJournal }
}

const inLines = (edit: (lines: Array<string>) => ReadonlyArray<string>) => (path: string) =>
  writeFileSync(path, edit(readFileSync(path, "utf8").split("\n")).join("\n"))

const bySql = (sql: string) => (path: string) => {
  const database = new Database(path)
  expect(database.prepare(sql).run().changes).toBeGreaterThan(0)
  database.close()
}

const bank = (edit: (lines: Array<string>) => ReadonlyArray<string>): Forgery => ({
  file: "bank",
  forge: inLines(edit)
})
const sql = (statement: string): Forgery => ({ file: "database", forge: bySql(statement) })
const client = (edit: (lines: Array<string>) => ReadonlyArray<string>): Forgery => ({
  file: "client",
  forge: inLines(edit)
})

const ofPayment = "where type = 'payment' and state ->> '$.amount.amount'"

const forgeries: ReadonlyArray<readonly [string, Forgery, RegExp]> = [
  ["the bank executes a key twice", bank(([first = "", ...rest]) => [first, first, ...rest]), /executed \S+ twice/u],
  [
    "the bank authorizes a payment again under another key",
    bank(([first = "", ...rest]) => [first, first.replace(/"operationKey":"/u, '"operationKey":"x'), ...rest]),
    /was authorized 2 times/u
  ],
  [
    "the bank has no record of a charge",
    bank(([_first, ...rest]) => rest),
    /is confirmed, and to the bank it is absent/u
  ],
  [
    "the bank charged another amount",
    bank(([first = "", ...rest]) => [first.replace('"10.00"', '"11.00"'), ...rest]),
    /otherwise than it was asked/u
  ],
  ["the bank's last line is torn", bank((lines) => [...lines.slice(0, -1), "{"]), /middle of a line/u],
  [
    "a posting of the ledger is a cent too much",
    sql("update paykernel_ledger_posting set low = low + 1 where seq = 1 and line = 0"),
    /is off by 1/u
  ],
  [
    "more was captured than authorized",
    sql(`update paykernel_aggregate set state = json_set(state, '$.captured.amount', '3001') ${ofPayment} = '3000'`),
    /bounds of \S+ are broken/u
  ],
  [
    "a charged payment is said to have failed",
    sql(`update paykernel_aggregate set state = json_set(state, '$.status', 'failed') ${ofPayment} = '1000'`),
    /failed, and the bank charges it/u
  ],
  [
    "a payment hangs",
    sql(`update paykernel_aggregate set state = json_set(state, '$.status', 'pending') ${ofPayment} = '3000'`),
    /is stuck in pending/u
  ],
  ["a task hangs", sql("update paykernel_task set state = 'parked' where kind = 'attempt'"), /is still parked/u],
  [
    "a payment is lost",
    sql(`delete from paykernel_aggregate ${ofPayment} = '1000'`),
    /does not know the bank's authorize/u
  ],
  [
    "an acknowledged key is lost",
    sql("delete from paykernel_idempotency where rowid = (select min(rowid) from paykernel_idempotency)"),
    /has forgotten the key/u
  ],
  [
    "a settlement is not the sum of its payments",
    sql(
      "update paykernel_aggregate set state = json_set(state, '$.totalCredits.amount', '1') where type = 'settlement'"
    ),
    /is not the sum of its payments/u
  ],
  [
    "a replay is not what was answered first",
    client(([first = "", ...rest]) => [first.replace('\\"pending\\"', '\\"complete\\"'), ...rest]),
    /was answered 201 .* and now 201/u
  ],
  [
    "something was acknowledged that does not exist",
    client((lines) => lines.map((line) => line.replaceAll(/\\"id\\":\\"[0-9a-f]{8}/gu, '\\"id\\":\\"00000000'))),
    /was acknowledged, and now it is 404/u
  ]
]

describe("it is found when", () => {
  it.each(forgeries.map((forgery, nth) => [forgery[0], forgery, nth] as const))(
    "%s",
    async (_name, [, forgery, says], nth) => {
      const { differences } = await compareBooks(forged(forgery, nth))
      expect(differences).toEqual(expect.arrayContaining([expect.stringMatching(says)]))
    }
  )
})
