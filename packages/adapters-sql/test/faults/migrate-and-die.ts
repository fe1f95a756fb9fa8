/** A process that brings a database up to date and is killed right after its n-th statement: `url n`. */
import { migrate as migratePostgres } from "@paykernel/adapters-sql/postgres"
import { migrate as migrateSqlite } from "@paykernel/adapters-sql/sqlite"
import pg from "pg"
import { countedDatabase, countedPool } from "./counted-statements.ts"

const [url = "", place = ""] = process.argv.slice(2)

const dieAt = (count: number): void => {
  if (count === Number.parseInt(place, 10)) process.kill(process.pid, "SIGKILL")
}

if (url.startsWith("sqlite:")) migrateSqlite(countedDatabase(url.slice("sqlite:".length), dieAt))
else await migratePostgres(countedPool(new pg.Pool({ connectionString: url }), async (count) => dieAt(count)))
