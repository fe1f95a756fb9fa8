/**
 * A process is stopped in the middle of its work and wakes up later: a laptop's lid, a virtual machine that is moved, a
 * long collection of garbage. What it held has gone to another, whom it can neither keep from working nor overwrite.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { freshDatabase } from "@paykernel/test-postgres"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import pg from "pg"
import { afterEach, describe, expect, it } from "vitest"
import { openStore } from "../open-store.ts"
import { temporaryDatabase } from "../temporary-database.ts"
import type { Answered, Line, Planned } from "./journal.ts"
import { judge } from "./judge.ts"
import { commitOfPlan } from "./load-commits.ts"
import { endLoads, type LoadProcess, startLoad } from "./load-process.ts"
import { readTables } from "./tables.ts"
import { sleep, until } from "./until.ts"
import { figuresOf, isDeep, reasonsOf, tell, verdictOf } from "./verdict-of.ts"

const cleanups: Array<() => unknown> = []
afterEach(async () => {
  await endLoads()
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

const freshUrl = async (): Promise<string> => {
  const { url, drop } = await freshDatabase()
  cleanups.push(drop)
  return url
}

/** A process that is told line by line, and answers each with a line of JSON. */
const startHolder = async (url: string) => {
  const script = fileURLToPath(new URL("lease-holder.ts", import.meta.url))
  const child: ChildProcess = spawn(process.execPath, ["--conditions=source", script, url], {
    stdio: ["pipe", "pipe", "inherit"]
  })
  cleanups.push(() => child.kill("SIGKILL"))
  const lines = child.stdout === null ? undefined : createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const heard = async (): Promise<unknown> => JSON.parse(String((await lines?.next())?.value))
  expect(await heard()).toBe("ready")
  return {
    heard,
    tell: (line: string) => child.stdin?.write(`${line}\n`),
    signal: (name: NodeJS.Signals) => child.kill(name)
  }
}

const planOf = (id: string, task: Planned["task"], completes: Planned["completes"]): Planned => ({
  id,
  merchant: "m",
  key: id,
  writes: [{ payment: `of-${id}`, version: 1, authorized: "100", captured: "0", refunded: "0" }],
  amount: "100",
  task,
  completes
})

const engines = { SQLite: async () => `sqlite:${temporaryDatabase()}`, PostgreSQL: freshUrl }
const sleeps = isDeep ? 250 : 4

describe.each(Object.entries(engines))(
  "a holder of a lease that is stopped for longer than that, on %s",
  (engine, urlOf) => {
    it(`is refused when it wakes up, ${sleeps} times`, { timeout: 60_000 + sleeps * 2000 }, async () => {
      const url = await urlOf()
      const { store, close } = await openStore(url)
      cleanups.push(close)
      const holder = await startHolder(url)
      const lines: Array<Line> = []
      const note = (planned: Planned, outcome: Answered["outcome"]): void => {
        const answered = { id: planned.id, outcome, reason: "", outcomeUnknown: false, ms: 0 }
        lines.push({ planned }, { answered })
      }
      const send = async (plan: Planned): Promise<void> => {
        const result = await Effect.runPromise(Effect.result(store.commit(commitOfPlan(plan, "me", Date.now()))))
        note(plan, Result.isSuccess(result) ? "Committed" : result.failure._tag)
      }
      for (let n = 0; n < sleeps; n++) {
        await send(planOf(`filed-${n}`, "ready", null))
        holder.tell("claim")
        expect(await holder.heard()).toEqual({ task: `filed-${n}`, fence: 1 })
        holder.signal("SIGSTOP")
        await until(async () => {
          const tasks = await Effect.runPromise(
            store.claim({ lane: "money", owner: "me", nowMs: Date.now(), leaseMs: 60_000, limit: 1 })
          )
          for (const { id, fence } of tasks) {
            expect({ id, fence }).toEqual({ id: `filed-${n}`, fence: 2 })
            await send(planOf(`taken-${n}`, "leased", { task: id, fence }))
          }
          return tasks.length > 0
        })
        // What the woken one wants to write is in nobody's way but for its lease.
        const late = planOf(`late-${n}`, "leased", { task: `filed-${n}`, fence: 1 })
        holder.tell(JSON.stringify(late))
        holder.signal("SIGCONT")
        const outcome = await holder.heard()
        expect(outcome).toBe("LeaseLost")
        note(late, "LeaseLost")
      }
      const verdict = judge(lines, await readTables(url))
      tell("stopped past the lease", { engine, sleeps, ...figuresOf(verdict) })
      expect(verdict.differences).toEqual([])
      expect(verdict).toMatchObject({ acknowledged: sleeps * 2, refused: sleeps })
    })
  }
)

describe("a process that is stopped in the middle of a storm of commits, on PostgreSQL", () => {
  const stops = isDeep ? 500 : 15

  const goesOn = async (load: LoadProcess): Promise<number> => {
    const startedMs = performance.now()
    const before = load.acknowledged()
    await until(() => load.acknowledged() >= before + 10, 15_000, 10)
    return Math.round(performance.now() - startedMs)
  }

  it(`keeps nobody from the rows it was changing, ${stops} times`, { timeout: 60_000 + stops * 5000 }, async () => {
    const url = await freshUrl()
    const [stopped, other] = await Promise.all([
      startLoad(url, "stopped", { payments: "shared", callers: 6, pauseMs: 0 }),
      startLoad(url, "other", { payments: "shared", callers: 4, pauseMs: 0 })
    ])
    const pausesMs: Array<number> = []
    for (let n = 0; n < stops; n++) {
      await goesOn(stopped)
      await sleep(Math.random() * 30)
      stopped.signal("SIGSTOP")
      pausesMs.push(await goesOn(other))
      stopped.signal("SIGCONT")
    }
    await Promise.all([stopped.stop(), other.stop()])
    const verdict = await verdictOf(url, [stopped, other])
    const lines = [stopped, other].flatMap((load) => load.lines())
    const slowestTenMs = Math.max(...pausesMs)
    tell("stopped in a storm", { stops, slowestTenMs, reasons: reasonsOf(lines), ...figuresOf(verdict) })
    expect(verdict.differences).toEqual([])
    expect(reasonsOf(lines)).toEqual({})
  })

  it("as one with an open transaction would", async () => {
    const url = await freshUrl()
    const other = await startLoad(url, "other", { payments: "shared", callers: 4, pauseMs: 0 })
    await goesOn(other)
    const holder = new pg.Client({ connectionString: url })
    await holder.connect()
    await holder.query("begin; select from paykernel_aggregate for update")
    await sleep(300)
    const before = other.acknowledged()
    await sleep(1000)
    expect(other.acknowledged()).toBe(before)
    await holder.query("rollback")
    await holder.end()
    await goesOn(other)
    await other.stop()
  })
})
