/** A database file that is gone with its test. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"

export const temporaryDatabase = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "paykernel-"))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, "store.db")
}
