import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { memoryStore } from "../../memory/index.ts"
import { kernelSide, scheduledStore, shopOver } from "./kernel-side.ts"
import { merchantModel } from "./merchant-model.ts"
import type { MerchantSide } from "./merchant-side.ts"

const deep = process.env["PAYKERNEL_DEEP"] === "1"
const timeoutMs = deep ? 3_600_000 : 120_000

/** The sandbox declines 5.43. */
const declinedAmount = 543n

type Tally = { runs: number; requests: number; readonly ends: Map<string, number> }

/** Counts what a side is asked, and how that ends. */
const counted = (tally: Tally, side: MerchantSide): MerchantSide => {
  tally.runs++
  return {
    ...side,
    ask: async (key, request) => {
      const told = await side.ask(key, request)
      const end = `${request.kind}: ${told.outcome}`
      tally.requests++
      tally.ends.set(end, (tally.ends.get(end) ?? 0) + 1)
      return told
    }
  }
}

describe("a kernel over memory, as its merchant sees it", () => {
  it(
    "does what the model says, is asked for everything that a merchant may ask, and answers in every way",
    async () => {
      const tally: Tally = { runs: 0, requests: 0, ends: new Map() }
      const open = async () => counted(tally, kernelSide(await shopOver({ store: memoryStore() })))
      const [commandsMax, numRuns] = deep ? [100, 10_000] : [24, 400]
      await fc.assert(merchantModel(open, { declinedAmount, commandsMax }), { numRuns })
      const ends = [...tally.ends].map(([end, times]) => `${times} × ${end}`)
      console.log(`${tally.runs} runs of the model, ${tally.requests} requests: ${ends.join(", ")}`)
      const changes = ["capture", "refund", "cancel"].flatMap((kind) => [`${kind}: accepted`, `${kind}: refused`])
      const reuses = ["create", "capture", "refund"].map((kind) => `${kind}: key reused`)
      expect([...tally.ends.keys()]).toEqual(expect.arrayContaining(["create: accepted", ...changes, ...reuses]))
    },
    timeoutMs
  )

  it(
    "does so in whatever order the store takes its calls",
    async () => {
      const tally: Tally = { runs: 0, requests: 0, ends: new Map() }
      const open = async (scheduler: fc.Scheduler) =>
        counted(tally, kernelSide(await shopOver({ store: scheduledStore(memoryStore(), scheduler) })))
      const numRuns = deep ? 5000 : 100
      await fc.assert(merchantModel(open, { declinedAmount, commandsMax: 24 }), { numRuns })
      console.log(`${tally.runs} runs of the model, ${tally.requests} requests, under a scheduler`)
    },
    timeoutMs
  )
})
