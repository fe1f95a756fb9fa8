/** Opens a store by the URL of its database, so that one script serves every engine: `sqlite:PATH` or `postgres://…`. */
import type { Store } from "@paykernel/core/effect"

export type OpenedStore = { readonly store: Store["Service"]; readonly close: () => Promise<void> }

/** Limits that both engines have something like. */
export type StoreLimits = { readonly patienceMs?: number; readonly busyRetriesMax?: number }

export const openStore = async (url: string, limits: StoreLimits = {}): Promise<OpenedStore> => {
  const [scheme] = url.split(":", 1)
  switch (scheme) {
    case "sqlite": {
      const { sqliteStore } = await import("@paykernel/adapters-sql/sqlite")
      return sqliteStore({ path: url.slice("sqlite:".length), limits })
    }
    case "postgres":
    case "postgresql": {
      const { postgresStore } = await import("@paykernel/adapters-sql/postgres")
      return postgresStore({ url, limits })
    }
    default:
      throw new Error(`no store for ${scheme}:`)
  }
}
