/** Encrypts card data in the client, so that no server between it and the vault ever holds it in clear. */
import { createMessage, encrypt, enums, type Key, readKey } from "openpgp"
import { fromBase64, toBase64 } from "../base64.ts"
import type { EncryptionKey } from "./encryption-key.ts"

/** `number` is left out where only the CVV is asked for: payments and card updates. */
export type CardData = { readonly number?: string; readonly cvv: string }

/** The two members that go into the request body side by side. */
export type EncryptedCardData = { readonly keyId: string; readonly encryptedData: string }

/**
 * Encrypts card data to the published key: JSON, as an OpenPGP message, armored, in base64.
 *
 * Rejects with a `TypeError` if the key is not the base64 of an armored public key.
 *
 * @example
 * const key = await fetchEncryptionKey("https://pay.example", apiKey, fetchWith)
 * const sealed = await encryptCardData({ number: "4007400000000007", cvv: "123" }, key)
 * sealed.keyId // => "key1"
 */
export const encryptCardData = async (card: CardData, key: EncryptionKey): Promise<EncryptedCardData> => {
  const armored = fromBase64(key.publicKey)
  if (armored === undefined) throw new TypeError("publicKey is not base64")
  const armoredKey = new TextDecoder().decode(armored)
  const encryptionKey = await readKey({ armoredKey }).catch(() => undefined)
  if (encryptionKey === undefined) throw new TypeError("publicKey is not an armored OpenPGP key")
  const members = card.number === undefined ? { cvv: card.cvv } : { number: card.number, cvv: card.cvv }
  const message = await encrypt({
    message: await createMessage({ text: JSON.stringify(members) }),
    encryptionKeys: encryptionKey,
    format: "armored",
    date: newestOf(encryptionKey),
    // Compression before encryption tells something of the text by its length, and saves nothing here.
    config: { preferredCompressionAlgorithm: enums.compression.uncompressed }
  })
  return { keyId: key.keyId, encryptedData: toBase64(new TextEncoder().encode(message)) }
}

/**
 * The moment at which all of the key has been made. Whether it may still be used is the server's to say, which has just
 * published it, and not for the clock of the payer's machine, which may be years off.
 */
const newestOf = (key: Key): Date => {
  const made = [
    key.getCreationTime(),
    ...key.users.flatMap(({ selfCertifications }) => selfCertifications.map(({ created }) => created)),
    ...key.subkeys.flatMap(({ bindingSignatures }) => bindingSignatures.map(({ created }) => created))
  ]
  return new Date(Math.max(...made.map((date) => date?.getTime() ?? 0)))
}
