/** Grouping by itself: who shares a write, what is refused, and that everybody is answered once. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type GroupCommitOptions, groupCommit, type WriteResult } from "./group-commit.ts"

const setUp = (
  write: (batch: ReadonlyArray<string>, place: number) => WriteResult | Promise<WriteResult>,
  limits = {},
  writersMax = 1
) => {
  const batches: Array<ReadonlyArray<string>> = []
  const answers: Array<string> = []
  const options: GroupCommitOptions<string> = {
    write: (batch) => {
      batches.push(batch)
      return write(batch, batches.length)
    },
    refuse: (job, reason) => answers.push(`${job} ${reason}`),
    writersMax,
    limits
  }
  return { batches, answers, group: groupCommit(options) }
}

const settled = (): WriteResult => "settled"

describe("group commit", () => {
  it("puts what one turn of the event loop submits into one write", async () => {
    const { batches, group } = setUp(settled)
    group.submit("a")
    await Promise.resolve().then(() => group.submit("b"))
    group.submit("c")
    await group.close()
    expect(batches).toEqual([["a", "b", "c"]])
  })

  it("puts what arrives during a write into the next one", async () => {
    const { batches, group } = setUp(async (_, place): Promise<WriteResult> => {
      if (place === 1) for (const job of ["b", "c"]) group.submit(job)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return "settled"
    })
    group.submit("a")
    await new Promise((resolve) => setTimeout(resolve, 20))
    await group.close()
    expect(batches).toEqual([["a"], ["b", "c"]])
  })

  it("bounds a write and the queue", async () => {
    const { batches, answers, group } = setUp(settled, { batchMax: 2, waitingMax: 5 })
    for (const job of ["a", "b", "c", "d", "e", "f"]) group.submit(job)
    expect(answers).toEqual(["f overloaded"])
    await group.close()
    expect(batches).toEqual([["a", "b"], ["c", "d"], ["e"]])
  })

  it("tries a busy batch again before anything that came later, and gives up in the end", async () => {
    const { batches, answers, group } = setUp((_, place) => (place <= 2 || place >= 4 ? "busy" : "settled"), {
      batchMax: 1,
      busyRetriesMax: 2
    })
    group.submit("a")
    group.submit("b")
    await group.close()
    expect(batches).toEqual([["a"], ["a"], ["a"], ["b"], ["b"], ["b"]])
    expect(answers).toEqual(["b busy"])
  })

  it("takes back what has not begun, also out of a batch that waits to be tried again", async () => {
    const { batches, group } = setUp((_, place) => (place === 1 ? "busy" : "settled"))
    for (const job of ["a", "b"]) group.submit(job)
    await new Promise((resolve) => setImmediate(resolve))
    expect(batches).toHaveLength(1)
    expect(group.withdraw("a")).toBe(true)
    expect(group.withdraw("a")).toBe(false)
    await group.close()
    expect(batches).toEqual([["a", "b"], ["b"]])
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("no disk")
      }
    ],
    ["rejects", () => Promise.reject(new Error("no disk"))]
  ])("answers everybody when the write %s, and goes on", async (_, fail) => {
    const { batches, answers, group } = setUp((_batch, place) => (place === 1 ? fail() : settled()))
    for (const job of ["a", "b"]) group.submit(job)
    await new Promise((resolve) => setTimeout(resolve, 5))
    group.submit("c")
    await group.close()
    expect(answers).toEqual(["a failed", "b failed"])
    expect(batches).toEqual([["a", "b"], ["c"]])
  })

  it("refuses what comes after it was closed", async () => {
    const { answers, group } = setUp(settled)
    await group.close()
    group.submit("late")
    expect(answers).toEqual(["late closed"])
  })

  it("lets one write at a time begin unless it is told that more may", async () => {
    let underWay = 0
    let most = 0
    const { group } = setUp(async (): Promise<WriteResult> => {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setTimeout(resolve, 2))
      underWay -= 1
      return "settled"
    })
    for (let turn = 0; turn < 5; turn++) {
      group.submit(`job-${turn}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await group.close()
    expect(most).toBe(1)
  })

  it("spreads many jobs over the writers that are free, and leaves few together", async () => {
    const later = (): Promise<WriteResult> => new Promise((resolve) => setTimeout(resolve, 5, "settled"))
    const { batches, group } = setUp(later, {}, 3)
    for (let job = 0; job < 60; job++) group.submit(`a-${job}`)
    await group.close()
    expect(batches.map((batch) => batch.length)).toEqual([20, 20, 20])

    const few = setUp(later, {}, 3)
    for (let job = 0; job < 8; job++) few.group.submit(`b-${job}`)
    await few.group.close()
    expect(few.batches.map((batch) => batch.length)).toEqual([8])
  })

  it("begins no small write beside a large one, which would only leave less to share", async () => {
    const ends: Array<() => void> = []
    const { batches, group } = setUp(
      () => new Promise<WriteResult>((resolve) => ends.push(() => resolve("settled"))),
      { batchMax: 8 },
      2
    )
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    for (let job = 0; job < 8; job++) group.submit(`a-${job}`)
    await turn()
    for (let job = 0; job < 3; job++) group.submit(`b-${job}`)
    await turn()
    expect(batches).toHaveLength(1)
    group.submit("b-3")
    await turn()
    expect(batches.map((batch) => batch.length)).toEqual([8, 4])
    for (const end of ends) end()
    await group.close()
  })

  it("answers every job exactly once whatever the writes do, and never out of order", async () => {
    const result = fc.constantFrom("settled", "settled", "busy", "later", "throws")
    await fc.assert(
      fc.asyncProperty(fc.array(result, { maxLength: 6 }), fc.integer({ min: 1, max: 12 }), async (results, jobs) => {
        const written: Array<string> = []
        const { answers, group } = setUp(
          (batch, place) => {
            const now = results[place - 1] ?? "settled"
            if (now === "throws") throw new Error("no disk")
            if (now !== "busy") written.push(...batch)
            return now === "later" ? Promise.resolve("settled") : now === "busy" ? "busy" : "settled"
          },
          { batchMax: 3, busyRetriesMax: 1 }
        )
        const names = Array.from({ length: jobs }, (_, n) => `job-${String(n).padStart(2, "0")}`)
        for (const name of names) group.submit(name)
        await group.close()
        const refused = answers.map((answer) => answer.split(" ")[0])
        expect([...written, ...refused].toSorted()).toEqual(names)
        expect(written).toEqual(written.toSorted())
      }),
      { numRuns: 1000 }
    )
  })

  it("answers every job exactly once with several writers, too", async () => {
    const result = fc.record({
      ends: fc.constantFrom("settled", "busy", "throws"),
      inMs: fc.integer({ min: 0, max: 2 })
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(result, { maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 2, max: 4 }),
        async (results, jobs, writersMax) => {
          const written: Array<string> = []
          const { answers, group } = setUp(
            async (batch, place) => {
              const { ends, inMs } = results[place - 1] ?? { ends: "settled", inMs: 0 }
              if (inMs > 0) await new Promise((resolve) => setTimeout(resolve, inMs))
              if (ends === "throws") throw new Error("no disk")
              if (ends === "settled") written.push(...batch)
              return ends
            },
            { batchMax: 10, busyRetriesMax: 1 },
            writersMax
          )
          const names = Array.from({ length: jobs }, (_, n) => `job-${String(n).padStart(2, "0")}`)
          for (const name of names) group.submit(name)
          await group.close()
          expect([...written, ...answers.map((answer) => answer.split(" ")[0])].toSorted()).toEqual(names)
        }
      ),
      { numRuns: 500 }
    )
  })
})
