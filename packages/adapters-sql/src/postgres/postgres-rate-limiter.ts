/**
 * Counts in PostgreSQL, for any number of nodes. One statement asks and counts, so no two nodes can both take what is
 * left. A count is worth no wait for the disk: its table is not logged, and after a crash of the server every window
 * begins anew.
 */
import { type RateLimiter, RateLimiterUnavailable, type RateTake, type RateTaken } from "@paykernel/core/effect"
import { rateTaken, rateWindow } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"
import { sql } from "kysely"
import { windowKeptMs, windowsOf, windowsSweptPerTake } from "../rate-windows.ts"
import type { PostgresPool } from "./postgres-database.ts"
import { migrate } from "./postgres-migrations.ts"
import { askingOnce } from "./postgres-reading.ts"
import { type Arg, type Connection, prepare, query } from "./postgres-statement.ts"

/**
 * A limiter in a database: that of a `postgresStore`, or one of the host's own. Brings the tables up to date, as the
 * store does.
 *
 * @example
 * const { pool, close } = await postgresStore({ url: databaseUrl })
 * const limiter = await postgresRateLimiter(pool)
 * const take = { key: "shop 1", limit: 100, windowMs: 60_000, nowMs: 0 }
 * await Effect.runPromise(limiter.take(take)) // => { allowed: true, limit: 100, remaining: 99, resetAtMs: 60_000 }
 * await close()
 */
export const postgresRateLimiter = async (
  pool: Pick<PostgresPool, "connect" | "query">
): Promise<RateLimiter["Service"]> => {
  await migrate(pool)
  const count = counting(pool)
  return {
    take: (take) =>
      Effect.mapError(
        once(() => count(take)),
        ({ reason }) => new RateLimiterUnavailable({ reason })
      )
  }
}

/** A take whose answer was lost may have been counted, so it is sent again only where the server has undone it. */
const once = askingOnce(1000)

const counting = (pool: Connection): ((take: RateTake) => Promise<RateTaken>) => {
  const statements = { take: prepare(pool, takeOne), sweep: prepare(pool, sweepEnded) }
  return async (take) => {
    const { startMs, endMs } = rateWindow(take)
    if (take.limit === 0) return rateTaken(take, null)
    const row = await statements.take.get({ key: windowsOf(take), startMs, endMs, limit: take.limit })
    if (row?.taken === 1) {
      // What cannot be removed now is removed by a later one; the take itself is counted.
      const swept = statements.sweep.run({ beforeMs: take.nowMs - windowKeptMs, limit: windowsSweptPerTake })
      await swept.catch(() => 0)
    }
    return rateTaken(take, row?.taken ?? null)
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

/** Rows that another node is removing are left to it. */
const sweepEnded = (arg: Arg<{ readonly beforeMs: number; readonly limit: number }>) => {
  const ended = query
    .selectFrom("paykernel_rate_window")
    .select(sql`ctid`.as("place"))
    .where("end_ms", "<=", arg("beforeMs"))
    .orderBy("end_ms")
    .limit(arg("limit"))
    .forUpdate()
    .skipLocked()
  return query.deleteFrom("paykernel_rate_window").where(sql<boolean>`ctid = any(array(${ended}))`)
}
