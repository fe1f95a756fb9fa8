/** What every rate limiter promises, case by case. Takers on the same counters race each other, as processes do. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as fc from "fast-check"
import { expect } from "vitest"
import type { RateLimiter, RateTake, RateTaken } from "../ports/rate-limiter.ts"
import type { SuiteCases } from "./suite.ts"

export type RateLimiterUnderTest = {
  /** New: nothing was taken yet. */
  readonly limiter: RateLimiter["Service"]
  /** One more on the same counters, as another process has it. Without it, races are run within the one. */
  readonly another?: () => Promise<RateLimiter["Service"]>
  readonly close?: () => Promise<void> | void
}

const windowMs = 60_000
/** The beginning of a window. */
const startMs = 1_795_000_020_000
const farthestMs = Number.MAX_SAFE_INTEGER
const takeOf = (change: Partial<RateTake> = {}): RateTake => ({
  key: "shop 1",
  limit: 3,
  windowMs,
  nowMs: startMs,
  ...change
})

const taken = (limiter: RateLimiter["Service"], take: RateTake): Promise<RateTaken> =>
  Effect.runPromise(limiter.take(take))

/** How many of so many takes, one after the other, were allowed. */
const allowedOf = async (limiter: RateLimiter["Service"], times: number, take: RateTake): Promise<number> => {
  let allowed = 0
  for (let n = 0; n < times; n++) if ((await taken(limiter, take)).allowed) allowed++
  return allowed
}

/** The subject's limiter and others on the same counters. */
const takers = async ({ limiter, another }: RateLimiterUnderTest): Promise<ReadonlyArray<RateLimiter["Service"]>> =>
  another === undefined ? [limiter] : [limiter, await another(), await another()]

const countingCases: SuiteCases<RateLimiterUnderTest> = {
  "allows as many takes as the limit, counts down, and then not one more": async ({ limiter }) => {
    for (const limit of [1, 2, 25]) {
      const take = takeOf({ key: `up to ${limit}`, limit })
      for (let left = limit - 1; left >= 0; left--) {
        const told = { allowed: true, limit, remaining: left, resetAtMs: startMs + windowMs }
        expect(await taken(limiter, take)).toEqual(told)
      }
      for (let more = 0; more < 3; more++) {
        const told = { allowed: false, limit, remaining: 0, resetAtMs: startMs + windowMs }
        expect(await taken(limiter, take)).toEqual(told)
      }
    }
  },
  "counts nothing for a take that it denies": async ({ limiter }) => {
    expect(await allowedOf(limiter, 10, takeOf({ limit: 3 }))).toBe(3)
    expect(await taken(limiter, takeOf({ limit: 4 }))).toMatchObject({ allowed: true, remaining: 0 })
    expect(await taken(limiter, takeOf({ limit: 2 }))).toMatchObject({ allowed: false, limit: 2, remaining: 0 })
    expect(await taken(limiter, takeOf({ limit: 10 }))).toMatchObject({ allowed: true, remaining: 5 })
  },
  "allows nothing where the limit is none": async ({ limiter }) => {
    expect(await taken(limiter, takeOf({ limit: 0 }))).toEqual({
      allowed: false,
      limit: 0,
      remaining: 0,
      resetAtMs: startMs + windowMs
    })
    expect(await taken(limiter, takeOf({ limit: 1 }))).toMatchObject({ allowed: true, remaining: 0 })
  },
  "dies of a limit, a window or a time that is no whole number": async ({ limiter }) => {
    const mistakes: ReadonlyArray<Partial<RateTake>> = [
      ...[-1, 1.5, Number.NaN, Infinity, 2 ** 53].map((limit) => ({ limit })),
      ...[0, -1, 0.5, Number.NaN, Infinity].map((length) => ({ windowMs: length })),
      ...[0.5, Number.NaN, -Infinity, 2 ** 53].map((nowMs) => ({ nowMs })),
      // Its window would end beyond the last whole number.
      { nowMs: farthestMs },
      { windowMs: farthestMs, nowMs: farthestMs }
    ]
    for (const mistake of mistakes) {
      const exit = await Effect.runPromiseExit(limiter.take(takeOf(mistake)))
      expect(Exit.hasDies(exit), JSON.stringify(mistake)).toBe(true)
    }
    expect(await taken(limiter, takeOf())).toMatchObject({ allowed: true, remaining: 2 })
  }
}

const windowCases: SuiteCases<RateLimiterUnderTest> = {
  "ends a window with its last millisecond, and begins the next with all of its limit": async ({ limiter }) => {
    const lastMs = startMs + windowMs - 1
    expect(await taken(limiter, takeOf({ nowMs: startMs - 1 }))).toMatchObject({ remaining: 2, resetAtMs: startMs })
    expect(await allowedOf(limiter, 2, takeOf({ nowMs: startMs }))).toBe(2)
    expect(await allowedOf(limiter, 2, takeOf({ nowMs: lastMs }))).toBe(1)
    const next = { allowed: true, limit: 3, remaining: 2, resetAtMs: startMs + 2 * windowMs }
    expect(await taken(limiter, takeOf({ nowMs: startMs + windowMs }))).toEqual(next)
  },
  "begins windows of any length at whole multiples of it since 1970, and before": async ({ limiter }) => {
    const resets = [
      { windowMs: 1, nowMs: startMs, resetAtMs: startMs + 1 },
      { windowMs: 7, nowMs: 48, resetAtMs: 49 },
      { windowMs: 7, nowMs: 49, resetAtMs: 56 },
      { windowMs: 1000, nowMs: 0, resetAtMs: 1000 },
      { windowMs: 1000, nowMs: -1, resetAtMs: 0 },
      { windowMs: 86_400_000, nowMs: startMs, resetAtMs: 1_795_046_400_000 },
      { windowMs: farthestMs, nowMs: 4, resetAtMs: farthestMs },
      { windowMs: farthestMs - 1, nowMs: -1, resetAtMs: 0 }
    ]
    for (const { resetAtMs, ...when } of resets) {
      expect(await taken(limiter, takeOf(when))).toEqual({ allowed: true, limit: 3, remaining: 2, resetAtMs })
    }
  },
  "counts windows of other lengths apart": async ({ limiter }) => {
    expect(await allowedOf(limiter, 4, takeOf())).toBe(3)
    expect(await allowedOf(limiter, 4, takeOf({ windowMs: windowMs / 2 }))).toBe(3)
    expect(await allowedOf(limiter, 4, takeOf())).toBe(0)
  },
  "goes on through many windows, each with all of its limit": async ({ limiter }) => {
    for (let n = 0; n < 60; n++) {
      expect(await allowedOf(limiter, 3, takeOf({ limit: 2, nowMs: startMs + n * windowMs }))).toBe(2)
    }
  },
  "finds an earlier window as it was left, where the clock is set back": async ({ limiter }) => {
    const back = { nowMs: startMs - windowMs }
    const [now, before] = [takeOf(), takeOf(back)]
    expect(await allowedOf(limiter, 2, before)).toBe(2)
    expect(await allowedOf(limiter, 5, now)).toBe(3)
    expect(await allowedOf(limiter, 5, before)).toBe(1)
    expect(await allowedOf(limiter, 5, now)).toBe(0)
    const told = { allowed: false, limit: 3, remaining: 0, resetAtMs: startMs }
    expect(await taken(limiter, takeOf({ nowMs: startMs - 1 }))).toEqual(told)
  }
}

/** Texts that storage may take for one another, or for something else than a text. */
const hostileKeys: ReadonlyArray<string> = [
  ..."|a|A|a |a\u0000|a\u0000b|\u0000|ä|a\u0308|\ud800|\udfff|\ufffd|𝒜|null|0|00|%|_|*|a%|'|''|\"|\\|\\0|;--".split(
    "|"
  ),
  "'); drop table paykernel_rate_window; --",
  "__proto__",
  "constructor",
  "toString",
  "60000 a",
  "=a",
  "#a",
  "ﬁ",
  "fi",
  "x".repeat(128),
  "x".repeat(129),
  "x".repeat(20_001),
  `${"x".repeat(20_000)}y`,
  `${"x".repeat(20_000)}z`,
  // Its code unit ends in the byte that x is.
  `${"x".repeat(20_000)}Ÿ`,
  `Ÿ${"x".repeat(20_000)}`,
  `${"x".repeat(20_000)}\ud800`,
  `${"x".repeat(20_000)}\udfff`
]

const keyCases: SuiteCases<RateLimiterUnderTest> = {
  "counts each key apart, whatever its text": async ({ limiter }) => {
    for (const key of hostileKeys) expect(await taken(limiter, takeOf({ key }))).toMatchObject({ remaining: 2 })
    for (const key of hostileKeys) expect(await taken(limiter, takeOf({ key }))).toMatchObject({ remaining: 1 })
  },
  "lets one key's takers go on while another's are denied": async ({ limiter }) => {
    expect(await allowedOf(limiter, 5, takeOf())).toBe(3)
    expect(await allowedOf(limiter, 5, takeOf({ key: "shop 2" }))).toBe(3)
    expect(await allowedOf(limiter, 5, takeOf())).toBe(0)
  }
}

const raceCases: SuiteCases<RateLimiterUnderTest> = {
  "allows exactly the limit, and tells no two the same, where many take at once": async (subject) => {
    const all = await takers(subject)
    for (const limit of [1, 37]) {
      const take = takeOf({ key: `race for ${limit}`, limit })
      const answers = await Promise.all(
        Array.from({ length: 120 }, (_, n) => taken(all[n % all.length] ?? subject.limiter, take))
      )
      const left = answers.filter(({ allowed }) => allowed).map(({ remaining }) => remaining)
      expect(left.toSorted((a, b) => a - b)).toEqual(Array.from({ length: limit }, (_, n) => n))
    }
  },
  "keeps each to its own limit where many keys and windows are taken at once": async (subject) => {
    const all = await takers(subject)
    const wanted = Array.from({ length: 240 }, (_, n) => ({ key: `k-${n % 6}`, nowMs: startMs + (n % 4) * windowMs }))
    const answers = await Promise.all(
      wanted.map(async ({ key, nowMs }, n) => {
        const { allowed } = await taken(all[n % all.length] ?? subject.limiter, takeOf({ key, nowMs }))
        return allowed ? `${key} ${nowMs}` : null
      })
    )
    const times = Map.groupBy(answers, (name) => name)
    times.delete(null)
    expect([...times.values()].map((names) => names.length)).toEqual(Array.from({ length: 12 }, () => 3))
  },
  "sees what another taker took, and is seen by it": async (subject) => {
    const all = await takers(subject)
    const limit = 3 * all.length
    for (let round = 0; round < 3; round++) {
      for (const [place, one] of all.entries()) {
        const remaining = limit - (round * all.length + place) - 1
        expect(await taken(one, takeOf({ limit }))).toMatchObject({ allowed: true, remaining })
      }
    }
    for (const one of all) expect(await taken(one, takeOf({ limit }))).toMatchObject({ allowed: false })
  }
}

type Step = { readonly key: string; readonly limit: number; readonly atMs: number }

const step: fc.Arbitrary<Step> = fc.record({
  key: fc.constantFrom("a", "b"),
  limit: fc.integer({ min: 0, max: 4 }),
  // Forwards and backwards over three windows, and often at their edges.
  atMs: fc.oneof(
    fc.integer({ min: 0, max: 3 * windowMs - 1 }),
    fc.constantFrom(0, windowMs - 1, windowMs, 2 * windowMs - 1, 2 * windowMs, 3 * windowMs - 1)
  )
})

const modelCases: SuiteCases<RateLimiterUnderTest> = {
  "answers any sequence of takes, limits and times as counting by hand does": async ({ limiter }) => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const counts = new Map<string, number>()
        const prefix = `run ${run++}`
        for (const { key, limit, atMs } of steps) {
          const began = startMs + windowMs * Math.floor(atMs / windowMs)
          const before = counts.get(`${key} ${began}`) ?? 0
          const allowed = before < limit
          if (allowed) counts.set(`${key} ${began}`, before + 1)
          const remaining = allowed ? limit - before - 1 : 0
          const take = takeOf({ key: `${prefix} ${key}`, limit, nowMs: startMs + atMs })
          expect(await taken(limiter, take)).toEqual({ allowed, limit, remaining, resetAtMs: began + windowMs })
        }
      }),
      { numRuns: 30 }
    )
  }
}

/** Every case by its title. */
export const rateLimiterCases: SuiteCases<RateLimiterUnderTest> = {
  ...countingCases,
  ...windowCases,
  ...keyCases,
  ...raceCases,
  ...modelCases
}
