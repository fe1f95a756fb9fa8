/**
 * Queries are written with Kysely, which checks them against the tables, and compiled once. Each has a name of its own,
 * under which a connection prepares it at its first use.
 */
import { createHash } from "node:crypto"
import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql
} from "kysely"
import type { PostgresTables } from "../schema.ts"
import { columnTypes, type PostgresClient, type PostgresPool } from "./postgres-database.ts"

/** Arrays are for `= any(…)` and `unnest(…)`. */
export type SqlValue = string | number | boolean | null | ReadonlyArray<string | number | null>

export type Arguments = { readonly [name: string]: SqlValue }

/** An argument's place in a query. */
export type Arg<A extends Arguments> = <Name extends keyof A & string>(name: Name) => RawBuilder<A[Name]>

/** A pool, or the one connection that a caller keeps. */
export type Connection = Pick<PostgresPool | PostgresClient, "query">

export type Statement<A extends Arguments, Row> = {
  /** Resolves with how many rows changed. */
  readonly run: (values: A) => Promise<number>
  readonly get: (values: A) => Promise<Row | undefined>
  readonly all: (values: A) => Promise<ReadonlyArray<Row>>
}

/** Builds queries and runs none: it has no connection. */
export const query = new Kysely<PostgresTables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler()
  }
})

/**
 * A server keeps what was prepared for as long as a connection lasts. Where texts come to be without end, the later ones
 * are better run `unnamed`, which prepares them each time.
 */
export const prepare = <A extends Arguments, Row>(
  connection: Connection,
  build: (arg: Arg<A>) => Compilable<Row>,
  naming: "named" | "unnamed" = "named"
): Statement<A, Row> => {
  const compiled = build((name) => sql`${new Argument(name)}` as RawBuilder<A[typeof name]>).compile()
  const text = compiled.sql
  const name = naming === "named" ? { name: statementName(text) } : {}
  const bind = (values: A) =>
    compiled.parameters.map((parameter) => (parameter instanceof Argument ? values[parameter.name] : parameter))
  const execute = (values: A) => connection.query({ ...name, text, values: bind(values), types: columnTypes })
  return {
    run: async (values) => (await execute(values)).rowCount ?? 0,
    get: async (values) => (await execute(values)).rows[0] as Row | undefined,
    all: async (values) => (await execute(values)).rows as Array<Row>
  }
}

/** Of the text itself: on a connection that others use as well, a name must never stand for two texts. */
export const statementName = (text: string): string =>
  `paykernel_${createHash("sha256").update(text).digest("base64url").slice(0, 24)}`

class Argument {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}
