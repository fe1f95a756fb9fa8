import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { allocate, type Money, money, type RemainderPolicy, weightsMax } from "./index.ts"

const split = (amount: bigint, weights: ReadonlyArray<bigint>, policy: RemainderPolicy) =>
  Result.getOrThrow(allocate(money(amount, "USD"), weights, policy)).map((part) => part.amount)

describe("splitting an amount", () => {
  it.each<[RemainderPolicy, bigint, ReadonlyArray<bigint>, ReadonlyArray<bigint>]>([
    ["first", 100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    ["last", 100n, [1n, 1n, 1n], [33n, 33n, 34n]],
    ["first", 101n, [1n, 1n, 1n], [34n, 34n, 33n]],
    ["last", 101n, [1n, 1n, 1n], [33n, 34n, 34n]],
    ["largestWeight", 10n, [1n, 3n, 2n], [1n, 6n, 3n]],
    ["largestRemainder", 10n, [1n, 3n, 2n], [2n, 5n, 3n]],
    ["largestWeight", 100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    ["first", 5n, [0n, 1n, 1n], [0n, 3n, 2n]],
    ["last", 5n, [1n, 1n, 0n], [2n, 3n, 0n]],
    ["first", -100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
    ["first", 0n, [1n, 2n], [0n, 0n]],
    ["first", 7n, [5n], [7n]]
  ])("to the %s, case %#", (policy, amount, weights, parts) => {
    expect(split(amount, weights, policy)).toEqual(parts)
  })

  it("keeps the currency", () => {
    const parts: ReadonlyArray<Money<"USD">> = Result.getOrThrow(allocate(money(1n, "USD"), [1n], "first"))
    expect(parts).toEqual([money(1n, "USD")])
  })

  it.each([
    [[], { _tag: "NoWeights" }],
    [[1n, -2n, -3n], { _tag: "NegativeWeight", index: 1 }],
    [[0n, 0n], { _tag: "AllWeightsZero" }],
    [new Array<bigint>(weightsMax + 1).fill(1n), { _tag: "TooManyWeights", maximum: 10_000 }]
  ])("refuses weights that divide nothing, case %#", (weights, failure) => {
    expect(allocate(money(100n, "USD"), weights, "first")).toMatchObject({ failure })
  })

  it("accepts as many weights as it says", () => {
    expect(split(10_001n, new Array<bigint>(weightsMax).fill(1n), "last").at(-1)).toBe(2n)
  })
})
