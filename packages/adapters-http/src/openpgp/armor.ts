/**
 * The ASCII armor of an OpenPGP message (RFC 9580 §6.2), read strictly: one block of type MESSAGE, nothing before
 * or after it. The checksum line is skipped, as §6.1 demands; integrity is the encrypted packet's own affair.
 */
import { fromBase64 } from "../base64.ts"

/** The packets inside the armor, or `undefined` if the text is not exactly one armored message. */
export const readArmoredMessage = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  const lines = text.replace(/(?:\r?\n){1,2}$/u, "").split(/\r?\n/u)
  if (lines.length < 4 || lines[0] !== begin || lines.at(-1) !== end) return undefined
  const blank = lines.indexOf("")
  if (blank === -1 || blank > maxHeaders + 1) return undefined
  if (!lines.slice(1, blank).every((line) => headerShape.test(line))) return undefined
  const body = lines.slice(blank + 1, -1)
  if (checksumShape.test(body.at(-1) ?? "")) body.pop()
  if (!body.every((line) => bodyShape.test(line))) return undefined
  return fromBase64(body.join(""))
}

const begin = "-----BEGIN PGP MESSAGE-----"
const end = "-----END PGP MESSAGE-----"
const maxHeaders = 8
const headerShape = /^[A-Za-z]{1,32}: [\x20-\x7e]{0,128}$/u
const checksumShape = /^=[A-Za-z0-9+/]{4}$/u
const bodyShape = /^[A-Za-z0-9+/=]{1,76}$/u
