/** Requests for information: looking at them, sending files for them, and answering. */
import { jweFault } from "@paykernel/core"
import { Rfi as RfiRoom } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { fromBase64 } from "../base64.ts"
import { fieldErrors } from "../fields/field-rule.ts"
import { empty } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import {
  allErrors,
  answerData,
  merchantIdOf,
  type Operation,
  readId,
  readRequest,
  type Services
} from "../v1/operation.ts"
import { invalidEntity } from "../v1/published-error.ts"
import * as codes from "./error-codes.ts"
import { askCpn, type PaymentPath } from "./operation.ts"
import { cpnNotFound } from "./published-error.ts"
import { about, jweFaults } from "./rejection.ts"
import { renderRfi } from "./render-rfi.ts"
import { FileEncryption, FileMetadata, SubmitRfiRequest } from "./rfi.schema.ts"
import { takeUpload } from "./upload.ts"

export type RfiPath = PaymentPath & { readonly rfiId: string }

export const getRfi = Effect.fnUntraced(function* ({ kernel }: Services, incoming: Incoming, path: RfiPath) {
  const { paymentId, id } = yield* idsOf(path)
  return answerData(
    renderRfi(yield* askCpn(() => kernel.crossBorder.rfis.get(merchantIdOf(incoming), paymentId, id), "read"))
  )
})

const idsOf = Effect.fnUntraced(function* ({ paymentId, rfiId }: RfiPath) {
  return { paymentId: yield* readId(paymentId, cpnNotFound), id: yield* readId(rfiId, cpnNotFound) }
})

const decodeSubmit = Schema.decodeUnknownResult(SubmitRfiRequest, allErrors)

/** Takes no key: the same text again is the same answer. */
export const submitRfi = Effect.fnUntraced(function* ({ kernel }: Services, incoming: Incoming, path: RfiPath) {
  const { paymentId, id } = yield* idsOf(path)
  const { version, data: jwe } = (yield* readRequest(incoming, decodeSubmit)).rfi
  const { rfis } = kernel.crossBorder
  return answerData(
    renderRfi(yield* askCpn(() => rfis.submit(merchantIdOf(incoming), paymentId, id, { version, jwe }), "rfi"))
  )
})

const FileParts = Schema.Struct({ fileMetadata: FileMetadata, encryption: FileEncryption })
const decodeParts = Schema.decodeUnknownResult(FileParts, allErrors)

/** Takes no key: the same content again is the same file. */
export const uploadFile = Effect.fnUntraced(function* (services: Services, incoming: Incoming, path: RfiPath) {
  const { paymentId, id } = yield* idsOf(path)
  // Asked before ten megabytes are read for nothing.
  const { rfis } = services.kernel.crossBorder
  yield* askCpn(() => rfis.get(merchantIdOf(incoming), paymentId, id), "file")
  const { fileMetadata, encryption, encryptedFile } = yield* takeUpload(services.uploads, incoming.request)
  const decoded = decodeParts({ fileMetadata, encryption })
  if (Result.isFailure(decoded)) return yield* Effect.fail(invalidEntity(fieldErrors(decoded.failure.issue)))
  const { fileType, fileKey: key } = decoded.success.fileMetadata
  const mediaType = fileType.toLowerCase()
  if (!RfiRoom.isRfiFileType(mediaType)) return yield* Effect.fail(codes.fileTypeUnsupported)
  const { encryptedAesKey: encryptedKey, iv } = decoded.success.encryption
  yield* requireJwe(encryptedKey)
  const file = { key, mediaType, encryptedKey, iv: yield* readIv(iv), content: encryptedFile }
  yield* askCpn(() => rfis.uploadFile(merchantIdOf(incoming), paymentId, id, file), "file")
  return empty(204)
})

/** Of the key of a file: what is encrypted for the network is told apart by its outside alone. */
const requireJwe = (jwe: string): Operation<void> => {
  const why = jweFault(jwe)
  if (why === undefined) return Effect.void
  return Effect.fail(about(jweFaults[why], ["encryption.encryptedAesKey"], "is not encrypted as published"))
}

const readIv = (iv: string): Operation<Uint8Array> => {
  const bytes = fromBase64(iv)
  return bytes === undefined ? Effect.fail(codes.fileInvalid) : Effect.succeed(bytes)
}
