/** Commits for the tests of this folder. */
import type { AggregateWrite, Commit, StoredAggregate } from "@paykernel/core/effect"

export const merchantId = "0197-merchant-a"

export const nowMs = 1_795_000_000_000

export const refOf = (id: string) => ({ merchantId, type: "payment", id })

export const commitOf = (parts: Partial<Commit>): Commit => ({
  idempotency: null,
  aggregates: [],
  ledger: [],
  tasks: [],
  lease: null,
  sealed: [],
  erased: [],
  ...parts
})

export const writeOf = (id: string, parts: Partial<AggregateWrite> = {}): AggregateWrite => ({
  ref: refOf(id),
  expectedVersion: 0,
  schemaVersion: 1,
  state: { id },
  events: [{ tag: "PaymentCreated", schemaVersion: 1, data: { id }, atMs: nowMs }],
  index: [],
  bounds: null,
  retention: { _tag: "Kept" },
  ...parts
})

export const createOf = (id: string): Commit =>
  commitOf({
    aggregates: [
      writeOf(id, { index: [{ collection: "payments", id, createdAtMs: nowMs, fields: { status: "paid" } }] })
    ]
  })

/** Adds one to a counter, at the version at which it was seen. */
export const countUp = (id: string, seen: StoredAggregate | undefined): Commit =>
  commitOf({
    aggregates: [writeOf(id, { expectedVersion: seen?.version ?? 0, state: Number(seen?.state ?? 0) + 1 })]
  })

/** A minor unit that came in. */
export const captureOf = (id: string): Commit["ledger"][number] => ({
  id,
  merchantId,
  kind: "capture",
  reference: { type: "payment", id },
  atMs: nowMs,
  postings: [
    { account: "card_receivable", layer: "posted", amount: { amount: 1n, currency: "USD" } },
    { account: "merchant_unsettled", layer: "posted", amount: { amount: -1n, currency: "USD" } }
  ]
})

/** A key bound to the creation of a payment. */
export const boundOf = (key: string, id: string): NonNullable<Commit["idempotency"]> => ({
  merchantId,
  scope: "POST /payments",
  key,
  fingerprint: "f",
  status: 201,
  body: id,
  aggregate: refOf(id),
  subject: id,
  createdAtMs: nowMs,
  expiresAtMs: nowMs + 86_400_000
})

export const taskOf = (id: string): Commit["tasks"][number] => ({
  id,
  kind: "attempt",
  aggregate: refOf(id),
  subject: id,
  dueAtMs: nowMs,
  bornLeased: null
})
