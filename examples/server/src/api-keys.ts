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
  return busyWhileAway(verifier, nowMs, log)
}

/**
 * A register that cannot be asked is no fault of the caller, who may repeat. The log tells once a minute: who is known is
 * answered meanwhile, so an answer does not say that the absence is over.
 */
const busyWhileAway = (verifier: ApiKeyVerifier, nowMs: () => number, log: (line: string) => void): ApiKeyVerifier => {
  let toldAtMs = Number.NEGATIVE_INFINITY
  return {
    ...verifier,
    authenticate: async (header) => {
      try {
        return await verifier.authenticate(header)
      } catch (cause) {
        if (Math.abs(nowMs() - toldAtMs) >= tellEveryMs) {
          toldAtMs = nowMs()
          log(`API keys cannot be looked up: ${cause instanceof Error ? cause.message : "unknown"}`)
        }
        return { _tag: "Busy" }
      }
    }
  }
}

const tellEveryMs = 60_000
