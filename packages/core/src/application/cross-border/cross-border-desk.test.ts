import { describe, expect, it } from "vitest"
import { crossBorderDeskOf, isFollowedOut, nextLookAtMs } from "./cross-border-desk.ts"

const dayMs = 86_400_000

/** Nobody asks them anything here. */
const given = {} as Parameters<typeof crossBorderDeskOf>[0]

describe("how patient a host is", () => {
  it("is half a minute and ninety days where nothing is said", () => {
    expect(crossBorderDeskOf(given)).toMatchObject({ lookPauseMaxMs: 30_000, followEndedMs: 90 * dayMs })
  })

  it.each([{ lookPauseMaxMs: 1 }, { lookPauseMaxMs: dayMs }, { followEndedMs: 0 }, { followEndedMs: 3650 * dayMs }])(
    "may be %j",
    (options) => {
      expect(crossBorderDeskOf({ ...given, ...options })).toMatchObject(options)
    }
  )

  it.each([
    ["lookPauseMaxMs", 0],
    ["lookPauseMaxMs", 1.5],
    ["lookPauseMaxMs", Number.NaN],
    ["lookPauseMaxMs", dayMs + 1],
    ["followEndedMs", -1],
    ["followEndedMs", 0.5],
    ["followEndedMs", 3650 * dayMs + 1]
  ])("is no %s of %d", (name, value) => {
    expect(() => crossBorderDeskOf({ ...given, [name]: value })).toThrow(`crossBorder.${name} is out of range`)
  })
})

describe("the next look", () => {
  it.each([
    ["soon after the last news", 30_000, false, 0, 1_000],
    ["after as long as it was quiet", 30_000, false, 4_000, 4_000],
    ["never further off than the host says", 30_000, false, 100_000, 30_000],
    ["as often as that, even within a second", 500, false, 0, 500],
    ["a quarter of a day apart at the most when all is over", 30_000, true, dayMs, dayMs / 4],
    ["unless the host is more patient than that", dayMs, true, 10 * dayMs, dayMs]
  ])("is %s", (_, lookPauseMaxMs, hasEnded, quietMs, pauseMs) => {
    const nowMs = 7 + quietMs
    expect(nextLookAtMs({ lookPauseMaxMs }, { updatedAtMs: 7, hasEnded }, nowMs)).toBe(nowMs + pauseMs)
  })
})

describe("what has ended", () => {
  it.each([
    ["to the millisecond", 999, true, false],
    ["until then", 1_000, true, true],
    ["for longer where nobody answers", 5_000, false, false]
  ])("is followed %s", (_, quietMs, isAnswered, isOver) => {
    expect(isFollowedOut({ followEndedMs: 1_000 }, 50, { nowMs: 50 + quietMs, isAnswered })).toBe(isOver)
  })
})
