/** Whether a kernel can live on the log: laws of whole programmes, and the model of what its merchants see. */
import { kernelSide, laws, merchantModel, scheduledStore, shopOver } from "@paykernel/core/testing"
import * as fc from "fast-check"
import { describe, it } from "vitest"
import { temporaryLog } from "./temporary-log.ts"

describe("a log file", () => {
  it("keeps what it acknowledged", () => fc.assert(laws.acknowledged(temporaryLog), { numRuns: 100 }))

  it("lets nobody write with an old fence", () => fc.assert(laws.fenced(temporaryLog), { numRuns: 100 }))

  it("carries a kernel whose merchants see what the model says", async () => {
    const open = async (scheduler: fc.Scheduler) => {
      const { store, close } = await temporaryLog()
      const side = kernelSide(await shopOver({ store: scheduledStore(store, scheduler) }))
      return { ...side, close: () => side.close().then(close) }
    }
    await fc.assert(merchantModel(open, { declinedAmount: 543n }), { numRuns: 20 })
  })
})
