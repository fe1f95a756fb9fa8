/** Tables come to be step by step, and a process may die, or others may start, between any two steps. */
import { collections } from "@paykernel/core/effect"
import Database from "better-sqlite3"
import { sql } from "kysely"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { runScript } from "../../test/run-script.ts"
import { temporaryDatabase } from "../../test/temporary-database.ts"
import { columnOf } from "../schema.ts"
import { prepareConnection, type SqliteDatabase } from "./sqlite-database.ts"
import { migrate } from "./sqlite-migrations.ts"
import { query } from "./sqlite-statement.ts"
import { migrations } from "./sqlite-tables.ts"

const names = migrations.map(({ name }) => name)

const schemaOf = (database: SqliteDatabase): ReadonlyArray<unknown> =>
  database.prepare("select type, name, sql from sqlite_schema order by type, name").all([])

let path: string
let database: SqliteDatabase
beforeEach(() => {
  path = temporaryDatabase()
  database = new Database(path)
  prepareConnection(database)
})
afterEach(() => {
  database.close()
})

describe("migrations", () => {
  it("run all on a fresh file and none on a second call", () => {
    expect(migrate(database)).toEqual(names)
    const schema = schemaOf(database)
    expect(migrate(database)).toEqual([])
    expect(schemaOf(database)).toEqual(schema)
  })

  it("go on where a process died, whichever step came last, and end the same", () => {
    migrate(database)
    const whole = schemaOf(database)
    for (let done = 0; done <= names.length; done++) {
      const other = new Database(temporaryDatabase())
      prepareConnection(other)
      expect(migrate(other, migrations.slice(0, done))).toEqual(names.slice(0, done))
      expect(migrate(other)).toEqual(names.slice(done))
      expect(schemaOf(other)).toEqual(whole)
      other.close()
    }
  })

  it("undo a step that fails half way, and run it again", () => {
    const [first, second] = migrations
    if (first === undefined || second === undefined) throw new Error("there are too few migrations")
    const failing = {
      name: second.name,
      statements: [...second.statements, { compile: () => compiled("create nonsense") }]
    }
    expect(() => migrate(database, [first, failing])).toThrow("syntax error")
    expect(schemaOf(database).some((row) => JSON.stringify(row).includes("paykernel_listing"))).toBe(false)
    expect(database.inTransaction).toBe(false)
    expect(migrate(database)).toEqual(names.slice(1))
  })

  it("refuse a database that a newer version has written, and leave it alone", () => {
    const later = { name: "a step of the future", statements: [] }
    migrate(database, [...migrations, later])
    expect(() => migrate(database)).toThrow("written by a newer version")
  })

  it("run each step once when several processes start at once", async () => {
    const fresh = temporaryDatabase()
    const printed = await Promise.all(Array.from({ length: 4 }, () => runScript("migrate-once.ts", [fresh])))
    const ran = printed.flatMap((text) => JSON.parse(text) as ReadonlyArray<string>)
    expect(ran.toSorted()).toEqual(names.toSorted())
  })

  it("give every declared field of a collection an index", () => {
    migrate(database)
    const indexes = JSON.stringify(schemaOf(database))
    for (const [collection, fields] of Object.entries(collections)) {
      for (const field of fields) expect(indexes).toContain(`paykernel_listing_${columnOf(collection, field)}`)
    }
  })
})

const compiled = (text: string) => sql.raw(text).compile(query)
