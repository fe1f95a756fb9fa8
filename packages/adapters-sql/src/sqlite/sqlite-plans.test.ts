/** How SQLite answers: through an index whose order is the answer's, so that cost follows what is asked for. */
import type { ListQuery } from "@paykernel/core/effect"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { commitOf, createOf, merchantId, nowMs, writeOf } from "../../test/commits.ts"
import { temporaryDatabase } from "../../test/temporary-database.ts"
import { sqliteApiKeys } from "./sqlite-api-keys.ts"
import { sqliteRateLimiter } from "./sqlite-rate-limiter.ts"
import { sqliteStore } from "./sqlite-store.ts"

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

const wheres: ReadonlyArray<ListQuery["where"]> = [
  {},
  { status: "paid" },
  { status: ["paid", "failed"] },
  { status: "paid", source: "card" },
  { status: ["paid", "failed"], email: "a@example.com", type: "card" },
  { settlementId: ["a", "b"], status: ["paid", "failed"] },
  { awaiting: null }
]

const pages: ReadonlyArray<ListQuery["page"]> = [
  { _tag: "First" },
  { _tag: "After", id: "p" },
  { _tag: "Before", id: "p" }
]

/** Every statement that a store has prepared after each of its methods was used, with its plan. */
const plans = async (): Promise<ReadonlyMap<string, string>> => {
  const real = new Database(temporaryDatabase())
  const texts = new Set<string>()
  const prepare = (text: string) => {
    texts.add(text)
    return real.prepare(text)
  }
  const watched = new Proxy(real, {
    get: (target, name) => {
      const value: unknown = name === "prepare" ? prepare : Reflect.get(target, name, target)
      return typeof value === "function" ? value.bind(target) : value
    }
  })
  const { store, close } = sqliteStore({ database: watched })
  await run(store.commit(createOf("p")))
  await run(store.commit(commitOf({ aggregates: [writeOf("p", { expectedVersion: 1, index: entries("paid") })] })))
  await run(store.commit(commitOf({ aggregates: [writeOf("p", { expectedVersion: 2, index: entries("failed") })] })))
  for (const where of wheres) {
    const filter = { merchantId, collection: "payments", where, fromMs: nowMs }
    for (const page of pages) await run(store.list({ ...filter, toMs: nowMs, page, limit: 10 }))
    await run(store.list({ ...filter, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 10 }))
    await run(store.count(filter, 10))
  }
  sqliteApiKeys(watched)
  sqliteRateLimiter({ database: watched })
  await close()
  const explainable = [...texts].filter((text) => /^(with|select|insert|update|delete|replace)/iu.test(text.trim()))
  const planOf = (text: string): string => {
    const places = Array.from(text.matchAll(/\?/gu), () => 1)
    const rows = real.prepare(`explain query plan ${text}`).all(places) as ReadonlyArray<{ readonly detail: string }>
    return rows.map(({ detail }) => detail).join("\n")
  }
  const found = new Map(explainable.map((text) => [text, planOf(text)]))
  real.close()
  return found
}

const entries = (status: string) => [{ collection: "payments", id: "p", createdAtMs: nowMs, fields: { status } }]

/** Walks of the whole store, which are what they are for, and looks at the one end of a small index. */
const walks = [
  /^SCAN paykernel_sealed$/u,
  /^SCAN paykernel_task USING (COVERING )?INDEX paykernel_task_(ready|leased|parked)$/u
]

describe("the plans of SQLite", () => {
  it("read no table from end to end", async () => {
    const found = await plans()
    const scans = [...found].flatMap(([text, plan]) => {
      const lines = plan.split("\n").filter((line) => /SCAN paykernel/u.test(line))
      return lines.filter((line) => !walks.some((walk) => walk.test(line))).map((line) => `${line}: ${text}`)
    })
    expect(scans).toEqual([])
    expect(found.size).toBeGreaterThan(60)
  })

  it("find rows by the whole key", async () => {
    const found = await plans()
    for (const name of ["aggregate", "event", "idempotency", "sealed"]) {
      const byKey = [...found].filter(([text]) =>
        new RegExp(`^select .* from "paykernel_${name}".* where .*=`, "su").test(text)
      )
      expect(byKey.length).toBeGreaterThan(0)
      for (const [, plan] of byKey) expect(plan).toMatch(/^SEARCH/u)
    }
  })

  it("sort a page only where several values are merged, or any value will do", async () => {
    const found = await plans()
    const pagesOnly = [...found].filter(([text]) => /from "paykernel_listing".*created_at_ms" (asc|desc)/u.test(text))
    expect(pagesOnly.length).toBeGreaterThan(20)
    for (const [text, plan] of pagesOnly) {
      if (/merged|"k4" is not null/u.test(text)) continue
      expect(`${plan} ${text}`).not.toContain("TEMP B-TREE")
    }
  })

  it("lead with the most telling filter", async () => {
    const found = await plans()
    const plan = [...found].find(([text]) => /"k2" in \(\?\) and \+"k1" in \(\?\).* limit/u.test(text))?.[1]
    expect(plan).toContain("paykernel_listing_k2")
  })

  it("step from one merchant to the next, past all that a merchant has", async () => {
    const walking = [...(await plans())].filter(([text]) => text.startsWith("with recursive"))
    expect(walking).toHaveLength(2)
    for (const [, plan] of walking) {
      const steps = plan.split("\n").filter((line) => line.includes("paykernel_aggregate"))
      expect(steps).toHaveLength(2)
      for (const step of steps) expect(step).toMatch(/^SEARCH paykernel_aggregate USING COVERING INDEX/u)
      expect(steps[1]).toContain("(merchant_id>?)")
    }
  })

  it("sweep what is over in the order of its time", async () => {
    const found = await plans()
    const over = [...found].find(([text]) => /"forget_at_ms" <= \? order by/u.test(text))?.[1]
    expect(over).toBe("SEARCH paykernel_aggregate USING INDEX paykernel_aggregate_forget (forget_at_ms<?)")
    const expired = [...found].find(([text]) => /^delete from "paykernel_idempotency"/u.test(text))?.[1] ?? ""
    expect(expired).toContain("paykernel_idempotency_expiry (expires_at_ms<?)")
    expect(expired).not.toContain("TEMP B-TREE")
    const parts = [...found].filter(([text]) => /^delete from "?paykernel_listing"?/u.test(text))
    expect(parts.map(([, plan]) => plan.split("\n")[0])).toEqual([
      "SEARCH paykernel_listing USING PRIMARY KEY (merchant_id=? AND collection=? AND id=?)",
      "SEARCH paykernel_listing USING INDEX paykernel_listing_part (merchant_id=? AND type=? AND aggregate_id=?)"
    ])
  })

  it("claim from the indexes of ready and leased tasks", async () => {
    const found = await plans()
    const plan = [...found].find(([text]) => /^update "paykernel_task".*union all/u.test(text))?.[1] ?? ""
    expect(plan).toContain("paykernel_task_ready (lane=? AND due_at_ms<?)")
    expect(plan).toContain("paykernel_task_leased (lane=? AND leased_until_ms<?)")
  })
})
