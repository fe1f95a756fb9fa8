/** Without any one of the fourteen rules somebody is charged twice, or could be: and the simulation says so. */
import { afterAll, describe, expect, it, vi } from "vitest"
import { innocent, notice } from "./planted-rule.ts"
import { plantedRules } from "./planted-rules.ts"

vi.mock("../../src/machine.ts", switchableModule)
vi.mock("../../src/attempt/attempt-decide.ts", switchableModule)
vi.mock("../../src/attempt/attempt-policy.ts", switchableModule)
vi.mock("../../src/application/payments/challenge-state.ts", switchableModule)
vi.mock("../../src/application/commit/commit-with-room.ts", switchableModule)
vi.mock("../../src/application/payments/cvv-locker.ts", switchableModule)
vi.mock("../../src/application/commit/idempotently.ts", switchableModule)
vi.mock("../../src/application/tasks/keep-lease.ts", switchableModule)
vi.mock("../../src/application/operations-of.ts", switchableModule)
vi.mock("../../src/application/tasks/places.ts", switchableModule)
vi.mock("../../src/application/payments/run-authentication.ts", switchableModule)
vi.mock("../../src/checkout/checkout-decide.ts", switchableModule)
vi.mock("../../src/checkout/checkout-evolve.ts", switchableModule)
vi.mock("../../src/idempotency/canonical.ts", switchableModule)
vi.mock("../../src/payment/payment-decision.ts", switchableModule)

async function switchableModule(original: () => Promise<object>) {
  return (await import("./switchboard.ts")).switchable(await original())
}

/** Far fewer than the 20 000 within which each has to be noticed: what takes longer is noticed too late to help. */
const seedsMax = 200

const noticed: Array<{ rule: number | null; off: string; seed: number; as: string }> = []

afterAll(() => {
  console.table(noticed)
  const rules = new Set(noticed.flatMap(({ rule }) => rule ?? []))
  const ways = plantedRules.flatMap(({ off }) => off)
  console.log(
    `rules of the protocol against double charges whose absence is noticed: ${rules.size} of 14; ` +
      `ways in which these and what they need are switched off: ${noticed.length} of ${ways.length}`
  )
})

describe("the protocol against double charges", () => {
  for (const { number, name, off } of plantedRules) {
    describe(number === null ? name : `rule ${number}: ${name}`, () => {
      it.each(off)("switched off: $title", async (bug) => {
        const result = await notice(bug, seedsMax, { webhooks: false })
        const [first] = result?.problems ?? []
        if (result === undefined || first === undefined) throw new Error(`no seed up to ${seedsMax} notices it`)
        expect(bug.as, first.what).toContain(first.invariant)
        // The schedule is innocent: it is the missing rule that was at fault.
        expect((await innocent(result)).problems).toEqual([])
        noticed.push({ rule: number, off: bug.title, seed: result.schedule.seed, as: first.invariant })
      })
    })
  }

  it("has fourteen rules, each of which is switched off in some way", () => {
    const numbers = plantedRules.flatMap(({ number, off }) => (number === null || off.length === 0 ? [] : [number]))
    expect(numbers).toEqual(Array.from({ length: 14 }, (_, place) => place + 1))
  })
})
