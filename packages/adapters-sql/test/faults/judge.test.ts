/** The judge of the faults is worth something only if it sees what a fault may do: each is planted, and found. */
import { freshDatabase } from "@paykernel/test-postgres"
import pg from "pg"
import { beforeAll, describe, expect, it } from "vitest"
import type { Line } from "./journal.ts"
import { judge } from "./judge.ts"
import { endLoads, startLoad } from "./load-process.ts"
import { readTables } from "./tables.ts"
import { until } from "./until.ts"

let url = ""
let lines: ReadonlyArray<Line> = []
let payment = ""

beforeAll(async () => {
  const database = await freshDatabase()
  url = database.url
  const load = await startLoad(url, "judged")
  await until(() => load.acknowledged() > 200)
  await load.stop()
  lines = load.lines()
  payment = acknowledged("-rest").replace("-rest", "")
  await endLoads()
  return database.drop
})

const acknowledged = (step: string): string =>
  lines.flatMap((line) =>
    "answered" in line && line.answered.outcome === "Committed" && line.answered.id.endsWith(step)
      ? [line.answered.id]
      : []
  )[0] ?? ""

/** The verdict after some statements, of which nothing stays. */
const verdictAfter = async (...statements: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query("begin")
  for (const statement of statements) await client.query(statement.replaceAll("PAYMENT", payment))
  const { differences } = judge(lines, await readTables(client))
  await client.end()
  return differences
}

it("finds nothing where nothing was done", async () => {
  expect(await verdictAfter()).toEqual([])
  const { acknowledged, refused, unknown } = judge(lines, await readTables(url))
  expect(acknowledged).toBeGreaterThan(200)
  expect(refused).toBeGreaterThan(0)
  expect(unknown).toBe(0)
})

describe("finds", () => {
  const of = (table: string, column = "id") => `from paykernel_${table} where ${column} = 'PAYMENT-rest'`
  const planted = {
    "a lost event": ["delete from paykernel_event where id = 'PAYMENT' and version = 3"],
    "a lost key": [`delete ${of("idempotency", "key")}`],
    "a lost task": [`delete ${of("task")}`],
    "a lost seal": [`delete ${of("sealed", "record_id")}`],
    "a lost entry": [`delete ${of("listing")}`],
    "a lost posting": [
      `delete from paykernel_ledger_posting where line = 1 and seq = (select seq ${of("ledger_transaction")})`
    ],
    "a lost ledger transaction": [
      `delete from paykernel_ledger_posting where seq = (select seq ${of("ledger_transaction")})`,
      `delete ${of("ledger_transaction")}`
    ],
    "an older state": [`update paykernel_aggregate set version = 3 where id = 'PAYMENT'`],
    "other totals": [`update paykernel_aggregate set refunded = 0 where id = 'PAYMENT'`],
    "a stale entry": [`update paykernel_listing set k5 = 'PAYMENT-refund' where id = 'PAYMENT'`],
    "a task that is not done": [`update paykernel_task set state = 'leased' where id = 'PAYMENT-create'`],
    "a lost payment": ["aggregate", "event", "listing"].map(
      (table) => `delete from paykernel_${table} where id = 'PAYMENT'`
    ),
    "a row of nobody": ["insert into paykernel_sealed values ('m-a', 'nobody', 'pan', 'x')"]
  }
  it.each(Object.entries(planted))("%s", async (_, statements) => {
    expect((await verdictAfter(...statements)).length).toBeGreaterThan(0)
  })

  it("a commit that was denied and is there, one that was refused for no reason, and a fence given twice", async () => {
    const denied = lines.map((line) =>
      "answered" in line && line.answered.id === `${payment}-rest`
        ? { answered: { ...line.answered, outcome: "StoreUnavailable" as const } }
        : line
    )
    const claimed = { claimed: { merchant: "m-a", task: "t", fence: 2 } }
    const planned = {
      id: "x",
      merchant: "m-a",
      key: "x",
      writes: [],
      amount: "1",
      task: "ready",
      completes: null
    } as const
    const refused = { answered: { id: "x", outcome: "KeyTaken", reason: "", outcomeUnknown: false, ms: 1 } } as const
    const { differences } = judge([...denied, claimed, claimed, { planned }, refused], await readTables(url))
    expect(differences).toHaveLength(3)
  })
})
