/** Has everything that a merchant has in the database recomputed and compared. */
import { readingKernel } from "@paykernel/example-server/reading-kernel"
import * as Redacted from "effect/Redacted"
import { nodeDefaults } from "./settings.ts"

/** What does not add up, one sentence each. */
export const auditDatabase = (databaseUrl: string, keysDirectory: string): Promise<ReadonlyArray<string>> => {
  const database = { _tag: "Postgres", url: Redacted.make(databaseUrl) } as const
  const { settlementIntervalMs } = nodeDefaults
  return readingKernel({ database, keysDirectory, settlementIntervalMs }, async (kernel, merchantIds) => {
    const findings = await Promise.all(merchantIds.map((merchantId) => kernel.audit(merchantId)))
    return findings.flat().map(({ aggregate, problem }) => `${aggregate?.type} ${aggregate?.id}: ${problem}`)
  })
}
