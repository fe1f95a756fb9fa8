/**
 * The webhook secret of the settings becomes that of each demo merchant's default endpoint. A secret that is set is
 * sealed and cannot be compared with, so what was set last is remembered as a keyed digest beside the other keys.
 */
import { join } from "node:path"
import type { Pepper } from "@paykernel/adapters-http"
import { defaultEndpointId, type Kernel } from "@paykernel/core"
import * as Redacted from "effect/Redacted"
import type { KeyHolder } from "./merchants.ts"
import { readPrivateFile, writePrivateFile } from "./private-file.ts"

export type WebhookSecretOptions = {
  /** `null`: endpoints keep the secrets that they have. */
  readonly webhookSecret: Redacted.Redacted<string> | null
  readonly sandboxDir: string
  readonly pepper: Pepper
  readonly holders: ReadonlyArray<KeyHolder>
}

/** Sets it where it is not set yet. The secret before signs no longer. */
export const setWebhookSecret = async (kernel: Kernel, options: WebhookSecretOptions): Promise<void> => {
  const { webhookSecret: secret, sandboxDir, pepper, holders } = options
  if (secret === null) return
  const path = join(sandboxDir, "webhook-secret-digests")
  const set = new Set((await readPrivateFile(path))?.split("\n"))
  const digests: Array<string> = []
  for (const { merchantId } of holders) {
    const digest = await digestOf(pepper, merchantId, Redacted.value(secret))
    if (!set.has(digest)) await give(kernel, merchantId, secret)
    digests.push(digest)
  }
  // After the endpoints: a start that dies in between sets them once more, to the same.
  if (!digests.every((digest) => set.has(digest))) await writePrivateFile(path, digests.join("\n"))
}

const give = async (kernel: Kernel, merchantId: string, secret: Redacted.Redacted<string>): Promise<void> => {
  const { endpoints } = kernel.webhooks
  const id = defaultEndpointId
  const known = await endpoints.get(merchantId, id)
  const given = known.ok
    ? await endpoints.rotateSecret(merchantId, id, { overlapMs: 0, secret })
    : await endpoints.create(merchantId, { id, dialect: "api", name: null, url: null, types: [], secret })
  if (!given.ok) throw new Error(`the webhook secret of the demo merchant could not be set: ${given.error._tag}`)
}

const digestOf = async (pepper: Pepper, merchantId: string, secret: string): Promise<string> => {
  const text = new TextEncoder().encode(`webhook-secret:${merchantId}:${secret}`)
  return Buffer.from(await crypto.subtle.sign("HMAC", pepper, text)).toString("base64url")
}
