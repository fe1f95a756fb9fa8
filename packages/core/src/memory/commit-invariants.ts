/**
 * What must hold of a commit by itself, before a stored row is looked at. Every store refuses what is named here,
 * and in the same words, so that a defect reads alike wherever it is stopped.
 */
import type { LedgerTransaction } from "../ledger/ledger.ts"
import { collections } from "../ports/aggregate.ts"
import type { AggregateRef, AggregateWrite, Bounds, Commit, IndexEntry } from "../ports/commit.ts"
import type { Place } from "../ports/vault.ts"

/** Amounts have at most this many digits, as many as a `NUMERIC(38)` column holds. */
export const amountDigitsMax = 38

/**
 * The first invariant that a commit breaks on its own, or `undefined`. Bounds are not among them: they are
 * `boundsViolation`, which a store with constraints of its own leaves to those.
 *
 * @example
 * commitViolation({ idempotency: null, aggregates: [], ledger: [], tasks: [], lease: null, sealed: [], erased: [] })
 * // => undefined
 */
export const commitViolation = (commit: Commit): string | undefined => {
  for (const write of commit.aggregates) {
    const violation = writeViolation(write)
    if (violation !== undefined) return violation
  }
  if (!namesOf(commit).every(isStorable)) return "a name is well-formed text without NUL"
  if (commit.aggregates.length > 1 && hasRepeats(commit.aggregates.map(({ ref }) => refText(ref)))) {
    return "a commit writes an aggregate once"
  }
  if (commit.erased.length > 0 && commit.sealed.some(isErasedBy(commit))) return "a commit seals a record or erases it"
  if (
    commit.ledger.length > 1 &&
    hasRepeats(commit.ledger.map(({ merchantId, id }) => JSON.stringify([merchantId, id])))
  ) {
    return ledgerIdRepeated
  }
  for (const transaction of commit.ledger) {
    const violation = postingsViolation(transaction)
    if (violation !== undefined) return violation
  }
  return undefined
}

/** Named here because a store finds it in its rows as well. */
export const ledgerIdRepeated = "a ledger transaction id is used once"

/**
 * The first bound that amounts break, or `undefined`.
 *
 * @example
 * boundsViolation({ authorized: 1000n, captured: 1001n, refunded: 0n }) // => "captured <= authorized"
 */
export const boundsViolation = ({ authorized, captured, refunded }: Bounds): string | undefined => {
  if (authorized < 0n || captured < 0n || refunded < 0n) return "bounded amounts are not negative"
  if (captured > authorized) return "captured <= authorized"
  if (refunded > captured) return "refunded <= captured"
  return isTooLong(authorized) ? tooLong : undefined
}

/** The fields that a collection declares, in the order in which a store may lay them out. */
export const fieldsOf = (collection: string): ReadonlyArray<string> | undefined =>
  Object.hasOwn(collections, collection) ? collections[collection as keyof typeof collections] : undefined

const writeViolation = (write: AggregateWrite): string | undefined => {
  if (!Number.isSafeInteger(write.expectedVersion) || write.expectedVersion < 0) return "a version is a whole number"
  if (write.expectedVersion === 0 && write.events.length === 0) return "an aggregate begins with an event"
  if (write.retention._tag === "Until" && !Number.isSafeInteger(write.retention.atMs)) {
    return "an aggregate stays until a whole number of milliseconds"
  }
  return write.index.every(isDeclared) ? undefined : "an indexed field is declared by its collection"
}

/** What rows are found by, and so kept as it is. */
const namesOf = ({ idempotency, aggregates, tasks, sealed, erased }: Commit): ReadonlyArray<string | null> => [
  ...(idempotency === null ? [] : [idempotency.scope, idempotency.key, idempotency.subject]),
  ...aggregates.flatMap(({ ref, index }) => [
    ref.merchantId,
    ref.id,
    ...index.flatMap(({ id, fields }) => [id, ...Object.values(fields)])
  ]),
  ...tasks.flatMap(({ id, subject }) => [id, subject]),
  ...sealed.flatMap(({ recordId, field }) => [recordId, field]),
  ...erased.flatMap(({ recordId, field }) => [recordId, field])
]

/** Half of a surrogate pair is stored as a replacement character by some, and NUL by others not at all. */
const isStorable = (text: string | null): boolean => text === null || (text.isWellFormed() && !text.includes("\0"))

const isDeclared = (entry: IndexEntry): boolean => {
  const declared = fieldsOf(entry.collection)
  if (declared === undefined) return false
  for (const field of Object.keys(entry.fields)) if (!declared.includes(field)) return false
  return true
}

const postingsViolation = ({ postings }: LedgerTransaction): string | undefined => {
  const sums = new Map<string, bigint>()
  for (const { amount, layer } of postings) {
    if (isTooLong(amount.amount)) return tooLong
    const key = `${layer} ${amount.currency}`
    sums.set(key, (sums.get(key) ?? 0n) + amount.amount)
  }
  for (const sum of sums.values()) if (sum !== 0n) return "a ledger transaction balances per currency and layer"
  return undefined
}

const tooLong = "an amount has at most 38 digits"

const firstTooLong = 10n ** BigInt(amountDigitsMax)

const isTooLong = (amount: bigint): boolean => amount >= firstTooLong || amount <= -firstTooLong

const hasRepeats = (keys: ReadonlyArray<string>): boolean => new Set(keys).size !== keys.length

const isErasedBy = ({ erased }: Commit) => {
  const places = new Set(erased.map(placeText))
  return (record: Place): boolean => places.has(placeText(record))
}

const placeText = ({ merchantId, recordId, field }: Place): string => JSON.stringify([merchantId, recordId, field])

const refText = ({ merchantId, type, id }: AggregateRef): string => JSON.stringify([merchantId, type, id])
