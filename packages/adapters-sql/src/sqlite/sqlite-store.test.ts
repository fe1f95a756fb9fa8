import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describeStore } from "@paykernel/core/testing"
import { sqliteStore } from "./sqlite-store.ts"

describeStore("the SQLite store", async () => {
  const directory = mkdtempSync(join(tmpdir(), "paykernel-"))
  const { store, close } = sqliteStore({ path: join(directory, "store.db") })
  return {
    store,
    close: async () => {
      await close()
      rmSync(directory, { recursive: true })
    }
  }
})
