/** Opens whichever store a URL means: `postgres://…`, or `sqlite:` and a path. */
import { postgresStore } from "@paykernel/adapters-sql/postgres"
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import type { Store } from "@paykernel/core/effect"

export type StoreLimits = { readonly patienceMs?: number; readonly busyRetriesMax?: number }

export const storeAt = async (
  url: string,
  limits: StoreLimits = {}
): Promise<{ readonly store: Store["Service"]; readonly close: () => Promise<void> }> =>
  url.startsWith("sqlite:")
    ? sqliteStore({ path: url.slice("sqlite:".length), limits })
    : await postgresStore({ url, limits })
