/**
 * The database that the settings name, with all that the server keeps in it. A database server may be starting at the
 * same moment as this one, so it is waited for; one that is there and says no is not.
 */
import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import type { ApiKeyRegister } from "@paykernel/adapters-http"
import { postgresApiKeys, postgresRateLimiter, postgresStore } from "@paykernel/adapters-sql/postgres"
import { sqliteApiKeys, sqliteRateLimiter, sqliteStore } from "@paykernel/adapters-sql/sqlite"
import type { KernelOptions } from "@paykernel/core"
import type { RateLimiter } from "@paykernel/core/effect"
import * as Redacted from "effect/Redacted"
import type { DatabaseSetting } from "./settings.ts"

export type ServerDatabase = {
  readonly store: KernelOptions["store"]
  readonly apiKeys: ApiKeyRegister
  /** Counts for all who share the database. Closed with it. */
  readonly openRateLimiter: () => Promise<RateLimiter["Service"]>
  readonly close: () => Promise<void>
}

export type OpenOptions = {
  /** How long to wait for a server that does not answer yet. */
  readonly waitMs: number
  readonly log: (line: string) => void
}

/** Opens it and brings its tables up to date. Rejects with a sentence for a person, which holds no password. */
export const openDatabase = (database: DatabaseSetting, options: OpenOptions): Promise<ServerDatabase> =>
  database._tag === "Sqlite" ? openSqlite(database.path) : openPostgres(Redacted.value(database.url), options)

const openSqlite = async (path: string): Promise<ServerDatabase> => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const { store, database, close } = sqliteStore({ path })
  const opened = [close]
  const openRateLimiter = async () => {
    const limits = sqliteRateLimiter({ path })
    opened.push(async () => limits.close())
    return limits.limiter
  }
  const closeAll = async (): Promise<void> => {
    for (const one of opened.splice(0).reverse()) await one()
  }
  return { store, apiKeys: sqliteApiKeys(database), openRateLimiter, close: closeAll }
}

const openPostgres = async (url: string, { waitMs, log }: OpenOptions): Promise<ServerDatabase> => {
  const address = addressOf(url)
  const untilMs = Date.now() + waitMs
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await openTables(url)
    } catch (cause) {
      if (!isAway(cause)) throw new Error(`the database at ${address} cannot be used: ${sentence(cause)}`)
      if (Date.now() >= untilMs) throw new Error(`no database answers at ${address}: ${sentence(cause)}`)
      if (isFirst) log(`waiting for the database at ${address}: ${sentence(cause)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

const pauseMs = 250

const openTables = async (url: string): Promise<ServerDatabase> => {
  const { store, pool, close } = await postgresStore({ url })
  try {
    return { store, apiKeys: await postgresApiKeys(pool), openRateLimiter: () => postgresRateLimiter(pool), close }
  } catch (cause) {
    await close()
    throw cause
  }
}

/** Without user and password. */
const addressOf = (url: string): string => {
  const { hostname, port, pathname } = new URL(url.replace("@/", "@localhost/"))
  return `${hostname || "localhost"}:${port || "5432"}${decodeURIComponent(pathname)}`
}

/** Codes of the system, and of a server that starts, stops or has no connection left. Others are its answer. */
const isAway = (cause: unknown): boolean => {
  const code = codeOf(cause)
  if (code !== undefined) return /^(?:E(?!RR_|NOENT|ACCES)[A-Z_]+|57P0.|08...|53300)$/u.test(code)
  return cause instanceof Error && /^(?:Connection terminated|timeout|query read timeout)/iu.test(cause.message)
}

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined

/** An error of several connections at once has a code and no words. */
const sentence = (cause: unknown): string =>
  cause instanceof Error && cause.message !== "" ? cause.message : (codeOf(cause) ?? "unknown")
