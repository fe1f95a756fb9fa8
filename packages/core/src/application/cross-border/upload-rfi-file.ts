/** Takes a file of an answer, encrypted for the network as it is, and keeps it sealed until the answer goes out. */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import type { Rfi, RfiFile } from "../../rfi/rfi.ts"
import { decide } from "../../rfi/rfi-decide.ts"
import { derivedUuid } from "../commit/derived-uuid.ts"
import { jweFault } from "./check-jwe.ts"
import type { UploadRfiFileFailure, UploadRfiFileInput } from "./cross-border-contract.ts"
import { drafting } from "./cross-border-draft.ts"
import { findRfi } from "./read-cross-border.ts"
import { moveRfi } from "./record-rfi-answer.ts"
import { sealFile } from "./sealed-answers.ts"

export type Uploading = {
  readonly merchantId: string
  readonly paymentId: string
  readonly rfiId: string
  readonly input: UploadRfiFileInput
}

type Answer = Result.Result<Rfi, UploadRfiFileFailure>

const refuse = (reason: UploadRfiFileFailure): Answer => Result.fail(reason)

export const uploadRfiFile = Effect.fn("paykernel.uploadRfiFile")(function* (uploading: Uploading) {
  const { merchantId, paymentId, rfiId, input } = uploading
  const found = yield* findRfi(merchantId, paymentId, rfiId)
  if (Result.isFailure(found)) return refuse(found.failure)
  const why = encryptionFault(input)
  if (why !== null) return refuse({ _tag: "FileEncryptionInvalid", why })
  const nowMs = (yield* Clock).nowMs()
  // Before anything of that size is worked on.
  const outline = { id: "", recordId: "", key: input.key, mediaType: input.mediaType, sizeBytes: input.content.length }
  const possible = decide(found.success, { _tag: "AttachFile", file: outline, nowMs })
  if (Result.isFailure(possible) && !mayBeThere(found.success, outline)) return refuse(possible.failure)
  const file = yield* fileOf(rfiId, input)
  const sealed = yield* sealFile(merchantId, file, input)
  const drafted = yield* drafting(merchantId, paymentId, (draft) =>
    Effect.map(moveRfi(draft, rfiId, { _tag: "AttachFile", file, nowMs: draft.nowMs }), (moved) => {
      if (draft.writes.length > 0) draft.sealed.push(...sealed)
      return moved
    })
  )
  return Result.mapBoth(drafted, {
    onFailure: (rejection): UploadRfiFileFailure => rejection,
    onSuccess: ({ value }) => value
  })
})

/** What is not taken any more may have been taken before, and then it is there. */
const mayBeThere = ({ files }: Rfi, { key, sizeBytes }: RfiFile): boolean =>
  files.some((one) => one.key === key && one.sizeBytes === sizeBytes)

const ivBytes = 12
/** Of AES-GCM, at the end of the content. */
const tagBytes = 16

const encryptionFault = ({ encryptedKey, iv, content }: UploadRfiFileInput) => {
  if (jweFault(encryptedKey) !== undefined) return "key_invalid"
  if (iv.length !== ivBytes) return "iv_invalid"
  return content.length <= tagBytes ? "content_empty" : null
}

/** The same bytes under the same key are the same file, however often they are sent. */
const fileOf = Effect.fnUntraced(function* (rfiId: string, input: UploadRfiFileInput) {
  const { key, mediaType, encryptedKey, iv, content } = input
  const names = [rfiId, key, mediaType, encryptedKey, bytesToHex(iv), bytesToHex(sha256(content))]
  const id = derivedUuid(yield* Digest, "record-id", names)
  return { id, key, recordId: id, mediaType, sizeBytes: content.length } satisfies RfiFile
})
