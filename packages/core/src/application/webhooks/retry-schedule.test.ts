import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { nextAttemptAtMs, pauseBefore, retryAfterMaxMs } from "./retry-schedule.ts"

const spread = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe("the pause before an attempt", () => {
  it("is within a fifth of what is published, and a whole number of milliseconds", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100_000_000), { minLength: 1, maxLength: 12 }),
        fc.nat(11),
        spread,
        (delays, n, one) => {
          const pauseMs = pauseBefore(delays, n, one)
          const delayMs = delays[n]
          expect(pauseMs === null).toBe(delayMs === undefined)
          if (pauseMs === null || delayMs === undefined) return
          expect(Number.isSafeInteger(pauseMs)).toBe(true)
          expect(Math.abs(pauseMs - delayMs)).toBeLessThanOrEqual(delayMs * 0.2 + 1)
        }
      ),
      { numRuns: 10_000 }
    )
  })

  it("reaches both ends", () => {
    expect([0, 0.25, 0.5, 1 - 2 ** -32].map((one) => pauseBefore([1_000], 0, one))).toEqual([800, 900, 1_000, 1_200])
  })
})

describe("the next attempt", () => {
  it("is never before its pause is over, nor before what the receiver asks for, and comes within a day of both", () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.option(fc.nat(1e12), { nil: null }), fc.nat(1e12), (pauseMs, retryAfterMs, nowMs) => {
        const atMs = nextAttemptAtMs({ pauseMs, retryAfterMs, nowMs })
        expect(atMs).toBeGreaterThanOrEqual(nowMs + pauseMs)
        expect(atMs).toBeGreaterThanOrEqual(nowMs + Math.min(retryAfterMs ?? 0, retryAfterMaxMs))
        expect(atMs).toBeLessThanOrEqual(nowMs + Math.max(pauseMs, retryAfterMaxMs))
      }),
      { numRuns: 10_000 }
    )
  })
})
