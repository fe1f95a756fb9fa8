/** What SQL adapters share. The stores themselves are behind the entry points of their databases. */
export {
  type GroupCommit,
  type GroupCommitLimits,
  type GroupCommitOptions,
  type GroupRefusal,
  groupCommit,
  groupCommitDefaults,
  type WriteResult
} from "./group-commit.ts"
export type { PostgresTables, SqliteTables } from "./schema.ts"
