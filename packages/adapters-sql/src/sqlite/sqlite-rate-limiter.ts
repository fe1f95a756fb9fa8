/**
 * Counts in a file, for several processes on one machine. One statement asks and counts, so no two processes can both
 * take what is left. A count is worth no wait for the disk: the connection is one of its own that does not sync, and
 * a loss of power takes back at most what was counted in the last window. Commits of the store stay as durable as they
 * are, since each syncs the log up to itself, whoever wrote what is before it.
 */
import { type RateLimiter, RateLimiterUnavailable, type RateTake, type RateTaken } from "@paykernel/core/effect"
import { rateTaken, rateWindow } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { sql } from "kysely"
import { windowKeptMs, windowsOf, windowsSweptPerTake } from "../rate-windows.ts"
import type { RateWindowRow } from "../schema.ts"
import { openSqlite, patiently, type SqliteDatabase } from "./sqlite-database.ts"
import { codeOf, isBusy } from "./sqlite-errors.ts"
import { migrate } from "./sqlite-migrations.ts"
import { type Arg, prepare, query } from "./sqlite-statement.ts"

/** The file of a store or of its own, or a better-sqlite3 connection of the host's, whose pragmas stay as they are. */
export type SqliteRateLimiterOptions = { readonly path: string } | { readonly database: SqliteDatabase }

export type SqliteRateLimiter = {
  readonly limiter: RateLimiter["Service"]
  /** Closes the connection unless the host brought it. A take afterwards is answered as unavailable. */
  readonly close: () => void
}

/**
 * A limiter on a file, which it opens or creates. Throws when the file cannot be opened or was written by a newer
 * version.
 *
 * @example
 * const { limiter, close } = sqliteRateLimiter({ path: "payments.db" })
 * const take = { key: "shop 1", limit: 100, windowMs: 60_000, nowMs: 0 }
 * await Effect.runPromise(limiter.take(take)) // => { allowed: true, limit: 100, remaining: 99, resetAtMs: 60_000 }
 * close()
 */
export const sqliteRateLimiter = (options: SqliteRateLimiterOptions): SqliteRateLimiter => {
  const isOurs = "path" in options
  const database = isOurs ? openUnsynced(options.path) : options.database
  const close = (): void => {
    if (isOurs) database.close()
  }
  try {
    migrate(database)
    const count = counting(database)
    return { limiter: { take: (take) => inTurn(database, () => count(take)) }, close }
  } catch (error) {
    close()
    throw error
  }
}

/** In WAL mode NORMAL syncs at checkpoints only, which keeps the file whole. Few checkpoints, as on the store's own. */
const openUnsynced = (path: string): SqliteDatabase => {
  const database = openSqlite(path)
  try {
    patiently(() => database.pragma("journal_mode = WAL"))
    database.pragma("synchronous = NORMAL")
    database.pragma("trusted_schema = OFF")
    database.pragma("wal_autocheckpoint = 8192")
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

const counting = (database: SqliteDatabase): ((take: RateTake) => RateTaken) => {
  const statements = { take: prepare(database, takeOne), sweep: prepare(database, sweepEnded) }
  return (take) => {
    const { startMs, endMs } = rateWindow(take)
    if (take.limit === 0) return rateTaken(take, null)
    const row = statements.take.get({ key: windowsOf(take), startMs, endMs, limit: take.limit })
    if (row?.taken === 1) {
      ignoringFailure(() => statements.sweep.run({ beforeMs: take.nowMs - windowKeptMs, limit: windowsSweptPerTake }))
    }
    return rateTaken(take, row?.taken ?? null)
  }
}

/** The take is counted by now and must not be repeated. What cannot be removed now is removed by a later one. */
const ignoringFailure = (sweep: () => unknown): void => {
  try {
    sweep()
  } catch {
    return
  }
}

type TakeArguments = {
  readonly key: string
  readonly startMs: number
  readonly endMs: number
  readonly limit: number
}

/** Gives no row where the window has no take left. */
const takeOne = (arg: Arg<TakeArguments>) =>
  query
    .insertInto("paykernel_rate_window")
    .values({ key: arg("key"), start_ms: arg("startMs"), end_ms: arg("endMs"), taken: sql.lit(1) })
    .onConflict((conflict) =>
      conflict
        .columns(["key", "start_ms"])
        .doUpdateSet({ taken: sql<number>`paykernel_rate_window.taken + 1` })
        .where("paykernel_rate_window.taken", "<", arg("limit"))
    )
    .returning("taken")
    .$castTo<Pick<RateWindowRow, "taken">>()

const sweepEnded = (arg: Arg<{ readonly beforeMs: number; readonly limit: number }>) =>
  query
    .deleteFrom("paykernel_rate_window")
    .where(
      sql<boolean>`(key, start_ms) in ${query
        .selectFrom("paykernel_rate_window")
        .select(["key", "start_ms"])
        .where("end_ms", "<=", arg("beforeMs"))
        .orderBy("end_ms")
        .limit(arg("limit"))}`
    )

/** Another process that writes is waited for, without blocking this one. A caller waits for an answer, so not for long. */
const inTurn = (database: SqliteDatabase, act: () => RateTaken): Effect.Effect<RateTaken, RateLimiterUnavailable> =>
  Effect.suspend(() => {
    try {
      // Inside a transaction of the host, a take would be undone with it.
      return database.open && database.inTransaction ? unavailable("busy") : Effect.succeed(act())
    } catch (error) {
      if (isBusy(error)) return unavailable("busy")
      const reason = database.open ? codeOf(error) : "closed"
      return reason === undefined ? Effect.die(error) : unavailable(reason)
    }
  }).pipe(Effect.retry({ while: ({ reason }) => reason === "busy", schedule: Schedule.spaced(5), times: 200 }))

const unavailable = (reason: string): Effect.Effect<never, RateLimiterUnavailable> =>
  Effect.fail(new RateLimiterUnavailable({ reason }))
