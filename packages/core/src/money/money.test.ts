import { describe, expect, expectTypeOf, it } from "vitest"
import {
  add,
  type Currency,
  compare,
  equals,
  hasCurrency,
  isNegative,
  isPositive,
  isZero,
  type Money,
  max,
  min,
  money,
  negate,
  subtract,
  sum,
  zero
} from "./index.ts"

const usd = (amount: bigint) => money(amount, "USD")
const eur = (amount: bigint) => money(amount, "EUR")

describe("amounts of one currency", () => {
  it("are added, subtracted and turned round", () => {
    expect(add(usd(1n), usd(2n))).toEqual({ amount: 3n, currency: "USD" })
    expect(subtract(usd(1n), usd(3n))).toEqual({ amount: -2n, currency: "USD" })
    expect(negate(usd(5n))).toEqual(usd(-5n))
    expect(zero("EUR")).toEqual(eur(0n))
  })

  it("are ordered", () => {
    expect([compare(usd(1n), usd(2n)), compare(usd(2n), usd(2n)), compare(usd(3n), usd(2n))]).toEqual([-1, 0, 1])
    expect([min(usd(1n), usd(2n)), max(usd(1n), usd(2n))]).toEqual([usd(1n), usd(2n)])
  })

  it.each([
    [-1n, { zero: false, negative: true, positive: false }],
    [0n, { zero: true, negative: false, positive: false }],
    [1n, { zero: false, negative: false, positive: true }]
  ])("%s has one sign", (amount, sign) => {
    const found = { zero: isZero(usd(amount)), negative: isNegative(usd(amount)), positive: isPositive(usd(amount)) }
    expect(found).toEqual(sign)
  })

  it("are summed, and an empty list is nothing of the named currency", () => {
    expect(sum([usd(1n), usd(2n), usd(3n)], "USD")).toEqual(usd(6n))
    expect(sum([], "JPY")).toEqual(zero("JPY"))
  })
})

describe("amounts of different currencies", () => {
  it("neither compile together nor get past the check at run time", () => {
    // @ts-expect-error dollars and euros are not added
    expect(() => add(usd(1n), eur(1n))).toThrow(TypeError)
    // @ts-expect-error nor subtracted
    expect(() => subtract(usd(1n), eur(1n))).toThrow(TypeError)
    // @ts-expect-error nor compared
    expect(() => compare(usd(1n), eur(1n))).toThrow(TypeError)
    // @ts-expect-error nor is one the lesser
    expect(() => min(usd(1n), eur(1n))).toThrow(TypeError)
    // @ts-expect-error nor the greater
    expect(() => max(usd(1n), eur(1n))).toThrow(TypeError)
    // @ts-expect-error nor summed
    expect(() => sum([usd(1n), eur(1n)], "USD")).toThrow(TypeError)
  })

  it("are caught at run time where their types were widened", () => {
    const wide: ReadonlyArray<Money> = [usd(1n), eur(1n)]
    const [first, second] = wide
    if (first === undefined || second === undefined) throw new Error("two amounts were given")
    expect(() => add(first, second)).toThrow("currencies mixed: USD and EUR")
    expect(() => sum(wide, first.currency)).toThrow("currencies mixed: EUR and USD")
  })

  it("do not fit where another currency is asked for, nor does an unknown code make money", () => {
    // @ts-expect-error an amount in euros is no amount in dollars
    const wrong: Money<"USD"> = eur(1n)
    // @ts-expect-error no such currency
    const unknown = money(1n, "ZZZ")
    expect([wrong.currency, unknown.currency]).toEqual(["EUR", "ZZZ"])
  })

  it("are unequal, and can be told apart", () => {
    expect(equals(usd(1n), eur(1n))).toBe(false)
    expect(equals(usd(1n), usd(2n))).toBe(false)
    expect(equals(usd(1n), usd(1n))).toBe(true)
    const wide: Money = usd(1n)
    if (!hasCurrency(wide, "USD")) throw new Error("it is in dollars")
    expectTypeOf(wide).toEqualTypeOf<Money<"USD">>()
    expect(hasCurrency(wide, "EUR")).toBe(false)
  })

  it("keep the currency in the type of every result", () => {
    expectTypeOf(add(usd(1n), usd(1n))).toEqualTypeOf<Money<"USD">>()
    expectTypeOf(sum([], "JPY")).toEqualTypeOf<Money<"JPY">>()
    expectTypeOf<Money<"USD">>().toExtend<Money>()
    expectTypeOf<Money>().not.toExtend<Money<"USD">>()
    expectTypeOf<"USD" | "CLF" | "ETH">().toExtend<Currency>()
  })
})
