/** What a page costs: how often the server is asked, and what it keeps of the asking. */
import type { ListQuery } from "@paykernel/core/effect"
import type pg from "pg"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { merchantId, nowMs } from "../../test/commits.ts"
import { type MigratedPool, migratedPool } from "../../test/migrated-pool.ts"
import { postgresListing } from "./postgres-listing.ts"

let database: MigratedPool
beforeAll(async () => {
  database = await migratedPool()
  await database.pool.query(
    `insert into paykernel_aggregate (merchant_id, type, id, version, schema_version, state)
     select $1, 'payment', 'p-' || n, 1, 1, '{"n":' || n || '}' from generate_series(100, 199) as n`,
    [merchantId]
  )
  await database.pool.query(
    `insert into paykernel_listing (merchant_id, collection, id, created_at_ms, type, aggregate_id, k1, k2)
     select $1, 'payments', 'p-' || n, $2::bigint + n, 'payment', 'p-' || n, 'paid', 'card-' || n % 3
     from generate_series(100, 199) as n`,
    [merchantId, nowMs]
  )
})
afterAll(() => database.close())

const requestOf = (parts: Partial<ListQuery>): ListQuery => ({
  merchantId,
  collection: "payments",
  where: {},
  fromMs: null,
  toMs: null,
  page: { _tag: "First" },
  limit: 50,
  ...parts
})

/** How many statements were under way at once, and one after the other. */
const counting = (pool: pg.Pool) => {
  const seen = { statements: 0, rounds: 0 }
  let underWay = 0
  const connection = {
    query: async (statement: pg.QueryConfig) => {
      seen.statements += 1
      if (underWay === 0) seen.rounds += 1
      underWay += 1
      const result = await pool.query(statement)
      underWay -= 1
      return result
    }
  }
  return { seen, listing: postgresListing(connection as pg.Pool) }
}

const pages: ReadonlyArray<readonly [ListQuery["page"], statements: number, rounds: number]> = [
  [{ _tag: "First" }, 1, 1],
  [{ _tag: "After", id: "p-180" }, 3, 2],
  [{ _tag: "Before", id: "p-120" }, 3, 2],
  [{ _tag: "After", id: "nothing" }, 1, 1]
]

describe("a page", () => {
  it.each(pages)("at %o takes %i statements in %i rounds, whatever it shows", async (page, statements, rounds) => {
    for (const limit of [1, 50]) {
      const { seen, listing } = counting(database.pool)
      await listing.page(requestOf({ page, limit, where: { source: ["card-1", "card-2"] } }))
      expect(seen).toEqual({ statements, rounds })
    }
  })

  it("brings every item with its aggregate", async () => {
    const { items } = await postgresListing(database.pool).page(requestOf({ limit: 2 }))
    const aggregateOf = (n: number) => ({
      ref: { merchantId, type: "payment", id: `p-${n}` },
      version: 1,
      schemaVersion: 1,
      state: { n }
    })
    expect(items).toEqual([
      { id: "p-199", createdAtMs: nowMs + 199, aggregate: aggregateOf(199) },
      { id: "p-198", createdAtMs: nowMs + 198, aggregate: aggregateOf(198) }
    ])
  })

  it("takes a filter's value for a value, whatever is in it", async () => {
    const listing = postgresListing(database.pool)
    for (const value of ["' or true --", "{card-1,card-2}", '"', "\\", "null", ""]) {
      for (const where of [{ source: value }, { source: [value, "x"] }, { source: "card-1", status: value }]) {
        expect((await listing.page(requestOf({ where }))).items).toEqual([])
        expect(await listing.count(requestOf({ where }), 10)).toBe(0)
      }
    }
  })

  it("of an entry without its aggregate is a defect", async () => {
    const listing = postgresListing(database.pool)
    const orphan = { merchantId: "m-orphan", collection: "payments" }
    await database.pool.query(
      `insert into paykernel_listing (merchant_id, collection, id, created_at_ms, type, aggregate_id)
       values ('m-orphan', 'payments', 'p', 1, 'payment', 'p')`
    )
    await expect(listing.page(requestOf(orphan))).rejects.toThrow(RangeError)
    await expect(listing.find("m-orphan", "payments", "p")).rejects.toThrow("belongs to no aggregate")
  })
})

const fields = ["status", "source", "settlementId", "awaiting", "email", "ipAddress", "type", "review"]

/** Each subset of the fields, and so more shapes than are worth keeping. All items are paid, and have none of the x. */
const subsets: ReadonlyArray<{ readonly [field: string]: string }> = Array.from({ length: 256 }, (_, bits) =>
  Object.fromEntries(
    fields
      .filter((_field, place) => (bits >> place) % 2 === 1)
      .map((field) => [field, field === "status" ? "paid" : "x"])
  )
)

describe("a connection", () => {
  it("keeps no more statements than are worth it, and answers all shapes alike", async () => {
    const alone = database.poolOf({ max: 1 })
    const listing = postgresListing(alone)
    for (const where of subsets) {
      const { items } = await listing.page(requestOf({ where, limit: 3 }))
      expect(items).toHaveLength(Object.values(where).includes("x") ? 0 : 3)
    }
    const { rows } = await alone.query<{ kept: number }>("select count(*)::integer as kept from pg_prepared_statements")
    expect(rows[0]?.kept).toBe(200)
  })

  it("prepares one statement for lists of any length", async () => {
    const alone = database.poolOf({ max: 1 })
    const listing = postgresListing(alone)
    for (let length = 2; length <= 100; length++) {
      const source = Array.from({ length }, (_, n) => `card-${n}`)
      expect((await listing.page(requestOf({ where: { source }, limit: 3 }))).items).toHaveLength(3)
    }
    const { rows } = await alone.query<{ kept: number }>("select count(*)::integer as kept from pg_prepared_statements")
    expect(rows[0]?.kept).toBe(1)
  })
})
