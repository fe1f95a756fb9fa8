/**
 * All the secrets of the server: made at the first start, each kept in a file of its owner alone. Whoever loses them
 * loses the saved cards, and every API key with them.
 */
import { randomBytes, randomUUID } from "node:crypto"
import { join } from "node:path"
import {
  type CardKey,
  generateApiKey,
  generateCardKey,
  generateNotificationKeys,
  type NotificationKeysText,
  type Pepper
} from "@paykernel/adapters-http"
import type { PageKey } from "@paykernel/adapters-http/hosted"
import type { KeyRing } from "@paykernel/core/vault"
import { openFileKeyRing } from "@paykernel/core/vault/file-key-ring"
import * as Redacted from "effect/Redacted"
import { privateFile } from "./private-file.ts"

export type ServerKeys = {
  /** Seals card numbers. */
  readonly vault: KeyRing
  readonly digest: Uint8Array
  /** Under which API keys are hashed. */
  readonly pepper: Pepper
  /** Seals what the payment pages hand out. */
  readonly pages: PageKey
  /** To which browsers encrypt cards. */
  readonly card: CardKey
  /** Sign what merchants are told, beside the secret of each. */
  readonly notifications: NotificationKeysText
}

/** Reads the keys of a directory, and makes those that are missing. */
export const openKeys = async (directory: string): Promise<ServerKeys> => {
  const vault = await openFileKeyRing(join(directory, "vault-keys.json"))
  const digestPath = join(directory, "digest-key")
  const digest = Buffer.from(await privateFile(digestPath, () => randomBytes(32).toString("base64url")), "base64url")
  if (digest.length !== 32) throw new Error(`${digestPath} does not hold a key of 32 bytes`)
  const armoredPrivateKey = await privateFile(join(directory, "card-encryption-key.asc"), async () => {
    return Redacted.value((await generateCardKey({ nowMs: Date.now() })).armoredPrivateKey)
  })
  const notifications = await privateFile(join(directory, "notification-keys.json"), async () => {
    return Redacted.value(await generateNotificationKeys({ newKeyId: randomUUID(), nowMs: Date.now() }))
  })
  return {
    vault,
    digest,
    pepper: await vault.derivedKey("api-keys"),
    pages: await vault.derivedKey("hosted-pages"),
    card: { keyId: "key1", armoredPrivateKey: Redacted.make(armoredPrivateKey, { label: "card key" }) },
    notifications: Redacted.make(notifications, { label: "notification keys" })
  }
}

/** The API key for whoever brought none: the same one at every start. */
export const openApiKey = async (directory: string): Promise<Redacted.Redacted<string>> => {
  const text = await privateFile(join(directory, "api-key"), () => `${generateApiKey("test")}\n`)
  return Redacted.make(text.trim(), { label: "API key" })
}
