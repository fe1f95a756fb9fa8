import { describe, expect, it } from "vitest"
import { attemptAfter, attemptEvents, attemptIn, inEachState } from "../testing/attempt-examples.ts"
import { approved, examplePolicy, startMs, usd } from "../testing/payment-examples.ts"
import type { Attempt, AttemptPolicy, GatewayLookup } from "./attempt.ts"
import { onLookup, quietMs } from "./index.ts"

const atMs = startMs
const { started, unknown } = attemptEvents

/** What follows in each state; a state that is not named answers with no events. */
const expectEach = (follows: Parameters<typeof inEachState>[0], expected: ReturnType<typeof inEachState>): void =>
  expect(inEachState(follows)).toEqual(expected)

describe("a look-up", () => {
  const lookUp =
    (lookup: GatewayLookup, laterMs: number, policy: AttemptPolicy = examplePolicy) =>
    (attempt: Attempt) =>
      onLookup(attempt, lookup, policy, startMs + laterMs)
  const absentYet: GatewayLookup = { _tag: "AbsentYet" }
  const absentFinal: GatewayLookup = { _tag: "AbsentFinal" }
  const found = (verdict = approved()): GatewayLookup => ({ _tag: "Found", verdict })
  const without = (capability: "idempotentByKey" | "reverseByKey"): AttemptPolicy => ({
    ...examplePolicy,
    capabilities: { ...examplePolicy.capabilities, [capability]: false }
  })
  const quiet = quietMs(examplePolicy)
  const hourMs = 3_600_000

  it("settles what it finds", () => {
    expectEach(lookUp(found(), 0), {
      planned: ["AttemptStarted", "AttemptConfirmed"],
      sending: ["AttemptConfirmed"],
      unknown: ["AttemptConfirmed"],
      manual: ["AttemptConfirmed"],
      declined: ["LateSuccessFound"],
      abandoned: ["LateSuccessFound"],
      not_charged: ["LateSuccessFound"]
    })
  })

  it("calls a person where it finds another amount", () => {
    expectEach(lookUp(found(approved(usd(1n))), 0), {
      planned: ["AttemptStarted", "AttemptBecameUnknown"],
      sending: ["AttemptBecameUnknown"],
      unknown: ["AttemptEscalated"],
      declined: ["LateSuccessFound"],
      abandoned: ["LateSuccessFound"],
      not_charged: ["LateSuccessFound"]
    })
  })

  it("does not take absence for an answer before the quiet time is over", () => {
    expectEach(lookUp(absentYet, quiet - 1), {})
    expectEach(lookUp(absentYet, quiet), { unknown: ["AttemptStarted"] })
  })

  it("counts the quiet time from the latest start", () => {
    const resent = attemptAfter(started, unknown, { _tag: "AttemptStarted", atMs: startMs + 10_000 }, unknown)
    expect(lookUp(absentYet, quiet)(resent)).toEqual([])
    expect(lookUp(absentYet, quiet + 10_000)(resent)).toEqual([
      { _tag: "AttemptStarted", atMs: startMs + quiet + 10_000 }
    ])
  })

  it("leaves alone what the gateway waits for itself, however long that takes", () => {
    const pending: GatewayLookup = { _tag: "Pending" }
    const halfMs = examplePolicy.resolveLimitMs / 2
    expectEach(lookUp(pending, quiet), {})
    expectEach(lookUp(pending, halfMs - 1), {})
    expectEach(lookUp(pending, halfMs), { unknown: ["AttemptStillPending"] })
    expectEach(lookUp(pending, 100 * halfMs), { unknown: ["AttemptStillPending"] })
  })

  it("counts the time of doubt anew from where the gateway has assured that it waits", () => {
    const down: GatewayLookup = { _tag: "Unavailable", why: "down" }
    const { resolveLimitMs } = examplePolicy
    const assured = attemptAfter(started, unknown, { _tag: "AttemptStillPending", atMs: startMs + resolveLimitMs })
    expect(lookUp(down, 2 * resolveLimitMs - 1)(assured)).toEqual([])
    expect(lookUp(down, 2 * resolveLimitMs)(assured).map(({ _tag }) => _tag)).toEqual(["AttemptEscalated"])
  })

  it("takes the gateway's assurance of absence at once", () => {
    expectEach(lookUp(absentFinal, 0), { unknown: ["AttemptStarted"] })
  })

  it("reverses instead of sending again once the gateway may have forgotten the key", () => {
    const forgottenMs = 12 * hourMs - examplePolicy.marginMs
    expectEach(lookUp(absentFinal, forgottenMs - 1), { unknown: ["AttemptStarted"] })
    expectEach(lookUp(absentFinal, forgottenMs), { unknown: ["AttemptReversalStarted"] })
  })

  it("counts the gateway's memory from the first start", () => {
    const resent = attemptAfter(started, unknown, { _tag: "AttemptStarted", atMs: startMs + 11 * hourMs }, unknown)
    expect(lookUp(absentFinal, 12 * hourMs)(resent)).toEqual([
      { _tag: "AttemptReversalStarted", atMs: startMs + 12 * hourMs }
    ])
  })

  it("reverses what held a CVV, because it cannot be sent again", () => {
    const withCvv = { ...attemptIn.unknown, needsCvv: true }
    expect(lookUp(absentFinal, 0)(withCvv)).toEqual([{ _tag: "AttemptReversalStarted", atMs }])
  })

  it("reverses where the gateway does not know keys, and calls a person where it cannot do that either", () => {
    expectEach(lookUp(absentFinal, 0, without("idempotentByKey")), { unknown: ["AttemptReversalStarted"] })
    const withCvv = { ...attemptIn.unknown, needsCvv: true }
    expect(lookUp(absentFinal, 0, without("reverseByKey"))(withCvv).map(({ _tag }) => _tag)).toEqual([
      "AttemptEscalated"
    ])
  })

  it("calls a person after a day in doubt, but still undoes what is absent for certain", () => {
    const unavailable: GatewayLookup = { _tag: "Unavailable", why: "down" }
    const longMemory = { ...examplePolicy, capabilities: { ...examplePolicy.capabilities, keyTtlMs: 720 * hourMs } }
    expectEach(lookUp(unavailable, 24 * hourMs - 1), {})
    expectEach(lookUp(unavailable, 24 * hourMs), { unknown: ["AttemptEscalated"] })
    expectEach(lookUp(absentYet, 24 * hourMs - 1, longMemory), { unknown: ["AttemptStarted"] })
    expectEach(lookUp(absentYet, 24 * hourMs, longMemory), { unknown: ["AttemptReversalStarted"] })
  })

  it("counts the doubt from its beginning, whatever was sent since", () => {
    const resent = attemptAfter(
      started,
      unknown,
      { _tag: "AttemptStarted", atMs: startMs + hourMs },
      {
        ...unknown,
        atMs: startMs + hourMs
      }
    )
    expect(lookUp({ _tag: "Unavailable", why: "down" }, 24 * hourMs)(resent).map(({ _tag }) => _tag)).toEqual([
      "AttemptEscalated"
    ])
  })
})
