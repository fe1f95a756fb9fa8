/** A store on a log that is gone when it is closed. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { logStore } from "../src/log-store.ts"

export const temporaryLog = async (): Promise<ReturnType<typeof logStore>> => {
  const directory = mkdtempSync(join(tmpdir(), "log-store-"))
  const { store, close } = logStore(join(directory, "payments.jsonl"))
  return {
    store,
    close: () => {
      close()
      rmSync(directory, { recursive: true })
    }
  }
}
