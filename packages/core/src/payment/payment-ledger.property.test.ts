import * as fc from "fast-check"
import { describe, it } from "vitest"
import { isOpen } from "../attempt/index.ts"
import { available, foldBalances } from "../ledger/index.ts"
import type { LedgerAccount } from "../ledger/ledger.ts"
import * as laws from "../testing/laws/index.ts"
import { type PaymentHistory, paymentHistory } from "../testing/payment-arbitraries.ts"
import type { Payment } from "./payment.ts"

const numRuns = 10_000

const books = { histories: paymentHistory(), ledgerOf: ({ ledger }: PaymentHistory) => ledger }

const balanceOf = (ledger: Parameters<typeof foldBalances>[0], account: LedgerAccount) =>
  foldBalances(ledger).find((balance) => balance.account === account) ?? {
    account,
    currency: "USD" as const,
    posted: 0n,
    held: 0n
  }

const reservedBy = (payment: Payment): bigint => (payment.status === "authorized" ? payment.authorized.amount : 0n)

const postedBy = (payment: Payment): bigint =>
  payment.status === "cancelled" ? 0n : payment.captured.amount - payment.refunded.amount

describe("the books of a payment", () => {
  it("balance in every transaction, per currency and layer", () => {
    fc.assert(laws.balanced(books), { numRuns })
  })

  it("name each fact once", () => {
    fc.assert(laws.bookedOnce(books), { numRuns })
  })

  it("say what the payment says: held what is reserved, posted what was captured and not returned", () => {
    fc.assert(
      fc.property(paymentHistory(), ({ ledger, payment }) => {
        const receivable = balanceOf(ledger, "card_receivable")
        const owed = balanceOf(ledger, "merchant_unsettled")
        return (
          balanceOf(ledger, "card_authorized").held === reservedBy(payment) &&
          receivable.held === payment.refunding.amount &&
          receivable.posted === postedBy(payment) &&
          owed.held === -receivable.held &&
          owed.posted === -receivable.posted
        )
      }),
      { numRuns }
    )
  })

  it("hold nothing once nothing is open and nothing is authorized", () => {
    fc.assert(
      fc.property(
        paymentHistory().filter(({ payment }) => payment.status !== "authorized" && !payment.attempts.some(isOpen)),
        ({ ledger }) => foldBalances(ledger).every(({ held }) => held === 0n)
      ),
      { numRuns }
    )
  })

  it("leave a captured payment what is neither returned nor on its way back", () => {
    fc.assert(
      fc.property(
        paymentHistory().filter(({ payment }) => payment.status === "confirmed" || payment.status === "paid"),
        ({ ledger, payment }) =>
          available(balanceOf(ledger, "card_receivable")).amount ===
          payment.captured.amount - payment.refunded.amount - payment.refunding.amount
      ),
      { numRuns }
    )
  })
})
