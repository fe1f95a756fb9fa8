import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describeStore } from "@paykernel/core/testing"
import { logStore } from "../src/log-store.ts"

describeStore("a log file", async () => {
  const directory = mkdtempSync(join(tmpdir(), "log-store-"))
  const { store, close } = logStore(join(directory, "payments.jsonl"))
  return {
    store,
    close: () => {
      close()
      rmSync(directory, { recursive: true })
    }
  }
})
