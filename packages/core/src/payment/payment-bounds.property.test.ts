import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as laws from "../testing/laws/index.ts"
import { type PaymentHistory, paymentHistory } from "../testing/payment-arbitraries.ts"
import type { PaymentEvent } from "./payment.ts"

const numRuns = 20_000

/** Amounts told by the events alone, so that nothing here leans on how the state is kept. */
const tallies = (events: ReadonlyArray<PaymentEvent>) => {
  const tally = { authorized: 0n, captured: 0n, captures: 0, returned: 0n, returning: 0n }
  const refunds = new Map<string, bigint>()
  for (const event of events) {
    if (event._tag === "PaymentAuthorized") tally.authorized += event.amount.amount
    if (event._tag === "PaymentCaptured") {
      tally.captured += event.amount.amount
      tally.captures += 1
    }
    if (event._tag === "RefundRequested") {
      refunds.set(event.reversalId, event.amount.amount)
      tally.returning += event.amount.amount
    }
    if (event._tag === "RefundSucceeded" || event._tag === "RefundFailed") {
      const amount = refunds.get(event.reversalId) ?? 0n
      tally.returning -= amount
      if (event._tag === "RefundSucceeded") tally.returned += amount
    }
  }
  return tally
}

describe("the amounts of a payment", () => {
  it("captured never exceeds authorized, and nothing is captured twice", () => {
    fc.assert(
      fc.property(paymentHistory(), ({ events, payment }) => {
        const { authorized, captured, captures } = tallies(events)
        return (
          captures <= 1 &&
          captured <= authorized &&
          authorized <= payment.amount.amount &&
          payment.captured.amount === captured &&
          payment.authorized.amount === authorized
        )
      }),
      { numRuns }
    )
  })

  it("returned, with what is on its way back, never exceeds captured", () => {
    fc.assert(
      fc.property(paymentHistory(), ({ events, payment }) => {
        const { captured, returned, returning } = tallies(events)
        return (
          returned + returning <= captured &&
          payment.refunded.amount === returned &&
          payment.refunding.amount === returning
        )
      }),
      { numRuns }
    )
  })

  it("are bounded at every moment, with what is on its way back counted as returned", () => {
    const boundsOf = ({ states }: PaymentHistory) =>
      states.map(({ authorized, captured, refunded, refunding }) => ({
        authorized: authorized.amount,
        captured: captured.amount,
        refunded: refunded.amount + refunding.amount
      }))
    fc.assert(laws.bounded({ histories: paymentHistory(), boundsOf }), { numRuns })
  })

  it("has lives in which everything was returned, so that the bound is really met", () => {
    const spent = fc
      .sample(paymentHistory(), { numRuns: 2_000, seed: 1 })
      .filter(({ payment }) => payment.refunded.amount > 0n && payment.refunded.amount === payment.captured.amount)
    expect(spent.length).toBeGreaterThan(50)
  })
})
