/** A kernel over a database, as its merchant sees it: the model that the memory store is judged by. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import { kernelSide, merchantModel, scheduledStore, shopOver } from "@paykernel/core/testing"
import * as fc from "fast-check"
import { describe, it } from "vitest"

const open = async (scheduler: fc.Scheduler) => {
  const directory = mkdtempSync(join(tmpdir(), "paykernel-"))
  const { store, close } = sqliteStore({ path: join(directory, "store.db") })
  const side = kernelSide(await shopOver({ store: scheduledStore(store, scheduler) }))
  return {
    ...side,
    close: async () => {
      await side.close()
      await close()
      rmSync(directory, { recursive: true })
    }
  }
}

describe("a kernel over SQLite, as its merchant sees it", () => {
  it("does what the model says", async () => {
    await fc.assert(merchantModel(open, { declinedAmount: 543n }), { numRuns: 30 })
  })
})
