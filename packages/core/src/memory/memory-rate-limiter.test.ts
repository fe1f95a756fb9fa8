/** The reference limiter: the suite, its laws at length, and the bounds of its memory. */
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { RateTake } from "../ports/rate-limiter.ts"
import { describeRateLimiter } from "../testing/rate-limiter.suite.ts"
import { memoryRateLimiter } from "./memory-rate-limiter.ts"

describeRateLimiter("the memory rate limiter", () => ({ limiter: memoryRateLimiter() }))

const minuteMs = 60_000
const takeOf = (key: string, change: Partial<RateTake> = {}): RateTake => ({
  key,
  limit: 1,
  windowMs: minuteMs,
  nowMs: 0,
  ...change
})

describe("counting", () => {
  const times = fc.integer({ min: -2 * minuteMs, max: 2 * minuteMs })
  const steps = fc.array(fc.record({ key: fc.constantFrom("a", "b"), nowMs: times }), { maxLength: 30 })

  it("never allows more than the limit between two whole minutes, however the clock runs", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), steps, (limit, taken) => {
        const limiter = memoryRateLimiter()
        const allowed = new Map<string, number>()
        for (const { key, nowMs } of taken) {
          const answer = Effect.runSync(limiter.take(takeOf(key, { limit, nowMs })))
          expect(nowMs < answer.resetAtMs && nowMs >= answer.resetAtMs - minuteMs).toBe(true)
          const window = `${key} ${answer.resetAtMs}`
          const times = (allowed.get(window) ?? 0) + (answer.allowed ? 1 : 0)
          allowed.set(window, times)
          expect([answer.remaining, answer.allowed || times === limit]).toEqual([limit - times, true])
        }
      }),
      { numRuns: 10_000 }
    )
  })
})

describe("the memory of the memory rate limiter", () => {
  const setUp = (windowsMax: number) => {
    const limiter = memoryRateLimiter({ windowsMax })
    return (key: string, change?: Partial<RateTake>) => Effect.runSync(limiter.take(takeOf(key, change))).allowed
  }

  it("given it is full, then whoever was silent longest is forgotten, and nobody else", () => {
    const allowed = setUp(3)
    for (const key of ["a", "b", "c"]) expect(allowed(key)).toBe(true)
    // Denied takes are no silence.
    for (const key of ["a", "b", "c", "b", "a"]) expect(allowed(key)).toBe(false)
    expect(allowed("d")).toBe(true)
    for (const key of ["b", "a", "d"]) expect(allowed(key)).toBe(false)
    expect(allowed("c")).toBe(true)
  })

  it("given a flood of others, then whoever keeps asking stays denied", () => {
    const allowed = setUp(100)
    expect(allowed("busy")).toBe(true)
    for (let n = 0; n < 10_000; n++) {
      expect(allowed(`stranger ${n}`)).toBe(true)
      if (n % 50 === 0) expect(allowed("busy")).toBe(false)
    }
  })

  it("lets go of windows that ended long ago, before it is full", () => {
    const allowed = setUp(1_000)
    for (let n = 0; n < 500; n++) allowed(`early ${n}`)
    const laterMs = minuteMs + 300_000
    for (let n = 0; n < 250; n++) allowed(`late ${n}`, { nowMs: laterMs })
    for (let n = 0; n < 500; n++) expect(allowed(`early ${n}`)).toBe(true)
  })

  it("keeps windows that ended lately, since a clock may be set back", () => {
    const allowed = setUp(1_000)
    for (let n = 0; n < 500; n++) allowed(`early ${n}`)
    for (let n = 0; n < 250; n++) allowed(`late ${n}`, { nowMs: minuteMs + 299_999 })
    for (let n = 0; n < 500; n++) expect(allowed(`early ${n}`)).toBe(false)
  })

  it("must hold something, and a single window is something", () => {
    for (const windowsMax of [0, -1, 1.5, Number.NaN])
      expect(() => memoryRateLimiter({ windowsMax })).toThrow(RangeError)
    const allowed = setUp(1)
    expect([allowed("a"), allowed("a"), allowed("b"), allowed("a")]).toEqual([true, false, true, true])
  })
})
