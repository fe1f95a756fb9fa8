/** What is erased is gone from the file, byte for byte, and not merely out of reach. */
import { readFileSync } from "node:fs"
import type { Place, Store } from "@paykernel/core/effect"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { commitOf, merchantId } from "../../test/commits.ts"
import { temporaryDatabase } from "../../test/temporary-database.ts"
import { migrate } from "./sqlite-migrations.ts"
import { sqliteStore } from "./sqlite-store.ts"
import { migrations } from "./sqlite-tables.ts"

type Service = Store["Service"]

const records = 1500
const numbers = Array.from({ length: records }, (_, n) => n)

/** In no order, so that what comes and goes is spread over all pages. */
const placeOf = (n: number): Place => ({ merchantId, recordId: `card-${(n * 733) % records}`, field: "pan" })

/** Of many lengths, and known again wherever some of it lies. */
const textOf = (n: number, turn = "a"): string => `<${turn}${n}>`.repeat(8 + (n % 29))

const inSteps = async <A>(all: ReadonlyArray<A>, act: (some: ReadonlyArray<A>) => Promise<unknown>): Promise<void> => {
  for (let from = 0; from < all.length; from += 50) await act(all.slice(from, from + 50))
}

const seal = (store: Service, some: ReadonlyArray<number>, turn?: string): Promise<void> =>
  inSteps(some, (step) => {
    const sealed = step.map((n) => ({ ...placeOf(n), sealed: textOf(n, turn) }))
    return Effect.runPromise(store.commit(commitOf({ sealed })))
  })

const erase = (store: Service, some: ReadonlyArray<number>): Promise<void> =>
  inSteps(some, (step) => Effect.runPromise(store.commit(commitOf({ erased: step.map(placeOf) }))))

const textsIn = (...files: ReadonlyArray<string>): ReadonlyArray<string> => {
  const bytes = files.map((file) => readFileSync(file).toString("latin1")).join()
  return [...new Set(Array.from(bytes.matchAll(/<([a-z]\d+)>/gu), ([, name = ""]) => name))].toSorted()
}

const named = (some: ReadonlyArray<number>, turn = "a") => some.map((n) => `${turn}${n}`)

const [thirds, others] = [numbers.filter((n) => n % 3 === 0), numbers.filter((n) => n % 3 !== 0)]

describe("an erased record", () => {
  it.each([
    ["a file of our own", (path: string) => ({ path })],
    ["a file that the host has opened", (path: string) => ({ database: new Database(path) })]
  ])("is gone from %s, however records came and went around it", async (_, open) => {
    const path = temporaryDatabase()
    const { store, database, close } = sqliteStore(open(path))
    await seal(store, numbers)
    expect(textsIn(path, `${path}-wal`)).toHaveLength(records)
    await erase(store, others)
    await seal(store, others.slice(0, 400), "b")
    await erase(store, others.slice(0, 300))
    await close()
    database.close()
    const left = [...named(thirds), ...named(others.slice(300, 400), "b")]
    expect(textsIn(path)).toEqual(left.toSorted())
  })

  it("is gone where it was sealed again, as long as before or not", async () => {
    const path = temporaryDatabase()
    const { store, close } = sqliteStore({ path })
    await seal(store, numbers)
    await seal(store, thirds, "b")
    const longer = others.map((n) => ({ ...placeOf(n), sealed: `<c${n}>` }))
    await inSteps(longer, (sealed) => Effect.runPromise(store.commit(commitOf({ sealed }))))
    expect(await Effect.runPromise(store.sealedRecord(placeOf(1)))).toEqual(longer[0])
    await close()
    expect(textsIn(path)).toEqual([...named(thirds, "b"), ...named(others, "c")].toSorted())
  })

  it("is gone from the log as well, with the next sweep", async () => {
    const path = temporaryDatabase()
    const { store, close } = sqliteStore({ path })
    await seal(store, [1, 2])
    await erase(store, [1])
    expect(textsIn(path, `${path}-wal`)).toEqual(["a1", "a2"])
    await Effect.runPromise(store.sweep({ nowMs: 1, finishedTasksBeforeMs: 0, limit: 10 }))
    expect(textsIn(path, `${path}-wal`)).toEqual(["a2"])
    await close()
  })

  it("leaves a place that is used again, so the file does not grow with what comes and goes", async () => {
    const { store, database, close } = sqliteStore({ path: temporaryDatabase() })
    for (let n = 0; n < 300; n++) {
      await seal(store, [7], n % 2 === 0 ? "a" : "b")
      await erase(store, [7])
    }
    expect(database.prepare("select count(*) as slots from paykernel_sealed_slot").get([])).toEqual({ slots: 1 })
    await close()
  })
})

it("records that were sealed before there were slots stay readable, and can be erased", async () => {
  const path = temporaryDatabase()
  const before = new Database(path)
  const slots = migrations.findIndex(({ name }) => name === "sealed records: slots")
  migrate(before, migrations.slice(0, slots))
  const insert = before.prepare("insert into paykernel_sealed values (?, ?, ?, ?)")
  for (const n of numbers) insert.run(merchantId, placeOf(n).recordId, "pan", textOf(n))
  before.close()

  const { store, close } = sqliteStore({ path })
  expect(await Effect.runPromise(store.sealedRecord(placeOf(5)))).toEqual({ ...placeOf(5), sealed: textOf(5) })
  expect(await Effect.runPromise(store.sealedRecords(null, records))).toHaveLength(records)
  await erase(store, others)
  await close()
  expect(textsIn(path)).toEqual(named(thirds).toSorted())
})
