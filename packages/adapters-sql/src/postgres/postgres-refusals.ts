/**
 * Which commits of a batch that was held back cannot be, and why. One read answers for all of them: versions, fences
 * and bound keys never go back, so what it finds stays true.
 */
import {
  type Commit,
  type CommitError,
  InvariantViolated,
  KeyTaken,
  LeaseLost,
  VersionConflict
} from "@paykernel/core/effect"
import { boundsViolation, ledgerIdRepeated } from "@paykernel/core/memory"
import type { PreparedCommit } from "./postgres-commit.ts"
import { heldOf } from "./postgres-commit-parts.ts"
import { columnTypes } from "./postgres-database.ts"
import { type Connection, statementName } from "./postgres-statement.ts"

type Reason = "key" | "lease" | "version" | "ledger"

type Found = { readonly job: number; readonly place: number; readonly reason: Reason }

/** The commits that are refused, each with its error. The order of reasons is that of every store. */
export const findRefusals = async (
  connection: Connection,
  prepared: ReadonlyArray<PreparedCommit>
): Promise<ReadonlyMap<PreparedCommit, CommitError>> => {
  const { rows } = await connection.query<Found>({
    name,
    text,
    values: valuesOf(prepared.map(({ commit }) => commit)),
    types: columnTypes
  })
  const refusals = new Map<PreparedCommit, CommitError>()
  for (const [job, one] of prepared.entries()) {
    const reasons = rows.filter((row) => row.job === job)
    const error = errorOf(one.commit, reasons)
    if (error !== undefined) refusals.set(one, error)
  }
  return refusals
}

const errorOf = (commit: Commit, found: ReadonlyArray<Found>): CommitError | undefined => {
  const { idempotency, lease } = commit
  const has = (reason: Reason): Found | undefined => found.find((row) => row.reason === reason)
  if (idempotency !== null && has("key") !== undefined) {
    const { merchantId, scope, key } = idempotency
    return new KeyTaken({ key: { merchantId, scope, key } })
  }
  if (lease !== null && has("lease") !== undefined) return new LeaseLost({ taskId: lease.id })
  const stale = commit.aggregates[has("version")?.place ?? -1]
  if (stale !== undefined) return new VersionConflict({ ref: stale.ref })
  for (const { bounds } of commit.aggregates) {
    const broken = bounds === null ? undefined : boundsViolation(bounds)
    if (broken !== undefined) return new InvariantViolated({ invariant: broken })
  }
  return has("ledger") === undefined ? undefined : new InvariantViolated({ invariant: ledgerIdRepeated })
}

const valuesOf = (commits: ReadonlyArray<Commit>) => {
  const keys = commits.flatMap(({ idempotency }, job) => (idempotency === null ? [] : [{ ...idempotency, job }]))
  const leases = commits.flatMap(({ lease }, job) => (lease === null ? [] : [{ ...lease, job }]))
  const writes = commits.flatMap(({ aggregates }, job) => aggregates.map((write, place) => ({ ...write, job, place })))
  const transactions = commits.flatMap(({ ledger }, job) =>
    ledger.map(({ merchantId, id }) => ({ merchantId, id, job }))
  )
  return [
    keys.map(({ job }) => job),
    keys.map(({ merchantId }) => merchantId),
    keys.map(({ scope }) => scope),
    keys.map(({ key }) => key),
    keys.map(({ createdAtMs }) => createdAtMs),
    leases.map(({ job }) => job),
    leases.map(({ merchantId }) => merchantId),
    leases.map(({ id }) => id),
    leases.map(({ fence }) => fence),
    writes.map(({ job }) => job),
    writes.map(({ place }) => place),
    writes.map(({ ref }) => ref.merchantId),
    writes.map(({ ref }) => ref.type),
    writes.map(({ ref }) => ref.id),
    writes.map(({ expectedVersion }) => expectedVersion),
    transactions.map(({ job }) => job),
    transactions.map(({ merchantId }) => merchantId),
    transactions.map(({ id }) => id)
  ]
}

/** Each is looked up by its key, one after the other: of many at once the planner would rather read a whole table. */
const text = `
  select job, 0 as place, 'key' as reason
  from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::bigint[])
    as given (job, merchant_id, scope, key, created_at_ms)
  cross join lateral (
    select expires_at_ms, aggregate_merchant_id, type, aggregate_id from paykernel_idempotency as stored
    where stored.merchant_id = given.merchant_id and stored.scope = given.scope and stored.key = given.key
    limit 1) as stored
  where stored.expires_at_ms > given.created_at_ms or ${heldOf("stored")} = 1
  union all
  select job, 0, 'lease'
  from unnest($6::integer[], $7::text[], $8::text[], $9::integer[]) as given (job, merchant_id, id, fence)
  left join lateral (
    select fence, state from paykernel_task as stored
    where stored.merchant_id = given.merchant_id and stored.id = given.id
    limit 1) as stored on true
  where (stored.fence = given.fence and stored.state = 'leased') is not true
  union all
  select job, place, 'version'
  from unnest($10::integer[], $11::integer[], $12::text[], $13::text[], $14::text[], $15::bigint[])
    as given (job, place, merchant_id, type, id, expected_version)
  left join lateral (
    select version from paykernel_aggregate as stored
    where stored.merchant_id = given.merchant_id and stored.type = given.type and stored.id = given.id
    limit 1) as stored on true
  where coalesce(stored.version, 0) <> given.expected_version
  union all
  select job, 0, 'ledger'
  from unnest($16::integer[], $17::text[], $18::text[]) as given (job, merchant_id, id)
  cross join lateral (
    select from paykernel_ledger_transaction as stored
    where stored.merchant_id = given.merchant_id and stored.id = given.id
    limit 1) as stored`

const name = statementName(text)
