import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { check, parseKey, retentionMsDefault } from "./index.ts"

const bound = { fingerprint: "mine", expiresAtMs: 1_000, held: false, body: '{"data":1}' }

describe("an idempotency key", () => {
  it("that is not bound lets the request through", () => {
    expect(check(undefined, "mine", 0)).toEqual({ _tag: "Fresh" })
  })

  it("gives the first answer again to the same request", () => {
    expect(check(bound, "mine", 999)).toEqual({ _tag: "Replay", record: bound })
  })

  it("refuses a request that means something else", () => {
    expect(check(bound, "other", 999)).toEqual({ _tag: "KeyReused" })
  })

  it("is as good as new once its time is over", () => {
    expect(check(bound, "mine", 1_000)).toEqual({ _tag: "Fresh" })
    expect(check(bound, "other", 1_001)).toEqual({ _tag: "Fresh" })
  })

  it("is never over while it is held", () => {
    const held = { ...bound, held: true }
    expect(check(held, "mine", Number.MAX_SAFE_INTEGER)).toEqual({ _tag: "Replay", record: held })
    expect(check(held, "other", Number.MAX_SAFE_INTEGER)).toEqual({ _tag: "KeyReused" })
  })

  it("stays bound for thirty days unless the host says otherwise", () => {
    expect(retentionMsDefault).toBe(2_592_000_000)
  })

  it("is never half bound: one moment decides for the same and for another request", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: -2, max: 2 }), fc.boolean(), (expiresAtMs, offset, held) => {
        const nowMs = expiresAtMs + offset
        const record = { fingerprint: "mine", expiresAtMs, held }
        const [same, other] = [check(record, "mine", nowMs)._tag, check(record, "other", nowMs)._tag]
        expect([same, other]).toEqual(offset < 0 || held ? ["Replay", "KeyReused"] : ["Fresh", "Fresh"])
      }),
      { numRuns: 10_000 }
    )
  })
})

describe("the text of a key", () => {
  it.each(["a", "order 1881", "0198f2c4-7b1e-7000-8000-000000000000", "~".repeat(255)])(
    "is taken as it is: %s",
    (text) => {
      expect(parseKey(text)).toEqual(Result.succeed(text))
    }
  )

  it.each(["", "~".repeat(256), "tab\t", "line\n", "é", "\u0000", "\u007f", "🙂"])("is refused: %j", (text) => {
    expect(parseKey(text)).toEqual(Result.fail({ _tag: "KeyMalformed" }))
  })
})
