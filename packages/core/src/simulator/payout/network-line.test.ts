/** What a line does with a message, told apart by the clock and by how often it arrives. */
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { inTime, onVirtualTime, turn } from "../../testing/in-time.ts"
import { networkLine } from "./network-line.ts"
import type { NetworkMode } from "./network-mode.ts"

const lineIn = (mode: NetworkMode) => networkLine({ draw: () => mode, lateMs: 1_000, lookupLagMs: 2_000 })

const passing = (ms: number) => Effect.andThen(TestClock.adjust(ms), turn)

describe("a message over the line", () => {
  it.each<[NetworkMode, number]>([
    ["normal", 1],
    ["down", 0],
    ["drop-before", 0],
    ["execute-drop", 1],
    ["late", 1],
    ["duplicate", 2],
    ["stale", 1]
  ])("in mode %s arrives %i times", (mode, times) =>
    onVirtualTime(
      Effect.gen(function* () {
        const { send, drain } = lineIn(mode)
        let arrived = 0
        yield* inTime(send("key", async () => ++arrived, 5_000))
        yield* inTime(drain)
        expect(arrived).toBe(times)
      })
    )
  )

  it("that is late arrives when its time has come, and no sooner", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const { send, drain } = lineIn("late")
        let arrived = 0
        expect(yield* send("key", async () => ++arrived, 5_000)).toMatchObject({ _tag: "Unknown" })
        yield* turn
        yield* passing(999)
        expect(arrived).toBe(0)
        yield* passing(1)
        yield* drain
        expect(arrived).toBe(1)
      })
    ))

  it("that cannot be carried out is in doubt, and no longer on its way", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const { send, look } = lineIn("normal")
        const sent = yield* inTime(send("key", () => Promise.reject(new Error("the disk is full")), 5_000))
        expect(sent).toEqual({ _tag: "Unknown", why: "the network could not write it down" })
        expect(yield* look("key", () => "nothing")).toEqual({ _tag: "Seen", view: "nothing" })
      })
    ))

  it.each([
    [20, 20],
    [5_000, 50]
  ])("that is lost is not waited for longer than %i ms, nor than %i", (timeoutMs, waitedMs) =>
    onVirtualTime(
      Effect.gen(function* () {
        const { send } = lineIn("drop-before")
        const waiting = yield* Effect.forkChild(send("key", async () => "done", timeoutMs))
        yield* turn
        yield* passing(waitedMs - 1)
        expect(waiting.pollUnsafe()).toBeUndefined()
        yield* passing(1)
        expect(waiting.pollUnsafe()).toBeDefined()
      })
    )
  )
})
