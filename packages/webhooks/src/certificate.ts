/**
 * Of an X.509 certificate (RFC 5280 §4.1) the public key and the time for which it holds. Nothing is said of who issued
 * it: whoever relies on it has to know where it came from.
 */
import { type Bytes, fromBase64, toBase64 } from "./base64.ts"
import { bytesOf } from "./bytes.ts"
import { type DerElement, der, derContent, derInteger, derTags, readDer } from "./der.ts"

export type Certificate = {
  /** SubjectPublicKeyInfo, as DER. */
  readonly publicKey: Bytes
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** Reads the one certificate of a PEM text (RFC 7468), or the first of several. */
export const readCertificate = (pem: string): Certificate | undefined => {
  const base64 = pemShape.exec(pem)?.groups?.["base64"]?.replaceAll(/[\r\n\t ]/gu, "")
  const bytes = base64 === undefined ? undefined : fromBase64(base64)
  const [signed] = within(bytes, derTags.sequence)
  const parts = within(signed?.whole, derTags.sequence)
  // The version stands before everything else, if it is not the first.
  const [, , , validity, , publicKey] = parts[0]?.tag === 0xa0 ? parts.slice(1) : parts
  const [notBefore, notAfter, more] = within(validity?.whole, derTags.sequence)
  const notBeforeMs = timeOf(notBefore)
  const notAfterMs = timeOf(notAfter)
  if (publicKey?.tag !== derTags.sequence || notBeforeMs === undefined || notAfterMs === undefined) return undefined
  return more === undefined ? { publicKey: publicKey.whole, notBeforeMs, notAfterMs } : undefined
}

export type CertificateTerms = {
  readonly commonName: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** A certificate that an RSA key (RSASSA-PKCS1-v1_5 with SHA-256) gives itself, as PEM. */
export const selfSignedCertificate = async (
  pair: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey },
  { commonName, notBeforeMs, notAfterMs }: CertificateTerms
): Promise<string> => {
  const name = der(
    derTags.sequence,
    der(derTags.set, der(derTags.sequence, oid.commonName, der(derTags.utf8, bytesOf(commonName))))
  )
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey))
  const serial = derInteger(crypto.getRandomValues(new Uint8Array(16)))
  const validity = der(derTags.sequence, derTime(notBeforeMs), derTime(notAfterMs))
  // Without extensions it is of the first version, which is not written.
  const signed = der(derTags.sequence, serial, sha256WithRsa, name, validity, name, publicKey)
  const signature = new Uint8Array(await crypto.subtle.sign("RSASSA-PKCS1-v1_5", pair.privateKey, signed))
  const certificate = der(derTags.sequence, signed, sha256WithRsa, der(derTags.bitString, Uint8Array.of(0), signature))
  const lines = toBase64(certificate).match(/.{1,64}/gu) ?? []
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n")
}

const pemShape = /-----BEGIN CERTIFICATE-----\r?\n(?<base64>[A-Za-z0-9+/=\r\n\t ]{1,20000})-----END CERTIFICATE-----/u

const within = (bytes: Bytes | undefined, tag: number): ReadonlyArray<DerElement> => {
  const content = bytes === undefined ? undefined : derContent(bytes, tag)
  return (content === undefined ? undefined : readDer(content)) ?? []
}

/** 2.5.4.3 and 1.2.840.113549.1.1.11. */
const oid = {
  commonName: der(derTags.objectId, Uint8Array.of(0x55, 4, 3)),
  sha256WithRsa: der(derTags.objectId, Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11))
}
const sha256WithRsa = der(derTags.sequence, oid.sha256WithRsa, der(derTags.null))

/** RFC 5280 §4.1.2.5: two digits of the year up to 2049, four from then on; seconds, and UTC. */
const derTime = (atMs: number): Bytes => {
  const digits = new Date(atMs).toISOString().replaceAll(/\.\d+|\D/gu, "")
  return Number(digits.slice(0, 4)) < 2050
    ? der(derTags.utcTime, bytesOf(`${digits.slice(2)}Z`))
    : der(derTags.generalizedTime, bytesOf(`${digits}Z`))
}

const timeOf = (element: DerElement | undefined): number | undefined => {
  if (element === undefined) return undefined
  const text = String.fromCharCode(...element.content.subarray(0, 16))
  const isShort = element.tag === derTags.utcTime
  if (isShort ? !/^\d{12}Z$/u.test(text) : element.tag !== derTags.generalizedTime || !/^\d{14}Z$/u.test(text)) {
    return undefined
  }
  const digits = isShort ? `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text}` : text
  const iso = digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/u, "$1-$2-$3T$4:$5:$6Z")
  const atMs = Date.parse(iso)
  return Number.isNaN(atMs) ? undefined : atMs
}
