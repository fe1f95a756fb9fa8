import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyMoney, anyRate } from "../testing/arbitraries.ts"
import { encodeMoney, encodeRational, MoneyCodec, RationalCodec } from "./money.schema.ts"

const decodeMoney = Schema.decodeUnknownSync(MoneyCodec)
const decodeRational = Schema.decodeUnknownSync(RationalCodec)

describe("stored money", () => {
  it("comes back as it was, written by hand or by its codec", () => {
    const write = Schema.encodeSync(MoneyCodec)
    fc.assert(
      fc.property(anyMoney, (amount) => {
        expect(decodeMoney(encodeMoney(amount))).toEqual(amount)
        expect(write(amount)).toEqual(encodeMoney(amount))
      }),
      { numRuns: 10_000 }
    )
  })

  it("keeps rates exact", () => {
    fc.assert(
      fc.property(anyRate, (rate) => {
        expect(decodeRational(encodeRational(rate))).toEqual(rate)
      }),
      { numRuns: 10_000 }
    )
  })

  it.each(["", " 1", "1 ", "+1", "-0", "01", "1.0", "1e3", "0x10", "1n", "1_000", "١", "9".repeat(61)])(
    "refuses an amount that is not the one text of a number: %j",
    (amount) => {
      expect(() => decodeMoney({ amount, currency: "USD" })).toThrow()
    }
  )

  it.each([314, null, 314n, ["1"]])("refuses an amount that is not a text: %s", (amount) => {
    expect(() => decodeMoney({ amount, currency: "USD" })).toThrow()
  })

  it.each(["usd", "", "U", "US$", "A".repeat(17)])("refuses what is not the code of a currency: %j", (currency) => {
    expect(() => decodeMoney({ amount: "1", currency })).toThrow()
  })

  it("accepts the code of a currency that a host has added", () => {
    expect(decodeMoney({ amount: "1", currency: "POINTS" })).toEqual({ amount: 1n, currency: "POINTS" })
  })
})
