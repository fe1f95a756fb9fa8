/** What an audit finds where a payment abroad, its parts and its books say different things. */
import type { Store, StoredAggregate } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { answer, crossBorderWorld, fund, ok, pass, payAs, paymentOf } from "./cross-border-world.ts"

type Told<Part extends keyof Store["Service"]> = Effect.Success<ReturnType<Store["Service"][Part]>>

/** How a store tells wrongly of aggregates of one type. */
type Lie = {
  readonly about: string
  readonly load?: (stored: StoredAggregate) => StoredAggregate | undefined
  readonly ledgerOf?: (transactions: Told<"ledgerOf">) => Told<"ledgerOf">
}

const state = (change: object) => (stored: StoredAggregate) => ({
  ...stored,
  state: { ...(stored.state as object), ...change }
})

const without = (kind: string) => (transactions: Told<"ledgerOf">) => transactions.filter((one) => one.kind !== kind)

/** An institution that has paid, been asked and been refunded, over a store that lies when it is told to. */
const openBooks = async () => {
  const own = memoryStore()
  const lies: { now: Lie | null } = { now: null }
  const store: Store["Service"] = {
    ...own,
    load: (ref) =>
      Effect.map(own.load(ref), (stored) => {
        const { now } = lies
        return stored !== undefined && now?.about === ref.type && now.load !== undefined ? now.load(stored) : stored
      }),
    ledgerOf: (merchantId, reference) =>
      Effect.map(own.ledgerOf(merchantId, reference), (transactions) =>
        lies.now?.about === reference.type ? (lies.now.ledgerOf?.(transactions) ?? transactions) : transactions
      )
  }
  const world = await crossBorderWorld({ store, closing: afterAll })
  const { payment, activeRfi } = await payAs(world, "CreateRfi")
  if (activeRfi === null) throw new Error("nothing was asked")
  ok(await answer(world, activeRfi))
  await pass(world, 10_000)
  await fund(world, payment)
  const refunded = (await payAs(world, "FailThenRefundWithCompleted")).payment
  await fund(world, refunded)
  await pass(world, 60_000, 20)
  const [completed, failed] = [await paymentOf(world, payment.id), await paymentOf(world, refunded.id)]
  expect([completed.status, failed.status]).toEqual(["completed", "failed"])
  const audit = async (lie: Lie | null): Promise<ReadonlyArray<string>> => {
    lies.now = lie
    const findings = await world.kernel.audit()
    lies.now = null
    return findings.map(({ problem, aggregate }) => `${aggregate?.type ?? "all"}: ${problem}`)
  }
  return { audit, completed, failed, rfiId: activeRfi.id }
}

let books: Awaited<ReturnType<typeof openBooks>>

beforeAll(async () => {
  books = await openBooks()
})

describe("an audit of payments abroad", () => {
  it("finds nothing where nothing is wrong", async () => {
    expect(await books.audit(null)).toEqual([])
  })

  it("notices a transaction that stands otherwise, or brought something else", async () => {
    const { completed, failed } = books
    const ids = [completed, failed].map(({ transactions }) => transactions[0]?.id).sort()
    const problems = ids.map((id) => `cross_border_payment: its transaction ${id} says something else`)
    const lie = { about: "onchain_transaction" }
    expect([...(await books.audit({ ...lie, load: state({ status: "failed" }) }))].sort()).toEqual(problems)
    expect([...(await books.audit({ ...lie, load: state({ received: null }) }))].sort()).toEqual(problems)
    expect([...(await books.audit({ ...lie, load: () => undefined }))].sort()).toEqual(problems)
  })

  it("notices a request that was decided otherwise", async () => {
    expect(await books.audit({ about: "rfi", load: state({ status: "rejected" }) })).toEqual([
      `cross_border_payment: its request for information ${books.rfiId} says something else`
    ])
  })

  it("notices a refund of another amount, or by another transaction", async () => {
    const problem = `cross_border_payment: its refund ${books.failed.refunds[0]?.id} says something else`
    const lie = { about: "payout_refund" }
    expect(await books.audit({ ...lie, load: state({ transactionHash: "0x1" }) })).toEqual([problem])
    expect(await books.audit({ ...lie, load: state({ amount: { amount: "1", currency: "USDC" } }) })).toEqual([problem])
  })

  it("notices a quote that is another payment's", async () => {
    const problem = "cross_border_payment: its quote is not its own"
    expect(await books.audit({ about: "quote", load: state({ paymentId: "another" }) })).toEqual([problem, problem])
  })

  it("notices parts that their payment does not know of", async () => {
    const found = await books.audit({
      about: "cross_border_payment",
      load: state({ transactions: [], rfis: [], refunds: [] })
    })
    expect([...found].sort()).toEqual([
      "onchain_transaction: its payment does not know of it",
      "onchain_transaction: its payment does not know of it",
      "payout_refund: its payment does not know of it",
      "rfi: its payment does not know of it"
    ])
  })

  it.each([
    ["funding_hold", "its holds are not what it awaits"],
    ["funding", "its postings are not what it received"],
    ["payout_hold", "its holds are not what is being paid out"],
    ["payout", "its postings are not what it paid out"]
  ])("notices a leg that is not in the books: %s", async (kind, problem) => {
    const found = await books.audit({ about: "cross_border_payment", ledgerOf: without(kind) })
    expect(found).toContain(`cross_border_payment: ${problem}`)
    expect(found).toContain("all: the balances are not the sum of the postings")
  })

  it("notices a refund that is not in the books", async () => {
    const found = await books.audit({ about: "payout_refund", ledgerOf: without("payout_refund") })
    expect(found).toContain("payout_refund: its postings are not what came back or is set apart")
  })
})
