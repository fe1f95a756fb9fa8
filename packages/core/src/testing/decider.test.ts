import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { decider, StoryFailed } from "./decider.ts"
import { differenceOf, sameData } from "./plain-data.ts"

type Event = { readonly _tag: "Added"; readonly amount: bigint }
type Decision = { readonly events: ReadonlyArray<Event>; readonly tasks: ReadonlyArray<string> }

/** A jar that holds at most ten, and rings a bell when it is full. */
const jar = decider({
  initial: 0n,
  decide: (held: bigint, amount: bigint): Result.Result<Decision, { readonly _tag: "Full"; readonly held: bigint }> => {
    if (amount === 0n) return Result.succeed({ events: [], tasks: [] })
    if (held + amount > 10n) return Result.fail({ _tag: "Full", held })
    const tasks = held + amount === 10n ? ["ring"] : []
    return Result.succeed({
      events: amount < 0n ? [] : [{ _tag: "Added", amount }],
      tasks: amount < 0n ? ["ring"] : tasks
    })
  },
  evolve: (held: bigint, event: Event) => held + event.amount
})
const added = (amount: bigint): Event => ({ _tag: "Added", amount })

const failureOf = (story: () => unknown): StoryFailed => {
  try {
    story()
  } catch (error) {
    if (error instanceof StoryFailed) return error
    throw error
  }
  throw new Error("the story did not fail")
}

describe("a story about a decider", () => {
  it("that ends as told is silent, and gives the whole decision", () => {
    expect(jar.given(added(4n)).when(6n).then(added(6n))).toEqual({ events: [added(6n)], tasks: ["ring"] })
    jar.given(added(4n)).when(7n).thenRejected({ _tag: "Full", held: 4n })
    jar.given(added(4n)).when(0n).thenNothing()
  })

  it("with other events fails, and shows the difference", () => {
    const failure = failureOf(() => jar.given().when(2n).then(added(3n)))
    expect(failure.message).toBe(
      [
        "other events followed",
        "  [",
        "    {",
        '      _tag: "Added"',
        "-     amount: 3n",
        "+     amount: 2n",
        "    }",
        "  ]"
      ].join("\n")
    )
    expect(failure).toMatchObject({ expected: [added(3n)], actual: [added(2n)] })
  })

  it("with more or fewer events fails", () => {
    expect(failureOf(() => jar.given().when(2n).then()).message).toContain("other events")
    expect(failureOf(() => jar.given().when(2n).then(added(2n), added(2n))).message).toContain("other events")
  })

  it("that was refused instead, or accepted instead, fails", () => {
    expect(failureOf(() => jar.given().when(11n).then(added(11n))).message).toContain("the command was refused")
    expect(failureOf(() => jar.given().when(11n).thenNothing()).message).toContain("the command was refused")
    expect(failureOf(() => jar.given().when(1n).thenRejected({ _tag: "Full", held: 0n })).message).toContain("accepted")
    expect(failureOf(() => jar.given().when(11n).thenRejected({ _tag: "Full", held: 1n })).message).toContain(
      "for another reason"
    )
  })

  it("of nothing fails on anything, be it a task without an event", () => {
    expect(failureOf(() => jar.given().when(1n).thenNothing()).message).toContain("something followed")
    expect(failureOf(() => jar.given().when(-1n).thenNothing()).message).toContain("something followed")
  })

  it("may begin with commands, which must all be accepted", () => {
    expect(jar.history(1n, 0n, 2n)).toEqual([added(1n), added(2n)])
    expect(jar.fold(jar.history(1n, 2n))).toBe(3n)
    expect(failureOf(() => jar.history(1n, 10n)).message).toContain("the history was refused")
  })
})

describe("plain data", () => {
  it("is compared field by field, in any order, and everything else by identity", () => {
    expect(sameData({ a: [1n, { b: null }], c: undefined }, { c: undefined, a: [1n, { b: null }] })).toBe(true)
    expect(sameData({ a: 1n }, { a: 1 })).toBe(false)
    expect(sameData({ a: undefined }, {})).toBe(false)
    expect(sameData([1], [1, 2])).toBe(false)
    expect(sameData([], {})).toBe(false)
    expect(sameData(Number.NaN, Number.NaN)).toBe(true)
    expect(sameData(new Date(0), new Date(0))).toBe(false)
  })

  it("is shown line by line, with what was removed and what was added", () => {
    expect(differenceOf({ a: 1n, b: [], c: {} }, { b: [], c: {}, d: "x" })).toBe(
      ["  {", "-   a: 1n", "    b: []", "    c: {}", '+   d: "x"', "  }"].join("\n")
    )
    expect(differenceOf([-0, new Map()], [0, new Map()])).toBe(
      ["  [", "-   -0", "+   0", "    [Map]", "  ]"].join("\n")
    )
  })
})
