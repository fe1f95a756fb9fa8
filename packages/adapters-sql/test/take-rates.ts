/**
 * A process that takes from limits that others take from as well, once all of them are there: `url meeting name all`,
 * where the meeting is a folder. Prints for each key how many of its takes were allowed.
 */
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { RateLimiter } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"

/** Keys, takes of each process of each, and how many of them one window allows. */
export const contest = { keys: 4, takes: 50, limit: 60, windowMs: 60_000, nowMs: 1_795_000_020_000 }

type Opened = { readonly limiter: RateLimiter["Service"]; readonly close: () => Promise<void> | void }

const open = async (url: string): Promise<Opened> => {
  if (url.startsWith("sqlite:")) {
    const { sqliteRateLimiter } = await import("@paykernel/adapters-sql/sqlite")
    return sqliteRateLimiter({ path: url.slice("sqlite:".length) })
  }
  const { postgresRateLimiter } = await import("@paykernel/adapters-sql/postgres")
  const { default: pg } = await import("pg")
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  return { limiter: await postgresRateLimiter(pool), close: () => pool.end() }
}

/** A process that began sooner than the others could take everything before they come. */
const meet = async (folder: string, name: string, all: ReadonlyArray<string>): Promise<void> => {
  writeFileSync(join(folder, name), "")
  while (!all.every((one) => existsSync(join(folder, one)))) await Effect.runPromise(Effect.sleep(2))
}

const takeAll = async (limiter: RateLimiter["Service"]): Promise<ReadonlyArray<number>> => {
  const { keys, takes, limit, windowMs, nowMs } = contest
  const allowed = Array.from({ length: keys }, () => 0)
  const takeOne = async (place: number): Promise<void> => {
    const taken = await Effect.runPromise(limiter.take({ key: `key ${place}`, limit, windowMs, nowMs }))
    if (taken.allowed) allowed[place] = (allowed[place] ?? 0) + 1
  }
  await Promise.all(Array.from({ length: keys * takes }, (_, n) => takeOne(n % keys)))
  return allowed
}

const [, script, url = "", folder = "", name = "", all = ""] = process.argv
if (script === import.meta.filename) {
  const { limiter, close } = await open(url)
  await meet(folder, name, all.split(","))
  process.stdout.write(JSON.stringify(await takeAll(limiter)))
  await close()
}
