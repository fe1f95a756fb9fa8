/** What an audit finds where a store says something else than the kernel has written to it. */
import type { Store, StoredAggregate } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { tradingKernel } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"

const shop = "shop"
const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

type Trades = Awaited<ReturnType<typeof tradingKernel>>["trades"]
type Stage = keyof NonNullable<ReturnType<Trades["get"]>>
type Told<Part extends keyof Store["Service"]> = Effect.Success<ReturnType<Store["Service"][Part]>>

/** How a store tells wrongly of one payment. */
type Lies = {
  readonly scan?: (stored: StoredAggregate) => StoredAggregate
  readonly events?: (events: Told<"events">) => Told<"events">
  readonly ledgerOf?: (transactions: Told<"ledgerOf">) => Told<"ledgerOf">
  readonly load?: (stored: Told<"load">) => Told<"load">
}

const auditAmid = async (stage: Stage, lies: Lies) => {
  const own = memoryStore()
  let about = ""
  const store: Store["Service"] = {
    ...own,
    scan: (...asked) =>
      Effect.map(own.scan(...asked), (page) =>
        page.map((stored) => (stored.ref.id === about ? (lies.scan?.(stored) ?? stored) : stored))
      ),
    events: (ref, after) =>
      Effect.map(own.events(ref, after), (events) => (ref.id === about ? (lies.events?.(events) ?? events) : events)),
    ledgerOf: (merchantId, reference) =>
      Effect.map(own.ledgerOf(merchantId, reference), (transactions) =>
        reference.id === about ? (lies.ledgerOf?.(transactions) ?? transactions) : transactions
      ),
    load: (ref) =>
      Effect.map(own.load(ref), (stored) => (ref.id === about && lies.load !== undefined ? lies.load(stored) : stored))
  }
  const { kernel, trades } = await tradingKernel(store, [shop])
  onTestFinished(kernel.close)
  expect(await kernel.audit()).toEqual([])
  about = trades.get(shop)?.[stage] ?? ""
  const findings = await kernel.audit()
  for (const { aggregate, merchantId } of findings) {
    expect(merchantId).toBe(shop)
    if (aggregate !== null) expect(aggregate).toEqual({ type: "payment", id: about })
  }
  return findings.map(({ problem }) => problem)
}

/** The state with another amount in a field of money. */
const withAmount = (field: string, amount: string) => (stored: StoredAggregate) => {
  const state = stored.state as { readonly [field: string]: StoredAggregate["state"] }
  return { ...stored, state: { ...state, [field]: { ...(state[field] as object), amount } } }
}

const notItsPostings = "its postings are not what it captured less what it returned"
const notItsHolds = "its holds are not what it has reserved"
const unbalanced = "a ledger transaction does not balance"
const notTheSum = "the balances are not the sum of the postings"
const notTheFold = "its state is not the fold of its events"

describe("an audit finds", () => {
  it.each<[string, Stage, Lies, ReadonlyArray<string>]>([
    [
      "a state that cannot be read",
      "settled",
      { scan: (one) => ({ ...one, state: null }) },
      ["its state cannot be decoded"]
    ],
    ["a history with a gap", "settled", { events: (all) => all.toSpliced(1, 1) }, ["its history has a gap"]],
    [
      "a history that nothing can have written",
      "settled",
      { events: (all) => all.map((event) => ({ ...event, data: "nonsense" })) },
      ["its history cannot be folded"]
    ],
    [
      "a history that is too short",
      "settled",
      { events: (all) => all.slice(0, -1) },
      ["its version is not the length of its history"]
    ],
    [
      "more captured than was authorized",
      "settled",
      { scan: withAmount("captured", "1001") },
      [notTheFold, "a bound is broken", notItsPostings]
    ],
    [
      "more refunded than was captured",
      "refunded",
      { scan: withAmount("refunded", "1001") },
      [notTheFold, "a bound is broken", notItsPostings]
    ],
    [
      "a hold for a refund that nobody asked for",
      "settled",
      { scan: withAmount("refunding", "1") },
      [notTheFold, notItsHolds]
    ],
    [
      "another amount authorized than is held",
      "authorized",
      { scan: withAmount("authorized", "999") },
      [notTheFold, notItsHolds]
    ],
    [
      "a transaction that does not balance",
      "settled",
      { ledgerOf: (all) => all.map((one) => ({ ...one, postings: one.postings.slice(1) })) },
      [unbalanced, notItsPostings, notTheSum]
    ],
    ["a transaction that is not there", "captured", { ledgerOf: () => [] }, [notItsPostings, notTheSum]],
    ["an authorization whose hold is not there", "authorized", { ledgerOf: () => [] }, [notItsHolds, notTheSum]],
    ["a transaction told twice", "refunded", { ledgerOf: (all) => [...all, ...all] }, [notItsPostings, notTheSum]]
  ])("%s", async (_, stage, lies, problems) => {
    expect(await auditAmid(stage, lies)).toEqual(problems)
  })

  it.each<Stage>(["settled", "refunded", "authorized", "voided", "captured", "cancelled"])(
    "a state of a payment that was %s and was changed behind its back",
    async (stage) => {
      expect(await auditAmid(stage, { scan: withAmount("fees", "77") })).toEqual([notTheFold])
    }
  )

  it("a transaction of a settlement that does not balance", async () => {
    const own = memoryStore()
    let isLying = false
    const store: Store["Service"] = {
      ...own,
      ledgerOf: (merchantId, reference) =>
        Effect.map(own.ledgerOf(merchantId, reference), (all) =>
          isLying && reference.type === "settlement"
            ? all.map((one) => ({ ...one, postings: one.postings.slice(1) }))
            : all
        )
    }
    const { kernel } = await tradingKernel(store, [shop])
    onTestFinished(kernel.close)
    isLying = true
    const aggregate = { type: "settlement", id: expect.any(String) }
    expect(await kernel.audit()).toEqual([
      { merchantId: shop, aggregate, problem: unbalanced },
      { merchantId: shop, aggregate: null, problem: notTheSum }
    ])
  })

  it("what it sees at its third look, where something changes whenever it looks", async () => {
    let changes = 0
    const busy: Lies = {
      events: () => [],
      load: (stored) => {
        changes++
        return stored === undefined || changes > 9 ? undefined : { ...stored, version: stored.version + changes }
      }
    }
    expect(await auditAmid("settled", busy)).toEqual(["its version is not the length of its history"])
    expect(changes).toBe(2)
  })

  it.each<[string, (balances: Told<"balances">) => Told<"balances">, ReadonlyArray<string>]>([
    [
      "nothing in an account on which there is nothing, whether it is named or not",
      (all) => [...all, { account: "conversion", currency: "EUR", posted: 0n, held: 0n }],
      []
    ],
    ["a hold that its account does not show", (all) => all.filter(({ posted }) => posted !== 0n), [notTheSum]]
  ])("%s", async (_, tell, problems) => {
    const own = memoryStore()
    let isLying = false
    const store: Store["Service"] = {
      ...own,
      balances: (merchantId) => Effect.map(own.balances(merchantId), (all) => (isLying ? tell(all) : all))
    }
    const { kernel } = await tradingKernel(store, [shop])
    onTestFinished(kernel.close)
    isLying = true
    expect((await kernel.audit()).map(({ problem }) => problem)).toEqual(problems)
  })

  it("nothing in what was swept away while it looked", async () => {
    const gone: Lies = { events: () => [], load: () => undefined }
    expect(await auditAmid("settled", gone)).toEqual([])
  })

  it("everything, however many pages the records of one merchant fill", async () => {
    const store = memoryStore()
    const { kernel } = await tradingKernel(store, ["honest"])
    onTestFinished(kernel.close)
    const ids = Array.from({ length: 450 }, (_, n) => `garbled-${String(n).padStart(3, "0")}`)
    const nothing = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
    for (const id of ids) {
      const ref = { merchantId: shop, type: "card", id }
      const event = { tag: "Nonsense", schemaVersion: 1, data: "nonsense", atMs: 0 }
      const write = { ref, expectedVersion: 0, schemaVersion: 1, state: "nonsense", events: [event] }
      const rest = { index: [], bounds: null, retention: { _tag: "Kept" as const } }
      await run(store.commit({ ...nothing, aggregates: [{ ...write, ...rest }] }))
    }
    const problem = "its state cannot be decoded"
    const expected = ids.map((id) => ({ merchantId: shop, aggregate: { type: "card", id }, problem }))
    expect(await kernel.audit(shop)).toEqual(expected)
  })
})
