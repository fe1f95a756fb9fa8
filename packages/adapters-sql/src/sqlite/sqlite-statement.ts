/**
 * Queries are written with Kysely, which checks them against the tables, and compiled once to prepared statements
 * with named arguments: compiling at every call would cost more than running them.
 */
import {
  type Compilable,
  DummyDriver,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql
} from "kysely"
import type { SqliteTables } from "../schema.ts"
import type { SqliteDatabase } from "./sqlite-database.ts"

export type SqlValue = string | number | bigint | null

export type Arguments = { readonly [name: string]: SqlValue }

/** An argument's place in a query. */
export type Arg<A extends Arguments> = <Name extends keyof A & string>(name: Name) => RawBuilder<A[Name]>

export type Statement<A extends Arguments, Row> = {
  /** Returns how many rows changed. */
  readonly run: (values: A) => number
  readonly get: (values: A) => Row | undefined
  readonly all: (values: A) => ReadonlyArray<Row>
}

/** Builds queries and runs none: it has no connection. */
export const query = new Kysely<SqliteTables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler()
  }
})

export const prepare = <A extends Arguments, Row>(
  database: SqliteDatabase,
  build: (arg: Arg<A>) => Compilable<Row>
): Statement<A, Row> => {
  const compiled = build((name) => sql`${sql.raw(`@${name}`)}`).compile()
  const { text, bind } = positional<A>(compiled.sql, compiled.parameters)
  const statement = database.prepare(text)
  return {
    run: (values) => statement.run(bind(values)).changes,
    get: (values) => statement.get(bind(values)) as Row | undefined,
    all: (values) => statement.all(bind(values)) as Array<Row>
  }
}

/** Binding by position is several times faster than by name. */
const positional = <A extends Arguments>(named: string, constants: ReadonlyArray<unknown>) => {
  const places: Array<keyof A | undefined> = []
  const text = named.replaceAll(/\?|@(\w+)/gu, (_, name: string | undefined) => {
    places.push(name)
    return "?"
  })
  if (constants.length === 0 && !places.includes(undefined)) {
    const names = places as ReadonlyArray<keyof A>
    return { text, bind: (values: A): ReadonlyArray<unknown> => names.map((name) => values[name]) }
  }
  const bind = (values: A): ReadonlyArray<unknown> => {
    let constant = 0
    return places.map((name) => (name === undefined ? constants[constant++] : values[name]))
  }
  return { text, bind }
}
