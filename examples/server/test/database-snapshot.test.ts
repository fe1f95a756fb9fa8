/** The judge's reading of a database: from one moment, and not from files that are damaged. */
import { closeSync, openSync, readSync, writeSync } from "node:fs"
import { join } from "node:path"
import { atOneMoment } from "@paykernel/four-books/database-snapshot"
import { type PostgresServer, startPostgres } from "@paykernel/test-postgres"
import Database from "better-sqlite3"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { scratchDirectory } from "./server-process.ts"

const integrityOf = (url: string): Promise<string> => atOneMoment(url, async ({ integrity }) => integrity)

/** Writes over a few bytes, and gives what was there. */
const scribble = (path: string, at: number, bytes: Buffer = Buffer.from("scribbled over")): Buffer => {
  const before = Buffer.alloc(bytes.length)
  const file = openSync(path, "r+")
  readSync(file, before, 0, before.length, at)
  writeSync(file, bytes, 0, bytes.length, at)
  closeSync(file)
  return before
}

const table = "create table paykernel_line (id text primary key, says text)"

describe("a file of SQLite", () => {
  it("is whole, until somebody writes into it", async () => {
    const directory = scratchDirectory()
    onTestFinished(directory.remove)
    const path = join(directory.path, "lines.sqlite")
    const database = new Database(path)
    database.exec(`${table}; with recursive n (i) as (select 1 union all select i + 1 from n where i < 2000)
      insert into paykernel_line select 'line-' || i, 'something' from n`)
    database.close()
    expect(await integrityOf(`sqlite:${path}`)).toBe("ok")
    scribble(path, 5 * 4096)
    expect(await integrityOf(`sqlite:${path}`)).not.toBe("ok")
  })
})

describe("a database of PostgreSQL", () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
    await query(table)
    await query("insert into paykernel_line select 'line-' || i, 'something' from generate_series(1, 2000) i")
  })

  afterAll(() => server?.close())

  const query = async (text: string): Promise<ReadonlyArray<unknown>> => {
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    try {
      return (await client.query<Array<unknown>>({ text, rowMode: "array" })).rows.flat()
    } finally {
      await client.end()
    }
  }

  const whileStopped = async (act: () => Buffer): Promise<Buffer> => {
    await server.stop("fast")
    const result = act()
    await server.start()
    return result
  }

  it.each(["paykernel_line", "paykernel_line_pkey"])("is whole, unless somebody writes into %s", async (relation) => {
    const [file] = await query(`select pg_relation_filepath('${relation}')`)
    const path = join(server.directory, String(file))
    const at = 8192 + 4000
    expect(await integrityOf(server.url)).toBe("ok")
    const before = await whileStopped(() => scribble(path, at))
    expect(await integrityOf(server.url)).toMatch(/invalid page in block 1/u)
    await whileStopped(() => scribble(path, at, before))
    expect(await integrityOf(server.url)).toBe("ok")
  })

  it("is read as it was at one moment, whatever is written meanwhile", async () => {
    const lines = await atOneMoment(server.url, async ({ rows }) => {
      const before = await rows("select id from paykernel_line")
      await query("delete from paykernel_line")
      return [before.length, (await rows("select id from paykernel_line")).length]
    })
    expect(lines).toEqual([2000, 2000])
  })
})
