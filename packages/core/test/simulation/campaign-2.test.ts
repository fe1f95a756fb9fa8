import { missed } from "@paykernel/core/testing"
import { expect, it } from "vitest"
import { campaign, deep, figures, shareOfFaults } from "./campaign.ts"

// Two files of seeds, for as many cores.
const from = 1_000_001
const seeds = deep ? 25_000 : 1000
const twice = 500

it(
  "finds nothing wrong under any seed, the same each time, and leaves nothing unstruck",
  async () => {
    const startedMs = performance.now()
    const sums = await campaign(from, seeds, twice)
    console.log(figures(sums, performance.now() - startedMs))
    expect(sums.unsteady).toEqual([])
    expect(sums.operationsMin).toBeGreaterThanOrEqual(50)
    expect(shareOfFaults(sums)).toBeGreaterThanOrEqual(0.95)
    expect(missed(sums.coverage).edges).toEqual([])
  },
  deep ? 7_200_000 : 600_000
)
