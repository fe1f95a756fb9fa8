/**
 * What the steps of PostgreSQL's tables are written with: how a table, a column and an index are made. Texts compare byte
 * for byte, whatever the database's own collation, so that lists have one order everywhere.
 */
import { type Compilable, type CreateTableBuilder, type RawBuilder, sql } from "kysely"
import type { TaskState } from "../schema.ts"
import { query } from "./postgres-statement.ts"

export type Migration = { readonly name: string; readonly statements: ReadonlyArray<Compilable> }

export const { schema } = query

export const columnTypes = {
  text: sql`text collate "C"`,
  bigint: sql`bigint`,
  integer: sql`integer`,
  amount: sql`numeric(38, 0)`,
  boolean: sql`boolean`
}

type Columns = { readonly [column: string]: keyof typeof columnTypes }

/** Columns are `not null` unless their name ends in `?`. */
export const table = (name: string, columns: Columns, key: ReadonlyArray<string>) =>
  Object.entries(columns)
    .reduce<CreateTableBuilder<string, string>>((builder, [column, type]) => {
      const nullable = column.endsWith("?")
      const plain = nullable ? column.slice(0, -1) : column
      return builder.addColumn(plain, columnTypes[type], (definition) => (nullable ? definition : definition.notNull()))
    }, schema.createTable(name))
    .addPrimaryKeyConstraint(`${name}_key`, [...key])

export const index = (name: string, on: string, columns: ReadonlyArray<string>) =>
  schema
    .createIndex(name)
    .on(on)
    .columns([...columns])

export const taskIndex = (state: TaskState, columns: ReadonlyArray<string>) =>
  index(`paykernel_task_${state}`, "paykernel_task", columns).where(sql.ref("state"), "=", sql.lit(state))

/** Rows that are there already have the value of `others`. */
export const column = (on: string, name: string, type: keyof typeof columnTypes, others: string | number) =>
  schema.alterTable(on).addColumn(name, columnTypes[type], (added) => added.notNull().defaultTo(sql.lit(others)))

/** A statement that changes rows as they were by then. */
export const raw = (statement: RawBuilder<unknown>): Compilable => ({ compile: () => statement.compile(query) })
