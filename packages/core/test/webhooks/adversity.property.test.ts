import { describe, expect, it } from "vitest"
import { runProgramme, urls } from "./webhook-programme.ts"

/** Set to a seed that was reported, to run that one alone. */
const onlySeed: number | null = null

const deep = process.env["PAYKERNEL_DEEP"] === "1"
const seeds = onlySeed === null ? Array.from({ length: deep ? 1000 : 15 }, (_, at) => at + 1) : [onlySeed]

describe("whatever goes wrong meanwhile", () => {
  it("receivers take all that happened and nothing else, each event under one id and in one wording", async () => {
    const waiting = seeds.slice()
    const totals = { crashes: 0, committed: 0, posts: 0 }
    const worker = async (): Promise<void> => {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
        const { problems, history, crashes, committed, posts } = await runProgramme(seed)
        expect(problems, `seed ${seed}: ${history.join(", ")}`).toEqual([])
        totals.crashes += crashes
        totals.committed += committed
        totals.posts += posts
      }
    }
    await Promise.all(Array.from({ length: 4 }, worker))
    if (onlySeed !== null) return
    // A programme in which little happens proves little; and some had to be told again.
    expect(totals.crashes).toBeGreaterThan(seeds.length / 2)
    expect(totals.committed).toBeGreaterThan(seeds.length * 5)
    expect(totals.posts).toBeGreaterThan(totals.committed * urls.length)
  })
})
