import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { attemptEvents, attemptIn } from "../testing/attempt-examples.ts"
import { everyAttemptKind, everyCvvResult } from "../testing/every-word.ts"
import { attemptPlan, startMs } from "../testing/payment-examples.ts"
import {
  AttemptCodec,
  AttemptEventCodec,
  AttemptPlanCodec,
  CvvResultCodec,
  encodeAttempt,
  encodeAttemptPlan
} from "./attempt.schema.ts"
import type { AttemptEvent } from "./attempt.ts"

/** As a store gives it back: text that nothing but JSON has been through. */
const stored = (json: unknown): unknown => JSON.parse(JSON.stringify(json))

describe("a stored attempt", () => {
  const read = Schema.decodeUnknownSync(AttemptCodec)

  it.each(Object.entries(attemptIn))("comes back as it was: %s", (_, attempt) => {
    expect(read(stored(encodeAttempt(attempt)))).toEqual(attempt)
  })

  it.each(everyAttemptKind)("may be of kind %s, and its plan too", (kind) => {
    const attempt = { ...attemptIn.confirmed, kind, needsCvv: true }
    expect(read(stored(encodeAttempt(attempt)))).toEqual(attempt)
    const plan = attemptPlan({ kind, startedAtMs: startMs })
    expect(Schema.decodeUnknownSync(AttemptPlanCodec)(stored(encodeAttemptPlan(plan)))).toEqual(plan)
  })

  it("is refused in a state or of a kind that there is not", () => {
    const json = encodeAttempt(attemptIn.unknown)
    expect(() => read({ ...json, status: "lost" })).toThrow()
    expect(() => read({ ...json, kind: "transfer" })).toThrow()
    expect(() =>
      Schema.decodeUnknownSync(AttemptPlanCodec)({ ...encodeAttemptPlan(attemptPlan()), kind: "" })
    ).toThrow()
  })
})

describe("a stored event of an attempt", () => {
  const further: ReadonlyArray<AttemptEvent> = [
    { _tag: "AttemptNotSent", why: "refused", atMs: startMs },
    { _tag: "AttemptStillPending", atMs: startMs },
    { _tag: "AttemptDeclined", code: "card_expired", reference: "reference-2", atMs: startMs }
  ]

  it.each([...Object.values(attemptEvents), ...further])("comes back as it was: $_tag", (event) => {
    expect(Schema.decodeUnknownSync(AttemptEventCodec)(stored(event))).toEqual(event)
  })
})

describe("a stored answer about a CVV", () => {
  const read = Schema.decodeUnknownSync(CvvResultCodec)

  it.each(everyCvvResult)("may be %s", (result) => {
    expect(read(result)).toBe(result)
  })

  it("is refused where it is none", () => {
    expect(() => read("passed")).toThrow()
  })
})
