/** The clock is put forward between things, never through the middle of one. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pause } from "@paykernel/four-books/polling"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { openSandboxClock } from "../src/clock.ts"
import { timeMachine } from "../src/time-machine.ts"
import { scratchDirectory } from "./server-process.ts"

const hourMs = 60 * 60 * 1000

/** A machine over a kernel and a bank that are at rest when `isBusy` says so. */
const setUp = async (patienceMs = 2_000) => {
  const directory = scratchDirectory()
  onTestFinished(directory.remove)
  const path = join(directory.path, "clock.json")
  const clock = await openSandboxClock(path)
  const world = { kernelIsBusy: async () => {}, bankIsBusy: Effect.void as Effect.Effect<void> }
  const machine = timeMachine({
    clock,
    kernel: { drain: () => world.kernelIsBusy() },
    bank: { drain: Effect.suspend(() => world.bankIsBusy) },
    patienceMs
  })
  const isAhead = (): boolean => machine.nowMs() - Date.now() > hourMs / 2
  return { clock, path, world, machine, isAhead }
}

describe("putting the clock forward", () => {
  it("is durable: a clock that is opened again is as far ahead", async () => {
    const { machine, path } = await setUp()
    expect(await machine.advance(hourMs)).toBe("advanced")
    expect(await machine.advance(hourMs)).toBe("advanced")
    expect((await openSandboxClock(path)).aheadMs()).toBe(2 * hourMs)
  })

  it("waits for requests that are being answered, and lets new ones wait", async () => {
    const { machine, isAhead } = await setUp()
    const first = Promise.withResolvers<void>()
    const seen: Array<string> = []
    const answer = async (request: Request): Promise<Response> => {
      const { pathname } = new URL(request.url)
      if (pathname === "/first") await first.promise
      seen.push(`${pathname} ${isAhead() ? "after" : "before"}`)
      return new Response()
    }
    const handle = machine.gated(answer, () => false)
    const answering = handle(new Request("http://h/first"))
    await pause(5)
    const advancing = machine.advance(hourMs)
    await pause(5)
    const later = handle(new Request("http://h/later"))
    await pause(20)
    expect([isAhead(), seen]).toEqual([false, []])
    first.resolve()
    expect(await advancing).toBe("advanced")
    await Promise.all([answering, later])
    expect(seen).toEqual(["/first before", "/later after"])
  })

  it("does not wait for a receiver that has to read something before it answers", async () => {
    const { machine, world, isAhead } = await setUp()
    const handle = machine.gated(
      async () => new Response(),
      ({ method }) => method === "GET"
    )
    let answered = 0
    world.kernelIsBusy = async () => {
      answered = (await handle(new Request("http://h/key"))).status
    }
    expect(await machine.advance(hourMs)).toBe("advanced")
    expect([isAhead(), answered]).toEqual([true, 200])
  })

  it("waits for what is on its way to the bank", async () => {
    const { machine, world, isAhead } = await setUp()
    const arrived = Promise.withResolvers<void>()
    world.bankIsBusy = Effect.promise(() => arrived.promise)
    const advancing = machine.advance(hourMs)
    await pause(20)
    expect(isAhead()).toBe(false)
    world.bankIsBusy = Effect.void
    arrived.resolve()
    expect(await advancing).toBe("advanced")
  })

  it("is given up where something does not come to rest, and then the clock stands where it was", async () => {
    const { machine, world, isAhead, path } = await setUp(30)
    const rest = Promise.withResolvers<void>()
    world.kernelIsBusy = () => rest.promise
    expect(await machine.advance(hourMs)).toBe("busy")
    rest.resolve()
    await pause(10)
    expect([isAhead(), readFileSync(path, "utf8")]).toEqual([false, '{"aheadMs":0}\n'])
    world.kernelIsBusy = async () => {}
    expect(await machine.advance(hourMs)).toBe("advanced")
  })

  it("is given up where the kernel cannot say whether it is at rest", async () => {
    const { machine, world, isAhead, path } = await setUp()
    world.kernelIsBusy = () => Promise.reject(new Error("the store is away"))
    await expect(machine.advance(hourMs)).rejects.toThrow("the store is away")
    expect([isAhead(), readFileSync(path, "utf8")]).toEqual([false, '{"aheadMs":0}\n'])
  })

  it.each([11 * 365 * 24 * hourMs, Number.NaN, Number.POSITIVE_INFINITY, 0.5])("is refused by %d ms", async (ms) => {
    const { machine, isAhead } = await setUp()
    expect(await machine.advance(ms)).toBe("too far")
    expect(isAhead()).toBe(false)
  })
})
