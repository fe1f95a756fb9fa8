/**
 * One server for a whole run of the tests. Nothing that it holds is worth a sync; tests about durability start their
 * own. `DATABASE_URL` may name another server, with a user who may create databases.
 */
import { sharedServerVariable } from "./fresh-database.ts"
import { startPostgres } from "./postgres-server.ts"

const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", shared_buffers: "128MB" }

export const setup = async (): Promise<(() => Promise<void>) | undefined> => {
  const given = process.env["DATABASE_URL"] ?? ""
  if (/^postgres(?:ql)?:/u.test(given)) {
    process.env[sharedServerVariable] = given
    return undefined
  }
  const server = await startPostgres({ settings })
  process.env[sharedServerVariable] = server.url
  return server.close
}
