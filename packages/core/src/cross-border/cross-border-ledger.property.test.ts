import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { foldBalances, type LedgerAccount, type LedgerTransaction } from "../ledger/index.ts"
import type { Currency } from "../money/index.ts"
import * as RefundRoom from "../payout-refund/index.ts"
import { anyCrossBorderCommand } from "../testing/arbitraries/cross-border-arbitraries.ts"
import { beginnings } from "../testing/arbitraries/cross-border-examples.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { type CrossBorderPayment, decide, evolve, noPayment } from "./index.ts"

const payments = { initial: noPayment, decide, evolve }
const numRuns = 10_000

/** A refund of the payment, as its own room books it in the commit in which the payment takes note of it. */
const refundLedger = (payment: CrossBorderPayment): ReadonlyArray<LedgerTransaction> =>
  payment.refunds.flatMap(({ id, amount, status, transactionHash }) => {
    const report =
      status === "completed"
        ? ({ _tag: "Completed", transactionHash: transactionHash ?? "" } as const)
        : ({ _tag: status === "failed" ? "Failed" : "Created" } as const)
    const { merchantId, id: paymentId, blockchain, refundAddress } = payment
    const command = { id, merchantId, paymentId, amount, blockchain, refundAddress, report, nowMs: 1_500 }
    const refunds = { initial: RefundRoom.noRefund, decide: RefundRoom.decide, evolve: RefundRoom.evolve }
    return playHistory(refunds, [{ _tag: "RecordRefund", ...command }]).decisions.flatMap(({ ledger }) => ledger)
  })

const lives = fc
  .tuple(fc.constantFrom(...beginnings.slice(1)), fc.array(anyCrossBorderCommand, { maxLength: 5 }))
  .map(([first, more]) => {
    const { state, decisions } = playHistory(payments, [...first, ...more])
    return { state, ledger: [...decisions.flatMap(({ ledger }) => ledger), ...refundLedger(state)] }
  })

const ledgerOf = ({ ledger }: { readonly ledger: ReadonlyArray<LedgerTransaction> }) => ledger

const total = (
  parts: ReadonlyArray<{ readonly amount: { readonly amount: bigint; currency: Currency } }>,
  currency: Currency
) => parts.reduce((sum, { amount }) => (amount.currency === currency ? sum + amount.amount : sum), 0n)

describe("the books of a cross-border payment and its refunds", () => {
  it("balance in each currency, and hold each fact once", () => {
    fc.assert(laws.balanced({ histories: lives, ledgerOf }), { numRuns })
    fc.assert(laws.bookedOnce({ histories: lives, ledgerOf }), { numRuns })
  })

  it("lose and find nothing on any leg", () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(lives, ({ state, ledger }) => {
        const books = foldBalances(ledger)
        const on = (account: LedgerAccount, currency: Currency) =>
          books.find((one) => one.account === account && one.currency === currency) ?? { posted: 0n, held: 0n }
        const { source, destination, fees, received, refunds, status } = state
        const isPaid = status === "completed"
        seen.add(`${status} ${received.length > 0} ${refunds.length > 0}`)
        for (const currency of ["USDC", "EURC"] as const) {
          const arrived = total(received, currency)
          const returned = total(
            refunds.filter((refund) => refund.status === "completed"),
            currency
          )
          const paid = isPaid && currency === source.currency ? source.amount : 0n
          expect(on("merchant_wallet", currency).posted).toBe(returned - arrived)
          expect(on("payout_network", currency).posted).toBe(arrived - returned - paid)
          expect(on("payout_network", currency).posted).toBeGreaterThanOrEqual(0n)
        }
        // What was paid out is the fees and what went through the exchange, and the beneficiary has what was quoted.
        const exchanged = on("conversion", source.currency).posted
        expect(on("payout_fees", source.currency).posted).toBe(isPaid ? fees.total.amount : 0n)
        expect(exchanged + on("payout_fees", source.currency).posted).toBe(isPaid ? source.amount : 0n)
        expect(on("beneficiary", destination.currency).posted).toBe(isPaid ? destination.amount : 0n)
        expect(on("conversion", destination.currency).posted).toBe(isPaid ? -destination.amount : 0n)
      }),
      { numRuns }
    )
    expect(seen).toContain("completed true true")
    expect(seen).toContain("failed true true")
  })

  it("set apart a promise while it is awaited and a payout while it is under way, and nothing after the end", () => {
    fc.assert(
      fc.property(lives, ({ state, ledger }) => {
        const books = foldBalances(ledger)
        const heldOn = (account: LedgerAccount, currency: Currency) =>
          books.find((one) => one.account === account && one.currency === currency)?.held ?? 0n
        const { status, source, destination, received, refunds } = state
        const awaits = status === "crypto_funds_pending" && received.length === 0
        expect(heldOn("crypto_committed", "USDC")).toBe(awaits ? source.amount : 0n)
        expect(heldOn("beneficiary", "MXN")).toBe(status === "fiat_payment_initiated" ? -destination.amount : 0n)
        const returning = total(
          refunds.filter((refund) => refund.status === "created"),
          "USDC"
        )
        const payingOut = status === "fiat_payment_initiated" ? source.amount : 0n
        expect(heldOn("payout_network", "USDC")).toBe(payingOut + returning)
        // What is set apart is there.
        const network = books.find((one) => one.account === "payout_network" && one.currency === "USDC")
        expect((network?.posted ?? 0n) - (network?.held ?? 0n)).toBeGreaterThanOrEqual(0n)
      }),
      { numRuns }
    )
  })
})
