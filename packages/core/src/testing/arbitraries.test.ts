/** Generators give what they promise, reach every corner, and shrink to the case that one would write by hand. */
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { attemptMachine } from "../attempt/index.ts"
import { cardMachine } from "../card/index.ts"
import { checkoutMachine } from "../checkout/index.ts"
import { crossBorderMachine } from "../cross-border/index.ts"
import { deliveryMachine } from "../delivery/index.ts"
import { depositMachine } from "../deposit/index.ts"
import * as domain from "../domain.ts"
import { endpointMachine } from "../endpoint/index.ts"
import type { Fee } from "../fees/index.ts"
import { intentMachine } from "../intent/index.ts"
import { intentRefundMachine } from "../intent-refund/index.ts"
import { merchantMachine } from "../merchant/index.ts"
import { onchainMachine } from "../onchain/index.ts"
import { noPayment } from "../payment/index.ts"
import { refundMachine } from "../payout-refund/index.ts"
import { quoteMachine } from "../quote/index.ts"
import { rfiMachine } from "../rfi/index.ts"
import { settlementMachine } from "../settlement/index.ts"
import { ticketMachine } from "../ticket/index.ts"
import { attemptDecider } from "./attempt-life.ts"
import { authorizationOf } from "./gateway-examples.ts"
import * as kit from "./index.ts"
import { examplePolicy } from "./payment-examples.ts"

/** The smallest value of which this is so. */
const smallest = <A>(values: fc.Arbitrary<A>, isSo: (value: A) => boolean, seed = 42): A => {
  const checked = fc.check(
    fc.property(values, (value) => !isSo(value)),
    { seed, numRuns: 20_000 }
  )
  if (!checked.failed || checked.counterexample === null) throw new Error("there is none")
  return checked.counterexample[0]
}

const tagsOf = ({ commands }: { readonly commands: ReadonlyArray<{ readonly _tag: string }> }) =>
  commands.map(({ _tag }) => _tag)

describe("the kit", () => {
  const aggregates = Object.entries(domain).flatMap(([name, room]) => ("decide" in room ? [name] : []))

  it.each(aggregates)("has commands, events and legal histories of a %s", (name) => {
    const historyOf = `${name[0]?.toLowerCase()}${name.slice(1)}History`
    expect(Object.keys(kit)).toEqual(expect.arrayContaining([`any${name}Command`, `any${name}Event`, historyOf]))
  })

  it("knows all sixteen of them", () => {
    expect(aggregates).toHaveLength(16)
  })
})

describe("generators of values shrink", () => {
  it("amounts to the first one that matters, whichever its currency", () => {
    expect(smallest(kit.amountIn("USD"), ({ amount }) => amount > 1_234n)).toEqual({ amount: 1_235n, currency: "USD" })
    expect(smallest(kit.anyMoney, ({ amount }) => amount < -5n).amount).toBe(-6n)
  })

  it("fee schedules to one fee of the kind that matters", () => {
    const kinds: ReadonlyArray<Fee["kind"]> = ["fixed", "percentage", "tiered", "interchangePlusPlus", "capped", "sum"]
    for (const kind of kinds) {
      const { fee } = smallest(kit.anyFeeSchedule, (schedule) => schedule.fee.kind === kind)
      expect(fee.kind).toBe(kind)
      expect(JSON.stringify(fee, (_, value) => (typeof value === "bigint" ? `${value}` : value)).length).toBeLessThan(
        250
      )
    }
  })

  it("rates to whole ones", () => {
    expect(smallest(kit.anyRate, ({ numerator, denominator }) => numerator > denominator)).toEqual({
      numerator: 2n,
      denominator: 1n
    })
  })
})

describe("generators of histories shrink to the commands that matter", () => {
  it("of a card", () => {
    const updated = smallest(kit.cardHistory(), ({ events }) => events.some(({ _tag }) => _tag === "CardUpdated"))
    expect(tagsOf(updated).at(0)).toBe("SubmitCard")
    expect(tagsOf(updated).at(-1)).toBe("UpdateCard")
    expect(updated.commands.length).toBeLessThanOrEqual(3)
  })

  it("of a checkout", () => {
    const steppedUp = smallest(kit.checkoutHistory(), ({ events }) =>
      events.some(({ _tag }) => _tag === "CheckoutSteppedUp")
    )
    expect(tagsOf(steppedUp)).toEqual(["OpenCheckout", "StartPayment", "RecordPayment"])
  })

  it("of a merchant", () => {
    const back = smallest(kit.merchantHistory(), ({ events }) =>
      events.some(({ _tag }) => _tag === "MerchantReinstated")
    )
    expect(tagsOf(back)).toEqual(["RegisterMerchant", "SuspendMerchant", "ReinstateMerchant"])
  })

  it("of an endpoint", () => {
    const disabled = smallest(kit.endpointHistory(), ({ events }) =>
      events.some((event) => event._tag === "EndpointDisabled" && event.because === "failing")
    )
    expect(tagsOf(disabled)).toEqual(["CreateEndpoint", "RecordContact", "RecordContact"])
  })

  it("of a delivery", () => {
    const again = smallest(kit.deliveryHistory(), ({ events }) =>
      events.some(({ _tag }) => _tag === "DeliveryReplayed")
    )
    expect(tagsOf(again)).toEqual(["PlanDelivery", "ReplayDelivery"])
  })

  it("of an intent", () => {
    const refunded = smallest(kit.intentHistory(), ({ state }) => state.refunded.amount > 0n)
    expect(tagsOf(refunded).at(0)).toBe("CreateIntent")
    expect(tagsOf(refunded).slice(-2)).toEqual(["StartRefund", "RecordRefund"])
    expect(refunded.commands.length).toBeLessThanOrEqual(7)
  })

  it("of a deposit", () => {
    const back = smallest(kit.depositHistory(), ({ events }) => events.some(({ _tag }) => _tag === "DepositSeenAgain"))
    expect(back.commands.map(({ standing }) => standing._tag)).toEqual(["Waiting", "Gone", "Waiting"])
  })

  it("of a quote", () => {
    const back = smallest(kit.quoteHistory(), ({ events }) => events.some(({ _tag }) => _tag === "QuoteReleased"))
    expect(tagsOf(back)).toEqual(["IssueQuote", "UseQuote", "ReleaseQuote"])
  })

  it("of a cross-border payment", () => {
    const paidOut = smallest(kit.crossBorderHistory(), ({ state }) => state.status === "completed")
    expect(tagsOf(paidOut).at(0)).toBe("CreatePayment")
    expect(tagsOf(paidOut)).toContain("RecordTransaction")
    expect(tagsOf(paidOut).at(-1)).toBe("RecordReport")
    expect(paidOut.commands.length).toBeLessThanOrEqual(9)
  })

  it("of an on-chain transaction", () => {
    const late = smallest(kit.onchainHistory(), ({ events }) =>
      events.some(({ _tag }) => _tag === "LateConfirmationFound")
    )
    expect(tagsOf(late).at(0)).toBe("CreateTransaction")
    expect(tagsOf(late).at(-1)).toBe("RecordConfirmation")
    expect(late.commands).toHaveLength(3)
  })

  it("of a request for information", () => {
    const again = smallest(kit.rfiHistory(), ({ events }) => events.some(({ _tag }) => _tag === "RfiAnswerRefused"))
    expect(tagsOf(again).filter((tag) => tag !== "AttachFile")).toEqual(["RaiseRfi", "SubmitRfi", "RefuseAnswer"])
  })

  it("of a payout network's refund", () => {
    const denied = smallest(kit.payoutRefundHistory(), ({ state }) => state.contradiction !== null)
    expect(tagsOf(denied)).toEqual(["RecordRefund", "RecordRefund"])
  })

  it("of a settlement", () => {
    const complete = smallest(kit.settlementHistory(), ({ state }) => state.status === "complete")
    expect(complete.commands).toHaveLength(1)
    expect(complete.commands[0]?.lines).toHaveLength(1)
  })

  it("of an attempt", () => {
    const orphaned = smallest(kit.attemptHistory(), ({ state }) => state.status === "orphaned")
    // Given up, and executed all the same, which is heard or asked.
    expect(tagsOf(orphaned)).toHaveLength(2)
    const [, last] = orphaned.commands
    const verdict = last?._tag === "Lookup" && last.lookup._tag === "Found" ? last.lookup.verdict : undefined
    expect(last?._tag === "Reply" ? last.reply._tag : verdict?._tag).toBe("Approved")
  })

  it("of a payment", () => {
    const returned = smallest(kit.paymentHistory(), ({ payment }) => payment.refunded.amount > 0n)
    expect(tagsOf(returned)).toEqual(["RequestPayment", "RecordReply", "RefundPayment", "RecordReply"])
  })
})

describe("generators of histories reach every state", () => {
  const reached = <H extends { readonly states: ReadonlyArray<{ readonly status: string }> }>(lives: fc.Arbitrary<H>) =>
    new Set(fc.sample(lives, { numRuns: 5_000, seed: 1 }).flatMap(({ states }) => states.map(({ status }) => status)))

  it.each([
    ["card", reached(kit.cardHistory()), cardMachine, "none"],
    ["checkout", reached(kit.checkoutHistory()), checkoutMachine, "none"],
    ["intent", reached(kit.intentHistory()), intentMachine, "none"],
    ["deposit", reached(kit.depositHistory()), depositMachine, ""],
    ["refund of an intent", reached(kit.intentRefundHistory()), intentRefundMachine, "none"],
    ["quote", reached(kit.quoteHistory()), quoteMachine, "none"],
    ["cross-border payment", reached(kit.crossBorderHistory()), crossBorderMachine, "none"],
    ["on-chain transaction", reached(kit.onchainHistory()), onchainMachine, "none"],
    ["request for information", reached(kit.rfiHistory()), rfiMachine, "none"],
    ["payout network's refund", reached(kit.payoutRefundHistory()), refundMachine, "none"],
    ["ticket", reached(kit.ticketHistory()), ticketMachine, "none"],
    ["merchant", reached(kit.merchantHistory()), merchantMachine, "none"],
    ["settlement", reached(kit.settlementHistory()), settlementMachine, "none"],
    ["endpoint", reached(kit.endpointHistory()), endpointMachine, "none"],
    ["delivery", reached(kit.deliveryHistory()), deliveryMachine, "none"],
    ["attempt", reached(kit.attemptHistory()), attemptMachine, ""]
  ])("of a %s", (_, states, machine, initial) => {
    expect([...states].sort()).toEqual(
      Object.keys(machine)
        .filter((state) => state !== initial)
        .sort()
    )
  })
})

describe("an attempt, whatever is heard about it", () => {
  const attempts = { ...attemptDecider(), commands: fc.array(kit.anyAttemptMessage(attemptDecider().initial)) }

  it("follows its machine and is the fold of its events", () => {
    const statusOf = ({ status }: typeof attempts.initial) => status
    fc.assert(kit.laws.replay(attempts), { numRuns: 10_000 })
    fc.assert(kit.laws.pure(attempts), { numRuns: 10_000 })
    fc.assert(kit.laws.legal({ ...attempts, machine: attemptMachine, statusOf }), { numRuns: 10_000 })
  })
})

describe("commands for a payment", () => {
  it("begin with a request and go on with anything", () => {
    expect(new Set(fc.sample(kit.paymentCommand(noPayment), 50).map(({ _tag }) => _tag))).toEqual(
      new Set(["RequestPayment"])
    )
    const { payment } = smallest(kit.paymentHistory(), ({ payment: { status } }) => status === "authorized")
    const tags = new Set(fc.sample(kit.paymentCommand(payment), { numRuns: 2_000, seed: 1 }).map(({ _tag }) => _tag))
    expect(tags.size).toBeGreaterThan(12)
  })
})

describe("a gateway that misbehaves", () => {
  const said: Array<string> = []
  const honest = {
    name: "honest",
    capabilities: examplePolicy.capabilities,
    send: ({ key, amount }: ReturnType<typeof authorizationOf>) =>
      Effect.sync(() => {
        said.push(key)
        return { _tag: "Approved", reference: "r", amount, avs: "Y", cvv: "not_requested" } as const
      }),
    lookup: () => Effect.succeed({ _tag: "AbsentFinal" } as const),
    reverse: () => Effect.succeed({ _tag: "Reversed" } as const),
    verifyCard: () => Effect.succeed(undefined),
    authenticate: () => Effect.succeed(undefined)
  }

  it.each([
    ["honest", "Approved", 1],
    ["lostBefore", "Unknown", 0],
    ["lostAfter", "Unknown", 1],
    ["notSent", "NotSent", 0],
    ["wrongEcho", "Approved", 1],
    ["repeated", "Approved", 2]
  ] as const)("%s: answers %s after %i executions", async (behaviour, answer, executions) => {
    said.length = 0
    const gateway = kit.misbehaving(honest, [behaviour])
    const reply = await Effect.runPromise(gateway.send(authorizationOf("k", "5.00"), 1_000))
    expect(reply._tag).toBe(answer)
    expect(said).toHaveLength(executions)
    if (reply._tag === "Approved") expect(reply.amount.amount).toBe(behaviour === "wrongEcho" ? 501n : 500n)
    expect((await Effect.runPromise(gateway.send(authorizationOf("l", "5.00"), 1_000)))._tag).toBe("Approved")
  })

  it("shrinks to honesty and the one behaviour that matters", () => {
    const three = fc.array(kit.anyGatewayBehaviour, { minLength: 3, maxLength: 3 })
    expect(smallest(three, (all) => all.includes("lostAfter")).toSorted()).toEqual(["honest", "honest", "lostAfter"])
  })
})
