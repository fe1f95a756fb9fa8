/** Has everything that a merchant has in the database recomputed and compared, by a kernel that does nothing else. */
import { createKernel } from "@paykernel/core"
import { memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import { envelopeVault } from "@paykernel/core/vault"
import { openDatabase } from "@paykernel/example-server/database"
import { openApiKey, openKeys } from "@paykernel/example-server/keys"
import { registerMerchants } from "@paykernel/example-server/merchants"
import * as Redacted from "effect/Redacted"
import { nodeDefaults } from "./settings.ts"

/** What does not add up, one sentence each. */
export const auditDatabase = async (databaseUrl: string, keysDirectory: string): Promise<ReadonlyArray<string>> => {
  const keys = await openKeys(keysDirectory)
  const url = Redacted.make(databaseUrl)
  const { store, close } = await openDatabase({ _tag: "Postgres", url }, { waitMs: 0, log: () => {} })
  // It takes no task, so it never asks a gateway.
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
    const holders = await registerMerchants(kernel, { ...nodeDefaults, ...keys, apiKeys })
    const findings = await Promise.all(holders.map(({ merchantId }) => kernel.audit(merchantId)))
    return findings.flat().map(({ aggregate, problem }) => `${aggregate?.type} ${aggregate?.id}: ${problem}`)
  } finally {
    await kernel.close()
    await close()
  }
}
