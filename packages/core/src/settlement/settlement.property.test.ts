import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Posting } from "../ledger/ledger.ts"
import { zero } from "../money/index.ts"
import { anySettlementCommand, settleableCommand } from "../testing/arbitraries.ts"
import * as laws from "../testing/laws/index.ts"
import { walk } from "../testing/walk.ts"
import {
  decide,
  evolve,
  noSettlement,
  type Settlement,
  type SettlementCommand,
  type SettlementLine,
  settlementMachine
} from "./index.ts"

/** The totals of postings by any name, zeros left out. */
const totals = (postings: ReadonlyArray<Posting>, nameOf: (posting: Posting) => string) => {
  const sums = new Map<string, bigint>()
  for (const posting of postings) {
    sums.set(nameOf(posting), (sums.get(nameOf(posting)) ?? 0n) + posting.amount.amount)
  }
  return new Map([...sums].filter(([, sum]) => sum !== 0n))
}

/** What the payment room had posted when the lines came about: captures −c, refunds +r for the merchant. */
const postedBefore = (line: SettlementLine): ReadonlyArray<Posting> => {
  const { amount, currency } = line._tag === "PaymentLine" ? line.captured : line.amount
  const owed = line._tag === "PaymentLine" ? amount : -amount
  return [
    { account: "card_receivable", layer: "posted", amount: { ...zero(currency), amount: owed } },
    { account: "merchant_unsettled", layer: "posted", amount: { ...zero(currency), amount: -owed } }
  ]
}

const ledgerOf = (command: SettlementCommand) => Result.getOrThrow(decide(noSettlement, command)).ledger

describe("the books of a settlement", () => {
  it("balance in each currency and layer", () => {
    fc.assert(laws.balanced({ histories: settleableCommand, ledgerOf }), { numRuns: 10_000 })
  })

  it("hold no line of nothing", () => {
    fc.assert(
      fc.property(settleableCommand, (command) =>
        ledgerOf(command).every(({ postings }) => postings.every(({ amount }) => amount.amount !== 0n))
      ),
      { numRuns: 10_000 }
    )
  })

  it("leave nothing unsettled and nothing receivable once everything is settled", () => {
    fc.assert(
      fc.property(settleableCommand, (command) => {
        const { ledger, events } = Result.getOrThrow(decide(noSettlement, command))
        const postings = [...command.lines.flatMap(postedBefore), ...ledger.flatMap((one) => one.postings)]
        const books = totals(postings, ({ account }) => account)
        expect(books.get("merchant_unsettled")).toBeUndefined()
        expect(books.get("card_receivable")).toBeUndefined()
        const [settled] = events
        expect(books.get("merchant_available") ?? 0n).toBe(-(settled?.payout.amount ?? 0n))
        expect(books.get("fee_revenue") ?? 0n).toBe(-(settled?.paymentFees.amount ?? 0n))
      }),
      { numRuns: 10_000 }
    )
  })
})

describe("a settlement, whatever is asked of it", () => {
  const settlements = {
    initial: noSettlement,
    decide,
    evolve,
    commands: fc.array(anySettlementCommand, { maxLength: 3 })
  }

  it("is the fold of its events, follows its machine, and ends once", () => {
    const followed = { ...settlements, machine: settlementMachine, statusOf: ({ status }: Settlement) => status }
    fc.assert(laws.replay(settlements), { numRuns: 10_000 })
    fc.assert(laws.legal(followed), { numRuns: 10_000 })
    fc.assert(laws.final(followed), { numRuns: 10_000 })
  })

  it("answers every batch in every state", () => {
    const answers = new Set<string>()
    fc.assert(
      fc.property(anySettlementCommand, anySettlementCommand, (first, second) => {
        const decided = decide(noSettlement, first)
        answers.add(Result.isFailure(decided) ? decided.failure._tag : "complete")
        if (Result.isFailure(decided)) return
        const state = decided.success.events.reduce(evolve, noSettlement)
        expect(state.status).toBe("complete")
        expect(decided.success.events.map(({ _tag }) => settlementMachine.none[_tag])).toEqual(["complete"])
        expect(decide(state, second)).toEqual(Result.fail({ _tag: "SettlementAlreadyExists" }))
      }),
      { numRuns: 10_000 }
    )
    expect(answers).toEqual(new Set(["complete", "NothingToSettle", "MixedCurrencies", "LineRepeated"]))
  })

  it("ends complete", () => {
    expect(walk(settlementMachine, "none")).toMatchObject({ unreachable: [], terminal: ["complete"] })
  })
})
