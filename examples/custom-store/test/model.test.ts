/** Whether a kernel can live on the log: laws of whole programmes, and the model of what its merchants see. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { kernelSide, laws, merchantModel, scheduledStore, shopOver } from "@paykernel/core/testing"
import * as fc from "fast-check"
import { afterAll, describe, it } from "vitest"
import { logStore } from "../src/log-store.ts"

const directory = mkdtempSync(join(tmpdir(), "log-store-"))
afterAll(() => rmSync(directory, { recursive: true }))

let logs = 0
const make = async () => logStore(join(directory, `${++logs}.jsonl`))

describe("a log file", () => {
  it("keeps what it acknowledged", () => fc.assert(laws.acknowledged(make), { numRuns: 100 }))

  it("lets nobody write with an old fence", () => fc.assert(laws.fenced(make), { numRuns: 100 }))

  it("carries a kernel whose merchants see what the model says", async () => {
    const open = async (scheduler: fc.Scheduler) => {
      const { store, close } = await make()
      const side = kernelSide(await shopOver({ store: scheduledStore(store, scheduler) }))
      return { ...side, close: () => side.close().then(close) }
    }
    await fc.assert(merchantModel(open, { declinedAmount: 543n }), { numRuns: 20 })
  })
})
