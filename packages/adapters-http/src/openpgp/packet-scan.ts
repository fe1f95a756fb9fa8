/**
 * What an encrypted message is made of, found out from its packet headers alone (RFC 9580 §4, §5.1, §5.13), before
 * any private key is used. Each extra session key packet would cost a private key operation, a password packet
 * could ask for gigabytes of Argon2: only one session key for a key of ours and one sealed body pass.
 */

/** A (sub)key messages may be addressed to. */
export type Recipient = {
  readonly keyVersion: number
  readonly fingerprint: Uint8Array
  /** The low 64 bits of a v4 fingerprint, the high ones of a later version's. */
  readonly keyId: Uint8Array
  readonly algorithm: "rsa" | "ecdh" | "x25519"
}

/**
 * The message, written anew with plain packet lengths, so that the decrypting library reads exactly the packets
 * that were checked here. `undefined` if it is anything but one session key for the recipient and one sealed body.
 */
export const scanMessage = (message: Uint8Array, recipient: Recipient): Uint8Array<ArrayBuffer> | undefined => {
  const sessionKey = readPacket(message, 0)
  if (sessionKey?.tag !== sessionKeyTag) return undefined
  const sealed = readPacket(message, sessionKey.end)
  if (sealed?.tag !== sealedTag || sealed.end !== message.length) return undefined
  const version = sessionKeyVersion(sessionKey.body, recipient)
  // RFC 9580 §5.1: version 3 goes with a version 1 body, version 6 with a version 2 body, never crosswise.
  const paired = (version === 3 && isSealedVersion1(sealed.body)) || (version === 6 && isSealedVersion2(sealed.body))
  return paired ? concat([writePacket(sessionKey), writePacket(sealed)]) : undefined
}

type Packet = { readonly tag: number; readonly body: Uint8Array; readonly end: number }

const sessionKeyTag = 1
const sealedTag = 18

const readPacket = (bytes: Uint8Array, at: number): Packet | undefined => {
  const first = bytes[at]
  if (first === undefined || (first & 0x80) === 0) return undefined
  if ((first & 0x40) === 0) return readOldFormat(bytes, at, first)
  const tag = first & 0x3f
  const chunks: Array<Uint8Array> = []
  let next = at + 1
  for (;;) {
    const length = readLength(bytes, next)
    if (length === undefined || length.from + length.size > bytes.length) return undefined
    // Only the body may come in parts, and its first part has at least 512 octets (§4.2.1.4).
    if (length.partial && (tag !== sealedTag || (chunks.length === 0 && length.size < 512))) return undefined
    next = length.from + length.size
    chunks.push(bytes.subarray(length.from, next))
    if (!length.partial) return { tag, body: concat(chunks), end: next }
  }
}

/** Old headers, as GnuPG writes for session keys. Their indeterminate length (type 3) is refused. */
const readOldFormat = (bytes: Uint8Array, at: number, first: number): Packet | undefined => {
  const octets = [1, 2, 4][first & 0x03]
  if (octets === undefined) return undefined
  const from = at + 1 + octets
  const size = bigEndian(bytes, at + 1, octets)
  if (size === undefined || from + size > bytes.length) return undefined
  return { tag: (first >> 2) & 0x0f, body: bytes.subarray(from, from + size), end: from + size }
}

type Length = { readonly size: number; readonly from: number; readonly partial: boolean }

const readLength = (bytes: Uint8Array, at: number): Length | undefined => {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 192) return { size: first, from: at + 1, partial: false }
  if (first > 223 && first < 255) return { size: 2 ** (first & 0x1f), from: at + 1, partial: true }
  const octets = first === 255 ? 4 : 1
  const rest = bigEndian(bytes, at + 1, octets)
  if (rest === undefined) return undefined
  return { size: first === 255 ? rest : (first - 192) * 256 + rest + 192, from: at + 1 + octets, partial: false }
}

const bigEndian = (bytes: Uint8Array, at: number, octets: number): number | undefined =>
  at + octets > bytes.length
    ? undefined
    : bytes.subarray(at, at + octets).reduce((value, byte) => value * 256 + byte, 0)

/** The version of a session key packet that is addressed to the recipient and well-formed to its last octet. */
const sessionKeyVersion = (body: Uint8Array, recipient: Recipient): 3 | 6 | undefined => {
  const version = body[0]
  if (version === 3) {
    const addressed = startsWith(body.subarray(1), recipient.keyId)
    return addressed && isSessionKey(body.subarray(9), recipient.algorithm) ? 3 : undefined
  }
  if (version !== 6) return undefined
  const address = Uint8Array.of(recipient.fingerprint.length + 1, recipient.keyVersion, ...recipient.fingerprint)
  const addressed = startsWith(body.subarray(1), address)
  return addressed && isSessionKey(body.subarray(1 + address.length), recipient.algorithm) ? 6 : undefined
}

const algorithmIds = { rsa: 1, ecdh: 18, x25519: 25 }

const isSessionKey = (fields: Uint8Array, algorithm: Recipient["algorithm"]): boolean => {
  if (fields[0] !== algorithmIds[algorithm]) return false
  const rest = fields.subarray(1)
  if (algorithm === "x25519") return isMontgomeryPoint(rest.subarray(0, 32)) && isWrappedKey(rest.subarray(32))
  const mpi = readMpi(rest)
  if (mpi === undefined) return false
  if (algorithm === "rsa") return mpi.length + 2 === rest.length
  const point = mpi[0] === 0x40 ? isMontgomeryPoint(mpi.subarray(1)) : mpi[0] === 0x04
  return point && isWrappedKey(rest.subarray(mpi.length + 2))
}

/** A multiprecision integer whose bit count is that of its value (§3.2): one value has one spelling. */
const readMpi = (bytes: Uint8Array): Uint8Array | undefined => {
  const bits = bigEndian(bytes, 0, 2)
  if (bits === undefined || bits === 0) return undefined
  const value = bytes.subarray(2, 2 + Math.ceil(bits / 8))
  const top = value[0]
  if (top === undefined || value.length !== Math.ceil(bits / 8)) return undefined
  return (value.length - 1) * 8 + (32 - Math.clz32(top)) === bits ? value : undefined
}

/** X25519 ignores the top bit (RFC 7748 §5), so a set one would be a second spelling of the same message. */
const isMontgomeryPoint = (bytes: Uint8Array): boolean => bytes.length === 32 && (bytes[31] ?? 0xff) < 0x80

const isWrappedKey = (bytes: Uint8Array): boolean =>
  bytes.length >= 17 && bytes.length <= 66 && bytes[0] === bytes.length - 1

/** Prefix, the shortest literal packet, and the modification detection code. */
const isSealedVersion1 = (body: Uint8Array): boolean => body[0] === 1 && body.length >= 1 + 18 + 2 + 22

/** AES, a known AEAD mode, chunks of at most 4 MiB (§5.13.2), salt, one chunk's tag and the final tag. */
const isSealedVersion2 = (body: Uint8Array): boolean => {
  const [version, cipher, mode, chunkSize] = body
  const known = within(cipher, 7, 9) && within(mode, 1, 3) && within(chunkSize, 0, 16)
  return version === 2 && known && body.length >= 4 + 32 + 32
}

const within = (value: number | undefined, low: number, high: number): boolean =>
  value !== undefined && value >= low && value <= high

const startsWith = (bytes: Uint8Array, prefix: Uint8Array): boolean =>
  bytes.length >= prefix.length && prefix.every((byte, index) => bytes[index] === byte)

const writePacket = ({ tag, body }: Packet): Uint8Array => {
  const header = new DataView(new ArrayBuffer(6))
  header.setUint8(0, 0xc0 | tag)
  header.setUint8(1, 255)
  header.setUint32(2, body.length)
  return concat([new Uint8Array(header.buffer), body])
}

const concat = (parts: ReadonlyArray<Uint8Array>): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
