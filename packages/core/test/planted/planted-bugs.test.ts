/** The kit bites: each bug of the catalogue is noticed by the part of the kit that is named for it, and its absence is not. */
import { afterAll, describe, expect, it } from "vitest"
import { plantedBugs } from "./planted-bugs.ts"

/** fast-check reports an error of its own, and names what was thrown as the cause. */
const originOf = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  return error.cause === undefined ? error.name : originOf(error.cause)
}

let noticedCount = 0

afterAll(() => console.log(`planted bugs that are noticed: ${noticedCount} of ${plantedBugs.length}`))

describe("a planted bug", () => {
  for (const { title, judge, noticedAs, judged } of plantedBugs) {
    it(`is noticed by ${judge}: ${title}`, async () => {
      const noticed = await judged(true).then(
        () => undefined,
        (error: unknown) => error
      )
      expect(originOf(noticed)).toBe(noticedAs)
      await judged(false)
      noticedCount++
    })
  }

  it("has a title of its own, and there are enough of them", () => {
    expect(new Set(plantedBugs.map(({ title }) => title)).size).toBe(plantedBugs.length)
    expect(plantedBugs.length).toBeGreaterThanOrEqual(25)
  })
})
