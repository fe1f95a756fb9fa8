/**
 * Circle's signature of its second notifications: ECDSA on P-256 over the raw body, under a key that is published by
 * its id. No time is signed, and retries for days are the same bytes, so repetitions are found by `notificationId`
 * alone.
 */
import * as Result from "effect/Result"
import { fromBase64 } from "./base64.ts"
import { boundedLookUp, type LookUp, type LookUpOptions } from "./bounded-look-up.ts"
import { bytesOf, textOf } from "./bytes.ts"
import {
  type EcdsaSigningKey,
  type EcdsaVerifyingKey,
  ecdsaVerifyingKey,
  p1363OfDer,
  signEcdsa,
  verifyEcdsa
} from "./ecdsa.ts"
import { type HeaderRejection, header, type Received } from "./received.ts"

export type CircleHeaders = { readonly "x-circle-signature": string; readonly "x-circle-key-id": string }

/**
 * The headers for a body, which must be sent byte for byte as it was signed. Throws a `TypeError` for a key id that is
 * no UUID, which no receiver would look up.
 *
 * @example
 * const key = await ecdsaSigningKey((await generateEcdsaKeyPair()).signing)
 * const headers = await signCircle("{}", { ...key, keyId: "879dc113-5ca4-4ff7-a6b7-54652083fcf8" })
 * headers["x-circle-key-id"] // => "879dc113-5ca4-4ff7-a6b7-54652083fcf8"
 */
export const signCircle = async (
  body: string | Uint8Array,
  key: EcdsaSigningKey & { readonly keyId: string }
): Promise<CircleHeaders> => {
  if (!uuidShape.test(key.keyId)) throw new TypeError("a key id is a UUID in lower case")
  return { "x-circle-signature": await signEcdsa(bytesOf(body), key), "x-circle-key-id": key.keyId }
}

/** What is published under a key's id: `data` of the answer of `…/notifications/publicKey/{id}`. */
export type PublishedKey = { readonly id: string; readonly algorithm: string; readonly publicKey: string }

/** Keys by id, remembered within bounds. Make one for the life of the process. */
export type CircleKeys = LookUp<EcdsaVerifyingKey | "unusable">

/**
 * Keys that are looked up when a message names them. `lookUp` gives what is published under an id, `undefined` where
 * there is nothing, and fails where it cannot be known.
 */
export const circleKeys = ({ lookUp, ...bounds }: LookUpOptions<PublishedKey>): CircleKeys =>
  boundedLookUp<EcdsaVerifyingKey | "unusable">(
    {
      ...bounds,
      lookUp: async (keyId, signal) => {
        const published = await lookUp(keyId, signal)
        return published === undefined ? undefined : usableKey(keyId, published)
      }
    },
    (key) => key !== "unusable"
  )

export type OpenedNotification<Payload extends string | Uint8Array> = {
  /** The same for every attempt to deliver the notification: take each once. */
  readonly notificationId: string
  readonly payload: Payload
}

export type OpenCircleRejection =
  | HeaderRejection<"x-circle-signature" | "x-circle-key-id">
  /** Nothing is published under the id. */
  | { readonly _tag: "KeyUnknown" }
  /** What is published is not of ECDSA_SHA_256, or is another key. */
  | { readonly _tag: "KeyUnusable" }
  /** It could not be looked up now. The sender will try again. */
  | { readonly _tag: "KeyUnavailable" }
  | { readonly _tag: "SignatureMismatch" }
  /** Genuine, and without a `notificationId`. */
  | { readonly _tag: "NotificationMalformed" }

/** The payload, if its signature holds under the published key that it names, or why it is refused. */
export const openCircle = async <Payload extends string | Uint8Array>(
  received: Received<Payload>,
  options: { readonly keys: CircleKeys; readonly nowMs: number }
): Promise<Result.Result<OpenedNotification<Payload>, OpenCircleRejection>> => {
  // The id becomes part of an address, so nothing but a UUID ever gets there.
  const keyId = header(received.headers, "x-circle-key-id", uuidShape)
  if (Result.isFailure(keyId)) return Result.fail(keyId.failure)
  const written = header(received.headers, "x-circle-signature", signatureShape)
  if (Result.isFailure(written)) return Result.fail(written.failure)
  const signature = p1363OfDer(fromBase64(written.success) ?? new Uint8Array())
  if (signature === undefined) return Result.fail({ _tag: "HeaderMalformed", header: "x-circle-signature" })

  const body = bytesOf(received.payload)
  const key = await options.keys(keyId.success.toLowerCase(), options.nowMs)
  if (key._tag === "Missing") return Result.fail({ _tag: "KeyUnknown" })
  if (key._tag === "Unavailable") return Result.fail({ _tag: "KeyUnavailable" })
  if (key.value === "unusable") return Result.fail({ _tag: "KeyUnusable" })
  if (!(await verifyEcdsa(body, signature, key.value))) return Result.fail({ _tag: "SignatureMismatch" })
  const notificationId = notificationIdIn(body)
  return notificationId === undefined
    ? Result.fail({ _tag: "NotificationMalformed" })
    : Result.succeed({ notificationId, payload: received.payload })
}

const uuidShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu
/** Base64 of DER of 8 to 72 bytes. */
const signatureShape = /^[A-Za-z0-9+/]{10,96}={0,2}$/u

const usableKey = async (keyId: string, { id, algorithm, publicKey }: PublishedKey) => {
  if (id.toLowerCase() !== keyId || algorithm !== "ECDSA_SHA_256") return "unusable"
  return ecdsaVerifyingKey(publicKey).catch(() => "unusable" as const)
}

const notificationIdIn = (body: Uint8Array): string | undefined => {
  try {
    const value: unknown = JSON.parse(textOf(body) ?? "")
    if (typeof value !== "object" || value === null || !("notificationId" in value)) return undefined
    const { notificationId } = value
    return typeof notificationId === "string" && notificationIdShape.test(notificationId) ? notificationId : undefined
  } catch {
    return undefined
  }
}

const notificationIdShape = /^[\x21-\x7e]{1,256}$/u
