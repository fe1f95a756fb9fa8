import * as Effect from "effect/Effect"
import { beforeEach, describe, expect, it } from "vitest"
import { makePlaces, type Places, type Waiting } from "./places.ts"

let running: Array<{ readonly id: string; readonly end: () => void }>
let emptied: number
let places: Places

beforeEach(() => {
  running = []
  emptied = 0
  places = makePlaces(
    { concurrency: 4, queueMax: 1 },
    ({ task }, end) => running.push({ id: task.id, end }),
    () => emptied++
  )
})

const waiting = (id: string): Waiting => ({
  task: {
    ...{ id, kind: "attempt", subject: "", dueAtMs: 0, attempt: 1, fence: 1, leasedUntilMs: 9 },
    aggregate: { merchantId: "m-1", type: "payment", id: "p-1" }
  },
  fresh: false
})

const take = (...ids: ReadonlyArray<string>): void => {
  for (const id of ids) places.take(waiting(id))
}

const end = (id: string): void =>
  running
    .splice(
      running.findIndex((one) => one.id === id),
      1
    )[0]
    ?.end()
const runningIds = (): ReadonlyArray<string> => running.map(({ id }) => id)
const moment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe("places", () => {
  it("run so many at once, and the next as soon as one has ended, in their order", () => {
    expect(places.free()).toBe(4)
    take("a", "b", "c")
    expect(places.free()).toBe(1)
    take("d", "e", "f")
    expect([runningIds(), places.free()]).toEqual([["a", "b", "c", "d"], 0])
    end("b")
    expect(runningIds()).toEqual(["a", "c", "d", "e"])
    end("a")
    expect(runningIds()).toEqual(["c", "d", "e", "f"])
  })

  it("ask for more when half of them are free, and not while somebody waits", () => {
    take("a", "b", "c", "d", "e")
    end("a")
    end("b")
    expect(emptied).toBe(0)
    end("c")
    expect(emptied).toBe(1)
    end("d")
    expect(emptied).toBe(2)
  })

  it("promise as much room as there is, to run and to wait, and no more until it is given back", () => {
    take("a", "b", "c")
    const first = places.reserve()
    const second = places.reserve()
    expect([first?.atOnce, second?.atOnce, places.reserve()]).toEqual([true, true, null])
    first?.release()
    take("d")
    expect(places.reserve()).toBeNull()
    second?.release()
    const queued = places.reserve()
    expect(queued?.atOnce).toBe(false)
    queued?.release()
    take("e")
    expect(places.reserve()).toBeNull()
  })

  it("are idle when nothing runs and nothing is being brought", async () => {
    let idle = 0
    const wait = (): void => void Effect.runPromise(places.untilIdle).then(() => idle++)
    wait()
    await moment()
    expect([places.isIdle(), idle]).toEqual([true, 1])
    let brought: () => void = () => {}
    const bringing = Effect.runPromise(places.bringing(Effect.promise(() => new Promise<void>((go) => (brought = go)))))
    take("a")
    wait()
    await moment()
    expect([places.isIdle(), idle]).toEqual([false, 1])
    end("a")
    await moment()
    expect([places.isIdle(), idle]).toEqual([false, 1])
    brought()
    await bringing
    await moment()
    expect([places.isIdle(), idle]).toEqual([true, 2])
    take("b")
    wait()
    end("b")
    await moment()
    expect([places.isIdle(), idle]).toEqual([true, 3])
  })

  it("that are closed take nothing more, promise nothing, and forget what waits", () => {
    take("a", "b", "c", "d", "e")
    places.close()
    take("f")
    expect([places.free(), places.reserve()]).toEqual([0, null])
    for (const id of ["a", "b", "c", "d"]) end(id)
    expect([runningIds(), places.isIdle(), places.free()]).toEqual([[], true, 0])
    expect(places.reserve()).toBeNull()
  })
})
