import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describeStore } from "@paykernel/core/testing"
import { sqliteStore } from "./sqlite-store.ts"

describeStore("the SQLite store", async () => {
  const directory = mkdtempSync(join(tmpdir(), "paykernel-"))
  const open = () => sqliteStore({ path: join(directory, "store.db") })
  const first = open()
  const opened = [first]
  return {
    store: first.store,
    another: async () => {
      const one = open()
      opened.push(one)
      return one.store
    },
    close: async () => {
      for (const { close } of opened) await close()
      rmSync(directory, { recursive: true })
    }
  }
})
