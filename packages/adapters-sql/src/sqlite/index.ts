/** The store on SQLite, with better-sqlite3. */
export type { ApiKeyRecord, ApiKeys } from "../api-keys.ts"
export type { GroupCommitLimits } from "../group-commit.ts"
export { type SqliteApiKeyRecord, type SqliteApiKeys, sqliteApiKeys } from "./sqlite-api-keys.ts"
export type { SqliteDatabase } from "./sqlite-database.ts"
export { migrate } from "./sqlite-migrations.ts"
export {
  type SqliteRateLimiter,
  type SqliteRateLimiterOptions,
  sqliteRateLimiter
} from "./sqlite-rate-limiter.ts"
export { type SqliteStore, type SqliteStoreOptions, sqliteStore, sqliteStoreLayer } from "./sqlite-store.ts"
