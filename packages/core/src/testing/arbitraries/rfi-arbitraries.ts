import * as fc from "fast-check"
import { type FailureCode, failureCodes } from "../../cross-border/failure-code.ts"
import type { FieldRequirements, FieldType } from "../../requirement/requirement.ts"
import { type RfiLevel, rfiRequirements } from "../../requirement/rfi-requirements.ts"
import type { Rfi, RfiCommand, RfiEvent, RfiFile, RfiStatus } from "../../rfi/rfi.ts"
import { rfiFileMaxBytes } from "../../rfi/rfi-decide.ts"
import { anyCertificate, anyPartyType, exampleCertificate } from "./quote-arbitraries.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

export const anyFailureCode = fc.constantFrom(...(Object.keys(failureCodes) as Array<FailureCode>))

const anyFieldType = anyOf<FieldType>({
  text: true,
  date: true,
  country: true,
  boolean: true,
  address: true,
  individual: true,
  beneficiary_owner: true,
  intermediary_owner: true
})

/** Fields that a payout network may ask for. */
export const anyFieldRequirements: fc.Arbitrary<FieldRequirements> = fc.record({
  version: fc.nat(),
  title: anyText,
  description: anyText,
  fields: fc.array(
    fc.record({
      name: anyText,
      type: anyFieldType,
      description: anyText,
      optional: fc.boolean(),
      values: orNull(fc.array(anyText, { maxLength: 2 }))
    }),
    { maxLength: 2 }
  )
})

const anyFile: fc.Arbitrary<RfiFile> = fc.record({
  id: anyId,
  key: anyText,
  recordId: anyId,
  mediaType: anyText,
  sizeBytes: fc.nat()
})

const anyAnswer = fc.record({ version: fc.nat(), recordId: anyId })

const anyLevel = fc.constantFrom<RfiLevel>(1, 2, 3)

const asked = {
  id: anyId,
  merchantId: anyId,
  paymentId: anyId,
  party: anyPartyType,
  level: anyLevel,
  fieldRequirements: anyFieldRequirements,
  fileRequirements: fc.array(fc.record({ key: anyText, optional: fc.boolean() }), { maxLength: 2 }),
  certificate: anyCertificate,
  expiresAtMs: anyTimeMs
}

export const anyRfi: fc.Arbitrary<Rfi> = fc.record({
  ...asked,
  status: anyOf<RfiStatus>({
    none: true,
    information_required: true,
    in_review: true,
    approved: true,
    rejected: true,
    expired: true
  }),
  answer: orNull(anyAnswer),
  files: fc.array(anyFile, { maxLength: 2 }),
  refusals: fc.nat({ max: 3 }),
  failureCode: orNull(anyFailureCode),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

export const anyRfiEvent: fc.Arbitrary<RfiEvent> = fc.oneof(
  fc.record({ _tag: fc.constant("RfiRaised" as const), ...asked, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("RfiFileAttached" as const), file: anyFile, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("RfiSubmitted" as const), answer: anyAnswer, atMs: anyTimeMs }),
  fc.record({
    _tag: fc.constant("RfiAnswerRefused" as const),
    fileKeys: fc.array(anyText, { maxLength: 2 }),
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constantFrom("RfiApproved" as const, "RfiExpired" as const), atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("RfiRejected" as const), code: anyFailureCode, atMs: anyTimeMs })
)

/** Around the time that the requests of these commands are to be answered by. */
const nowMs = fc.constantFrom(1_000, 1_009, 1_010)

/** A request about a business, at a level, that can be answered for ten milliseconds. Asks little, to be compared fast. */
export const exampleRfi = (level: RfiLevel): Extract<RfiCommand, { readonly _tag: "RaiseRfi" }> => {
  const { fields, files } = rfiRequirements("business", level)
  const named = { id: "rfi-1", merchantId: "merchant-1", paymentId: "payment-1", party: "business" } as const
  const wanted = {
    fieldRequirements: { ...fields, fields: fields.fields.slice(0, 1) },
    fileRequirements: files,
    certificate: exampleCertificate
  }
  return { _tag: "RaiseRfi", ...named, level, ...wanted, expiresAtMs: 1_010, nowMs: 1_000 }
}

export const exampleFile = (key: string, id = `file-${key}`): RfiFile => ({
  id,
  key,
  recordId: `record-${id}`,
  mediaType: "application/pdf",
  sizeBytes: 1_000
})

/** What the network may decide, in any mood. */
export const anyRfiOutcome: fc.Arbitrary<RfiCommand> = fc.record({
  _tag: fc.constant("RecordOutcome" as const),
  outcome: fc.oneof(
    fc.constant({ _tag: "Approved" as const }),
    fc.record({ _tag: fc.constant("Rejected" as const), code: fc.constantFrom<FailureCode>("PM03001", "PM03004") })
  ),
  nowMs
})

const neededFiles = ["FORMATION_DOCUMENT", "PROOF_OF_ADDRESS_DOCUMENT", "ORG_STRUCTURE"] as const

const attachment: fc.Arbitrary<RfiCommand> = fc
  .record({
    key: fc.constantFrom(...neededFiles, "ID_DOCUMENT"),
    mediaType: fc.constantFrom("application/pdf", "application/pdf", "text/html"),
    sizeBytes: fc.constantFrom(1_000, 1_000, rfiFileMaxBytes + 1),
    nowMs
  })
  .map(({ key, nowMs, ...rest }) => ({ _tag: "AttachFile", file: { ...exampleFile(key), ...rest }, nowMs }))

export const anyRfiCommand: fc.Arbitrary<RfiCommand> = fc.oneof(
  fc.constantFrom(exampleRfi(1), exampleRfi(2), exampleRfi(3)),
  { weight: 3, arbitrary: attachment },
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant("SubmitRfi" as const),
      answer: fc.record({ version: fc.constantFrom(1, 1, 2), recordId: fc.constantFrom("record-1", "record-2") }),
      nowMs
    })
  },
  { weight: 2, arbitrary: anyRfiOutcome },
  fc.record({
    _tag: fc.constant("RefuseAnswer" as const),
    recordId: fc.constantFrom("record-1", "record-2"),
    fileKeys: fc.constantFrom([], ["ORG_STRUCTURE"]),
    nowMs
  }),
  fc.record({ _tag: fc.constant("ExpireRfi" as const), nowMs })
)
