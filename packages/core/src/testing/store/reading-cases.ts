/**
 * Whoever was answered can read what it wrote, at once and by every declared field, through the store that answered and
 * through any other on the same data, while others go on writing.
 */
import { expect } from "vitest"
import { collections } from "../../ports/aggregate.ts"
import type { IndexEntry } from "../../ports/commit.ts"
import type { ListQuery } from "../../ports/store.ts"
import {
  commitOf,
  merchantId,
  noonMs,
  numbers,
  outcome,
  queryOf,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  several,
  turnOf,
  writeOf
} from "./store-case.ts"
import { nextTurn, watched } from "./watching.ts"

type Written = { readonly collection: string; readonly fields: ReadonlyArray<string>; readonly writer: string }

const itemId = (writer: string, n: number) => `${writer}-item-${n}`

/** Every field of an item has a value of its writer's own, but that of every third item, which has none. */
const entry = ({ collection, fields, writer }: Written, n: number, suffix = ""): IndexEntry => ({
  collection,
  id: itemId(writer, n),
  createdAtMs: noonMs + n,
  fields: Object.fromEntries(fields.map((field) => [field, n % 3 === 2 ? null : `${writer} ${field}${suffix}`]))
})

const itemsPerWriter = 6
/** Those whose fields have values, oldest first. */
const present = [0, 1, 3, 4]

type Expectation = readonly [query: Partial<ListQuery>, items: ReadonlyArray<number>]

/** Queries that answer with this writer's items alone, newest first. */
const expectations = ({ collection, fields, writer }: Written): ReadonlyArray<Expectation> => {
  const value = (field: string) => `${writer} ${field}`
  const all = Object.fromEntries(fields.map((field) => [field, value(field)]))
  const severally = Object.fromEntries(fields.map((field) => [field, ["none", value(field)]]))
  const after = (n: number): ListQuery["page"] => ({ _tag: "After", id: itemId(writer, n) })
  const before = (n: number): ListQuery["page"] => ({ _tag: "Before", id: itemId(writer, n) })
  const newestFirst = present.toReversed()
  const alone = fields.flatMap((field): ReadonlyArray<Expectation> => {
    const others = Object.fromEntries(fields.filter((one) => one !== field).map((one) => [one, null]))
    return [
      [{ where: { [field]: value(field) } }, newestFirst],
      [{ where: { [field]: ["none", value(field), value(field)] } }, newestFirst],
      [{ where: { ...others, [field]: value(field) } }, newestFirst],
      [{ where: { [field]: value(field) }, fromMs: noonMs + 1, toMs: noonMs + 3 }, [3, 1]],
      [{ where: { [field]: value(field) }, limit: 2, page: after(4) }, [3, 1]],
      [{ where: { [field]: value(field) }, limit: 2, page: before(0) }, [3, 1]],
      [{ where: { [field]: [value(field), "none"] }, fromMs: noonMs + 1, limit: 1, page: before(1) }, [3]],
      [{ where: { [field]: "none" } }, []]
    ]
  })
  const together: ReadonlyArray<Expectation> = [
    [{ where: all }, newestFirst],
    [{ where: severally }, newestFirst],
    [{ where: severally, toMs: noonMs + 2 }, [1, 0]],
    [{ where: severally, limit: 3, page: after(3) }, [1, 0]],
    [{ where: all, limit: 3, page: before(3) }, [4]]
  ]
  return [...alone, ...(fields.length === 0 ? [] : together)].map(([query, items]) => [{ ...query, collection }, items])
}

const expectToRead = async (store: StorePort, written: Written): Promise<void> => {
  for (const [query, items] of expectations(written)) {
    const ids = items.map((n) => itemId(written.writer, n))
    const page = await run(store.list(queryOf(query)))
    expect([query, page.items.map(({ id }) => id)]).toEqual([query, ids])
    for (const { aggregate, createdAtMs } of page.items) {
      expect(aggregate.state).toEqual({ createdAtMs })
    }
    if (query.page === undefined && query.toMs === undefined) {
      expect([query, await run(store.count(queryOf(query), 100))]).toEqual([query, items.length])
    }
  }
}

/** Writes, reads, changes what was written and reads again, while other writers do the same. */
const writeAndRead = async (written: Written, writes: StorePort, reads: StorePort): Promise<void> => {
  const { collection, fields, writer } = written
  const put = async (n: number, expectedVersion: number, suffix = ""): Promise<void> => {
    const id = itemId(writer, n)
    const write = writeOf(id, {
      expectedVersion,
      state: { createdAtMs: noonMs + n },
      index: [entry(written, n, suffix)]
    })
    expect(await outcome(writes, commitOf({ aggregates: [write] }))).toBe("Committed")
    const aggregate = { ref: refOf(id), version: expectedVersion + 1, schemaVersion: 1, state: write.state }
    expect(await run(reads.find(merchantId, collection, id))).toEqual({ id, createdAtMs: noonMs + n, aggregate })
    const around = queryOf({ collection, fromMs: noonMs + n, toMs: noonMs + n, limit: 1000 })
    const found = await run(reads.list(around))
    expect(found.items.filter((item) => item.id === id)).toEqual([{ id, createdAtMs: noonMs + n, aggregate }])
  }
  for (const n of numbers(itemsPerWriter)) await put(n, 0)
  await expectToRead(reads, written)
  for (const n of present) await put(n, 1, " changed")
  for (const field of fields) {
    const where = (value: string) => queryOf({ collection, where: { [field]: value } })
    expect((await run(reads.list(where(`${writer} ${field}`)))).items).toEqual([])
    expect((await run(reads.list(where(`${writer} ${field} changed`)))).items).toHaveLength(present.length)
  }
}

const through = (title: string, readerOf: (writer: number) => number): StoreCases =>
  Object.fromEntries(
    Object.entries(collections).map(([collection, fields]) => [
      `${collection} that were written are found at once by all their fields through ${title}`,
      async (store, another) => {
        const stores = await several(store, another)
        await Promise.all(
          numbers(6).map((n) => {
            const written = { collection, fields, writer: `w${n}` }
            return writeAndRead(written, turnOf(stores, n), turnOf(stores, readerOf(n)))
          })
        )
      }
    ])
  )

export const readingCases: StoreCases = {
  ...through("the same store", (writer) => writer),
  ...through("another store", (writer) => writer + 1),
  "whatever has a field is found by asking for any value of it": async (store, another) => {
    const reads = await another()
    for (const [collection, fields] of Object.entries(collections)) {
      const written = { collection, fields, writer: collection }
      for (const n of numbers(itemsPerWriter)) {
        const write = writeOf(itemId(collection, n), { index: [entry(written, n)] })
        expect(await outcome(store, commitOf({ aggregates: [write] }))).toBe("Committed")
        const soFar = present.filter((one) => one <= n).toReversed()
        for (const field of fields) {
          const query = queryOf({ collection, where: { [field]: null } })
          const ids = (await run(reads.list(query))).items.map(({ id }) => id)
          expect(ids).toEqual(soFar.map((one) => itemId(collection, one)))
          expect(await run(reads.count(query, 100))).toBe(soFar.length)
        }
      }
    }
  },
  "what is listed by a value comes in the state that has that value, while others change it": async (
    store,
    another
  ) => {
    const reads = await another()
    const values = ["pending", "paid"]
    const ids = numbers(5).map((n) => `p-${n}`)
    const change = async (id: string): Promise<void> => {
      for (const expectedVersion of numbers(40)) {
        const status = turnOf(values, expectedVersion)
        const index = [{ collection: "payments", id, createdAtMs: noonMs, fields: { status } }]
        const write = writeOf(id, { expectedVersion, state: { status }, index })
        expect(await outcome(store, commitOf({ aggregates: [write] }))).toBe("Committed")
        await nextTurn()
      }
    }
    const look = async (): Promise<void> => {
      for (const status of values) {
        const { items } = await run(reads.list(queryOf({ where: { status } })))
        for (const { aggregate } of items) expect(aggregate.state).toEqual({ status })
      }
    }
    await watched(ids.map(change), [look, look])
  }
}
