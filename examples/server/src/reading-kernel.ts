/** The server's books, read by a kernel that does nothing else: it takes no task, so it asks nobody and moves nothing. */
import { createKernel, type Kernel } from "@paykernel/core"
import { memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import { envelopeVault } from "@paykernel/core/vault"
import { openDatabase } from "./database.ts"
import { openApiKey, openKeys } from "./keys.ts"
import { type DemoMerchants, registerMerchants } from "./merchants.ts"
import type { DatabaseSetting } from "./settings.ts"

export type BooksOf = Pick<DemoMerchants, "settlementIntervalMs" | "returnOrigins"> & {
  readonly database: DatabaseSetting
  /** Where the server keeps its keys. */
  readonly keysDirectory: string
}

/** What `read` makes of the books of the merchants whose key the server made for itself. */
export const readingKernel = async <A>(
  { database, keysDirectory, ...merchants }: BooksOf,
  read: (kernel: Kernel, merchantIds: ReadonlyArray<string>) => Promise<A>
): Promise<A> => {
  const keys = await openKeys(keysDirectory)
  const { store, close } = await openDatabase(database, { waitMs: 0, log: () => {} })
  const { gateway } = sandboxGateway({
    journal: memoryJournal(),
    clock: { nowMs: Date.now },
    random: Math.random,
    challengeUrl: (id) => id
  })
  const kernel = createKernel({
    store,
    gateway,
    vault: envelopeVault(keys.vault),
    digestKey: keys.digest,
    worker: false
  })
  try {
    const apiKeys = [await openApiKey(keysDirectory)]
    const holders = await registerMerchants(kernel, { ...merchants, ...keys, apiKeys })
    return await read(
      kernel,
      holders.map(({ merchantId }) => merchantId)
    )
  } finally {
    await kernel.close()
    await close()
  }
}
