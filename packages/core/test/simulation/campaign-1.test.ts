import { missed } from "@paykernel/core/testing"
import { expect, it } from "vitest"
import { campaign, figures, partOf, shareOfFaults } from "./campaign.ts"

const part = partOf(1)

it(
  "finds nothing wrong under any seed, the same each time, and leaves nothing unstruck",
  async () => {
    const startedMs = performance.now()
    const sums = await campaign(part)
    console.log(figures(sums, performance.now() - startedMs))
    expect(sums.failed, sums.failure ?? "").toEqual([])
    expect(sums.unsteady).toEqual([])
    expect(sums.operationsMin).toBeGreaterThanOrEqual(50)
    expect(shareOfFaults(sums)).toBeGreaterThanOrEqual(0.95)
    expect(missed(sums.coverage).edges).toEqual([])
  },
  part.timeoutMs
)
