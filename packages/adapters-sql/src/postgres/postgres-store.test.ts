import { describeStore } from "@paykernel/core/testing"
import { freshDatabase } from "@paykernel/test-postgres"
import { afterAll } from "vitest"
import { type PostgresStore, postgresStore } from "./postgres-store.ts"

const empty = await freshDatabase()
await (await postgresStore({ url: empty.url })).close()
afterAll(empty.drop)

describeStore("the PostgreSQL store", async () => {
  const { url, drop } = await empty.copy()
  const opened: Array<PostgresStore> = []
  const open = async () => {
    const one = await postgresStore({ url })
    opened.push(one)
    return one.store
  }
  return {
    store: await open(),
    another: open,
    close: async () => {
      for (const { close } of opened) await close()
      await drop()
    }
  }
})
