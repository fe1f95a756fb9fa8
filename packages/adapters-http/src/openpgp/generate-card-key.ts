/** Keys to which card clients encrypt. Version 4 keys, since the clients' OpenPGP.js 5 reads no later ones. */
import * as Redacted from "effect/Redacted"
import { enums, generateKey } from "openpgp"

/** An encryption key as a host stores it: its public name, and the armored private key without a passphrase. */
export type CardKey = { readonly keyId: string; readonly armoredPrivateKey: Redacted.Redacted<string> }

export type CardKeyOptions = {
  readonly nowMs: number
  /** Default `key1`, the only name the original sandbox ever used. */
  readonly keyId?: string
  /**
   * Default `curve25519`: a decryption costs about 1 ms of computation. RSA is for clients that cannot do better: it
   * costs some twenty times as much with 2048 bits and a hundred times with 4096.
   */
  readonly algorithm?: "curve25519" | "rsa2048" | "rsa4096"
}

/** Makes a key. It is dated a day back, so that a client whose clock runs slow does not take it for a future one. */
export const generateCardKey = async (options: CardKeyOptions): Promise<CardKey> => {
  const { keyId = "key1", algorithm = "curve25519", nowMs } = options
  const { privateKey } = await generateKey({
    ...algorithms[algorithm],
    userIDs: [{ name: "paykernel card encryption" }],
    date: new Date(nowMs - dayMs),
    format: "armored",
    config: {
      v6Keys: false,
      aeadProtect: false,
      preferredSymmetricAlgorithm: enums.symmetric.aes256,
      preferredCompressionAlgorithm: enums.compression.uncompressed
    }
  })
  return { keyId, armoredPrivateKey: Redacted.make(privateKey, { label: "card key" }) }
}

const dayMs = 24 * 60 * 60 * 1000

const algorithms = {
  curve25519: { type: "ecc", curve: "curve25519Legacy" },
  rsa2048: { type: "rsa", rsaBits: 2048 },
  rsa4096: { type: "rsa", rsaBits: 4096 }
} as const
