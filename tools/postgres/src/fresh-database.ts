/** Empty databases on a server, one for each test that wants to begin with nothing. */
import { randomBytes } from "node:crypto"
import pg from "pg"

export type FreshDatabase = {
  readonly url: string
  /** A database with the same content, made in a fraction of the time that filling it took. Nobody may be connected. */
  readonly copy: () => Promise<FreshDatabase>
  /** Empties every table but the record of migrations, which is quicker than another database. */
  readonly clear: () => Promise<void>
  readonly drop: () => Promise<void>
}

/** The server that the tests share: one that was started for this run, or the one `DATABASE_URL` names. */
export const sharedServerUrl = (): string => {
  const url = process.env[sharedServerVariable]
  if (url === undefined) throw new Error("no PostgreSQL server was started for this run")
  return url
}

export const sharedServerVariable = "PAYKERNEL_TEST_POSTGRES"

/** Makes a database beside the one that the URL names. Needs a user who may. */
export const freshDatabase = (serverUrl: string = sharedServerUrl()): Promise<FreshDatabase> =>
  databaseLike("template1", serverUrl)

const databaseLike = async (template: string, serverUrl: string): Promise<FreshDatabase> => {
  const name = `paykernel_test_${randomBytes(8).toString("hex")}`
  await asAdmin(serverUrl, `create database ${name} template ${template}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    copy: () => databaseLike(name, serverUrl),
    clear: () => asAdmin(url.href, emptied),
    drop: () => asAdmin(serverUrl, `drop database if exists ${name} with (force)`)
  }
}

const asAdmin = async (url: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

const emptied = `do $$
begin
  execute (
    select 'truncate ' || string_agg(format('%I.%I', schemaname, tablename), ', ') || ' restart identity'
    from pg_tables where schemaname = 'public' and tablename <> 'paykernel_migration'
  );
end $$`
