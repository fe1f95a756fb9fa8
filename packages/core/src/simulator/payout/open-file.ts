/**
 * Whether a file can be opened and is what it is said to be: its key is encrypted like an answer, and the content with
 * that key. It is not kept.
 */
import * as Result from "effect/Result"
import type { EncryptedFile, NetworkRefusal } from "../../ports/payout-network.ts"
import { isContentOf, isRfiFileType } from "../../rfi/index.ts"
import type { NetworkKey } from "./network-key.ts"
import { openJson } from "./open-answer.ts"

/** What is wrong with a file, or `undefined`. */
export const openFile = async (key: NetworkKey, file: EncryptedFile): Promise<NetworkRefusal["why"] | undefined> => {
  const opened = await openJson(key, file.encryptedKey)
  if (Result.isFailure(opened)) return opened.failure
  const raw = typeof opened.success === "string" ? bytesOf(opened.success) : undefined
  if (raw?.length !== 16 || file.iv.length !== 12) return "decryption_failed"
  try {
    const aes = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"])
    const iv = new Uint8Array(file.iv)
    const sealed = new Uint8Array(file.content)
    const content = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, tagLength: 128 }, aes, sealed))
    const { mediaType } = file
    return isRfiFileType(mediaType) && isContentOf(mediaType, content) ? undefined : "file_content_invalid"
  } catch {
    return "decryption_failed"
  }
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined
  }
}
