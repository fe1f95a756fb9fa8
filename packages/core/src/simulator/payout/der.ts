/** The few forms of DER (ITU-T X.690) that a certificate is written in. */

type Bytes = Uint8Array<ArrayBuffer>

const joined = (parts: ReadonlyArray<Uint8Array>): Bytes => {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const tagged = (tag: number, content: Uint8Array): Bytes =>
  joined([Uint8Array.of(tag, ...lengthOf(content.length)), content])

/** Short form up to 127, long form in as many octets as it takes. */
const lengthOf = (length: number): ReadonlyArray<number> => {
  if (length < 0x80) return [length]
  const octets: Array<number> = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 | octets.length, ...octets]
}

export const sequence = (...parts: ReadonlyArray<Uint8Array>): Bytes => tagged(0x30, joined(parts))

export const setOf = (part: Uint8Array): Bytes => tagged(0x31, part)

/** A whole number that is not below zero, in as few octets as it takes. */
export const integer = (value: bigint): Bytes => {
  const octets: Array<number> = []
  for (let rest = value; rest > 0n; rest /= 256n) octets.unshift(Number(rest % 256n))
  // The first bit is the sign.
  if (octets.length === 0 || (octets[0] ?? 0) >= 0x80) octets.unshift(0)
  return tagged(0x02, Uint8Array.from(octets))
}

/** Whole octets. */
export const bitString = (content: Uint8Array): Bytes => tagged(0x03, joined([Uint8Array.of(0), content]))

/** An object identifier by its arcs. */
export const oid = (arcs: ReadonlyArray<number>): Bytes => {
  const [first = 0, second = 0, ...rest] = arcs
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]))
}

const base128 = (arc: number): ReadonlyArray<number> => {
  const octets = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128))
  return octets
}

/** Text as UTF8String. */
export const utf8String = (text: string): Bytes => tagged(0x0c, new TextEncoder().encode(text))

/** Until 2049, as RFC 5280, 4.1.2.5.1, has it: two digits of the year and whole seconds. */
export const utcTime = (atMs: number): Bytes => {
  const digits = new Date(atMs).toISOString().replaceAll(/[-:T]/gu, "").slice(2, 14)
  return tagged(0x17, new TextEncoder().encode(`${digits}Z`))
}

/** Base64 in lines of 64 letters between the words of RFC 7468. */
export const pem = (label: string, content: Uint8Array): string => {
  const text = btoa(String.fromCharCode(...content))
  return [`-----BEGIN ${label}-----`, ...(text.match(/.{1,64}/gu) ?? []), `-----END ${label}-----`, ""].join("\n")
}
