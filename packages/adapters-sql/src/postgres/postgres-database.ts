/**
 * Connections to PostgreSQL: the host's own pool, or one made from a URL. Nothing is set on a connection, because the
 * host may share it; what a commit rests on, each commit sets for itself.
 */
import pg from "pg"

/** What the adapter uses of a `pg.Pool`. */
export type PostgresPool = Pick<pg.Pool, "connect" | "query" | "on" | "off" | "options">

export type PostgresClient = Pick<pg.PoolClient, "query" | "release" | "on" | "off">

export type PoolOptions = {
  /** `postgres://user:password@host:port/database`, with the parameters that `pg` knows. */
  readonly url: string
  /** Connections at most. Default 10: few do more than many. */
  readonly connectionsMax?: number
}

const connectTimeoutMs = 5_000
/** A statement of ours takes milliseconds. One that takes this long waits for something that does not come. */
const statementTimeoutMs = 20_000

export const openPool = ({ url, connectionsMax = 10 }: PoolOptions): pg.Pool =>
  new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    application_name: "paykernel",
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // The server's own limit comes first; this one is for a server that no longer answers at all.
    query_timeout: statementTimeoutMs + connectTimeoutMs,
    keepAlive: true
  })

/**
 * An idle connection that breaks is reported to the pool, and an error that nobody listens to ends the process. The pool
 * replaces the connection, so there is nothing to do. Returns how to stop listening.
 */
export const tolerateBrokenConnections = (pool: PostgresPool): (() => void) => {
  const ignore = (): void => {}
  pool.on("error", ignore)
  return () => void pool.off("error", ignore)
}

/** 64-bit integers as numbers: they are times, versions and counts, all far below 2^53. The others as `pg` has them. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === pg.types.builtins.INT8 && format !== "binary"
      ? wholeNumber
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig["getTypeParser"]
}

const wholeNumber = (text: string): number => {
  const value = Number.parseInt(text, 10)
  if (!Number.isSafeInteger(value)) throw new RangeError("a whole number of the database is too large")
  return value
}
