import { expect, it } from "vitest"
import type { LedgerTransaction, Posting } from "../../ledger/ledger.ts"
import { money } from "../../money/index.ts"
import type { Payment } from "../../payment/payment.ts"
import { noPayment } from "../../payment/payment-evolve.ts"
import { inspectPayment } from "./audit-aggregate.ts"

const usd = (amount: bigint) => money(amount, "USD")

it("a payment's hold for a refund is found in whatever order its postings are told", () => {
  const payment: Payment = { ...noPayment, status: "confirmed", captured: usd(10n), refunding: usd(3n) }
  const posting = (account: Posting["account"], layer: Posting["layer"], amount: bigint): Posting => ({
    ...{ account, layer },
    amount: usd(amount)
  })
  const capture: LedgerTransaction = {
    ...{ id: "t-1", merchantId: "m-1", kind: "capture", atMs: 1 },
    reference: { type: "payment", id: "p-1" },
    postings: [
      posting("card_receivable", "posted", 10n),
      posting("merchant_unsettled", "posted", -10n),
      posting("card_receivable", "held", 3n),
      posting("merchant_unsettled", "held", -3n)
    ]
  }
  expect(inspectPayment(payment, [capture])).toEqual([])
  expect(inspectPayment(payment, [{ ...capture, postings: capture.postings.toReversed() }])).toEqual([])
})
