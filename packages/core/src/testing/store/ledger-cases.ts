/** The books: what a store refuses to write, and sums that stay exact however many and however large. */
import { expect } from "vitest"
import type { Bounds } from "../../ports/commit.ts"
import {
  captureOf,
  commitOf,
  eventOf,
  merchantId,
  numbers,
  outcome,
  outcomes,
  posting,
  refOf,
  run,
  type StoreCases,
  stranger,
  verdict,
  writeOf
} from "./store-case.ts"

const huge = 10n ** 24n
const largest = 10n ** 38n - 1n

const boundsOf = (authorized: bigint, captured: bigint, refunded: bigint): Bounds => ({
  authorized,
  captured,
  refunded
})

type Broken = { readonly invariant: string; readonly all: ReadonlyArray<Bounds> }

const capturedAbove = "captured <= authorized"
const tooLong = "an amount has at most 38 digits"

/** Where amounts break several invariants, the first in this order is told: a negative amount, captured, refunded. */
const broken: { readonly [title: string]: Broken } = {
  "captured above authorized": { invariant: capturedAbove, all: [boundsOf(100n, 101n, 0n), boundsOf(9n, 11n, 12n)] },
  "captured above authorized beyond 64 bits": { invariant: capturedAbove, all: [boundsOf(huge, huge + 1n, 0n)] },
  "captured longer than authorized": { invariant: capturedAbove, all: [boundsOf(9n, 10n, 0n)] },
  "refunded above captured": { invariant: "refunded <= captured", all: [boundsOf(100n, 50n, 51n)] },
  "a negative amount": {
    invariant: "bounded amounts are not negative",
    all: [boundsOf(100n, 0n, -1n), boundsOf(100n, -1n, 0n), boundsOf(-1n, 0n, 0n), boundsOf(-1n, -1n, -1n)]
  },
  "an amount of 39 digits": { invariant: tooLong, all: [boundsOf(largest + 1n, 0n, 0n)] }
}

const boundCases: StoreCases = Object.fromEntries(
  Object.entries(broken).map(([title, { invariant, all }]) => [
    `${title} is refused, when created and when updated`,
    async (store) => {
      await outcome(store, commitOf({ aggregates: [writeOf("p", { bounds: boundsOf(100n, 0n, 0n) })] }))
      for (const bounds of all) {
        expect(await verdict(store, commitOf({ aggregates: [writeOf("new", { bounds })] }))).toBe(invariant)
        expect(await run(store.load(refOf("new")))).toBeUndefined()
        const update = writeOf("p", { expectedVersion: 1, state: "changed", events: [eventOf("Changed")], bounds })
        expect(await verdict(store, commitOf({ aggregates: [update] }))).toBe(invariant)
        expect(await run(store.load(refOf("p")))).toMatchObject({ version: 1, state: { id: "p" } })
        expect(await run(store.events(refOf("p"), 0))).toHaveLength(1)
      }
    }
  ])
)

export const ledgerCases: StoreCases = {
  ...boundCases,
  "amounts at their bounds are accepted": async (store) => {
    const all: ReadonlyArray<Bounds | null> = [
      { authorized: 0n, captured: 0n, refunded: 0n },
      { authorized: largest, captured: largest, refunded: largest },
      { authorized: huge + 1n, captured: huge, refunded: huge - 1n },
      null,
      { authorized: 100n, captured: 9n, refunded: 9n }
    ]
    for (const [expectedVersion, bounds] of all.entries()) {
      const write = writeOf("p", { expectedVersion, bounds })
      expect(await outcome(store, commitOf({ aggregates: [write] }))).toBe("Committed")
    }
  },
  "a transaction must balance per currency and per layer": async (store) => {
    const unbalanced = [
      [posting("cash", "posted", 100n), posting("card_receivable", "posted", -99n)],
      [posting("cash", "posted", 100n, "USD"), posting("card_receivable", "posted", -100n, "EUR")],
      [posting("cash", "posted", 100n), posting("card_receivable", "held", -100n)],
      [posting("cash", "posted", 60n), posting("cash", "posted", 40n), posting("card_receivable", "posted", -99n)],
      [posting("cash", "posted", 60n), posting("fee_revenue", "posted", 40n), posting("cash", "posted", -40n)]
    ]
    for (const postings of unbalanced) {
      const ledger = [captureOf("t", 0n, { postings })]
      expect(await verdict(store, commitOf({ ledger }))).toBe("a ledger transaction balances per currency and layer")
    }
    expect(await run(store.balances(merchantId))).toEqual([])
  },
  "a transaction of many postings balances by their sums": async (store) => {
    const postings = [
      posting("cash", "posted", 60n),
      posting("card_receivable", "held", 7n),
      posting("cash", "posted", 40n, "EUR"),
      posting("merchant_unsettled", "posted", -50n),
      posting("cash", "posted", 5n),
      posting("merchant_unsettled", "posted", -40n, "EUR"),
      posting("fee_revenue", "posted", -15n),
      posting("merchant_unsettled", "held", -7n)
    ]
    expect(await outcome(store, commitOf({ ledger: [captureOf("t", 0n, { postings })] }))).toBe("Committed")
    expect(await run(store.balances(merchantId))).toEqual([
      { account: "card_receivable", currency: "USD", posted: 0n, held: 7n },
      { account: "cash", currency: "EUR", posted: 40n, held: 0n },
      { account: "cash", currency: "USD", posted: 65n, held: 0n },
      { account: "fee_revenue", currency: "USD", posted: -15n, held: 0n },
      { account: "merchant_unsettled", currency: "EUR", posted: -40n, held: 0n },
      { account: "merchant_unsettled", currency: "USD", posted: -50n, held: -7n }
    ])
  },
  "a transaction id is used once, in a commit and for ever, by one merchant": async (store) => {
    const usedOnce = "a ledger transaction id is used once"
    const twice = commitOf({ ledger: [captureOf("t", 5n), captureOf("t", 5n)] })
    expect(await verdict(store, twice)).toBe(usedOnce)
    expect(await outcome(store, commitOf({ ledger: [captureOf("t", 5n)] }))).toBe("Committed")
    expect(await verdict(store, commitOf({ ledger: [captureOf("t", 7n)] }))).toBe(usedOnce)
    expect(await outcome(store, commitOf({ ledger: [captureOf("t", 9n, { merchantId: stranger })] }))).toBe("Committed")
    expect(await run(store.balances(merchantId))).toMatchObject([{ posted: 5n }, { posted: -5n }])
  },
  "of many commits that post one fact one wins": async (store) => {
    const racers = numbers(40).map((n) => commitOf({ aggregates: [writeOf(`p-${n}`)], ledger: [captureOf("t", 5n)] }))
    const results = await outcomes(store, racers)
    expect(results.filter((result) => result === "Committed")).toHaveLength(1)
    expect(results.filter((result) => result === "InvariantViolated")).toHaveLength(39)
    expect(await run(store.balances(merchantId))).toMatchObject([{ posted: 5n }, { posted: -5n }])
  },
  "balances are sums by account, currency and layer, in that order": async (store) => {
    const hold = [posting("card_receivable", "held", 30n), posting("merchant_unsettled", "held", -30n)]
    const euros = [posting("card_receivable", "posted", 7n, "EUR"), posting("fee_revenue", "posted", -7n, "EUR")]
    const ledger = [
      captureOf("t1", 100n),
      captureOf("t2", 0n, { postings: hold }),
      captureOf("t3", 0n, { postings: euros }),
      captureOf("t4", -40n)
    ]
    await outcome(store, commitOf({ ledger }))
    expect(await run(store.balances(merchantId))).toEqual([
      { account: "card_receivable", currency: "EUR", posted: 7n, held: 0n },
      { account: "card_receivable", currency: "USD", posted: 60n, held: 30n },
      { account: "fee_revenue", currency: "EUR", posted: -7n, held: 0n },
      { account: "merchant_unsettled", currency: "USD", posted: -60n, held: -30n }
    ])
    expect(await run(store.balances(stranger))).toEqual([])
  },
  "sums of amounts far beyond 64 bits are exact": async (store) => {
    const amounts = [huge, 1n, -huge, huge * 3n + 7n, largest, -largest, 999_999_999_999_999_999n, -1n]
    const ledger = amounts.map((amount, n) =>
      captureOf(`t${n}`, 0n, {
        postings: [posting("cash", "held", amount, "ETH"), posting("conversion", "held", -amount, "ETH")]
      })
    )
    await outcome(store, commitOf({ ledger }))
    const held = amounts.reduce((sum, amount) => sum + amount, 0n)
    expect(await run(store.balances(merchantId))).toEqual([
      { account: "cash", currency: "ETH", posted: 0n, held },
      { account: "conversion", currency: "ETH", posted: 0n, held: -held }
    ])
    expect(await run(store.ledgerOf(merchantId, { type: "payment", id: "p" }))).toEqual(ledger)
  },
  "an amount of 39 digits is not posted": async (store) => {
    const parts = [posting("cash", "posted", largest), posting("cash", "posted", 1n)]
    const negative = [...parts, posting("conversion", "posted", -largest - 1n)]
    for (const one of [captureOf("t", largest + 1n), captureOf("t", 0n, { postings: negative })]) {
      expect(await verdict(store, commitOf({ ledger: [one] }))).toBe(tooLong)
    }
    expect(await run(store.balances(merchantId))).toEqual([])
  },
  "balances stay right over thousands of transactions of two merchants": async (store) => {
    const commits = numbers(50).map((n) =>
      commitOf({
        ledger: numbers(100).map((m) => {
          const owner = m % 4 === 0 ? stranger : merchantId
          return captureOf(`t-${n}-${m}`, largest - BigInt(m), { merchantId: owner })
        })
      })
    )
    await outcomes(store, commits)
    const sum = (owner: string) =>
      commits
        .flatMap(({ ledger }) => ledger)
        .filter((transaction) => transaction.merchantId === owner)
        .reduce((total, { postings }) => total + (postings[0]?.amount.amount ?? 0n), 0n)
    for (const owner of [merchantId, stranger]) {
      expect(await run(store.balances(owner))).toMatchObject([{ posted: sum(owner) }, { posted: -sum(owner) }])
    }
  },
  "the transactions of an aggregate come oldest first, a thousand at most": async (store) => {
    const ledger = numbers(1002).map((n) => captureOf(`t-${1002 - n}`, 1n))
    const other = captureOf("other", 1n, { reference: { type: "card", id: "p" } })
    await outcome(store, commitOf({ ledger: [other, ...ledger] }))
    expect(await run(store.ledgerOf(merchantId, { type: "payment", id: "p" }))).toEqual(ledger.slice(0, 1000))
    expect(await run(store.ledgerOf(merchantId, { type: "card", id: "p" }))).toEqual([other])
    expect(await run(store.ledgerOf(stranger, { type: "payment", id: "p" }))).toEqual([])
  }
}
