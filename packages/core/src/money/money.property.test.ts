import * as fc from "fast-check"
import { describe, it } from "vitest"
import { add, compare, max, min, money, negate, subtract, sum, zero } from "./index.ts"

const runs = { numRuns: 10_000 }
const edge = 10n ** 38n
const usd = fc.oneof(fc.bigInt(-(10n ** 15n), 10n ** 15n), fc.bigInt(-edge, edge)).map((amount) => money(amount, "USD"))
const same = (a: { readonly amount: bigint }, b: { readonly amount: bigint }) => a.amount === b.amount

describe("laws of money", () => {
  it("addition does not depend on order or grouping, and subtraction undoes it", () => {
    fc.assert(
      fc.property(
        usd,
        usd,
        usd,
        (a, b, c) =>
          same(add(a, b), add(b, a)) &&
          same(add(add(a, b), c), add(a, add(b, c))) &&
          same(subtract(add(a, b), b), a) &&
          same(add(a, negate(a)), zero("USD"))
      ),
      runs
    )
  })

  it("a sum is the same in any order", () => {
    fc.assert(
      fc.property(
        fc.array(usd).chain((amounts) => fc.tuple(fc.constant(amounts), fc.shuffledSubarray(amounts, full(amounts)))),
        ([amounts, shuffled]) => same(sum(amounts, "USD"), sum(shuffled, "USD"))
      ),
      runs
    )
  })

  it("the order is total: lesser and greater are the two amounts", () => {
    fc.assert(
      fc.property(
        usd,
        usd,
        (a, b) =>
          compare(a, b) === -compare(b, a) + 0 &&
          compare(min(a, b), max(a, b)) <= 0 &&
          same(add(min(a, b), max(a, b)), add(a, b))
      ),
      runs
    )
  })
})

const full = (items: ReadonlyArray<unknown>) => ({ minLength: items.length, maxLength: items.length })
