/**
 * The keys of a host that sends webhooks: made once and kept for good, or until receivers have been told of others. Each
 * merchant's own secrets are elsewhere, in the vault.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import {
  type EcdsaSigningKey,
  ecdsaSigningKey,
  generateEcdsaKeyPair,
  generateKeyPair,
  generateSnsKey,
  type SigningKey,
  type SnsSigningKey,
  signingKey,
  snsSigningKey
} from "@paykernel/webhooks"
import * as Redacted from "effect/Redacted"
import { jsonOf } from "../api/json-text.ts"
import { part, text } from "../json-part.ts"
import { isUuid } from "../uuid.ts"

/** As one text, to be kept where other secrets are. */
export type NotificationKeysText = Redacted.Redacted<string>

export type NotificationKeys = {
  /** ECDSA on P-256, for `/v2`. */
  readonly circle: EcdsaSigningKey & {
    readonly keyId: string
    readonly publicKey: string
    readonly createdAtMs: number
  }
  /** RSA with its certificate, for `/v1`; the address of the certificate is up to whoever serves it. */
  readonly sns: {
    readonly certificateId: string
    readonly certificate: string
    readonly signingKeyAt: (certificateUrl: string) => Promise<SnsSigningKey>
  }
  /** Ed25519, beside the merchants' secrets. `verifying` is the `whpk_…` to hand out. */
  readonly standard: { readonly signingKey: SigningKey; readonly verifying: string }
}

/** Fresh keys. `newKeyId` is a new UUID. Takes a second or so. */
export const generateNotificationKeys = async (given: {
  readonly newKeyId: string
  readonly nowMs: number
}): Promise<NotificationKeysText> => {
  const { newKeyId, nowMs } = given
  const [circle, sns, standard] = await Promise.all([
    generateEcdsaKeyPair(),
    generateSnsKey({ commonName: "paykernel notifications", nowMs, validMs: certificateLifeMs }),
    generateKeyPair()
  ])
  const keys = { circle: { keyId: newKeyId.toLowerCase(), createdAtMs: nowMs, ...circle }, sns, standard }
  return Redacted.make(jsonOf(keys), { label: "notification keys" })
}

/** Ten years: receivers of SNS messages look the certificate up each time, and do not mind a new one. */
const certificateLifeMs = 10 * 365 * 24 * 60 * 60 * 1000

/** Reads what `generateNotificationKeys` made. Rejects for anything else, and repeats nothing of it. */
export const openNotificationKeys = async (kept: NotificationKeysText): Promise<NotificationKeys> => {
  const { circle, sns, standard } = readKeys(Redacted.value(kept))
  const keyId = text(circle["keyId"])
  const { createdAtMs } = circle
  if (!isUuid(keyId) || typeof createdAtMs !== "number") throw new Error("these are no notification keys")
  const certificate = text(sns["certificate"])
  return {
    circle: {
      ...(await ecdsaSigningKey(text(circle["signing"]))),
      keyId,
      publicKey: text(circle["verifying"]),
      createdAtMs
    },
    sns: {
      certificateId: idOf(certificate),
      certificate,
      signingKeyAt: (certificateUrl) => snsSigningKey(text(sns["signing"]), { certificateUrl })
    },
    standard: { signingKey: await signingKey(text(standard["signing"])), verifying: text(standard["verifying"]) }
  }
}

const readKeys = (kept: string) => {
  try {
    const { circle, sns, standard } = part(JSON.parse(kept))
    return { circle: part(circle), sns: part(sns), standard: part(standard) }
  } catch {
    throw new Error("these are no notification keys")
  }
}

const idOf = (certificate: string): string =>
  Array.from(sha256(new TextEncoder().encode(certificate)).subarray(0, 16), (byte) =>
    byte.toString(16).padStart(2, "0")
  ).join("")
