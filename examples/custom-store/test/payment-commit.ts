/** A commit that leaves a payment, its event, its task and its booking. */
import type { Commit } from "@paykernel/core/effect"

export const merchantId = "merchant-1"

export const paymentCommit = (n: number): Commit => {
  const ref = { merchantId, type: "payment", id: `payment-${n}` }
  const usd = (amount: bigint) => ({ amount, currency: "USD" as const })
  return {
    idempotency: null,
    aggregates: [
      {
        ref,
        expectedVersion: 0,
        schemaVersion: 1,
        state: { n, text: "x".repeat(n % 700) },
        events: [{ tag: "PaymentRequested", schemaVersion: 1, data: { n }, atMs: n }],
        index: [{ collection: "payments", id: ref.id, createdAtMs: n, fields: { status: "pending" } }],
        bounds: { authorized: 2n, captured: 1n, refunded: 0n },
        retention: { _tag: "Kept" }
      }
    ],
    ledger: [
      {
        id: `capture-${n}`,
        merchantId,
        kind: "capture",
        reference: { type: "payment", id: ref.id },
        atMs: n,
        postings: [
          { account: "card_receivable", layer: "posted", amount: usd(1n) },
          { account: "merchant_unsettled", layer: "posted", amount: usd(-1n) }
        ]
      }
    ],
    tasks: [{ id: `task-${n}`, kind: "attempt", aggregate: ref, subject: "a", dueAtMs: n, bornLeased: null }],
    lease: null,
    sealed: [],
    erased: []
  }
}
