/**
 * How nodes wake each other when one files work that another may do. The word goes out after the commit and not inside
 * it: a transaction that notifies makes every other that does wait for its end. It may be lost; whoever waits for work
 * also looks by itself.
 */
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import pg from "pg"
import type { PostgresPool } from "./postgres-database.ts"

export type Nudges = {
  /** Wakes the other nodes, soon. */
  readonly send: () => void
  /** Rings when another node sends, as long as the scope lasts. */
  readonly heard: (ring: () => void) => Effect.Effect<void, never, Scope.Scope>
  readonly close: () => Promise<void>
}

const channel = "paykernel_tasks"
/** At most one message in this time, whatever is committed meanwhile. */
const quietMs = 20
const reconnectMs = 1000

export const postgresNudges = (pool: PostgresPool): Nudges => {
  const node = randomUUID()
  const rings = new Set<() => void>()
  let timer: NodeJS.Timeout | undefined
  let listening: Listening | undefined

  const send = (): void => {
    if (timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      pool.query("select pg_notify($1, $2)", [channel, node]).catch(() => {})
    }, quietMs)
    timer.unref()
  }

  const onMessage = (sender: string | undefined): void => {
    if (sender !== node) for (const ring of rings) ring()
  }

  const heard = (ring: () => void) =>
    Effect.asVoid(
      Effect.acquireRelease(
        Effect.sync(() => {
          rings.add(ring)
          listening ??= listen(pool, onMessage)
        }),
        () => Effect.sync(() => void rings.delete(ring))
      )
    )

  const close = async (): Promise<void> => {
    clearTimeout(timer)
    await listening?.close()
  }

  return { send, heard, close }
}

type Listening = { readonly close: () => Promise<void> }

/** A connection of its own, since one that listens is not given back; made again whenever it breaks. */
const listen = (pool: PostgresPool, onMessage: (sender: string | undefined) => void): Listening => {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const connect = async (): Promise<void> => {
    const { connectionString, host, port, user, password, database, ssl } = pool.options
    const target = { host, port, user, password, database, ssl }
    const fresh = new pg.Client({
      ...(connectionString === undefined ? definedOf(target) : { connectionString }),
      application_name: "paykernel listener",
      keepAlive: true,
      connectionTimeoutMillis: reconnectMs * 5
    })
    client = fresh
    let over = false
    const again = (): void => {
      if (over) return
      over = true
      fresh.end().catch(() => {})
      if (closed) return
      timer = setTimeout(connect, reconnectMs)
      timer.unref()
    }
    fresh.on("error", again)
    fresh.on("end", again)
    fresh.on("notification", ({ payload }) => onMessage(payload))
    try {
      await fresh.connect()
      await fresh.query(`listen ${channel}`)
      // What was sent while nobody listened is made good by one look.
      onMessage(undefined)
    } catch {
      again()
    }
  }

  void connect()
  return {
    close: async () => {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    }
  }
}

const definedOf = <A extends object>(options: A): { [name in keyof A]: Exclude<A[name], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [name in keyof A]: Exclude<A[name], undefined>
  }
