/** One PostgreSQL server with the settings it comes with, durable therefore, for all benches of a run. */
import { type FreshDatabase, freshDatabase, type PostgresServer, startPostgres } from "@paykernel/test-postgres"

let server: Promise<PostgresServer> | undefined

/** A database of one's own on the server, which starts at its first use. */
export const benchDatabase = async (): Promise<FreshDatabase> => {
  server ??= start()
  return freshDatabase((await server).url)
}

export const closeBenchServer = async (): Promise<void> => (await server)?.close()

/** A server outlives whoever started it, so one who is told to stop stops it first. */
const start = (): Promise<PostgresServer> => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      await closeBenchServer()
      process.exit(1)
    })
  }
  return startPostgres()
}
