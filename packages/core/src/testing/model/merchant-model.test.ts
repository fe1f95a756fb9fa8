import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { memoryStore } from "../../memory/index.ts"
import { kernelSide, scheduledStore, shopOver } from "./kernel-side.ts"
import { merchantModel } from "./merchant-model.ts"
import type { MerchantSide } from "./merchant-side.ts"

/** The sandbox declines 5.43. */
const declinedAmount = 543n

describe("a kernel over memory, as its merchant sees it", () => {
  it("does what the model says", async () => {
    const open = async () => kernelSide(await shopOver({ store: memoryStore() }))
    await fc.assert(merchantModel(open, { declinedAmount }), { numRuns: 300 })
  })

  it("is asked for everything that a merchant may ask, and answers in every way", async () => {
    const ends = new Set<string>()
    const open = async () => {
      const side = kernelSide(await shopOver({ store: memoryStore() }))
      const ask: MerchantSide["ask"] = async (key, request) => {
        const told = await side.ask(key, request)
        ends.add(`${request.kind}: ${told.outcome}`)
        return told
      }
      return { ...side, ask }
    }
    await fc.assert(merchantModel(open, { declinedAmount }), { numRuns: 200, seed: 1 })
    const changes = ["capture", "refund", "cancel"].flatMap((kind) => [`${kind}: accepted`, `${kind}: refused`])
    const reuses = ["create", "capture", "refund"].map((kind) => `${kind}: key reused`)
    expect([...ends]).toEqual(expect.arrayContaining(["create: accepted", ...changes, ...reuses]))
  })

  it("does so in whatever order the store takes its calls", async () => {
    const open = async (scheduler: fc.Scheduler) =>
      kernelSide(await shopOver({ store: scheduledStore(memoryStore(), scheduler) }))
    await fc.assert(merchantModel(open, { declinedAmount, commandsMax: 8 }), { numRuns: 100 })
  })
})
