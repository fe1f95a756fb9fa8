/** The store on PostgreSQL, with pg. */
export type { ApiKeyRecord, ApiKeys } from "../api-keys.ts"
export type { GroupCommitLimits } from "../group-commit.ts"
export { postgresApiKeys } from "./postgres-api-keys.ts"
export type { PoolOptions } from "./postgres-database.ts"
export { migrate } from "./postgres-migrations.ts"
export { postgresRateLimiter } from "./postgres-rate-limiter.ts"
export { type PostgresStore, type PostgresStoreOptions, postgresStore, postgresStoreLayer } from "./postgres-store.ts"
export type { WriterLimits } from "./postgres-writer.ts"
