/** What a line of the log says. The state is the fold of all lines, so what is not in a line does not exist. */
import type { AggregateRef, Commit } from "@paykernel/core/effect"

/** A task as claimed: whoever has an older fence has lost it. */
export type Lease = {
  readonly merchantId: string
  readonly id: string
  readonly fence: number
  readonly attempt: number
  readonly untilMs: number
}

type Key = { readonly merchantId: string; readonly scope: string; readonly key: string }

export type LogRecord =
  | { readonly _tag: "Committed"; readonly commit: Commit }
  | { readonly _tag: "Claimed"; readonly leases: ReadonlyArray<Lease> }
  | {
      readonly _tag: "Swept"
      readonly tasks: ReadonlyArray<{ readonly merchantId: string; readonly id: string }>
      readonly keys: ReadonlyArray<Key>
      readonly aggregates: ReadonlyArray<AggregateRef>
    }

/** JSON has no whole numbers of 38 digits, so amounts are written as `{ "int": "…" }`. */
export const writeRecord = (record: LogRecord): string =>
  JSON.stringify(record, (_, value: unknown) => (typeof value === "bigint" ? { int: `${value}` } : value))

/** Amounts stand in postings and bounds alone: a state that looks like one stays as it is. */
export const readRecord = (line: string): LogRecord => {
  const record = JSON.parse(line) as LogRecord
  if (record._tag !== "Committed") return record
  const { commit } = record
  const aggregates = commit.aggregates.map((write) => ({ ...write, bounds: null }))
  const ledger = commit.ledger.map((transaction) => ({
    ...transaction,
    postings: transaction.postings.map((posting) => {
      const written: unknown = posting.amount.amount
      const { int } = written as { readonly int: string }
      return { ...posting, amount: { ...posting.amount, amount: BigInt(int) } }
    })
  }))
  return { _tag: "Committed", commit: { ...commit, aggregates, ledger } }
}
