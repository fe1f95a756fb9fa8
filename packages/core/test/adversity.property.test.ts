import { describe, expect, it } from "vitest"
import { runProgramme } from "./random-programme.ts"

/** Set to a seed that was reported, to run that one alone. */
const onlySeed: number | null = null

const deep = process.env["PAYKERNEL_DEEP"] === "1"
const seeds = onlySeed === null ? Array.from({ length: deep ? 3000 : 200 }, (_, at) => at + 1) : [onlySeed]
const operations = 24
/** Programmes that wait at the same time: most of a programme is waiting. */
const abreast = 6

describe("whatever goes wrong meanwhile", () => {
  it(
    "nothing is lost, doubled or left in doubt",
    async () => {
      const waiting = seeds.slice()
      const totals = { operations: 0, crashes: 0, payments: 0, executions: 0 }
      const worker = async (): Promise<void> => {
        for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
          const outcome = await runProgramme(seed, operations)
          expect(outcome.problems, `seed ${seed}: ${outcome.history.join(", ")}`).toEqual([])
          totals.operations += outcome.operations
          totals.crashes += outcome.crashes
          totals.payments += outcome.payments
          totals.executions += outcome.executions
        }
      }
      await Promise.all(Array.from({ length: abreast }, worker))
      if (onlySeed === null) {
        // A programme in which little happens proves little.
        expect(totals.crashes).toBeGreaterThan(seeds.length / 2)
        expect(totals.payments).toBeGreaterThan(seeds.length * 2)
        expect(totals.executions).toBeGreaterThan(seeds.length * 2)
      }
    },
    deep ? 1_800_000 : 120_000
  )
})
