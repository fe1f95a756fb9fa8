/** What the load plans, as commits that touch every table of the store. */
import type { Commit, Json } from "@paykernel/core/effect"
import type { Planned, PlannedWrite } from "./journal.ts"

const currency = "USD"
const leaseMs = 120_000
const keyLifeMs = 86_400_000

export const commitOfPlan = (plan: Planned, owner: string, nowMs: number): Commit => {
  const { id, merchant, key, writes, completes } = plan
  const about = { merchantId: merchant, type: "payment", id: writes[0]?.payment ?? id }
  return {
    idempotency: {
      merchantId: merchant,
      scope: "faults",
      key,
      fingerprint: key,
      status: 201,
      body: answerOf(id),
      aggregate: about,
      subject: id,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + keyLifeMs
    },
    aggregates: writes.map((write, place) => aggregateOf(plan, write, place, nowMs)),
    ledger: [
      {
        id,
        merchantId: merchant,
        kind: "capture",
        reference: { type: about.type, id: about.id },
        atMs: nowMs,
        postings: postingsOf(BigInt(plan.amount))
      }
    ],
    tasks: [
      {
        id,
        kind: "attempt",
        aggregate: about,
        subject: id,
        dueAtMs: nowMs,
        bornLeased: plan.task === "leased" ? { owner, untilMs: nowMs + leaseMs } : null
      }
    ],
    lease:
      completes === null
        ? null
        : { merchantId: merchant, id: completes.task, fence: completes.fence, then: { _tag: "Done" } },
    sealed: [{ merchantId: merchant, recordId: id, field: "pan", sealed: `seal of ${id}` }],
    erased: []
  }
}

/** The answer that a key is bound to. */
const answerOf = (id: string): string => `{"commit":"${id}"}`

const aggregateOf = (
  { id, merchant, writes }: Planned,
  { payment, version, authorized, captured, refunded }: PlannedWrite,
  place: number,
  nowMs: number
): Commit["aggregates"][number] => {
  const state: Json = { commit: id, authorized, captured, refunded }
  const entries = [{ collection: "payments", id: payment, createdAtMs: nowMs, fields: { email: id } }]
  // The entry of the commit itself is never replaced, so it stays to be found.
  if (place === 0)
    entries.push({ collection: "cards", id, createdAtMs: nowMs, fields: { email: writes[0]?.payment ?? "" } })
  return {
    ref: { merchantId: merchant, type: "payment", id: payment },
    expectedVersion: version - 1,
    schemaVersion: 1,
    state,
    events: [{ tag: "Moved", schemaVersion: 1, data: state, atMs: nowMs }],
    index: entries,
    bounds: { authorized: BigInt(authorized), captured: BigInt(captured), refunded: BigInt(refunded) },
    retention: { _tag: "Kept" }
  }
}

const postingsOf = (amount: bigint): Commit["ledger"][number]["postings"] => [
  { account: "card_receivable", layer: "posted", amount: { amount, currency } },
  { account: "merchant_unsettled", layer: "posted", amount: { amount: -amount, currency } },
  { account: "merchant_authorized", layer: "held", amount: { amount, currency } },
  { account: "card_authorized", layer: "held", amount: { amount: -amount, currency } }
]
