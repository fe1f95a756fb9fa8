/** What receivers may rely on: without any part of it the simulation says so. */
import { afterAll, describe, expect, it, vi } from "vitest"
import { innocent, notice } from "./planted-rule.ts"
import { plantedWebhooks } from "./planted-webhooks.ts"

vi.mock("../../src/application/webhooks/receivers.ts", switchableModule)
vi.mock("../../src/application/webhooks/retry-schedule.ts", switchableModule)
vi.mock("../../src/application/webhooks/webhook-names.ts", switchableModule)
vi.mock("../../src/endpoint/endpoint-evolve.ts", switchableModule)
vi.mock("../../src/endpoint/subscription.ts", switchableModule)

async function switchableModule(original: () => Promise<object>) {
  return (await import("./switchboard.ts")).switchable(await original())
}

const seedsMax = 50

const noticed: Array<{ bug: string; seed: number; as: string }> = []

afterAll(() => {
  console.table(noticed)
  console.log(`planted defects of telling that are noticed: ${noticed.length} of ${plantedWebhooks.length}`)
})

describe("a defect of telling is noticed by the simulation", () => {
  it.each(plantedWebhooks)("$title", async (bug) => {
    const result = await notice(bug, seedsMax, { webhooks: true })
    const [first] = result?.problems ?? []
    if (result === undefined || first === undefined) throw new Error(`no seed up to ${seedsMax} notices it`)
    expect(bug.as, first.what).toContain(first.invariant)
    // The schedule is innocent.
    expect((await innocent(result)).problems).toEqual([])
    noticed.push({ bug: bug.title, seed: result.schedule.seed, as: first.invariant })
  })
})
