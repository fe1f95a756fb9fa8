import { describeStore } from "@paykernel/core/testing"
import { freshDatabase } from "@paykernel/test-postgres"
import { postgresStore } from "./postgres-store.ts"

describeStore("the PostgreSQL store", async () => {
  const { url, drop } = await freshDatabase()
  const { store, close } = await postgresStore({ url })
  return {
    store,
    close: async () => {
      await close()
      await drop()
    }
  }
})
