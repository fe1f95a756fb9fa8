/** What takes several statements to read is read at one moment, though another process writes between them. */
import type { ListQuery } from "@paykernel/core/effect"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { commitOf, merchantId, nowMs, writeOf } from "../../test/commits.ts"
import { temporaryDatabase } from "../../test/temporary-database.ts"
import { sqliteStore } from "./sqlite-store.ts"

const statusOf = (status: string, expectedVersion: number) =>
  commitOf({
    aggregates: [
      writeOf("p", {
        expectedVersion,
        state: status,
        index: [{ collection: "payments", id: "p", createdAtMs: nowMs, fields: { status } }]
      })
    ]
  })

const paid: ListQuery = {
  merchantId,
  collection: "payments",
  where: { status: "paid" },
  fromMs: null,
  toMs: null,
  page: { _tag: "First" },
  limit: 10
}

it("an item that is listed by its state has that state", async () => {
  const path = temporaryDatabase()
  let interfere = (): void => {}
  const real = new Database(path)
  const database = new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (name !== "prepare") return typeof value === "function" ? value.bind(target) : value
      return (source: string) => {
        const statement = target.prepare(source)
        if (!/^select "version", "schema_version", "state"/u.test(source)) return statement
        return {
          get: (values: ReadonlyArray<unknown>) => {
            interfere()
            return statement.get(values)
          }
        }
      }
    }
  })
  const { store, close } = sqliteStore({ database })
  await Effect.runPromise(store.commit(statusOf("paid", 0)))
  const other = new Database(path)
  interfere = () => void other.exec(`update paykernel_aggregate set state = '"refunded"'`)
  const { items } = await Effect.runPromise(store.list(paid))
  expect(items.map(({ aggregate }) => aggregate.state)).toEqual(["paid"])
  interfere = () => {}
  expect((await Effect.runPromise(store.list(paid))).items.map(({ aggregate }) => aggregate.state)).toEqual([
    "refunded"
  ])
  other.close()
  await close()
  real.close()
})
