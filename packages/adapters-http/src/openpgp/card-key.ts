/** A stored card key made ready: read, checked to be one the door can bound, and tried once. */
import * as Data from "effect/Data"
import * as Redacted from "effect/Redacted"
import {
  type Config,
  config,
  createMessage,
  encrypt,
  enums,
  type PrivateKey,
  readMessage,
  readPrivateKey
} from "openpgp"
import { toBase64 } from "../base64.ts"
import type { CardKey } from "./generate-card-key.ts"
import type { Recipient } from "./packet-scan.ts"

/** Why a stored key cannot serve. Carries nothing of the key. */
export class CardKeyUnusable extends Data.TaggedError("CardKeyUnusable")<{
  readonly keyId: string
  readonly reason: string
}> {
  override get message(): string {
    return `card key ${this.keyId}: ${this.reason}`
  }
}

export type DecryptionKey = {
  readonly keyId: string
  readonly privateKey: PrivateKey
  readonly publicKeyBase64: string
  /** The one (sub)key that messages are addressed to. */
  readonly recipient: Recipient
  readonly answerAfterMs: number
}

/**
 * Every setting on which a bound rests is spelled out, since the library's defaults are for mail and may be changed
 * globally by the host: no limit on decompression, gigabytes for Argon2, RSA padding errors that show.
 */
export const decryptionConfig: Config = {
  ...config,
  allowUnauthenticatedMessages: false,
  allowUnauthenticatedStream: false,
  allowInsecureDecryptionWithSigningKeys: false,
  constantTimePKCS1Decryption: true,
  // Each costs one more private key operation with RSA; clients choose between these two.
  constantTimePKCS1DecryptionSupportedSymmetricAlgorithms: new Set([enums.symmetric.aes128, enums.symmetric.aes256]),
  enforceGrammar: true,
  ignoreUnsupportedPackets: false,
  ignoreMalformedPackets: false,
  enableParsingV5Entities: false,
  parseAEADEncryptedV4KeysAsLegacy: false,
  additionalAllowedPackets: [],
  maxArgon2MemoryExponent: 16,
  maxDecompressedMessageSize: 64 * 1024,
  minRSABits: 2047
}

/** Rejects with `CardKeyUnusable`. */
export const loadCardKey = async ({ keyId, armoredPrivateKey }: CardKey): Promise<DecryptionKey> => {
  const unusable = (reason: string): CardKeyUnusable => new CardKeyUnusable({ keyId, reason })
  const armoredKey = Redacted.value(armoredPrivateKey)
  const privateKey = await readPrivateKey({ armoredKey, config: decryptionConfig }).catch(() => {
    throw unusable("it is not an armored OpenPGP private key")
  })
  if (!privateKey.isDecrypted()) throw unusable("it is protected by a passphrase")
  const { keyPacket } = await privateKey.getEncryptionKey(undefined, null, undefined, decryptionConfig).catch(() => {
    throw unusable("no part of it is for encryption")
  })
  const candidates = await privateKey.getDecryptionKeys(undefined, null, undefined, decryptionConfig)
  if (candidates.length !== 1) throw unusable("more than one part of it can decrypt")
  const fingerprint = keyPacket.getFingerprintBytes()
  const kind = kinds.get(keyPacket.algorithm)
  if (fingerprint === null || kind === undefined) throw unusable("its algorithm is none of RSA, ECDH and X25519")
  const answerAfterMs = kind.answerAfterMs(keyPacket.getAlgorithmInfo().bits ?? 0)
  const recipientKeyId = keyPacket.version === 4 ? fingerprint.slice(-8) : fingerprint.slice(0, 8)
  const key: DecryptionKey = {
    keyId,
    privateKey,
    publicKeyBase64: toBase64(new TextEncoder().encode(privateKey.toPublic().armor(decryptionConfig))),
    recipient: { keyVersion: keyPacket.version, fingerprint, keyId: recipientKeyId, algorithm: kind.algorithm },
    answerAfterMs
  }
  if (!(await decryptsItsOwn(key))) throw unusable("it does not decrypt what is encrypted to it")
  return key
}

type Kind = { readonly algorithm: Recipient["algorithm"]; readonly answerAfterMs: (bits: number) => number }

/** The times leave room above a decryption on a slow machine, so that work does not show through the wait. */
const kinds = new Map<enums.publicKey, Kind>([
  [enums.publicKey.rsaEncryptSign, { algorithm: "rsa", answerAfterMs: (bits) => (bits > 2048 ? 200 : 50) }],
  [enums.publicKey.ecdh, { algorithm: "ecdh", answerAfterMs: () => 10 }],
  [enums.publicKey.x25519, { algorithm: "x25519", answerAfterMs: () => 10 }]
])

/** Finds a damaged key when the server starts, not when the first card comes; and warms the library up. */
const decryptsItsOwn = async ({ privateKey }: DecryptionKey): Promise<boolean> => {
  try {
    const probe = await createMessage({ text: "probe" })
    const binaryMessage = await encrypt({
      message: probe,
      encryptionKeys: privateKey.toPublic(),
      date: privateKey.getCreationTime(),
      format: "binary",
      config: decryptionConfig
    })
    const message = await readMessage({ binaryMessage, config: decryptionConfig })
    const opened = await message.decrypt([privateKey], undefined, undefined, undefined, decryptionConfig)
    return opened.getText() === "probe"
  } catch {
    return false
  }
}
