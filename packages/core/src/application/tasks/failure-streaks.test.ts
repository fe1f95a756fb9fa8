import { describe, expect, it } from "vitest"
import { failureStreaks } from "./failure-streaks.ts"

describe("failures in a row", () => {
  it("are counted for each task and each reason, until the task goes through", () => {
    const { failed, ended } = failureStreaks()
    const counts = (...whys: ReadonlyArray<string>) => whys.map((why) => failed("t-1", why))
    expect(counts("away", "away", "away")).toEqual([1, 2, 3])
    expect(failed("t-2", "away")).toBe(1)
    expect(counts("bug", "away", "away")).toEqual([1, 1, 2])
    ended("t-1")
    expect([failed("t-1", "away"), failed("t-2", "away")]).toEqual([1, 2])
  })

  it("are forgotten where more tasks fail at once than are counted, and not before", () => {
    const { failed } = failureStreaks(2)
    expect([failed("t-1", "away"), failed("t-2", "away")]).toEqual([1, 1])
    expect([failed("t-1", "away"), failed("t-2", "away")]).toEqual([2, 2])
    expect(failed("t-3", "away")).toBe(1)
    expect([failed("t-1", "away"), failed("t-3", "away")]).toEqual([1, 2])
  })
})
