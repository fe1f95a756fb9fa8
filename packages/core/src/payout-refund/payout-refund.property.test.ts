import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { foldBalances } from "../ledger/index.ts"
import {
  anyPayoutRefund,
  anyPayoutRefundCommand,
  anyPayoutRefundEvent,
  refundSaid
} from "../testing/arbitraries/payout-refund-arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import { decide, evolve, noRefund, type PayoutRefund, type RefundCommand, refundMachine } from "./index.ts"
import { decodeRefund, decodeRefundEvent, encodeRefund, encodeRefundEvent } from "./payout-refund.schema.ts"

const statusOf = ({ status }: PayoutRefund) => status
const commands = fc.array(anyPayoutRefundCommand, { maxLength: 6 })
const refunds = { initial: noRefund, decide, evolve, commands }
const numRuns = 10_000

describe("a refund, whatever is said of it", () => {
  it("is the fold of its events, follows its machine, and ends once", () => {
    const followed = { ...refunds, machine: refundMachine, statusOf }
    fc.assert(laws.replay(refunds), { numRuns })
    fc.assert(laws.legal(followed), { numRuns })
    fc.assert(laws.final(followed), { numRuns })
    fc.assert(laws.pure(refunds), { numRuns: 2_000 })
  })

  const histories = commands.map((tried) => playHistory(refunds, tried))
  it("balances in the books, where each fact is booked once", () => {
    const books = { histories: histories.map(({ decisions }) => decisions.flatMap(({ ledger }) => ledger)) }
    fc.assert(laws.balanced({ ...books, ledgerOf: (ledger) => ledger }), { numRuns })
    fc.assert(laws.bookedOnce({ ...books, ledgerOf: (ledger) => ledger }), { numRuns })
  })

  it("moves its amount exactly where it was completed, and holds nothing once it has ended", () => {
    fc.assert(
      fc.property(histories, ({ decisions, state }) => {
        const network = foldBalances(decisions.flatMap(({ ledger }) => ledger)).find(
          ({ account }) => account === "payout_network"
        )
        expect(network?.posted ?? 0n).toBe(state.status === "completed" ? -state.amount.amount : 0n)
        expect(network?.held ?? 0n).toBe(state.status === "created" ? state.amount.amount : 0n)
      }),
      { numRuns }
    )
  })
})

describe("what is heard of it", () => {
  it("has no effect the second time", () => {
    fc.assert(laws.heardTwice({ ...refunds, messages: anyPayoutRefundCommand }), { numRuns })
  })

  const scenes = fc
    .record({ isCreated: fc.boolean(), succeeds: fc.boolean() })
    .map(({ isCreated, succeeds }): laws.Scene<PayoutRefund, RefundCommand> => {
      const created = refundSaid({ _tag: "Created" })
      const end = refundSaid(succeeds ? { _tag: "Completed", transactionHash: "0x1" } : { _tag: "Failed" })
      return { state: noRefund, facts: isCreated ? [created, end] : [end], noise: [created], last: [] }
    })

  it("leads to the same end in any order and number", () => {
    fc.assert(laws.anyOrder({ ...refunds, scenes }), { numRuns })
  })
})

describe("the machine of a refund", () => {
  it("has no state that cannot be reached, no event that nothing brings about, and two ends", () => {
    const taken = edgesTaken({ ...refunds, statusOf }, fc.sample(commands, { numRuns: 1_000, seed: 1 }))
    expect(walk(refundMachine, "none", taken)).toMatchObject({
      ...{ unreachable: [], missingCommands: [], terminal: ["completed", "failed"] }
    })
  })

  it("stops on an event that it does not know from there", () => {
    expect(() => evolve(noRefund, { _tag: "RefundFailed", atMs: 0 })).toThrow("no edge none --RefundFailed-->")
  })
})

describe("a stored refund", () => {
  it("is read as it was written, and so is each event", () => {
    fc.assert(laws.roundTrip({ values: anyPayoutRefund, write: encodeRefund, read: decodeRefund }), { numRuns: 2_000 })
    fc.assert(laws.roundTrip({ values: anyPayoutRefundEvent, write: encodeRefundEvent, read: decodeRefundEvent }), {
      numRuns: 2_000
    })
  })

  it("is not read where it is none", () => {
    const stored = encodeRefund(noRefund)
    expect(decodeRefund(stored)).toEqual(noRefund)
    for (const change of [{ amount: { amount: "1" } }, { status: "lost" }, { contradiction: "created" }])
      expect(() => decodeRefund({ ...stored, ...change })).toThrow()
  })
})
