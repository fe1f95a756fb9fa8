/** AES-256-GCM in one fixed shape, a box: 96-bit nonce, ciphertext, 128-bit tag (NIST SP 800-38D). */

export type Bytes = Uint8Array<ArrayBuffer>

export const nonceLength = 12
export const tagLength = 16

/** A box under a fresh random nonce. The context is authenticated with it and needed again to decrypt. */
export const encrypt = async (key: CryptoKey, plaintext: Bytes, context: Bytes): Promise<Bytes> => {
  const nonce = crypto.getRandomValues(new Uint8Array(nonceLength))
  const sealed = await crypto.subtle.encrypt(parameters(nonce, context), key, plaintext)
  const box = new Uint8Array(nonceLength + sealed.byteLength)
  box.set(nonce)
  box.set(new Uint8Array(sealed), nonceLength)
  return box
}

/** What is in a box, or `undefined` if box, key and context do not belong together. */
export const decrypt = async (key: CryptoKey, box: Bytes, context: Bytes): Promise<Bytes | undefined> => {
  if (box.length < nonceLength + tagLength) return undefined
  try {
    const iv = box.subarray(0, nonceLength)
    return new Uint8Array(await crypto.subtle.decrypt(parameters(iv, context), key, box.subarray(nonceLength)))
  } catch {
    return undefined
  }
}

/** The tag length is spelled out: a runtime's default must never decide how much of a tag is checked. */
const parameters = (iv: Bytes, additionalData: Bytes): AesGcmParams => ({
  name: "AES-GCM",
  iv,
  additionalData,
  tagLength: tagLength * 8
})
