/** Bytes, their texts in hex and UTF-8, and comparing what must not be guessed, without the help of a runtime. */
import type { Bytes } from "./base64.ts"

/** A body as bytes of our own: nobody can change them between the check and the use. */
export const bytesOf = (body: string | Uint8Array): Bytes =>
  typeof body === "string" ? encoder.encode(body) : new Uint8Array(body)

const encoder = new TextEncoder()

/** The text that bytes are in UTF-8, or nothing where they are none. */
export const textOf = (body: string | Uint8Array): string | undefined => {
  if (typeof body === "string") return body
  try {
    return decoder.decode(body)
  } catch {
    return undefined
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Lower case, two digits a byte. */
export const toHex = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0")
  return text
}

/** Compares in a time that depends on the lengths only. */
export const sameText = (a: string, b: string): boolean => {
  if (a.length !== b.length) return false
  let difference = 0
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}

/** One after another. */
export const joined = (...parts: ReadonlyArray<Uint8Array>): Bytes => {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
