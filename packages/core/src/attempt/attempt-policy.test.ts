import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { attemptPlan, examplePolicy, startMs } from "../testing/payment-examples.ts"
import type { AttemptPolicy, GatewayCapabilities } from "./attempt.ts"
import {
  absenceIsFinal,
  checkPolicy,
  doubtIsOver,
  evolveAttempt,
  isOverdue,
  mayResend,
  nextCheckAtMs,
  planAttempt,
  quietMs
} from "./index.ts"

const withCapabilities = (change: Partial<GatewayCapabilities>): AttemptPolicy => ({
  ...examplePolicy,
  capabilities: { ...examplePolicy.capabilities, ...change }
})

describe("a policy of recovery", () => {
  it("is accepted where the gateway can be asked, repeated and undone", () => {
    expect(checkPolicy(examplePolicy)).toEqual(Result.succeed(examplePolicy))
  })

  it.each(["idempotentByKey", "lookupByKey", "reverseByKey"] as const)("is refused without %s", (capability) => {
    expect(checkPolicy(withCapabilities({ [capability]: false }))).toEqual(
      Result.fail({ _tag: "GatewayCannotRecover", missing: [capability] })
    )
  })

  it("names everything that is missing", () => {
    const none = withCapabilities({ idempotentByKey: false, lookupByKey: false, reverseByKey: false })
    expect(checkPolicy(none)).toEqual(
      Result.fail({ _tag: "GatewayCannotRecover", missing: ["idempotentByKey", "lookupByKey", "reverseByKey"] })
    )
  })

  it("may do without a margin, and ask a gateway whose look-ups never lag", () => {
    const exact = { ...withCapabilities({ lookupLagMs: 0 }), marginMs: 0 }
    expect(checkPolicy(exact)).toEqual(Result.succeed(exact))
  })

  const noTime = "not a whole number of milliseconds from 0"
  const quiet = quietMs(examplePolicy)

  it.each([
    ["a time below zero", { ...examplePolicy, marginMs: -1 }, "marginMs", noTime],
    ["a time that is not whole", withCapabilities({ lookupLagMs: 0.5 }), "lookupLagMs", noTime],
    ["a time that never comes", withCapabilities({ maxInFlightMs: Number.POSITIVE_INFINITY }), "maxInFlightMs", noTime],
    [
      "keys forgotten within the margin",
      withCapabilities({ keyTtlMs: examplePolicy.marginMs }),
      "keyTtlMs",
      "the gateway forgets a key within the margin"
    ],
    [
      "a limit within the quiet time",
      { ...examplePolicy, resolveLimitMs: quiet },
      "resolveLimitMs",
      "ends before absence can be final"
    ]
  ])("is refused with %s", (_, policy, field, reason) => {
    expect(checkPolicy(policy)).toEqual(Result.fail({ _tag: "PolicyTimeInvalid", field, reason }))
  })

  it("waits for the longest flight, the lag of look-ups and the margin, one after another", () => {
    expect(quietMs({ ...withCapabilities({ maxInFlightMs: 60_000, lookupLagMs: 7_000 }), marginMs: 500 })).toBe(67_500)
  })
})

describe("the next look at an open attempt", () => {
  const planned = planAttempt(attemptPlan({ startedAtMs: null }))
  const unknown = [
    { _tag: "AttemptStarted", atMs: startMs } as const,
    { _tag: "AttemptBecameUnknown", why: "timeout", atMs: startMs } as const
  ].reduce(evolveAttempt, planned)

  it("backs off from a quarter of a second to a minute", () => {
    const delays = [0, 1, 2, 7, 8, 9, 5_000].map(
      (tries) => nextCheckAtMs(planned, examplePolicy, startMs, tries) - startMs
    )
    expect(delays).toEqual([250, 500, 1_000, 32_000, 60_000, 60_000, 60_000])
  })

  it("comes as soon as absence is final", () => {
    const quiet = quietMs(examplePolicy)
    expect(nextCheckAtMs(unknown, examplePolicy, startMs + quiet - 30_000, 20)).toBe(startMs + quiet)
    expect(nextCheckAtMs(unknown, examplePolicy, startMs + quiet, 20)).toBe(startMs + quiet + 60_000)
    const reversing = { ...unknown, status: "reversing" } as const
    expect(nextCheckAtMs(reversing, examplePolicy, startMs + quiet - 30_000, 20)).toBe(startMs + quiet + 30_000)
  })

  it("comes as soon as a person has to be called", () => {
    const limit = startMs + examplePolicy.resolveLimitMs
    expect(nextCheckAtMs(unknown, examplePolicy, limit - 10, 20)).toBe(limit)
    expect(nextCheckAtMs({ ...unknown, status: "reversing" }, examplePolicy, limit - 10, 20)).toBe(limit)
    expect(nextCheckAtMs({ ...unknown, status: "orphaned" }, examplePolicy, limit - 10, 20)).toBe(limit + 59_990)
  })
})

describe("an attempt that never left", () => {
  const planned = planAttempt(attemptPlan({ startedAtMs: null }))

  it("is absent for certain from the first moment, and is never in doubt or sent again", () => {
    expect(absenceIsFinal(planned, examplePolicy, 0)).toBe(true)
    expect(doubtIsOver(planned, examplePolicy, startMs + examplePolicy.resolveLimitMs)).toBe(false)
    expect(mayResend(planned, examplePolicy, 0)).toBe(false)
  })

  it("is overdue after a day, one that may have left never is", () => {
    const limit = startMs + examplePolicy.resolveLimitMs
    expect(isOverdue(planned, examplePolicy, limit - 1)).toBe(false)
    expect(isOverdue(planned, examplePolicy, limit)).toBe(true)
    expect(isOverdue({ ...planned, status: "sending" }, examplePolicy, limit)).toBe(false)
  })
})
