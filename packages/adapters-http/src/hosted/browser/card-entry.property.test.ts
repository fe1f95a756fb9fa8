import { Card } from "@paykernel/core/domain"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { expiryDigits, groupExpiry, judgeExpiry } from "./card-dates.ts"
import { brandOf, groupNumber, judgeNumber, numberLengthMax } from "./card-number.ts"

const digits = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength, maxLength })

/** With a last digit that makes the check digit right. */
const checked = (text: string): string =>
  [..."0123456789"].map((last) => text + last).find((all) => Result.isSuccess(Card.Pan.parse(all))) ?? text

const networks = new Map([
  ["Visa", "VISA"],
  ["Mastercard", "MASTERCARD"],
  ["American Express", "AMEX"],
  ["", "UNKNOWN"]
])

const starts = fc.constantFrom(
  "",
  "4",
  "51",
  "55",
  "50",
  "56",
  "2220",
  "2221",
  "2720",
  "2721",
  "34",
  "37",
  "35",
  "6011"
)

describe("a card number in the form", () => {
  it("is good only if the kernel takes it, and of the network that the kernel sees", () => {
    fc.assert(
      fc.property(starts, digits(8, 18), (start, rest) => {
        const number = checked((start + rest).slice(0, 18))
        const parsed = Card.Pan.parse(number)
        if (judgeNumber(number) === "good") expect(Result.isSuccess(parsed)).toBe(true)
        if (Result.isSuccess(parsed)) expect(networks.get(brandOf(number).name)).toBe(parsed.success.network)
      }),
      { numRuns: 10_000 }
    )
  })

  it("is not called wrong while it can still become right", () => {
    fc.assert(
      fc.property(starts, digits(17, 17), (start, rest) => {
        const length = brandOf(start + rest).lengths.find((it) => it >= 15) ?? 16
        const number = checked((start + rest).slice(0, length - 1))
        expect(judgeNumber(number)).toBe("good")
        for (let typed = 0; typed < length; typed++) expect(judgeNumber(number.slice(0, typed))).not.toBe("wrong")
      }),
      { numRuns: 10_000 }
    )
  })

  it("is shown in groups without losing a digit", () => {
    fc.assert(
      fc.property(digits(0, 19), (number) => {
        const typed = number.slice(0, numberLengthMax(number))
        expect(groupNumber(typed).replaceAll(" ", "")).toBe(typed)
        expect(groupNumber(typed)).not.toMatch(/^ | $| {2}/u)
      }),
      { numRuns: 10_000 }
    )
  })

  const cases = [
    ["4242 4242 4242 4242", "4242424242424242", "good"],
    ["4242 4242 4242 4241", "4242424242424241", "wrong"],
    ["4242 4242 4242 424", "424242424242424", "unfinished"],
    ["3782 822463 10005", "378282246310005", "good"],
    ["3782 822463 10006", "378282246310006", "wrong"],
    ["", "", "unfinished"]
  ] as const
  for (const [shown, number, verdict] of cases) {
    it(`"${shown}" is ${verdict}`, () => {
      expect([groupNumber(number), judgeNumber(number)]).toEqual([shown, verdict])
    })
  }

  it("tells how long the security code is", () => {
    expect(brandOf("378282246310005").cvvLengths).toEqual([4])
    expect(brandOf("4242").cvvLengths).toEqual([3])
    expect(brandOf("6011").cvvLengths).toEqual([3, 4])
  })
})

describe("an expiry date in the form", () => {
  const cases = [
    ["", "", "unfinished"],
    ["1", "1", "unfinished"],
    ["4", "04 / ", "unfinished"],
    ["13", "13 / ", "wrong"],
    ["00", "00 / ", "wrong"],
    ["0126", "01 / 26", "good"],
    ["1225", "12 / 25", "past"],
    ["12/30", "12 / 30", "good"],
    ["12/2030", "12 / 2030", "good"],
    ["1220", "12 / 20", "unfinished"],
    ["1299", "12 / 99", "wrong"],
    ["1275", "12 / 75", "good"],
    ["0176", "01 / 76", "wrong"]
  ] as const
  for (const [typed, shown, verdict] of cases) {
    it(`"${typed}" shows as "${shown}" and is ${verdict} in January 2026`, () => {
      const read = expiryDigits(typed)
      expect([groupExpiry(read, false), judgeExpiry(read, "2026-01")]).toEqual([shown, verdict])
    })
  }

  it("is good when the kernel says so", () => {
    const nowMs = Date.UTC(2026, 0, 15)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 21, max: 99 }), (month, year) => {
        const typed = `${month.toString().padStart(2, "0")}${year}`
        const rejection = Card.expiryRejection(month, 2000 + year, nowMs)
        expect(judgeExpiry(typed, "2026-01") === "good").toBe(rejection === undefined)
      }),
      { numRuns: 10_000 }
    )
  })
})
