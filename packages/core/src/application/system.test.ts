import { describe, expect, it } from "vitest"
import { systemClock, systemIds } from "./system.ts"

describe("ids of the system", () => {
  it("are UUIDs of version 7 that grow, within a millisecond and from one to the next", () => {
    const ids = [5, 5, 5, 6, 6, 7].map((nowMs) => systemIds.next(nowMs))
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
    expect(ids.toSorted()).toEqual(ids)
    expect(ids.map((id) => Number.parseInt(id.slice(0, 13).replace("-", ""), 16))).toEqual([5, 5, 5, 6, 6, 7])
  })

  it("begin counting anew with each millisecond, also with one before", () => {
    const counts = [8, 8, 8, 9, 8, 8].map((nowMs) => Number.parseInt(systemIds.next(nowMs).slice(24, 26), 16) >> 2)
    expect(counts).toEqual([0, 1, 2, 0, 0, 1])
  })

  it("share no random bytes, however many are drawn", () => {
    const ends = Array.from({ length: 1_000 }, (_, at) => systemIds.next(at).slice(26))
    expect(new Set(ends).size).toBe(1_000)
  })
})

it("the system's clock shows the time of day in milliseconds", () => {
  const before = Date.now()
  expect(systemClock.nowMs()).toBeGreaterThanOrEqual(before)
  expect(systemClock.nowMs()).toBeLessThanOrEqual(Date.now())
})
