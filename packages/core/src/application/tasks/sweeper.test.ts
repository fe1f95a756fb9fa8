import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { memoryStore } from "../../memory/index.ts"
import { Clock } from "../../ports/clock.ts"
import { Store } from "../../ports/store.ts"
import { sweep, sweeperDefaults } from "./sweeper.ts"

type Asked = Parameters<Store["Service"]["sweep"]>[0]

/** One sweep of a store that has so many rows to let go. */
const sweepOf = async (rows: number) => {
  const asked: Array<Asked> = []
  let left = rows
  const store = Store.of({
    ...memoryStore(),
    sweep: (request) => {
      asked.push(request)
      const gone = Math.min(left, request.limit)
      left -= gone
      return Effect.succeed(gone)
    }
  })
  const swept = sweep({ ...sweeperDefaults, keepFinishedTasksMs: 1_000 }).pipe(
    Effect.provideService(Store, store),
    Effect.provideService(Clock, Clock.of({ nowMs: () => 5_000 }))
  )
  return { gone: await Effect.runPromise(swept), asked, left }
}

describe("a sweep", () => {
  it("asks once for what has served its time, where that is little", async () => {
    const { gone, asked } = await sweepOf(7)
    expect(gone).toBe(7)
    expect(asked).toEqual([{ nowMs: 5_000, finishedTasksBeforeMs: 4_000, limit: asked[0]?.limit }])
  })

  it("goes on in steps while each is full, and leaves the rest of very much to the next one", async () => {
    const limit = (await sweepOf(0)).asked[0]?.limit ?? 0
    const some = await sweepOf(2 * limit + 1)
    expect([some.gone, some.asked.length, some.left]).toEqual([2 * limit + 1, 3, 0])
    const much = await sweepOf(1_000 * limit)
    expect(much.asked).toHaveLength(20)
    expect([much.gone, much.left]).toEqual([20 * limit, 980 * limit])
  })

  it("comes every minute, and leaves finished tasks for seven days, unless a host says otherwise", () => {
    expect(sweeperDefaults).toEqual({
      sweepEveryMs: 60_000,
      keepFinishedTasksMs: 604_800_000,
      expireCodesEveryMs: 30_000
    })
  })
})
