/** The suite can tell: each limiter here has one defect that a real one could have, and a case notices it. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { memoryRateLimiter } from "../memory/memory-rate-limiter.ts"
import { rateTaken, rateWindow } from "../memory/rate-window.ts"
import type { RateLimiter, RateTake } from "../ports/rate-limiter.ts"
import { type RateLimiterUnderTest, rateLimiterCases } from "./rate-limiter-cases.ts"

type Limiter = RateLimiter["Service"]

/** A sound limiter that hears another take than it was asked. */
const mishearing = (heard: (take: RateTake) => RateTake) => (): RateLimiterUnderTest => {
  const own = memoryRateLimiter()
  return { limiter: { take: (take) => own.take(heard(take)) } }
}

const mishearingKeys = (heard: (key: string) => string) => mishearing((take) => ({ ...take, key: heard(take.key) }))

/** Counts by a name of one's own, and says by the count before whether a take is allowed. */
const counting =
  (
    nameOf: (take: RateTake) => string,
    answer: (before: number, take: RateTake) => { readonly allowed: boolean; readonly after: number }
  ) =>
  (): RateLimiterUnderTest => {
    const counts = new Map<string, number>()
    const take: Limiter["take"] = (asked) =>
      Effect.sync(() => {
        rateWindow(asked)
        const name = nameOf(asked)
        const { allowed, after } = answer(counts.get(name) ?? 0, asked)
        counts.set(name, after)
        return rateTaken(asked, allowed ? after : null)
      })
    return { limiter: { take } }
  }

const wholeName = (take: RateTake): string => `${take.windowMs} ${rateWindow(take).startMs} ${take.key}`
const soundly = (before: number, { limit }: RateTake) =>
  before < limit ? { allowed: true, after: before + 1 } : { allowed: false, after: before }

/** Looks first and counts later, without looking again. */
const lookThenCount = (): RateLimiterUnderTest => {
  const counts = new Map<string, number>()
  const take: Limiter["take"] = (asked) =>
    Effect.gen(function* () {
      rateWindow(asked)
      const before = counts.get(wholeName(asked)) ?? 0
      if (before >= asked.limit) return rateTaken(asked, null)
      yield* Effect.sleep(1)
      counts.set(wholeName(asked), (counts.get(wholeName(asked)) ?? 0) + 1)
      return rateTaken(asked, before + 1)
    })
  return { limiter: { take } }
}

/** Holds one window of a key, and begins it anew whenever another is asked about. */
const oneWindowPerKey = (keepsLatest: boolean) => (): RateLimiterUnderTest => {
  const windows = new Map<string, { startMs: number; taken: number }>()
  const take: Limiter["take"] = (asked) =>
    Effect.sync(() => {
      const { startMs } = rateWindow(asked)
      const known = windows.get(`${asked.windowMs} ${asked.key}`)
      const stays = known !== undefined && (keepsLatest ? startMs <= known.startMs : startMs === known.startMs)
      const window = stays ? known : { startMs, taken: 0 }
      windows.set(`${asked.windowMs} ${asked.key}`, window)
      if (window.taken >= asked.limit) return rateTaken(asked, null)
      window.taken++
      return rateTaken(asked, window.taken)
    })
  return { limiter: { take } }
}

/** A key that is too long to be held, by a part of each of its units. */
const ofLongKeys = (part: (unit: number) => number) => (key: string) =>
  key.length <= 128 ? key : Array.from({ length: key.length }, (_, at) => part(key.charCodeAt(at))).join()

const defects: { readonly [title: string]: () => RateLimiterUnderTest } = {
  "allows one more than the limit": counting(wholeName, (before, { limit }) =>
    before <= limit ? { allowed: true, after: before + 1 } : { allowed: false, after: before }
  ),
  "allows a first take whatever the limit": counting(wholeName, (before, take) =>
    before === 0 ? { allowed: true, after: 1 } : soundly(before, take)
  ),
  "counts what it denies": counting(wholeName, (before, take) => ({ ...soundly(before, take), after: before + 1 })),
  "looks first and counts later": lookThenCount,
  "gives each taker a count of its own": () => ({
    limiter: memoryRateLimiter(),
    another: async () => memoryRateLimiter()
  }),
  "begins a key anew when the clock is set back": oneWindowPerKey(false),
  "goes on with the latest window when the clock is set back": oneWindowPerKey(true),
  "ends a window a millisecond late": mishearing((take) => ({ ...take, nowMs: take.nowMs - 1 })),
  "ends a window a millisecond early": mishearing((take) => ({ ...take, nowMs: take.nowMs + 1 })),
  "knows windows of a minute only": mishearing((take) => ({ ...take, windowMs: 60_000 })),
  "counts windows of all lengths together": counting((take) => `${rateWindow(take).startMs} ${take.key}`, soundly),
  "never forgets": counting(({ key }) => key, soundly),
  "takes what is no number for one": mishearing((take) => ({
    ...take,
    limit: Number.isSafeInteger(take.limit) && take.limit >= 0 ? take.limit : 1
  })),
  "takes keys for one another that differ in case": mishearingKeys((key) => key.toLowerCase()),
  "takes keys for one another that differ in spaces": mishearingKeys((key) => key.trim()),
  "takes keys for one another that look alike": mishearingKeys((key) => key.normalize("NFC")),
  "takes keys for one another that are alike in UTF-8": mishearingKeys((key) => key.toWellFormed()),
  "takes keys for one another that begin alike": mishearingKeys((key) => key.slice(0, 10_000)),
  "takes long keys for one another that share the low bytes": mishearingKeys(ofLongKeys((unit) => unit & 0xff)),
  "takes long keys for one another that share the high bytes": mishearingKeys(ofLongKeys((unit) => unit >> 8)),
  "takes keys for one another up to a NUL": mishearingKeys((key) => key.split("\u0000")[0] ?? "")
}

const noticed = async (make: () => RateLimiterUnderTest): Promise<boolean> => {
  for (const holds of Object.values(rateLimiterCases)) {
    try {
      await holds(make())
    } catch {
      return true
    }
  }
  return false
}

describe("the suite of rate limiters notices one that", () => {
  it.each(Object.keys(defects))("%s", async (title) => {
    expect(await noticed(defects[title] ?? (() => ({ limiter: memoryRateLimiter() })))).toBe(true)
  })

  it("has nothing against one that counts by hand", async () => {
    expect(await noticed(counting(wholeName, soundly))).toBe(false)
  })
})
