import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { foldBalances, isBalanced } from "../ledger/index.ts"
import { anyIntentRefundCommand, anyTransferMessage, intentRefundHistory } from "../testing/arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import {
  decide,
  evolve,
  type IntentRefund,
  type IntentRefundStatus,
  intentRefundMachine,
  noIntentRefund
} from "./index.ts"
import { decodeIntentRefund, encodeIntentRefund } from "./intent-refund.schema.ts"

const statusOf = ({ status }: IntentRefund): IntentRefundStatus => status

const refunds = {
  initial: noIntentRefund,
  decide,
  evolve,
  commands: fc.array(anyIntentRefundCommand, { maxLength: 10, size: "medium" })
}

const numRuns = 10_000

describe("a refund, whatever the chain says", () => {
  it("is the fold of its events, decides alike each time, follows its machine and ends once", () => {
    fc.assert(laws.replay(refunds), { numRuns })
    fc.assert(laws.pure(refunds), { numRuns })
    const followed = { ...refunds, machine: intentRefundMachine, statusOf }
    fc.assert(laws.legal(followed), { numRuns })
    fc.assert(laws.final(followed), { numRuns })
  })

  it("has one key for its whole life, and its attempt ends when it does", () => {
    const seen = new Set<IntentRefundStatus>()
    fc.assert(
      fc.property(refunds.commands, (commands) => {
        const { states } = playHistory(refunds, commands)
        for (const { status, attempt } of states) {
          seen.add(status)
          expect(attempt?.gatewayKey).toBe("k-1")
          expect(status === "paid").toBe(attempt?.status === "confirmed")
          expect(status === "failed").toBe(attempt?.status === "declined" || attempt?.status === "abandoned")
        }
      }),
      { numRuns }
    )
    expect(seen).toEqual(new Set(["pending", "paid", "failed"]))
  })

  it("sets apart what it may cost, and takes it or gives it back in the end, in balanced books", () => {
    fc.assert(
      fc.property(refunds.commands, (commands) => {
        const { state, decisions } = playHistory(refunds, commands)
        const transactions = decisions.flatMap(({ ledger }) => ledger)
        expect(transactions.every(isBalanced)).toBe(true)
        expect(new Set(transactions.map(({ id }) => id)).size).toBe(transactions.length)
        const merchant = foldBalances(transactions).find(({ account }) => account === "merchant_available")
        const { amount: source } = state.source
        expect(merchant?.held ?? 0n).toBe(state.status === "pending" ? -source : 0n)
        expect(merchant?.posted ?? 0n).toBe(state.status === "paid" ? source : 0n)
        const ours = foldBalances(transactions).filter(({ account }) => account === "crypto_holdings")
        const fee = foldBalances(transactions).find(({ account }) => account === "network_fees")?.posted ?? 0n
        const sent = state.status === "paid" ? state.amount.amount + fee : 0n
        expect(ours.reduce((total, { posted }) => total + posted, 0n)).toBe(-sent)
        if (state.status === "paid") expect(state.networkFee?.amount).toBe(fee)
      }),
      { numRuns }
    )
  })

  it("has no second effect where it is told twice", () => {
    fc.assert(laws.heardTwice({ ...refunds, messages: anyTransferMessage }), { numRuns })
  })
})

describe("the machine of a refund", () => {
  it("has no state that cannot be reached, and two ends", () => {
    expect(walk(intentRefundMachine, "none")).toMatchObject({ unreachable: [], terminal: ["paid", "failed"] })
  })

  it("has no event that no command brings about", () => {
    const lives = fc.sample(intentRefundHistory(), { numRuns: 5_000, seed: 1 }).map(({ commands }) => commands)
    expect(walk(intentRefundMachine, "none", edgesTaken({ ...refunds, statusOf }, lives)).missingCommands).toEqual([])
  })

  it("stops on what no refund can follow", () => {
    expect(() => evolve(noIntentRefund, { _tag: "IntentRefundSent", atMs: 0 })).toThrow(
      "no edge none --IntentRefundSent-->"
    )
    const { state } = playHistory(refunds, [])
    const event = { _tag: "AttemptStarted", atMs: 0 } as const
    expect(() => evolve({ ...state, status: "pending" }, { _tag: "TransferAdvanced", event, atMs: 0 })).toThrow(
      "without an attempt"
    )
  })
})

describe("a stored refund of an intent", () => {
  it("is not read where it is none", () => {
    const stored = encodeIntentRefund(noIntentRefund)
    expect(decodeIntentRefund(stored)).toEqual(noIntentRefund)
    for (const change of [{ destination: { chain: "ETH" } }, { rate: { quoteId: "q-1" } }, { status: "sent" }])
      expect(() => decodeIntentRefund({ ...stored, ...change })).toThrow()
  })
})
