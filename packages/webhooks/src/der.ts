/**
 * DER (ITU-T X.690 §10), as far as signatures, keys and certificates need it. Read strictly: a value has one encoding,
 * so that whoever finds another one has been sent something made up.
 */
import type { Bytes } from "./base64.ts"
import { joined } from "./bytes.ts"

export type DerElement = {
  readonly tag: number
  readonly content: Bytes
  /** Tag and length included. */
  readonly whole: Bytes
}

export const derTags = {
  integer: 0x02,
  bitString: 0x03,
  null: 0x05,
  objectId: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31
}

/** The elements that stand side by side in these bytes, or nothing where the bytes are not made of whole elements. */
export const readDer = (bytes: Bytes): ReadonlyArray<DerElement> | undefined => {
  const elements: Array<DerElement> = []
  for (let at = 0; at < bytes.length; ) {
    const element = elementAt(bytes, at)
    if (element === undefined) return undefined
    elements.push(element)
    at += element.whole.length
  }
  return elements
}

/** What is within the one element of this tag that these bytes are. */
export const derContent = (bytes: Bytes, tag: number): Bytes | undefined => {
  const elements = readDer(bytes)
  const [only] = elements ?? []
  return elements?.length === 1 && only?.tag === tag ? only.content : undefined
}

/** An element of these parts. */
export const der = (tag: number, ...parts: ReadonlyArray<Uint8Array>): Bytes => {
  const content = joined(...parts)
  const { length } = content
  if (length < 0x80) return joined(Uint8Array.of(tag, length), content)
  if (length < 0x100) return joined(Uint8Array.of(tag, 0x81, length), content)
  if (length < 0x10000) return joined(Uint8Array.of(tag, 0x82, length >> 8, length & 0xff), content)
  throw new RangeError("longer than anything that is written here")
}

/** A whole number that is not negative, of its big-endian bytes. */
export const derInteger = (magnitude: Uint8Array): Bytes => {
  const first = magnitude.findIndex((byte) => byte !== 0)
  const bytes = first === -1 ? Uint8Array.of(0) : magnitude.subarray(first)
  return (bytes[0] ?? 0) >= 0x80 ? der(derTags.integer, Uint8Array.of(0), bytes) : der(derTags.integer, bytes)
}

const elementAt = (bytes: Bytes, start: number): DerElement | undefined => {
  const tag = bytes[start]
  const short = bytes[start + 1]
  // A tag of several bytes is in nothing that is read here.
  if (tag === undefined || short === undefined || (tag & 0x1f) === 0x1f) return undefined
  const more = short < 0x80 ? 0 : short - 0x80
  // 0x80 alone is the indefinite length of BER; three bytes are 16 MiB.
  if (short === 0x80 || more > 3) return undefined
  let length = more === 0 ? short : 0
  for (let at = 0; at < more; at++) length = length * 256 + (bytes[start + 2 + at] ?? Number.NaN)
  const isShortest = more === 0 || (more === 1 ? length >= 0x80 : length >= 256 ** (more - 1))
  const from = start + 2 + more
  const to = from + length
  // The comparison with NaN is false as well.
  if (!isShortest || !(to <= bytes.length)) return undefined
  return { tag, content: bytes.subarray(from, to), whole: bytes.subarray(start, to) }
}
