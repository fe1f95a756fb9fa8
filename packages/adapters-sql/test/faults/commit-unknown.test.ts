/**
 * The connection goes while a commit is on its way: before the server has it, while it runs it, before or in the middle
 * of its answer. Every outcome is found out, as long as the server can be asked; where it cannot, the caller is told
 * that nobody knows.
 */
import { freshDatabase } from "@paykernel/test-postgres"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import pg from "pg"
import { afterEach, describe, expect, it } from "vitest"
import { commitOf, createOf, refOf, writeOf } from "../commits.ts"
import { openStore } from "../open-store.ts"
import { type Cut, type CutExchange, type CuttingProxy, type Exchange, startProxy } from "./cutting-proxy.ts"
import { endLoads, startLoad } from "./load-process.ts"
import { sleep, until } from "./until.ts"
import { figuresOf, isDeep, reasonsOf, tell, verdictOf } from "./verdict-of.ts"

const cleanups: Array<() => Promise<unknown>> = []
afterEach(async () => {
  await endLoads()
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

const freshUrl = async (): Promise<string> => {
  const { url, drop } = await freshDatabase()
  cleanups.push(drop)
  return url
}

const proxyBefore = async (
  url: string,
  choose: (exchange: Exchange, cutsSoFar: number) => Cut | undefined
): Promise<{ readonly proxy: CuttingProxy; readonly url: string }> => {
  const through = new URL(url)
  const proxy = await startProxy(Number.parseInt(through.port, 10), choose)
  cleanups.push(proxy.close)
  through.host = `127.0.0.1:${proxy.port}`
  return { proxy, url: through.href }
}

const cutsAll: ReadonlyArray<Cut> = ["before", "torn", "late", "running", "sent", "middle"]
const oneOf = <A>(values: ReadonlyArray<A>): A | undefined => values[Math.floor(Math.random() * values.length)]

/** Whether the row of each batch says what must have become of it. */
const fates = async (url: string, cuts: ReadonlyArray<CutExchange>): Promise<ReadonlyArray<string>> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ readonly id: string; readonly abandoned: boolean }>(
    "select id, abandoned from paykernel_batch"
  )
  await client.end()
  const abandoned = new Map(rows.map((row) => [row.id, row.abandoned]))
  return cuts
    .filter(({ kind }) => kind === "batch")
    .flatMap(({ batchId, cut, failed, passedOn }) => {
      const found = abandoned.get(batchId)
      // The server refused it, said so, and whoever had read that did not have to ask.
      if (passedOn && found === undefined) return []
      const wanted = cut === "late" || cut === "running" ? found : cut === "before" || cut === "torn" || failed
      return found === undefined || found !== wanted ? [`${cut}${failed ? " failed" : ""}: abandoned is ${found}`] : []
    })
}

describe("a commit whose connection is cut", () => {
  const wanted = isDeep ? 2000 : 60

  it(`is found out, ${wanted} times over`, { timeout: 60_000 + wanted * 200 }, async () => {
    const direct = await freshUrl()
    let enough = false
    const { proxy, url } = await proxyBefore(direct, ({ kind }) =>
      enough || Math.random() > (kind === "batch" ? 0.25 : 0.3) ? undefined : oneOf(cutsAll)
    )
    const loads = await Promise.all(["a", "b"].map((name) => startLoad(url, name, { callers: 4 })))
    await until(() => proxy.cuts.length >= wanted, 30_000 + wanted * 200)
    enough = true
    await Promise.all(loads.map((load) => load.stop()))

    const verdict = await verdictOf(direct, loads)
    const countOf = (kind: Exchange["kind"]) =>
      Object.fromEntries(
        cutsAll.map((cut) => [cut, proxy.cuts.filter((one) => one.kind === kind && one.cut === cut).length])
      )
    tell("commit unknown", {
      cuts: proxy.cuts.length,
      batches: countOf("batch"),
      questions: countOf("question"),
      reasons: reasonsOf(loads.flatMap((load) => load.lines())),
      ...figuresOf(verdict)
    })
    expect(verdict.differences).toEqual([])
    expect(await fates(direct, proxy.cuts)).toEqual([])
    expect(verdict.unknown + verdict.unavailable).toBe(0)
  })
})

describe("a commit whose server stays away for longer than the store waits", () => {
  const outages = isDeep ? 60 : 4

  it("is said to be unknown, is there whole or not at all, and the store goes on", {
    timeout: 60_000 + outages * 3000
  }, async () => {
    const direct = await freshUrl()
    let next: Cut | undefined
    const { proxy, url } = await proxyBefore(direct, ({ kind }) => {
      const cut = kind === "batch" ? next : undefined
      if (cut !== undefined) next = undefined
      return cut
    })
    const load = await startLoad(url, "a", { limits: { patienceMs: 200 } })
    for (let n = 0; n < outages; n++) {
      const cutsBefore = proxy.cuts.length
      next = n % 2 === 0 ? "before" : "sent"
      await until(() => proxy.cuts.length > cutsBefore)
      await sleep(5)
      proxy.setAway(true)
      await sleep(500)
      proxy.setAway(false)
      const acknowledged = load.acknowledged()
      await until(() => load.acknowledged() > acknowledged + 20)
    }
    await load.stop()
    const verdict = await verdictOf(direct, [load])
    tell("server away", { outages, reasons: reasonsOf(load.lines()), ...figuresOf(verdict) })
    expect(verdict.differences).toEqual([])
    expect(verdict.unknown).toBeGreaterThanOrEqual(outages)
  })
})

describe("a commit that has waited for longer than the store waits for a server", () => {
  it("is found out all the same, once it is cut, since the server is there to be asked", async () => {
    const url = await freshUrl()
    const { store, close } = await openStore(url, { patienceMs: 300 })
    cleanups.push(close)
    await Effect.runPromise(store.commit(createOf("p")))
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    cleanups.push(() => other.end())
    await other.query("begin; update paykernel_aggregate set version = version")
    const second = commitOf({ aggregates: [writeOf("p", { expectedVersion: 1, state: "second" })] })
    const waiting = Effect.runPromise(Effect.result(store.commit(second)))
    const waits = "wait_event_type = 'Lock' and datname = current_database()"
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where ${waits}`
    const count = `select from pg_stat_activity where ${waits}`
    await until(async () => (await other.query(count)).rowCount === 1)
    await sleep(600)
    expect((await other.query(cut)).rowCount).toBe(1)
    await other.query("rollback")
    const answer = await waiting
    const found = await Effect.runPromise(store.load(refOf("p")))
    if (Result.isSuccess(answer)) expect(found).toMatchObject({ version: 2, state: "second" })
    else {
      expect(answer.failure).toMatchObject({ _tag: "StoreUnavailable", outcomeUnknown: false })
      expect(found).toMatchObject({ version: 1 })
    }
  })
})
