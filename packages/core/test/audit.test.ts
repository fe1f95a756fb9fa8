/** Audits of many merchants, and audits beside a kernel that goes on working. */
import { type Kernel, money } from "@paykernel/core"
import type { Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { tradingKernel } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

const shop = "shop"
const neighbour = "the shop next door"

/** What an audit asks of a store. */
type Question = "scan" | "events" | "ledgerOf" | "balances"

/** Two shops whose store lets something happen just before it answers a question about one. */
const disturbedShops = async () => {
  const own = memoryStore()
  let disturb: (question: Question) => Promise<void> = async () => {}
  const after = <A, E>(question: Question, merchantId: string, answer: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.andThen(
      Effect.promise(async () => (merchantId === shop ? disturb(question) : undefined)),
      answer
    )
  const store: Store["Service"] = {
    ...own,
    scan: (merchantId, ...place) => after("scan", merchantId, own.scan(merchantId, ...place)),
    events: (ref, afterVersion) => after("events", ref.merchantId, own.events(ref, afterVersion)),
    ledgerOf: (merchantId, reference) => after("ledgerOf", merchantId, own.ledgerOf(merchantId, reference)),
    balances: (merchantId) => after("balances", merchantId, own.balances(merchantId))
  }
  const { kernel, trades } = await tradingKernel(store, [shop, neighbour])
  onTestFinished(kernel.close)
  const onQuestion = (disturbed: typeof disturb): void => {
    disturb = disturbed
  }
  return { kernel, store: own, refundable: trades.get(shop)?.settled ?? "", onQuestion }
}

const refundOne = async (kernel: Kernel, paymentId: string): Promise<void> => {
  const refund = { amount: money(1n, "USD"), reason: "requested_by_customer" } as const
  const refunded = await kernel.payments.refund(shop, paymentId, refund)
  expect(refunded.ok).toBe(true)
  await kernel.drain()
}

/** How many times an audit of an undisturbed shop asks each question. */
const questionsAsked = async (): Promise<ReadonlyArray<readonly [Question, number]>> => {
  const { kernel, onQuestion } = await disturbedShops()
  const asked = new Map<Question, number>()
  onQuestion(async (question) => void asked.set(question, (asked.get(question) ?? 0) + 1))
  await kernel.audit(shop)
  return [...asked]
}

describe("an audit beside a kernel that works", () => {
  it("finds nothing, before whichever of its questions a refund comes in", async () => {
    const asked = await questionsAsked()
    expect(asked.map(([question]) => question).toSorted()).toEqual(["balances", "events", "ledgerOf", "scan"])
    for (const [question, times] of asked) {
      for (let struck = 1; struck <= times; struck++) {
        const { kernel, refundable, onQuestion } = await disturbedShops()
        let count = 0
        onQuestion(async (one) => {
          if (one === question && ++count === struck) await refundOne(kernel, refundable)
        })
        expect([question, struck, await kernel.audit()]).toEqual([question, struck, []])
        expect(count).toBeGreaterThanOrEqual(struck)
      }
    }
  })

  it("says so, where the books moved whenever it compared them", async () => {
    const { kernel, refundable, onQuestion } = await disturbedShops()
    let balancesAsked = 0
    onQuestion(async (question) => {
      if (question === "balances" && ++balancesAsked % 2 === 0) await refundOne(kernel, refundable)
    })
    const problem = "the balances moved whenever they were compared"
    expect(await kernel.audit()).toEqual([{ merchantId: shop, aggregate: null, problem }])
  })
})

describe("an audit of many merchants", () => {
  it("comes to each of them once, however many pages they fill", async () => {
    const store = memoryStore()
    const merchants = Array.from({ length: 450 }, (_, n) => `m-${String(n).padStart(3, "0")}`)
    const nothing = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
    for (const merchantId of merchants) {
      const ref = { merchantId, type: "card", id: "garbled" }
      const event = { tag: "Nonsense", schemaVersion: 1, data: "nonsense", atMs: 0 }
      const write = { ref, expectedVersion: 0, schemaVersion: 1, state: "nonsense", events: [event] }
      const rest = { index: [], bounds: null, retention: { _tag: "Kept" as const } }
      await run(store.commit({ ...nothing, aggregates: [{ ...write, ...rest }] }))
    }
    const { kernel } = await tradingKernel(store, ["honest"])
    onTestFinished(kernel.close)
    const aggregate = { type: "card", id: "garbled" }
    const problem = "its state cannot be decoded"
    expect(await kernel.audit()).toEqual(merchants.map((merchantId) => ({ merchantId, aggregate, problem })))
    expect(await kernel.audit("honest")).toEqual([])
  })

  it("goes on after one whose records cannot be read, and does not tell what stands in them", async () => {
    const { kernel, store, onQuestion } = await disturbedShops()
    onQuestion(async (question) => {
      if (question === "scan") throw new SyntaxError("4111 1111 is not JSON")
    })
    const debit = { account: "cash", layer: "posted", amount: money(1n, "USD") } as const
    const credit = { account: "conversion", layer: "posted", amount: money(-1n, "USD") } as const
    const about = { merchantId: neighbour, kind: "capture", reference: { type: "payment", id: "none" } } as const
    const stray = { id: "stray", ...about, atMs: 0, postings: [debit, credit] }
    const nothing = { idempotency: null, aggregates: [], tasks: [], lease: null, sealed: [], erased: [] }
    await run(store.commit({ ...nothing, ledger: [stray] }))
    expect(await kernel.audit()).toEqual([
      { merchantId: shop, aggregate: null, problem: "its records cannot be read (SyntaxError)" },
      { merchantId: neighbour, aggregate: null, problem: "the balances are not the sum of the postings" }
    ])
  })
})
