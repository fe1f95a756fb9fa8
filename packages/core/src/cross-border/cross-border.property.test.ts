import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyCrossBorderCommand, anyCrossBorderNews } from "../testing/arbitraries/cross-border-arbitraries.ts"
import {
  asked,
  beginnings,
  cleared,
  completed,
  createExample,
  failedWith,
  initiated,
  onchain,
  refunded,
  reported,
  started
} from "../testing/arbitraries/cross-border-examples.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import {
  type CrossBorderCommand,
  type CrossBorderEvent,
  type CrossBorderPayment,
  crossBorderMachine,
  decide,
  evolve,
  noPayment
} from "./index.ts"

const statusOf = ({ status }: CrossBorderPayment) => status

/** Lives that come far enough to be interesting, and then anything. */
const commands = fc
  .tuple(fc.constantFrom(...beginnings), fc.array(anyCrossBorderCommand, { maxLength: 5 }))
  .map(([first, more]) => [...first, ...more])

const payments = { initial: noPayment, decide, evolve, commands }
const numRuns = 10_000

describe("a cross-border payment, whatever is asked of it", () => {
  it("is the fold of its events, follows its machine, and ends once", () => {
    const followed = { ...payments, machine: crossBorderMachine, statusOf }
    fc.assert(laws.replay(payments), { numRuns })
    fc.assert(laws.legal(followed), { numRuns })
    fc.assert(laws.final(followed), { numRuns })
    fc.assert(laws.pure(payments), { numRuns: 500 })
  })

  it("asks one thing and sends one transaction at a time, pays out once for the right money, and says why it failed", () => {
    fc.assert(
      fc.property(commands, (tried) => {
        const { state, events, decisions } = playHistory(payments, tried)
        const count = (tag: CrossBorderEvent["_tag"]) => events.filter(({ _tag }) => _tag === tag).length
        const open = state.rfis.filter(({ status }) => status === "information_required" || status === "in_review")
        expect(open.length).toBeLessThanOrEqual(1)
        const active = state.transactions.filter(({ status }) => status !== "failed" && status !== "completed")
        const overtaking = events.filter((event) => event._tag === "TransactionStarted" && event.replaces !== null)
        expect(active.length).toBeLessThanOrEqual(1 + overtaking.length)
        expect(active.filter(({ status }) => status !== "broadcasted").length).toBeLessThanOrEqual(1)
        expect(count("PayoutInitiated")).toBeLessThanOrEqual(1)
        if (count("PayoutInitiated") === 1) expect(state.received[0]?.amount).toEqual(state.source)
        const asks = decisions.flatMap(({ tasks }) => tasks.filter(({ kind }) => kind === "pay_out"))
        // The network is told of all that arrives, once.
        expect(asks.map(({ subject }) => subject)).toEqual(state.received.map(({ transactionId }) => transactionId))
        expect(new Set(state.received.map(({ transactionId }) => transactionId)).size).toBe(state.received.length)
        expect(state.failureCode !== null).toBe(state.status === "failed")
      }),
      { numRuns }
    )
  })
})

describe("what is heard of it", () => {
  it("has no effect the second time", () => {
    fc.assert(laws.heardTwice({ ...payments, messages: anyCrossBorderNews }), { numRuns })
  })

  type Scene = laws.Scene<CrossBorderPayment, CrossBorderCommand>

  const scene = (
    before: ReadonlyArray<CrossBorderCommand>,
    facts: ReadonlyArray<CrossBorderCommand>,
    noise: ReadonlyArray<CrossBorderCommand> = [],
    last: ReadonlyArray<CrossBorderCommand> = []
  ): Scene => ({ state: playHistory(payments, before).state, facts, noise, last })

  const underReview = reported({ _tag: "UnderReview" })
  const delayed = reported({ _tag: "PayoutDelayed" })
  const funded = [createExample, cleared, started(1)]
  const broadcast = onchain(1, "broadcasted")
  const paid = onchain(1, "completed")

  const scenes: ReadonlyArray<Scene> = [
    scene([createExample], [underReview, cleared], [underReview]),
    scene([createExample], [asked(1, "in_review"), asked(1, "approved"), cleared], [asked(1, "information_required")]),
    scene([createExample], [asked(1, "rejected", "PM03004"), failedWith("PM03004")]),
    scene(funded, [paid, initiated, completed], [broadcast, onchain(1, "pending"), delayed, cleared, underReview]),
    scene(funded, [paid, completed], [initiated, broadcast]),
    scene(funded, [paid, initiated, completed, asked(1, "approved")], [asked(1, "in_review")]),
    scene(
      funded,
      [paid, initiated, failedWith("PM06001"), refunded(1, "completed")],
      [delayed, refunded(1, "created")]
    ),
    scene(funded, [paid, failedWith("PM06001"), refunded(1, "failed"), refunded(2, "completed")], [initiated]),
    // Overtaken: the first one fails, the second one pays.
    scene(
      [...funded, broadcast, started(2, true)],
      [onchain(1, "failed"), onchain(2, "completed"), initiated, completed],
      [broadcast, onchain(2, "broadcasted")]
    ),
    // Money that comes when the time is over, whether or not anybody has closed the payment.
    scene(
      funded,
      [onchain(1, "completed", createExample.terms.source, 2_000)],
      [broadcast],
      [{ _tag: "ExpirePayment", nowMs: 2_000 }, refunded(1, "completed")]
    )
  ]

  it("leads to the same end in any order and number", () => {
    fc.assert(laws.anyOrder({ ...payments, scenes: fc.constantFrom(...scenes) }), { numRuns })
  })
})

describe("the machine of a cross-border payment", () => {
  it("has no state that cannot be reached, no event that no command brings about, and three ends", () => {
    const taken = edgesTaken({ ...payments, statusOf }, fc.sample(commands, { numRuns: 20_000, seed: 1 }))
    expect(walk(crossBorderMachine, "none", taken)).toMatchObject({
      ...{ unreachable: [], missingCommands: [], terminal: ["completed", "failed", "withdrawn"] }
    })
  })

  it("answers every command in every state", () => {
    const pairs = new Set<string>()
    fc.assert(
      fc.property(commands, anyCrossBorderCommand, (tried, command) => {
        const { state } = playHistory(payments, tried)
        pairs.add(`${state.status} ${command._tag}`)
        expect(Result.isResult(decide(state, command))).toBe(true)
      }),
      { numRuns }
    )
    expect(pairs.size).toBe(Object.keys(crossBorderMachine).length * 8)
  })

  it("stops on an event that it does not know from there", () => {
    expect(() => evolve(noPayment, { _tag: "PaymentCleared", atMs: 0 })).toThrow("no edge none --PaymentCleared-->")
  })
})
