/**
 * Where encrypted answers and files wait to be sent, sealed once more: even their ciphertext is somebody's data, and is kept
 * only until the network has it. A file is cut, so that no record is of a size that would hold up the others.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { fromBase64Url, toBase64Url } from "../../base64-url.ts"
import type { SealedRecord } from "../../ports/commit.ts"
import type { EncryptedAnswer, EncryptedFile } from "../../ports/payout-network.ts"
import { Store, StoreUnavailable } from "../../ports/store.ts"
import { type Place, Vault } from "../../ports/vault.ts"
import type { Rfi, RfiFile } from "../../rfi/rfi.ts"

export type AnswerField = "travel-rule" | "beneficiary-account" | "rfi-answer"

export const answerPlace = (merchantId: string, recordId: string, field: AnswerField): Place => ({
  merchantId,
  recordId,
  field
})

export const sealText = Effect.fnUntraced(function* (place: Place, text: string) {
  const sealed = yield* (yield* Vault).seal(text, place)
  return { ...place, sealed } satisfies SealedRecord
})

/** What is not there was sent and erased by somebody else meanwhile, or is not written yet: a later look tells. */
export const openText = Effect.fnUntraced(function* (place: Place) {
  const record = yield* (yield* Store).sealedRecord(place)
  if (record === undefined) return yield* new StoreUnavailable({ reason: "record erased", outcomeUnknown: false })
  return Redacted.value(yield* (yield* Vault).open(record.sealed, place))
})

export const sealAnswer = (place: Place, { version, jwe }: EncryptedAnswer) =>
  sealText(place, JSON.stringify([version, jwe]))

export const openSealedAnswer = (place: Place) =>
  Effect.map(openText(place), (text): EncryptedAnswer => {
    const parts: unknown = JSON.parse(text)
    const [version, jwe]: ReadonlyArray<unknown> = Array.isArray(parts) ? parts : []
    if (typeof version !== "number" || typeof jwe !== "string") throw new Error("a sealed answer is not one")
    return { version, jwe }
  })

const chunkBytes = 262_144

const chunksOf = ({ sizeBytes }: Pick<RfiFile, "sizeBytes">): number => Math.max(1, Math.ceil(sizeBytes / chunkBytes))

const filePlace = (merchantId: string, recordId: string, part: string): Place => ({
  merchantId,
  recordId,
  field: `rfi-file:${part}`
})

/** Its key, and its parts in order. */
export const filePlaces = (merchantId: string, file: RfiFile): ReadonlyArray<Place> => [
  filePlace(merchantId, file.recordId, "key"),
  ...Array.from({ length: chunksOf(file) }, (_, part) => filePlace(merchantId, file.recordId, String(part)))
]

/** Everything that is kept of an answer. */
export const rfiPlaces = ({ merchantId, answer, files }: Rfi): ReadonlyArray<Place> => [
  ...(answer === null ? [] : [answerPlace(merchantId, answer.recordId, "rfi-answer")]),
  ...files.flatMap((file) => filePlaces(merchantId, file))
]

export const sealFile = Effect.fnUntraced(function* (
  merchantId: string,
  file: RfiFile,
  { encryptedKey, iv, content }: Pick<EncryptedFile, "encryptedKey" | "iv" | "content">
) {
  const [ofKey, ...ofParts] = filePlaces(merchantId, file)
  if (ofKey === undefined) return []
  const records = [yield* sealText(ofKey, JSON.stringify([encryptedKey, toBase64Url(iv)]))]
  for (const [part, place] of ofParts.entries()) {
    const bytes = content.subarray(part * chunkBytes, (part + 1) * chunkBytes)
    records.push(yield* sealText(place, toBase64Url(bytes)))
  }
  return records
})

export const openSealedFile = Effect.fnUntraced(function* (merchantId: string, file: RfiFile) {
  const [ofKey, ...ofParts] = filePlaces(merchantId, file)
  if (ofKey === undefined) throw new Error("a file has a place for its key")
  const parts: unknown = JSON.parse(yield* openText(ofKey))
  const [encryptedKey, iv]: ReadonlyArray<unknown> = Array.isArray(parts) ? parts : []
  if (typeof encryptedKey !== "string" || typeof iv !== "string") throw new Error("a sealed key is not one")
  const content = new Uint8Array(file.sizeBytes)
  let at = 0
  for (const place of ofParts) {
    const bytes = bytesIn(yield* openText(place))
    content.set(bytes, at)
    at += bytes.length
  }
  const { key, mediaType } = file
  return { key, mediaType, encryptedKey, iv: bytesIn(iv), content } satisfies EncryptedFile
})

const bytesIn = (text: string): Uint8Array => {
  const bytes = fromBase64Url(text)
  if (bytes === undefined) throw new Error("a sealed part is not one")
  return bytes
}
