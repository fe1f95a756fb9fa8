import * as Effect from "effect/Effect"
import { beforeEach, describe, expect, it } from "vitest"
import { Clock } from "../ports/clock.ts"
import { type ShortMemory, shortMemory } from "./short-memory.ts"

const rememberMs = 100
let nowMs = 0
let asked = 0
let memory: ShortMemory<number>

beforeEach(() => {
  nowMs = 1_000
  asked = 0
  memory = shortMemory(rememberMs, 2)
})

const ask = Effect.sync(() => ++asked)
const recall = (key: string, isWorthIt = true, question: Effect.Effect<number> = ask): Promise<number> =>
  Effect.runPromise(
    Effect.provideService(
      memory.recall(key, question, () => isWorthIt),
      Clock,
      Clock.of({ nowMs: () => nowMs })
    )
  )

describe("a short memory", () => {
  it("answers what it was told, each key by itself, until that may be out of date", async () => {
    expect([await recall("a"), await recall("b"), await recall("a")]).toEqual([1, 2, 1])
    nowMs += rememberMs - 1
    expect(await recall("a")).toBe(1)
    nowMs += 1
    expect(await recall("a")).toBe(3)
  })

  it("does not last longer where the clock is set back", async () => {
    await recall("a")
    nowMs -= 1
    expect(await recall("a")).toBe(2)
  })

  it("keeps nothing that is not worth it", async () => {
    expect([await recall("a", false), await recall("a", false)]).toEqual([1, 2])
  })

  it("forgets one key when it is told to, and keeps the others", async () => {
    await recall("a")
    await recall("b")
    memory.forget("a")
    expect([await recall("a"), await recall("b")]).toEqual([3, 2])
  })

  it("forgets everything when it is full", async () => {
    await recall("a")
    await recall("b")
    await recall("c")
    expect([await recall("c"), await recall("a")]).toEqual([3, 4])
  })

  it("does not keep what was asked before something was forgotten", async () => {
    const overtaken = Effect.sync(() => {
      memory.forget("a")
      return ++asked
    })
    expect(await recall("a", true, overtaken)).toBe(1)
    expect(await recall("a")).toBe(2)
  })
})
