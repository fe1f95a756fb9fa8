import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type PaymentHistory, paymentHistory } from "../payment-arbitraries.ts"
import * as laws from "./index.ts"
import { broken } from "./smallest-break.ts"

describe("laws of books", () => {
  const books = { histories: paymentHistory(), ledgerOf: ({ ledger }: PaymentHistory) => ledger }

  it("find a lost posting", async () => {
    const ledgerOf = ({ ledger }: PaymentHistory) =>
      ledger.map((one) => (one.kind === "refund" ? { ...one, postings: one.postings.slice(1) } : one))
    const { counterexample, says } = await broken(laws.balanced({ ...books, ledgerOf }))
    expect(counterexample[0].commands.map(({ _tag }) => _tag)).toEqual([
      "RequestPayment",
      "RecordReply",
      "RefundPayment",
      "RecordReply"
    ])
    expect(says).toMatch(/^balanced: .+ does not balance in /u)
  })

  it("find a fact that is booked twice", async () => {
    const ledgerOf = ({ ledger }: PaymentHistory) => ledger.map((one) => ({ ...one, id: one.kind }))
    const { says } = await broken(laws.bookedOnce({ ...books, ledgerOf }))
    expect(says).toBe("bookedOnce: a fact is booked twice")
  })

  it("find a refund beyond what was captured", async () => {
    const histories = fc.array(fc.bigInt({ min: 1n, max: 100n }))
    const boundsOf = (refunds: ReadonlyArray<bigint>) => [
      { authorized: 100n, captured: 100n, refunded: refunds.reduce((sum, one) => sum + one, 0n) }
    ]
    const { counterexample, says } = await broken(laws.bounded({ histories, boundsOf }))
    expect(counterexample[0].reduce((sum, one) => sum + one, 0n)).toBe(101n)
    expect(says).toBe("bounded: more was refunded than captured")
  })
})
