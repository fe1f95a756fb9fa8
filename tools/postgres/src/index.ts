export { type FreshDatabase, freshDatabase, sharedServerUrl } from "./fresh-database.ts"
export { type PostgresOptions, type PostgresServer, type StopMode, startPostgres } from "./postgres-server.ts"
