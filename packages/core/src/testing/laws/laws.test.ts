/** Each law passes what keeps it, and finds what breaks it: in the smallest case, and in words. */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { assessFees, defaultFeeSchedule, type FeeSchedule } from "../../fees/index.ts"
import { bps, money } from "../../money/index.ts"
import {
  decide,
  evolve,
  noPayment,
  type Payment,
  type PaymentCommand,
  type PaymentEvent,
  paymentMachine
} from "../../payment/index.ts"
import { paymentHistory } from "../payment-arbitraries.ts"
import { approved, cancelPayment, capturePayment, declined, recordReply, requestPayment } from "../payment-examples.ts"
import * as laws from "./index.ts"
import { broken } from "./smallest-break.ts"

const usd = (amount: bigint) => money(amount, "USD")

const price: laws.Pricing = (gross, context) => Result.getOrThrow(assessFees(defaultFeeSchedule, gross, context))

describe("laws of fees", () => {
  it("hold for the list price", () => {
    for (const fees of [{ schedule: defaultFeeSchedule }, { price }]) {
      fc.assert(laws.conservation(fees), { numRuns: 1000 })
      fc.assert(laws.nonNegative(fees), { numRuns: 1000 })
      fc.assert(laws.monotone(fees), { numRuns: 1000 })
    }
  })

  it("find the smallest payment that a float cannot price", async () => {
    // 2.9 % as a factor, and each side cut off for itself.
    const float: laws.Pricing = (gross) => {
      const of = (factor: number) => ({
        ...gross,
        amount: BigInt(Math.trunc(Number.parseInt(`${gross.amount}`, 10) * factor))
      })
      return { net: of(0.971), total: of(0.029), breakdown: [{ name: "share", kind: "percentage", amount: of(0.029) }] }
    }
    const { counterexample, says } = await broken(laws.conservation({ price: float }))
    expect(counterexample[1]).toEqual(usd(1n))
    expect(says).toBe("conservation: net and fees do not add up to the gross amount")
  })

  it("find a discount that makes a larger payment cheaper", async () => {
    const falling: FeeSchedule = {
      fee: {
        kind: "tiered",
        name: "tiers",
        mode: "volume",
        basis: "payment",
        tiers: [{ rate: bps(0n), fixed: usd(30n), upTo: usd(1000n) }, { rate: bps(100n) }],
        rounding: "halfEven"
      },
      onExcess: "allowNegativeNet"
    }
    const { counterexample, says } = await broken(laws.monotone({ schedule: falling }))
    expect(new Set([counterexample[1], counterexample[2]])).toEqual(new Set([usd(0n), usd(1001n)]))
    expect(says).toBe("monotone: the larger payment costs less")
  })

  it("find a fee below zero", async () => {
    const rebate: laws.Pricing = (gross) => {
      const amount = { ...gross, amount: gross.amount > 500n ? -1n : 0n }
      const net = { ...gross, amount: gross.amount - amount.amount }
      return { net, total: amount, breakdown: [{ name: "rebate", kind: "fixed", amount }] }
    }
    const { counterexample, says } = await broken(laws.nonNegative({ price: rebate }))
    expect(counterexample[1]).toEqual(usd(501n))
    expect(says).toBe("nonNegative: a fee is below zero")
  })

  it("find a schedule that cannot price", async () => {
    const schedule: FeeSchedule = { fee: { kind: "fixed", name: "fixed", amount: usd(30n) }, onExcess: "limit" }
    const { says } = await broken(laws.conservation({ schedule, currency: "EUR" }))
    expect(says).toBe("assessment: the payment has no price")
  })
})

describe("laws of values", () => {
  it("find a split that rounds every part for itself", async () => {
    const split: laws.SplitUnderTest["split"] = (amount, weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0n)
      return weights.map((weight) => ({ ...amount, amount: (amount.amount * weight) / total }))
    }
    const { counterexample, says } = await broken(laws.allocation({ split }))
    expect(counterexample).toEqual([usd(1n), [1n, 1n]])
    expect(says).toBe("allocation: the parts do not add up")
  })

  it("find a split that gives all the rest to one", async () => {
    const split: laws.SplitUnderTest["split"] = (amount, weights) =>
      weights.map((_, place) => (place === 0 ? amount : { ...amount, amount: 0n }))
    const { says } = await broken(laws.allocation({ split }))
    expect(says).toBe("allocation: a part is far from its share")
  })

  it("find what is written down and not read back", async () => {
    const write = (value: bigint) => Number(value)
    const values = fc.bigInt({ min: 0n, max: 10n ** 20n })
    const { counterexample, says } = await broken(laws.roundTrip({ values, write, read: BigInt }))
    expect(counterexample[0]).toBeLessThan(2n ** 54n)
    expect(says).toBe("roundTrip: another value is read than was written")
  })
})

const payments = {
  initial: noPayment,
  decide,
  evolve,
  commands: paymentHistory().map(({ commands }) => commands),
  machine: paymentMachine,
  statusOf: ({ status }: Payment) => status
}

const tagsOf = ([commands]: readonly [ReadonlyArray<PaymentCommand>, ...ReadonlyArray<unknown>]) =>
  commands.map(({ _tag }) => _tag)

describe("laws of deciders", () => {
  it("find an evolve that counts how often it was called", async () => {
    let calls = 0
    const counting = (state: Payment, event: PaymentEvent): Payment => ({
      ...evolve(state, event),
      updatedAtMs: calls++
    })
    const { counterexample, says } = await broken(laws.replay({ ...payments, evolve: counting }))
    expect(tagsOf(counterexample)).toEqual(["RequestPayment"])
    expect(says).toBe("replay: the events lead to another state than the commands did")
  })

  it("find a codec that loses what a reversal was for", async () => {
    const stored = (event: PaymentEvent): PaymentEvent => ("reason" in event ? { ...event, reason: null } : event)
    const commands = fc
      .constantFrom("fraudulent" as const, null)
      .map((reason) => [requestPayment(), recordReply("authorize-1", approved()), cancelPayment({ reason })])
    const { counterexample } = await broken(laws.replay({ ...payments, commands, stored }))
    expect(tagsOf(counterexample)).toEqual(["RequestPayment", "RecordReply", "CancelPayment"])
  })

  it("find a decision that remembers", async () => {
    const seen = new Set<string>()
    const remembering: typeof decide = (state, command) => {
      const known = seen.has(command._tag)
      seen.add(command._tag)
      return known ? decide(state, { ...command, nowMs: command.nowMs + 1 }) : decide(state, command)
    }
    expect((await broken(laws.pure({ ...payments, decide: remembering }))).says).toMatch(/^pure: /u)
  })

  it("find an evolve that changes the state in place", async () => {
    const writing = (state: Payment, event: PaymentEvent): Payment => Object.assign(state, evolve(state, event))
    const { says } = await broken(laws.pure({ ...payments, initial: { ...noPayment }, evolve: writing }))
    expect(says).toContain("TypeError")
  })

  it("find an edge that the table does not have", async () => {
    const { CaptureRequested: _, ...authorized } = paymentMachine.authorized
    const machine: typeof paymentMachine = { ...paymentMachine, authorized }
    const { counterexample, says } = await broken(laws.legal({ ...payments, machine }))
    expect(tagsOf(counterexample)).toEqual(["RequestPayment", "RecordReply", "CapturePayment"])
    expect(says).toBe("legal: authorized --CaptureRequested--> leads elsewhere than the machine says")
  })

  it("find a life after death", async () => {
    const reviving: typeof decide = (state, command) =>
      command._tag === "CapturePayment" && state.status === "failed"
        ? Result.succeed({
            events: [{ _tag: "PaymentAuthorized", amount: usd(1n), avs: "Y", cvv: "pass", expiresAtMs: 0, atMs: 0 }],
            ledger: [],
            tasks: []
          })
        : decide(state, command)
    const raising = (state: Payment, event: PaymentEvent): Payment =>
      state.status === "failed" ? { ...state, status: "authorized" } : evolve(state, event)
    const commands = fc.array(
      fc.constantFrom(requestPayment(), recordReply("authorize-1", declined()), capturePayment()),
      { size: "max", maxLength: 8 }
    )
    const { counterexample, says } = await broken(
      laws.final({ ...payments, commands, decide: reviving, evolve: raising })
    )
    expect(tagsOf(counterexample)).toEqual(["RequestPayment", "RecordReply", "CapturePayment"])
    expect(says).toBe("final: a life that had ended goes on")
  })

  it("find a message that counts twice", async () => {
    const twice = (state: number, amount: number) => Result.succeed({ events: [state + amount] })
    const { counterexample, says } = await broken(
      laws.heardTwice({
        ...{ initial: 0, decide: twice, evolve: (_: number, event: number) => event },
        ...{ commands: fc.array(fc.nat()), messages: fc.nat() }
      })
    )
    expect(counterexample).toEqual([[], 1])
    expect(says).toBe("heardTwice: the second time has an effect of its own")
  })

  it("find a decider that believes whatever came last", async () => {
    const scenes = fc.constant({ state: "", facts: ["paid", "refunded"], noise: ["pending"], last: [] })
    const { counterexample, says } = await broken(
      laws.anyOrder({
        ...{ initial: "", decide: (_: string, message: string) => Result.succeed({ events: [message] }) },
        ...{ evolve: (_: string, event: string) => event, scenes }
      })
    )
    expect(counterexample[0][1].length).toBeLessThanOrEqual(3)
    expect(says).toBe("anyOrder: another order or number of messages leads elsewhere")
  })
})
