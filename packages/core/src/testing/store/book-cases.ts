/** The books are right at every moment and not only at the end: whoever reads while others write sees whole commits. */
import { expect } from "vitest"
import type { Commit } from "../../ports/commit.ts"
import {
  captureOf,
  commitOf,
  entryOf,
  idsOf,
  merchantId,
  noonMs,
  numbers,
  outcome,
  posting,
  queryOf,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  several,
  stranger,
  turnOf,
  writeOf
} from "./store-case.ts"
import { nextTurn, watched } from "./watching.ts"

/** Each commit captures 10 and takes a fee of 3, in two transactions: the sums always stand in that proportion. */
const price = 10n
const fee = 3n

const paymentOf = (id: string, owner = merchantId): Commit => {
  const about = { merchantId: owner, reference: { type: "payment", id } }
  const taken = [posting("merchant_unsettled", "posted", fee), posting("fee_revenue", "posted", -fee)]
  return commitOf({
    aggregates: [writeOf(id, { ref: refOf(id, owner), index: [entryOf(id, noonMs, { status: "paid" })] })],
    ledger: [captureOf(`capture ${id}`, price, about), captureOf(`fee ${id}`, fee, { ...about, postings: taken })]
  })
}

/** How many payments the balances tell of. They must be those of whole payments, each counted in full. */
const paymentsIn = async (store: StorePort, owner = merchantId): Promise<number> => {
  const balances = await run(store.balances(owner))
  const of = (account: string) => balances.find((balance) => balance.account === account)?.posted ?? 0n
  const count = of("card_receivable") / price
  expect([of("card_receivable"), of("fee_revenue"), of("merchant_unsettled")]).toEqual([
    count * price,
    count * -fee,
    count * (fee - price)
  ])
  return Number.parseInt(count.toString(), 10)
}

const payments = 1200
const callers = 20

export const bookCases: StoreCases = {
  "whoever reads while others write sees balanced books that only grow": async (store, another) => {
    const stores = await several(store, another)
    let submitted = 0
    let answered = 0
    const call = async (caller: number): Promise<void> => {
      while (submitted < payments) {
        const id = `p-${submitted++}`
        expect(await outcome(turnOf(stores, caller), paymentOf(id))).toBe("Committed")
        answered++
        await nextTurn()
      }
    }
    const watchers = stores.map((through) => {
      let seen = 0
      return async (): Promise<void> => {
        const least = Math.max(seen, answered)
        seen = await paymentsIn(through)
        expect(seen).toBeGreaterThanOrEqual(least)
        expect(seen).toBeLessThanOrEqual(submitted)
      }
    })
    const looks = await watched(numbers(callers).map(call), watchers)
    expect(Math.min(...looks)).toBeGreaterThan(5)
    for (const one of stores) expect(await paymentsIn(one)).toBe(payments)
  },
  "a commit is seen in all places or in none": async (store, another) => {
    const stores = await several(store, another)
    const ids = numbers(150).map((n) => `p-${n}`)
    const filter = queryOf({ where: { status: "paid" } })
    const watchers = stores.map((through) => async (): Promise<void> => {
      const listed = await idsOf(through, { limit: 1000 })
      const booked = await paymentsIn(through)
      const counted = await run(through.count(filter, 1000))
      expect(booked).toBeGreaterThanOrEqual(listed.length)
      expect(counted).toBeGreaterThanOrEqual(booked)
      const next = turnOf(ids, listed.length)
      const ledger = await run(through.ledgerOf(merchantId, { type: "payment", id: next }))
      expect([0, 2]).toContain(ledger.length)
      if (ledger.length > 0) expect(await run(through.load(refOf(next)))).toMatchObject({ version: 1 })
    })
    const call = async (caller: number): Promise<void> => {
      for (const [n, id] of ids.entries()) {
        if (n % 3 !== caller) continue
        expect(await outcome(turnOf(stores, caller), paymentOf(id))).toBe("Committed")
        await nextTurn()
      }
    }
    await watched(numbers(3).map(call), watchers)
    for (const one of stores) expect(await paymentsIn(one)).toBe(ids.length)
  },
  "what others do to one merchant's books does not show in another's": async (store, another) => {
    const stores = await several(store, another)
    const commits = numbers(120).map((n) => paymentOf(`p-${n}`, n % 3 === 0 ? stranger : merchantId))
    const refused = numbers(60).map((n) => {
      const { ledger } = paymentOf(`p-${n}`)
      return commitOf({ aggregates: [writeOf("z", { expectedVersion: 9 })], ledger })
    })
    const ends = await Promise.all([...commits, ...refused].map((commit, n) => outcome(turnOf(stores, n * 7), commit)))
    expect(ends.filter((end) => end === "Committed")).toHaveLength(120)
    for (const one of stores) {
      expect(await paymentsIn(one)).toBe(80)
      expect(await paymentsIn(one, stranger)).toBe(40)
    }
  }
}
