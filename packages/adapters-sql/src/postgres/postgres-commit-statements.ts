/**
 * A whole batch of commits as one statement: each part of it writes the rows of all commits to one table. Being one
 * statement it is one transaction that no client holds open, so a process that is paused or dies in the middle keeps
 * no lock. Each guarded write counts what it wrote, and where a count is short the statement fails and writes nothing.
 */
import { type ArrayElement, type BoundArray, boundArray } from "./postgres-arrays.ts"
import { type PartName, partNames, parts } from "./postgres-commit-parts.ts"
import { makeDurable } from "./postgres-durability.ts"
import { ledgerLockClass } from "./postgres-ledger-lock.ts"
import { statementName } from "./postgres-statement.ts"

/** A row to be written: a value for each column of its part. */
export type Row = { readonly [column: string]: string | number | null }

export type BatchRows = { readonly [part in PartName]: ReadonlyArray<Row> }

/** What one batch is told to write. */
export type BatchStatement = {
  readonly name: string
  readonly text: string
  readonly values: ReadonlyArray<BoundArray | number>
}

const shapes = new Map<string, { readonly name: string; readonly text: string }>()

/**
 * The statement that writes a batch. Which parts it has depends on what there is to write; there are few such shapes,
 * and each is built once. `batchId` is the one row by which it is known later whether the batch was written.
 */
export const batchStatement = (
  batchId: string,
  rows: BatchRows,
  ledgerStripes: ReadonlyArray<number>
): BatchStatement => {
  const present = partNames.filter((part) => rows[part].length > 0)
  const key = present.join()
  const known = shapes.get(key) ?? shapeOf(present)
  shapes.set(key, known)
  const values = present.flatMap((part) => [...columnsOf(part, rows[part]), rows[part].length])
  return { ...known, values: [batchId, boundArray("integer", ledgerStripes), ...values] }
}

const columnsOf = (part: PartName, rows: ReadonlyArray<Row>): ReadonlyArray<BoundArray> =>
  Object.entries<ArrayElement>(parts[part].columns).map(([column, element]) =>
    boundArray(
      element,
      rows.map((row) => row[column] ?? null)
    )
  )

const shapeOf = (present: ReadonlyArray<PartName>): { readonly name: string; readonly text: string } => {
  let place = 2
  const next = (): string => {
    place += 1
    return `$${place}`
  }
  const guards: Array<string> = []
  const written = present.map((name) => {
    const { columns, write, guarded } = parts[name]
    // Among the wanted columns, lists go row by row; as a table, each would first be written to a store of its own.
    const lists = Object.entries(columns).map(([column, type]) => `unnest(${next()}::${type}[]) as ${column}`)
    const count = `${next()}::bigint`
    // How many there are is not for the planner to know: for many it would rather read a whole table once.
    const given = `(select ${lists.join(", ")} limit (select ${count})) as given`
    if (guarded) guards.push(`(select count(*) from ${name}) = ${count}`)
    const returned = name === "transactions" ? "returning merchant_id, id, seq" : guarded ? "returning 1" : ""
    return `,
    ${name} as (${write(given, Object.keys(columns))} ${returned})`
  })
  const text = `with
    durable as materialized (${makeDurable}),
    batch as (insert into paykernel_batch (id, at_ms, abandoned) values ($1, ${serverTimeMs}, false)),
    locked as materialized (${lockStripes})${written.join("")}
    select 1 / case when ${["true", ...guards].join(" and ")} then 1 else 0 end, setting from durable`
  return { name: statementName(text), text }
}

export const serverTimeMs = "(extract(epoch from clock_timestamp()) * 1000)::bigint"

/** One row, whatever the number of locks. */
const lockStripes = `select count(pg_advisory_xact_lock_shared(${ledgerLockClass}, stripe))
  from unnest($2::integer[]) as given (stripe)`
