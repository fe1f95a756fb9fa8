import { describeStore } from "@paykernel/core/testing"
import { freshDatabase } from "@paykernel/test-postgres"
import { afterAll } from "vitest"
import { type PostgresStore, postgresStore } from "./postgres-store.ts"

const database = await freshDatabase()
await (await postgresStore({ url: database.url })).close()
afterAll(database.drop)

describeStore("the PostgreSQL store", async () => {
  const opened: Array<PostgresStore> = []
  const open = async () => {
    const one = await postgresStore({ url: database.url })
    opened.push(one)
    return one.store
  }
  return {
    store: await open(),
    another: open,
    close: async () => {
      for (const { close } of opened) await close()
      await database.clear()
    }
  }
})
