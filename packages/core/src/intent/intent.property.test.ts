import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { foldBalances, isBalanced } from "../ledger/index.ts"
import { anyIntentCommand, anyIntentLife, intentHistory } from "../testing/arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import {
  decide,
  evolve,
  type Intent,
  type IntentStatus,
  idsNamedMax,
  intentMachine,
  noIntent,
  reckoningOf
} from "./index.ts"
import { decodeIntent, encodeIntent } from "./intent.schema.ts"

const statusOf = ({ status }: Intent): IntentStatus => status

const intents = { initial: noIntent, decide, evolve, commands: anyIntentLife }

const numRuns = 10_000

describe("an intent, whatever is asked and told of it", () => {
  it("is the fold of its events, and decides alike each time", () => {
    fc.assert(laws.replay(intents), { numRuns })
    fc.assert(laws.pure(intents), { numRuns })
  })

  it("follows its machine, and ends once", () => {
    const followed = { ...intents, machine: intentMachine, statusOf }
    fc.assert(laws.legal(followed), { numRuns })
    fc.assert(laws.final(followed), { numRuns })
  })

  it("never gives back more than was paid, and counts nothing below nothing", () => {
    const seen = new Set<IntentStatus>()
    fc.assert(
      fc.property(intents.commands, (commands) => {
        for (const intent of playHistory(intents, commands).states) {
          seen.add(intent.status)
          expect(faultsOf(intent)).toEqual([])
        }
      }),
      { numRuns }
    )
    expect(seen).toEqual(new Set(Object.keys(intentMachine).filter((status) => status !== "none")))
  })

  it("has a timeline of all changes of state and context, newest first", () => {
    fc.assert(
      fc.property(intents.commands, (commands) => {
        const { state, states } = playHistory(intents, commands)
        const story = states.map(({ status, context }) => `${status} ${context}`)
        const told = state.timeline.toReversed().map(({ status, context }) => `${status} ${context}`)
        expect(told).toEqual(story.filter((one, n) => one !== story[n - 1]))
      }),
      { numRuns }
    )
  })

  it("answers every command in every state, and posts nothing but the lease", () => {
    const pairs = new Set<string>()
    fc.assert(
      fc.property(intents.commands, anyIntentCommand, (commands, command) => {
        const { state, decisions } = playHistory(intents, commands)
        pairs.add(`${state.status} ${command._tag}`)
        expect(Result.isResult(decide(state, command))).toBe(true)
        const transactions = decisions.flatMap(({ ledger }) => ledger)
        expect(transactions.every(isBalanced)).toBe(true)
        const revenue = foldBalances(transactions).find(({ account }) => account === "fee_revenue")
        expect(revenue?.posted ?? 0n).toBe(-state.fees.lease.amount)
      }),
      { numRuns }
    )
    expect(pairs.size).toBe(Object.keys(intentMachine).length * 11)
  })
})

/** What must not be so of an intent. */
const faultsOf = (intent: Intent): ReadonlyArray<string> => {
  const { status, confirming, paid, refunding, refunded, depositIds, watching } = intent
  const { refundable, context, isEnough } = reckoningOf(intent)
  const { count, total, inTime } = confirming
  const isBelow = [refundable, paid, refunding, refunded, total].some(({ amount }) => amount < 0n)
  return [
    ...(isBelow ? ["an amount is below nothing"] : []),
    ...(intent.context === context ? [] : ["its context is another than its amounts say"]),
    ...(inTime < 0 || inTime > count || total.amount > 0n !== count > 0 ? ["it lost count of deposits"] : []),
    ...(depositIds.length > idsNamedMax ? ["it names too many"] : []),
    ...(intent.kind === "continuous" && depositIds.length > 0 ? ["a continuous one names deposits"] : []),
    ...(status === "pending" && isEnough ? ["it waits, and was paid"] : []),
    ...(status === "complete" && !isEnough ? ["it is complete, and was not paid"] : []),
    ...(count > 0 && !watching ? ["nobody looks for a deposit on its way"] : [])
  ]
}

describe("the machine of an intent", () => {
  it("has no state that cannot be reached, and ends where nothing more is expected", () => {
    expect(walk(intentMachine, "none")).toMatchObject({ unreachable: [], terminal: ["failed", "refunded"] })
  })

  it("has no event that no command brings about", () => {
    const lives = fc.sample(intentHistory(), { numRuns: 10_000, seed: 1 }).map(({ commands }) => commands)
    const taken = edgesTaken({ ...intents, statusOf }, lives)
    expect(walk(intentMachine, "none", taken).missingCommands).toEqual([])
  })

  it("stops on an event that it does not know from there", () => {
    expect(() => evolve(noIntent, { _tag: "IntentMonitoringEnded", atMs: 0 })).toThrow(
      "no edge none --IntentMonitoringEnded-->"
    )
  })
})

describe("a stored intent", () => {
  const entry = { status: "created", context: "none", reason: null, atMs: 0 }

  it.each<Partial<Record<keyof Intent, unknown>>>([
    { methods: [{ chain: "ETH", address: null }] },
    { methods: [{ chain: "ETH", address: { chain: "ETH", address: "0xabc" }, watchedTo: null }] },
    { timeline: [{ ...entry, status: "none" }] },
    { timeline: [{ ...entry, reason: "unknown" }] }
  ])("is not read where it is none: %j", (change) => {
    expect(decodeIntent({ ...encodeIntent(noIntent), timeline: [entry] }).timeline).toEqual([entry])
    expect(() => decodeIntent({ ...encodeIntent(noIntent), ...change })).toThrow()
  })
})
