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
 * A connection that breaks while nobody waits on it is reported as an event of the pool and of itself, and an error
 * event that nobody listens to ends the process. The pool replaces the connection, so there is nothing to do. Never
 * taken back: a connection can still break while it is being closed.
 */
export const tolerateBrokenConnections = (pool: Pick<PostgresPool, "on">): void => {
  pool.on("error", ignore)
  pool.on("connect", (client: pg.PoolClient) => void client.on("error", ignore))
}

/** A connection for one caller. What breaks it is told to whoever waits for an answer on it, and need not be told twice. */
export const borrow = async (pool: Pick<PostgresPool, "connect">): Promise<Borrowed> => {
  const client = await pool.connect()
  client.on("error", ignore)
  return {
    client,
    giveBack: ({ broken }) => {
      client.off("error", ignore)
      client.release(broken)
    }
  }
}

export type Borrowed = {
  readonly client: PostgresClient
  /** A broken one is not used again. */
  readonly giveBack: (how: { readonly broken: boolean }) => void
}

const ignore = (): void => {}

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
