/** Connections that tell of each statement once it is carried out, and before anything else is. */
import Database from "better-sqlite3"
import type pg from "pg"

/** `count` is of all statements so far, `pid` the session's on the server. */
export type AfterStatement = (count: number, pid: number) => Promise<void>

export const countedPool = (pool: pg.Pool, after: AfterStatement): pg.Pool => {
  let count = 0
  const counted = (client: pg.PoolClient, pid: number): pg.PoolClient =>
    watched(client, "query", async (...given) => {
      const answer: unknown = await Reflect.apply(client.query, client, given)
      count += 1
      await after(count, pid)
      return answer
    })
  return watched(pool, "connect", async () => {
    const client = await pool.connect()
    const { rows } = await client.query<{ readonly pid: number }>("select pg_backend_pid() as pid")
    return counted(client, rows[0]?.pid ?? 0)
  })
}

export const countedDatabase = (path: string, after: (count: number) => void): Database.Database => {
  const database = new Database(path)
  let count = 0
  const told = <A>(value: A): A => {
    count += 1
    after(count)
    return value
  }
  const counted = watched(database, "exec", (...given) => told(Reflect.apply(database.exec, database, given)))
  return watched(counted, "prepare", (...given) => {
    const statement = Reflect.apply(database.prepare, database, given) as Database.Statement
    return watched(statement, "run", (...values) => told(Reflect.apply(statement.run, statement, values)))
  })
}

/** The object, of which one method is another. */
const watched = <A extends object>(
  object: A,
  method: keyof A,
  instead: (...given: ReadonlyArray<unknown>) => unknown
): A =>
  new Proxy(object, {
    get: (target, name) => {
      if (name === method) return instead
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === "function" ? value.bind(target) : value
    }
  })
