import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import { anyCheckoutCommand, anyCheckoutOutcome, checkoutHistory } from "../testing/arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import {
  type Checkout,
  type CheckoutCommand,
  type CheckoutEvent,
  type CheckoutStatus,
  checkoutMachine,
  checkoutTriesMax,
  decide,
  evolve,
  noCheckout
} from "./index.ts"

const statusOf = ({ status }: Checkout): CheckoutStatus => status

const checkouts = { initial: noCheckout, decide, evolve, commands: fc.array(anyCheckoutCommand, { maxLength: 14 }) }

const ends: ReadonlyArray<CheckoutStatus> = ["completed", "cancelled", "expired", "failed"]

describe("a checkout, whatever is asked of it", () => {
  it("is the fold of its events, and decides alike each time", () => {
    fc.assert(laws.replay(checkouts), { numRuns: 10_000 })
    fc.assert(laws.pure(checkouts), { numRuns: 10_000 })
  })

  it("follows its machine, and ends once", () => {
    const followed = { ...checkouts, machine: checkoutMachine, statusOf }
    fc.assert(laws.legal(followed), { numRuns: 10_000 })
    fc.assert(laws.final(followed), { numRuns: 10_000 })
  })

  it("has at most one payment under way and at most one that succeeded, and comes to every state", () => {
    const seen = new Set<CheckoutStatus>()
    fc.assert(
      fc.property(checkouts.commands, (commands) => {
        const { state } = playHistory(checkouts, commands)
        seen.add(state.status)
        const having = (one: string) => state.payments.filter(({ status }) => status === one).length
        expect(having("open")).toBe(state.status === "paying" ? 1 : 0)
        expect(having("succeeded")).toBe(state.status === "completed" ? 1 : 0)
        expect(state.endedAtMs !== null).toBe(ends.includes(state.status))
        expect(new Set(state.payments.map(({ attempt }) => attempt)).size).toBeLessThanOrEqual(checkoutTriesMax)
        for (const { status, failure } of state.payments) expect(failure !== null).toBe(status === "failed")
      }),
      { numRuns: 10_000 }
    )
    expect(seen).toEqual(new Set(Object.keys(checkoutMachine)))
  })

  it("answers every command in every state, and moves no money", () => {
    const pairs = new Set<string>()
    const some = fc.array(anyCheckoutCommand, { maxLength: 12 })
    const first = fc.constantFrom(opened("hosted"), opened("direct"))
    const opening = fc.tuple(first, some).map(([one, more]) => [one, ...more])
    const lives = fc.oneof(fc.constant([]), { arbitrary: opening, weight: 9 })
    fc.assert(
      fc.property(lives, anyCheckoutCommand, (commands, command) => {
        const { state } = playHistory(checkouts, commands)
        pairs.add(`${state.status} ${command._tag}`)
        const decided = decide(state, command)
        if (Result.isSuccess(decided)) expect(decided.success.ledger).toEqual([])
      }),
      { numRuns: 10_000 }
    )
    expect(pairs.size).toBe(Object.keys(checkoutMachine).length * 5)
  })

  it("begins one payment for a try, however often it is begun", () => {
    fc.assert(
      fc.property(checkouts.commands, (commands) => {
        const { events } = playHistory(checkouts, commands)
        const begun = events.flatMap((event) => (event._tag === "CheckoutPaymentStarted" ? [event.attempt] : []))
        expect(begun).toHaveLength(new Set(begun).size)
      }),
      { numRuns: 10_000 }
    )
  })

  it("wants every payment followed that it puts under way", () => {
    fc.assert(
      fc.property(checkouts.commands, (commands) => {
        const { decisions, state } = playHistory(checkouts, commands)
        const followed = decisions.flatMap(({ tasks }) => tasks.filter(({ kind }) => kind === "follow_payment"))
        expect(followed.map(({ subject }) => subject)).toEqual(state.payments.map(({ id }) => id))
      }),
      { numRuns: 10_000 }
    )
  })
})

describe("what is heard of its payments", () => {
  it("has no effect the second time", () => {
    fc.assert(laws.heardTwice({ ...checkouts, messages: anyCheckoutOutcome }), { numRuns: 10_000 })
  })

  /** One try that is declined, then another: which has to be authenticated or not, and is paid or not. */
  const scenes = fc
    .record({ isHosted: fc.boolean(), stepsUp: fc.boolean(), mayStepUp: fc.boolean(), succeeds: fc.boolean() })
    .map(({ isHosted, stepsUp, mayStepUp, succeeds }): laws.Scene<Checkout, CheckoutCommand> => {
      const before = isHosted ? [begin("1"), heard("1", failed("card_failed"))] : []
      const { state } = playHistory(checkouts, [opened(isHosted ? "hosted" : "direct"), ...before, begin("2")])
      const end: Outcome = succeeds ? { _tag: "Succeeded" } : failed("payment_not_funded")
      const required = heard("2", failed("three_d_secure_required"), mayStepUp)
      const facts = stepsUp ? [required, ...(mayStepUp ? [heard("2-3ds", end)] : [])] : [heard("2", end)]
      // What is over is over, whatever somebody slow says of it.
      const slow = isHosted ? [heard("1", { _tag: "Succeeded" }), heard("1", failed("card_expired"))] : []
      return { state, facts, noise: [...slow, begin("2")], last: [] }
    })

  it("leads to the same end in any order and number", () => {
    fc.assert(laws.anyOrder({ initial: noCheckout, decide, evolve, scenes }), { numRuns: 10_000 })
  })
})

describe("the machine of a checkout", () => {
  it("has no state that cannot be reached, and ends where nobody may pay any more", () => {
    expect(walk(checkoutMachine, "none")).toMatchObject({ unreachable: [], terminal: ends })
  })

  it("has no event that no command brings about", () => {
    const lives = fc.sample(checkoutHistory(), { numRuns: 5_000, seed: 1 }).map(({ commands }) => commands)
    const taken = edgesTaken({ ...checkouts, statusOf }, lives)
    expect(walk(checkoutMachine, "none", taken).missingCommands).toEqual([])
  })

  it("stops on an event that it does not know from there, or that speaks of a payment never begun", () => {
    const completed: CheckoutEvent = { _tag: "CheckoutCompleted", paymentId: "p-1", atMs: 0 }
    expect(() => evolve(noCheckout, completed)).toThrow("no edge none --CheckoutCompleted-->")
    const { state } = playHistory(checkouts, [opened("hosted"), begin("1")])
    const stray: CheckoutEvent = {
      _tag: "CheckoutSteppedUp",
      paymentId: "p-9",
      authenticatedPaymentId: "p-9-3ds",
      atMs: 0
    }
    expect(() => evolve(state, stray)).toThrow("not part of the checkout")
    expect(() => evolve(state, { ...completed, paymentId: "p-9" })).toThrow("not part of the checkout")
  })
})

type Outcome = Extract<CheckoutCommand, { readonly _tag: "RecordPayment" }>["outcome"]

const opened = (kind: Checkout["kind"]): CheckoutCommand => ({
  _tag: "OpenCheckout",
  id: "c-1",
  merchantId: "m-1",
  kind,
  amount: money(1_000n, "USD"),
  description: null,
  customer: null,
  metadata: null,
  webhookUrl: null,
  returnUrl: null,
  expiresAtMs: kind === "hosted" ? 1_009 : null,
  nowMs: 1
})

const begin = (n: string): CheckoutCommand => ({
  _tag: "StartPayment",
  paymentId: `p-${n}`,
  transactionId: `txn_${n}`,
  attempt: `a-${n}`,
  nowMs: 2
})

const heard = (n: string, outcome: Outcome, mayStepUp = false): CheckoutCommand => ({
  _tag: "RecordPayment",
  paymentId: `p-${n}`,
  outcome,
  authenticatedPaymentId: mayStepUp ? `p-${n}-3ds` : null,
  nowMs: 3
})

const failed = (code: Extract<Outcome, { readonly _tag: "Failed" }>["code"]): Outcome => ({ _tag: "Failed", code })
