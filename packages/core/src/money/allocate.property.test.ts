import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, it } from "vitest"
import * as laws from "../testing/laws/index.ts"
import { allocate, money, type RemainderPolicy } from "./index.ts"

const runs = { numRuns: 10_000 }
const policies: ReadonlyArray<RemainderPolicy> = ["first", "last", "largestWeight", "largestRemainder"]
const amounts = fc.oneof(fc.bigInt(-1000n, 1000n), fc.bigInt(-(10n ** 15n), 10n ** 15n))
const weightLists = fc
  .array(fc.oneof(fc.bigInt(0n, 5n), fc.bigInt(0n, 10n ** 18n)), { minLength: 1, maxLength: 30 })
  .filter((weights) => weights.some((weight) => weight > 0n))

const size = (value: bigint) => (value < 0n ? -value : value)
const sumOf = (values: ReadonlyArray<bigint>) => values.reduce((total, value) => total + value, 0n)
const split = (amount: bigint, weights: ReadonlyArray<bigint>, policy: RemainderPolicy) =>
  Result.getOrThrow(allocate(money(amount, "USD"), weights, policy)).map((part) => part.amount)

describe.each(policies)("laws of splitting, remainder to %s", (policy) => {
  it("parts are as many as the weights, add up exactly, and are within one unit of their exact shares", () => {
    fc.assert(
      laws.allocation({
        split: (amount, weights) => Result.getOrThrow(allocate(amount, weights, policy)),
        offByUnit: policy !== "largestRemainder"
      }),
      runs
    )
  })

  it("the parts that got one unit more are the ones that the policy names", () => {
    fc.assert(
      fc.property(amounts.map(size), weightLists, (amount, weights) => {
        const total = sumOf(weights)
        const entitled = split(amount, weights, policy).flatMap((part, index) => {
          const weight = weights[index] ?? 0n
          const exact = amount * weight
          return weight === 0n
            ? []
            : [{ index: BigInt(index), weight, lost: exact % total, more: part > exact / total }]
        })
        const rank = { first: "index", last: "index", largestWeight: "weight", largestRemainder: "lost" } as const
        const prefersLow = policy === "first"
        return entitled.every((lucky) =>
          entitled.every((other) => {
            if (!lucky.more || other.more) return true
            const gap = lucky[rank[policy]] - other[rank[policy]]
            return gap === 0n ? lucky.index < other.index : gap < 0n === prefersLow
          })
        )
      }),
      runs
    )
  })
})
