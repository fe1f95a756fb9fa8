/**
 * Who may call: whoever holds one of the keys of this start. What is known of a key is on record in the database,
 * hashed, so a key that is revoked there is refused here; one that was taken out of the settings is refused as well.
 */
import {
  type ApiKeyRegister,
  type ApiKeyVerifier,
  apiKeyRecord,
  apiKeyVerifier,
  type Pepper
} from "@paykernel/adapters-http"
import * as Redacted from "effect/Redacted"
import type { KeyHolder } from "./merchants.ts"

export type ApiKeyOptions = {
  readonly register: ApiKeyRegister
  readonly holders: ReadonlyArray<KeyHolder>
  readonly pepper: Pepper
  readonly nowMs: () => number
  readonly log: (line: string) => void
}

/** Puts the keys that are new on record. Those that are known already are proven, so the first request need not wait. */
export const openApiKeys = async ({
  register,
  holders,
  pepper,
  nowMs,
  log
}: ApiKeyOptions): Promise<ApiKeyVerifier> => {
  const merchants = new Set(holders.map(({ merchantId }) => merchantId))
  const store = {
    find: async (lookup: string) => {
      const record = await register.find(lookup)
      return record !== undefined && merchants.has(record.merchantId) ? record : undefined
    },
    recordUse: register.recordUse
  }
  const verifier = apiKeyVerifier({ store, pepper, nowMs })
  for (const { apiKey: redacted, merchantId } of holders) {
    const apiKey = Redacted.value(redacted)
    const known = await verifier.verify(apiKey)
    if (known._tag !== "Unknown") continue
    await register.add(await apiKeyRecord(pepper, { apiKey, merchantId, nowMs: nowMs() }))
  }
  return busyWhileAway(verifier, log)
}

/** A register that cannot be asked is no fault of the caller, who may repeat. Of an absence the log tells once. */
const busyWhileAway = (verifier: ApiKeyVerifier, log: (line: string) => void): ApiKeyVerifier => {
  let isAway = false
  return {
    ...verifier,
    authenticate: async (header) => {
      try {
        const caller = await verifier.authenticate(header)
        isAway = false
        return caller
      } catch (cause) {
        if (!isAway) log(`API keys cannot be looked up: ${cause instanceof Error ? cause.message : "unknown"}`)
        isAway = true
        return { _tag: "Busy" }
      }
    }
  }
}
