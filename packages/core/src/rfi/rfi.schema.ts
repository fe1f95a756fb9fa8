/** A request for information and its events as stored: plain JSON, validated whenever it is read. */
import * as Schema from "effect/Schema"
import { FailureCodeCodec } from "../cross-border/failure-code.schema.ts"
import { EncryptionCertificateCodec, PartyTypeCodec } from "../quote/quote.schema.ts"
import { FieldRequirementsCodec, FileRequirementCodec } from "../requirement/requirement.schema.ts"
import type { Rfi, RfiAnswer, RfiEvent, RfiFile, RfiStatus } from "./rfi.ts"

export const RfiStatusCodec: Schema.Codec<RfiStatus> = Schema.Literals([
  "none",
  "information_required",
  "in_review",
  "approved",
  "rejected",
  "expired"
])

const RfiFileCodec: Schema.Codec<RfiFile> = Schema.Struct({
  id: Schema.String,
  key: Schema.String,
  recordId: Schema.String,
  mediaType: Schema.String,
  sizeBytes: Schema.Int
})

const RfiAnswerCodec: Schema.Codec<RfiAnswer> = Schema.Struct({ version: Schema.Int, recordId: Schema.String })

const asked = {
  id: Schema.String,
  merchantId: Schema.String,
  paymentId: Schema.String,
  party: PartyTypeCodec,
  level: Schema.Literals([1, 2, 3]),
  fieldRequirements: FieldRequirementsCodec,
  fileRequirements: Schema.Array(FileRequirementCodec),
  certificate: EncryptionCertificateCodec,
  expiresAtMs: Schema.Int
}

/** Holds no amount, so it is stored as it is; so is every event. */
export const RfiCodec: Schema.Codec<Rfi> = Schema.Struct({
  ...asked,
  status: RfiStatusCodec,
  answer: Schema.NullOr(RfiAnswerCodec),
  files: Schema.Array(RfiFileCodec),
  refusals: Schema.Int,
  failureCode: Schema.NullOr(FailureCodeCodec),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

export const RfiEventCodec: Schema.Codec<RfiEvent> = Schema.TaggedUnion({
  RfiRaised: { ...asked, atMs: Schema.Int },
  RfiFileAttached: { file: RfiFileCodec, atMs: Schema.Int },
  RfiSubmitted: { answer: RfiAnswerCodec, atMs: Schema.Int },
  RfiAnswerRefused: { fileKeys: Schema.Array(Schema.String), atMs: Schema.Int },
  RfiApproved: { atMs: Schema.Int },
  RfiRejected: { code: FailureCodeCodec, atMs: Schema.Int },
  RfiExpired: { atMs: Schema.Int }
})

/** Reads a stored request. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeRfi: (json: unknown) => Rfi = Schema.decodeUnknownSync(RfiCodec)

/** Reads a stored event of a request. Throws where the JSON is not one. */
export const decodeRfiEvent: (json: unknown) => RfiEvent = Schema.decodeUnknownSync(RfiEventCodec)

/** Leaves out whatever is no part of the shape, so that nothing is stored by accident. */
export const encodeRfi: (rfi: Rfi) => Rfi = Schema.encodeSync(RfiCodec)

export const encodeRfiEvent: (event: RfiEvent) => RfiEvent = Schema.encodeSync(RfiEventCodec)
