/** What the steps of SQLite's tables are written with: how a table, a column and an index are made. */
import {
  type Compilable,
  type CreateTableBuilder,
  DummyDriver,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql
} from "kysely"
import type { TaskState } from "../schema.ts"

export type Migration = { readonly name: string; readonly statements: ReadonlyArray<Compilable> }

/** Steps name tables as they once were, so they are not checked against the present ones. */
const query = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler()
  }
})

export const { schema } = query

type Column = "text" | "integer"

/** Columns are `not null` unless their name ends in `?`. */
const table = (name: string, columns: { readonly [column: string]: Column }) =>
  Object.entries(columns).reduce<CreateTableBuilder<string, string>>((builder, [column, type]) => {
    const nullable = column.endsWith("?")
    const plain = nullable ? column.slice(0, -1) : column
    return builder.addColumn(plain, type, (definition) => (nullable ? definition : definition.notNull()))
  }, schema.createTable(name))

/** Rows that are found by their key and are small live in the key's own tree. */
export const keyed = (name: string, columns: { readonly [column: string]: Column }, key: ReadonlyArray<string>) =>
  table(name, columns)
    .addPrimaryKeyConstraint(`${name}_key`, [...key])
    .modifyEnd(sql`strict, without rowid`)

/** Rows with long texts live in a tree of their own, since long keys would make that of the key deep. */
export const heap = (name: string, columns: { readonly [column: string]: Column }, key: ReadonlyArray<string>) =>
  table(name, columns)
    .addUniqueConstraint(`${name}_key`, [...key])
    .modifyEnd(sql`strict`)

export const index = (name: string, on: string, columns: ReadonlyArray<string>) =>
  schema
    .createIndex(name)
    .on(on)
    .columns([...columns])

/** Rows that are there already have no value in it, or that of `others`. */
export const column = (on: string, name: string, type: Column, others?: string | number) =>
  schema
    .alterTable(on)
    .addColumn(name, type, (added) => (others === undefined ? added : added.notNull().defaultTo(sql.lit(others))))

/** A statement that changes rows as they were by then. */
export const raw = (statement: RawBuilder<unknown>): Compilable => ({ compile: () => statement.compile(query) })

export const taskIndex = (state: TaskState, columns: ReadonlyArray<string>) =>
  index(`paykernel_task_${state}`, "paykernel_task", columns).where(sql.ref("state"), "=", sql.lit(state))
