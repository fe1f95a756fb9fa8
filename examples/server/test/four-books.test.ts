/** The judge judged: books that agree are left in peace, and each of these forgeries is found. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { openClientJournal } from "@paykernel/four-books/client-journal"
import { type Books, compareBooks } from "@paykernel/four-books/four-books"
import { textAt } from "@paykernel/four-books/json-reading"
import { merchantClient } from "@paykernel/four-books/merchant-client"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { engines, openSite, type Site } from "./engine.ts"
import { type Dialect, dialects, forgersDesk } from "./forging.ts"
import { sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import type { ServerProcess } from "./server-process.ts"
import { openShop } from "./shop.ts"

const apiKey = "SAND_API_KEY:four:books"
const bankFile = "gateway-journal.jsonl"
const clientFile = "client-journal.jsonl"

/** One payment captured and settled, one refunded, one authorized, one declined. */
const keepBooks = async ({ path, sandboxDir, databaseUrl }: Site, address: string): Promise<Books> => {
  const api = merchantClient(() => address, apiKey)
  const clientJournal = openClientJournal(join(path, clientFile))
  const post = async <Body extends { readonly idempotencyKey: string }>(to: string, body: Body): Promise<string> => {
    const answer = await api.post(to, body)
    clientJournal.answered({ key: body.idempotencyKey, path: to, body }, answer.status, answer.text)
    return textAt(answer.body, "data", "id")
  }
  const shop = await openShop(sdkClient(address, apiKey, sdkContract()))
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
  return { api, clientJournal, sandboxDir, databaseUrl, bankShownAt: "/sandbox/gateway/journal" }
}

type Forge = (books: {
  readonly sandboxDir: string
  readonly databaseUrl: string
  readonly dialect: Dialect
}) => void | Promise<void>

const inLines =
  (file: string, edit: (lines: Array<string>) => ReadonlyArray<string>): Forge =>
  ({ sandboxDir }) => {
    const path = join(sandboxDir, file)
    writeFileSync(path, edit(readFileSync(path, "utf8").split("\n")).join("\n"))
  }

const bank = (edit: (lines: Array<string>) => ReadonlyArray<string>): Forge => inLines(bankFile, edit)

const client = (edit: (lines: Array<string>) => ReadonlyArray<string>): Forge => inLines(clientFile, edit)

const sql =
  (statement: (dialect: Dialect) => string): Forge =>
  async ({ databaseUrl, dialect }) => {
    expect(await dialect.change(databaseUrl, statement(dialect))).toBeGreaterThan(0)
  }

const ofPayment = ({ text }: Dialect, cents: string): string =>
  `where type = 'payment' and ${text("amount", "amount")} = '${cents}'`

const setState =
  (text: string, ...path: ReadonlyArray<string>) =>
  ({ stateWith }: Dialect): string =>
    `update paykernel_aggregate set state = ${stateWith(text, ...path)}`

const forgeries: ReadonlyArray<readonly [string, Forge, RegExp]> = [
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
    sql(
      ({ cents }) => `update paykernel_ledger_posting set ${cents} = ${cents} + 1
        where line = 0 and seq = (select min(seq) from paykernel_ledger_posting)`
    ),
    /is off by 1/u
  ],
  [
    "more was captured than authorized",
    sql((dialect) => `${setState("3001", "captured", "amount")(dialect)} ${ofPayment(dialect, "3000")}`),
    /bounds of \S+ are broken/u
  ],
  [
    "a row guards other amounts than its state has",
    sql((dialect) => `update paykernel_aggregate set captured = refunded ${ofPayment(dialect, "1000")}`),
    /guards 1000,0,0, and its state has 1000,1000,0/u
  ],
  [
    "a charged payment is said to have failed",
    sql((dialect) => `${setState("failed", "status")(dialect)} ${ofPayment(dialect, "1000")}`),
    /failed, and the bank charges it/u
  ],
  [
    "a payment hangs",
    sql((dialect) => `${setState("pending", "status")(dialect)} ${ofPayment(dialect, "3000")}`),
    /is stuck in pending/u
  ],
  ["a task hangs", sql(() => "update paykernel_task set state = 'parked' where kind = 'attempt'"), /is still parked/u],
  [
    "a payment is lost",
    sql((dialect) => `delete from paykernel_aggregate ${ofPayment(dialect, "1000")}`),
    /does not know the bank's authorize/u
  ],
  [
    "an acknowledged key is lost",
    sql(() => "delete from paykernel_idempotency where key = (select min(key) from paykernel_idempotency)"),
    /has forgotten the key/u
  ],
  [
    "a settlement is not the sum of its payments",
    sql((dialect) => `${setState("1", "totalCredits", "amount")(dialect)} where type = 'settlement'`),
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

describe.each(engines)("the judge on %s", (engine) => {
  let site: Site
  let server: ServerProcess
  let books: Books

  beforeAll(async () => {
    site = await openSite(engine)
    server = await site.start({ PAYKERNEL_API_KEY: apiKey })
    books = await keepBooks(site, server.address)
  })

  afterAll(async () => {
    await server?.stop("SIGTERM")
    await site?.remove()
  })

  it("leaves books that agree in peace", async () => {
    expect(await compareBooks(books)).toEqual({
      payments: 4,
      executions: 5,
      acknowledged: 6,
      doubts: 0,
      differences: []
    })
  })

  /** Copies of the books, one of them forged. */
  const forged = async (forge: Forge, nth: number): Promise<Books> => {
    const sandboxDir = forgersDesk(site.path, nth)
    copyFileSync(join(books.sandboxDir, bankFile), join(sandboxDir, bankFile))
    copyFileSync(join(site.path, clientFile), join(sandboxDir, clientFile))
    const databaseUrl = await dialects[engine].copy(books.databaseUrl, sandboxDir)
    await forge({ sandboxDir, databaseUrl, dialect: dialects[engine] })
    return { ...books, sandboxDir, databaseUrl, clientJournal: openClientJournal(join(sandboxDir, clientFile)) }
  }

  it.each(forgeries.map(([what, forge, says], nth) => ({ what, forge, says, nth })))(
    "finds it when $what",
    async ({ forge, says, nth }) => {
      const { differences } = await compareBooks(await forged(forge, nth))
      expect(differences).toEqual(expect.arrayContaining([expect.stringMatching(says)]))
    }
  )
})
