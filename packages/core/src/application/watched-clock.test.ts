import { describe, expect, it } from "vitest"
import { watchedClock } from "./watched-clock.ts"

describe("a watched clock", () => {
  it("shows what the clock shows, and remembers the latest time and all that has passed", () => {
    let nowMs = 1_000
    const clock = watchedClock({ nowMs: () => nowMs })
    const shown = (ms: number) => {
      nowMs = ms
      return [clock.nowMs(), clock.latestMs(), clock.passedMs()]
    }
    expect(shown(1_000)).toEqual([1_000, 1_000, 0])
    expect(shown(1_400)).toEqual([1_400, 1_400, 400])
    expect(shown(900)).toEqual([900, 1_400, 400])
    expect(shown(950)).toEqual([950, 1_400, 450])
    expect(shown(1_500)).toEqual([1_500, 1_500, 1_000])
  })

  it("looks at the clock itself when it is asked for either", () => {
    let nowMs = 1_000
    const clock = watchedClock({ nowMs: () => nowMs })
    nowMs = 1_200
    expect(clock.latestMs()).toBe(1_200)
    nowMs = 1_300
    expect(clock.passedMs()).toBe(300)
  })
})
