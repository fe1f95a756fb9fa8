import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import { makeBell } from "./bell.ts"

const run = <A>(effect: Effect.Effect<A>): Promise<A> => Effect.runPromise(effect)
const isHeard = (fiber: Fiber.Fiber<void>): boolean => fiber.pollUnsafe() !== undefined
const moment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe("a bell", () => {
  it("wakes everyone who listens, and is not remembered then", async () => {
    const bell = makeBell()
    const listeners = [Effect.runFork(bell.heard), Effect.runFork(bell.heard)]
    await moment()
    expect(listeners.map(isHeard)).toEqual([false, false])
    bell.ring()
    await moment()
    expect(listeners.map(isHeard)).toEqual([true, true])
    const late = Effect.runFork(bell.heard)
    await moment()
    expect(isHeard(late)).toBe(false)
    await run(Fiber.interrupt(late))
  })

  it("rung with nobody listening is heard once, however often it was rung", async () => {
    const bell = makeBell()
    bell.ring()
    bell.ring()
    await run(bell.heard)
    const second = Effect.runFork(bell.heard)
    await moment()
    expect(isHeard(second)).toBe(false)
    await run(Fiber.interrupt(second))
  })

  it("is remembered where the only one who listened has gone", async () => {
    const bell = makeBell()
    const gone = Effect.runFork(bell.heard)
    const stays = Effect.runFork(bell.heard)
    await moment()
    await run(Fiber.interrupt(gone))
    bell.ring()
    await run(Fiber.await(stays))
    const another = Effect.runFork(bell.heard)
    await moment()
    await run(Fiber.interrupt(another))
    bell.ring()
    await run(bell.heard)
  })
})
