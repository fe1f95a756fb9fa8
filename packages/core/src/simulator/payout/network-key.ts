/**
 * The key that personal data is encrypted for, with a certificate that says whose it is: X.509 (RFC 5280), P-256, signed
 * by itself, since nobody stands above a simulator. One key agrees on secrets and signs its own certificate, which is why
 * it is imported twice.
 */
import { importJWK, type CryptoKey as JoseKey } from "jose"
import type { EncryptionCertificate } from "../../quote/quote.ts"
import { bitString, integer, oid, pem, sequence, setOf, utcTime, utf8String } from "./der.ts"

/** The private part as JWK, to keep for the next start. */
export type NetworkKeyMaterial = {
  readonly kty: "EC"
  readonly crv: "P-256"
  readonly x: string
  readonly y: string
  readonly d: string
}

export type NetworkKey = {
  readonly certificate: EncryptionCertificate
  readonly privateKey: JoseKey
}

/** A fresh key. Its private part is to be kept like any other secret. */
export const generateNetworkKey = async (): Promise<NetworkKeyMaterial> => {
  const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify"
  ])
  const { x, y, d } = await crypto.subtle.exportKey("jwk", privateKey)
  if (x === undefined || y === undefined || d === undefined) throw new Error("the key has no coordinates")
  return { kty: "EC", crv: "P-256", x, y, d }
}

/** How long the certificate says that it is good for. */
const validityMs = 5 * 365 * 86_400_000

/**
 * The key with a certificate for a domain. The same key material, domain and time give a certificate of the same id and
 * key; its signature differs each time, as ECDSA's do.
 */
export const openNetworkKey = async (
  material: NetworkKeyMaterial,
  { domain, nowMs }: { readonly domain: string; readonly nowMs: number }
): Promise<NetworkKey> => {
  const { kty, crv, x, y } = material
  const ecdsa = { name: "ECDSA", namedCurve: "P-256" }
  const signing = await crypto.subtle.importKey("jwk", { ...material }, ecdsa, false, ["sign"])
  const verifying = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, ecdsa, true, ["verify"])
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", verifying))
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", publicKey))
  const serial = serialOf(digest)
  const body = certificateBody({ serial, domain, publicKey, nowMs })
  const raw = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signing, body)
  const certificatePem = pem("CERTIFICATE", sequence(body, algorithm, bitString(signatureOf(new Uint8Array(raw)))))
  const privateKey = await importJWK({ ...material }, "ECDH-ES+A128KW")
  if (privateKey instanceof Uint8Array) throw new Error("an EC key is no secret of bytes")
  const certificate: EncryptionCertificate = {
    id: uuidOf(digest),
    domain,
    certificatePem,
    jwk: { kty, crv, kid: serial.toString(), x, y }
  }
  return { certificate, privateKey }
}

/** ecdsa-with-SHA256, RFC 5758. */
const algorithm = sequence(oid([1, 2, 840, 10_045, 4, 3, 2]))

type CertificateFacts = {
  readonly serial: bigint
  readonly domain: string
  readonly publicKey: Uint8Array
  readonly nowMs: number
}

/** Version 1 (RFC 5280, 4.1): issuer and subject are the same common name, and there are no extensions. */
const certificateBody = ({ serial, domain, publicKey, nowMs }: CertificateFacts): Uint8Array<ArrayBuffer> => {
  const name = sequence(setOf(sequence(oid([2, 5, 4, 3]), utf8String(domain))))
  const validity = sequence(utcTime(nowMs), utcTime(nowMs + validityMs))
  return sequence(integer(serial), algorithm, name, validity, name, publicKey)
}

/** Positive, and of at most 20 octets (RFC 5280, 4.1.2.2). */
const serialOf = (digest: Uint8Array): bigint =>
  digest.subarray(0, 16).reduce((value, byte) => value * 256n + BigInt(byte), 0n)

/** r and s, one after the other, as the two integers of an ECDSA signature. */
const signatureOf = (raw: Uint8Array): Uint8Array => {
  const half = (from: number): bigint =>
    raw.subarray(from, from + 32).reduce((value, byte) => value * 256n + BigInt(byte), 0n)
  return sequence(integer(half(0)), integer(half(32)))
}

/** A UUID of version 8 (RFC 9562) from what names the key. */
const uuidOf = (digest: Uint8Array): string => {
  const bytes = digest.slice(16, 32)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}
