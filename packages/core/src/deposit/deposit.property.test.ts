import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { foldBalances, isBalanced } from "../ledger/index.ts"
import { anyDepositCommand, anyPassingStanding, depositHistory, depositOrigin } from "../testing/arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import {
  type Deposit,
  type DepositCommand,
  type DepositStanding,
  type DepositStatus,
  decide,
  depositMachine,
  evolve,
  noDeposit
} from "./index.ts"

const statusOf = ({ status }: Deposit): DepositStatus => status

const deposits = {
  initial: noDeposit,
  decide,
  evolve,
  commands: fc.array(anyDepositCommand, { maxLength: 8 })
}

const numRuns = 10_000

describe("a deposit, whatever the chain shows", () => {
  it("is the fold of its events, decides alike each time, follows its machine and ends once", () => {
    fc.assert(laws.replay(deposits), { numRuns })
    fc.assert(laws.pure(deposits), { numRuns })
    const followed = { ...deposits, machine: depositMachine, statusOf }
    fc.assert(laws.legal(followed), { numRuns })
    fc.assert(laws.final(followed), { numRuns })
  })

  it("is credited once, whole, in balanced books, and nothing is posted before", () => {
    const seen = new Set<DepositStatus>()
    fc.assert(
      fc.property(deposits.commands, (commands) => {
        const { state, events, decisions } = playHistory(deposits, commands)
        seen.add(state.status)
        expect(state.block !== null).toBe(state.status === "confirming" || state.status === "final")
        const credits = events.filter(({ _tag }) => _tag === "DepositFinalized")
        const transactions = decisions.flatMap(({ ledger }) => ledger)
        expect(credits).toHaveLength(state.status === "final" ? 1 : 0)
        expect(transactions).toHaveLength(credits.length)
        expect(transactions.every(isBalanced)).toBe(true)
        if (state.credit === null) return
        const { amount, fee, net } = state.credit
        expect(amount).toEqual(state.amount)
        expect(fee.amount + net.amount).toBe(amount.amount)
        const holdings = foldBalances(transactions).find(({ account }) => account === "crypto_holdings")
        expect(holdings?.posted).toBe(amount.amount)
      }),
      { numRuns }
    )
    expect(seen).toEqual(new Set(Object.keys(depositMachine)))
  })

  it("has no second effect where it is shown twice", () => {
    fc.assert(laws.heardTwice({ ...deposits, messages: anyDepositCommand }), { numRuns })
  })
})

describe("sightings in any order and number", () => {
  const shown = (standing: DepositStanding): DepositCommand => ({
    _tag: "RecordSighting",
    origin: depositOrigin(),
    amount: { amount: 1_000_000n, currency: "USDC" },
    standing,
    nowMs: 5
  })
  const final = shown({
    _tag: "Final",
    block: { height: 9, hash: "b-9" },
    terms: { feeSchedule: { fee: { kind: "sum", fees: [] }, onExcess: "limit" }, rate: null }
  })

  it("of one that is final lead to the same credit, whatever else is told of it", () => {
    const scenes = fc.array(anyPassingStanding, { minLength: 1, maxLength: 6 }).map(
      (passing): laws.Scene<Deposit, DepositCommand> => ({
        state: noDeposit,
        facts: [final],
        noise: passing.map(shown),
        last: []
      })
    )
    fc.assert(laws.anyOrder({ initial: noDeposit, decide, evolve, scenes }), { numRuns })
  })

  it("of one that is gone leave nothing behind but that it was seen", () => {
    fc.assert(
      fc.property(fc.array(anyPassingStanding, { maxLength: 6 }), (passing) => {
        const gone = shown({ _tag: "Gone", replacedBy: "0xother" })
        const { state, decisions } = playHistory(deposits, [...passing.map(shown), gone])
        expect(["none", "dropped"]).toContain(state.status)
        expect(decisions.flatMap(({ ledger }) => ledger)).toEqual([])
      }),
      { numRuns }
    )
  })
})

describe("the machine of a deposit", () => {
  it("has no state that cannot be reached, and one end", () => {
    expect(walk(depositMachine, "none")).toMatchObject({ unreachable: [], terminal: ["final"] })
  })

  it("has no event that no command brings about", () => {
    const lives = fc.sample(depositHistory(), { numRuns: 5_000, seed: 1 }).map(({ commands }) => commands)
    expect(walk(depositMachine, "none", edgesTaken({ ...deposits, statusOf }, lives)).missingCommands).toEqual([])
  })

  it("stops on an event that it does not know from there", () => {
    expect(() => evolve(noDeposit, { _tag: "DepositSeenAgain", atMs: 0 })).toThrow("no edge none --DepositSeenAgain-->")
  })

  it("answers every sighting in every state", () => {
    const pairs = new Set<string>()
    fc.assert(
      fc.property(deposits.commands, anyDepositCommand, (commands, command) => {
        const { state } = playHistory(deposits, commands)
        const decided = decide(state, command)
        pairs.add(`${state.status} ${command.standing._tag} ${decided._tag}`)
        if (Result.isFailure(decided)) expect(decided.failure._tag).toMatch(/^Deposit|^SettlementRateMissing/u)
      }),
      { numRuns }
    )
    const states = Object.keys(depositMachine).length
    expect(new Set([...pairs].map((pair) => pair.split(" ").slice(0, 2).join(" "))).size).toBe(states * 4)
  })
})
