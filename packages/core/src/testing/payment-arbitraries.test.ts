import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { PaymentEvent } from "../payment/payment.ts"
import { type PaymentHistory, paymentHistory } from "./payment-arbitraries.ts"

/** The smallest life in which something of this kind happens. */
const smallestWith = (happens: (event: PaymentEvent) => boolean): PaymentHistory => {
  const checked = fc.check(
    fc.property(paymentHistory(), ({ events }) => !events.some(happens)),
    { seed: 42, numRuns: 10_000 }
  )
  if (!checked.failed || checked.counterexample === null) throw new Error("it never happens")
  return checked.counterexample[0]
}

describe("random lives of a payment", () => {
  it("are played in turn, each command accepted", () => {
    for (const { commands, states, payment } of fc.sample(paymentHistory(), { seed: 1, numRuns: 200 })) {
      expect(commands[0]?._tag).toBe("RequestPayment")
      expect(states).toHaveLength(commands.length)
      expect(states.at(-1)).toBe(payment)
    }
  })

  it("shrink to the few commands that matter", () => {
    const tagsOf = ({ commands }: PaymentHistory) => commands.map(({ _tag }) => _tag)
    expect(tagsOf(smallestWith(({ _tag }) => _tag === "RefundSucceeded"))).toEqual([
      "RequestPayment",
      "RecordReply",
      "RefundPayment",
      "RecordReply"
    ])
    expect(
      tagsOf(smallestWith((event) => event._tag === "AttemptAdvanced" && event.event._tag === "LateSuccessFound"))
    ).toHaveLength(3)
  })
})
