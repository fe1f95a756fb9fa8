/**
 * A request for information: what an institution abroad wants to know about a party before it goes on with a payment, or
 * after it was paid. It is answered once, in time, and then decided. Answers and files are encrypted for the institution;
 * all that is known of them here is where they are kept.
 */
import type { FailureCode } from "../cross-border/failure-code.ts"
import type { EncryptionCertificate, PartyType } from "../quote/quote.ts"
import type { FieldRequirements, FileRequirement } from "../requirement/requirement.ts"
import type { RfiLevel } from "../requirement/rfi-requirements.ts"

export type RfiStatus =
  | "none"
  | "information_required"
  /** Answered, and not decided. */
  | "in_review"
  | "approved"
  | "rejected"
  /** Not answered in time. */
  | "expired"

/** A file of an answer. Its name is somebody's, so it is sealed with the content. */
export type RfiFile = {
  readonly id: string
  /** Which of the asked files it is. */
  readonly key: string
  /** Where the encrypted content is kept. */
  readonly recordId: string
  readonly mediaType: string
  /** Of the encrypted content. */
  readonly sizeBytes: number
}

export type Rfi = {
  readonly status: RfiStatus
  readonly id: string
  readonly merchantId: string
  readonly paymentId: string
  readonly party: PartyType
  readonly level: RfiLevel
  readonly fieldRequirements: FieldRequirements
  readonly fileRequirements: ReadonlyArray<FileRequirement>
  /** What answers are encrypted for. */
  readonly certificate: EncryptionCertificate
  /** By the rules of which version it was answered, and where the answer is kept. */
  readonly answer: RfiAnswer | null
  readonly files: ReadonlyArray<RfiFile>
  /** How many answers the network could not read or use, after which it was open as before. */
  readonly refusals: number
  /** Why it was refused. */
  readonly failureCode: FailureCode | null
  /** Until when it can be answered, exclusive. */
  readonly expiresAtMs: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export type RfiAnswer = { readonly version: number; readonly recordId: string }

/** What became of an answer. */
export type RfiOutcome = { readonly _tag: "Approved" } | { readonly _tag: "Rejected"; readonly code: FailureCode }

export type RfiCommand =
  | (Omit<RfiRaised, "_tag" | "atMs"> & { readonly _tag: "RaiseRfi"; readonly nowMs: number })
  | { readonly _tag: "AttachFile"; readonly file: RfiFile; readonly nowMs: number }
  | { readonly _tag: "SubmitRfi"; readonly answer: RfiAnswer; readonly nowMs: number }
  /** The network does not take the answer as it was written. `fileKeys`: the files that are at fault, by their keys. */
  | {
      readonly _tag: "RefuseAnswer"
      readonly recordId: string
      readonly fileKeys: ReadonlyArray<string>
      readonly nowMs: number
    }
  | { readonly _tag: "RecordOutcome"; readonly outcome: RfiOutcome; readonly nowMs: number }
  | { readonly _tag: "ExpireRfi"; readonly nowMs: number }

export type RfiRaised = {
  readonly _tag: "RfiRaised"
  readonly id: string
  readonly merchantId: string
  readonly paymentId: string
  readonly party: PartyType
  readonly level: RfiLevel
  readonly fieldRequirements: FieldRequirements
  readonly fileRequirements: ReadonlyArray<FileRequirement>
  readonly certificate: EncryptionCertificate
  readonly expiresAtMs: number
  readonly atMs: number
}

export type RfiEvent =
  | RfiRaised
  | { readonly _tag: "RfiFileAttached"; readonly file: RfiFile; readonly atMs: number }
  | { readonly _tag: "RfiSubmitted"; readonly answer: RfiAnswer; readonly atMs: number }
  /** It can be answered again. Files with these keys are dropped. */
  | { readonly _tag: "RfiAnswerRefused"; readonly fileKeys: ReadonlyArray<string>; readonly atMs: number }
  | { readonly _tag: "RfiApproved"; readonly atMs: number }
  | { readonly _tag: "RfiRejected"; readonly code: FailureCode; readonly atMs: number }
  | { readonly _tag: "RfiExpired"; readonly atMs: number }

/** What the worker does for it: hand the answer to the network, and end it when its time is over. */
export type RfiTaskKind = "submit_rfi" | "expire_rfi"

/** Facts that forbid a command. */
export type RfiRejection =
  | { readonly _tag: "RfiAlreadyExists" }
  | { readonly _tag: "RfiNotFound" }
  | { readonly _tag: "RfiHasExpired"; readonly expiredAtMs: number }
  /** It was answered or decided already. */
  | { readonly _tag: "RfiNotSubmittable"; readonly status: RfiStatus }
  | { readonly _tag: "RfiExpiryNotAhead" }
  | { readonly _tag: "RfiNotDue"; readonly dueAtMs: number }
  /** Answered by the rules of another version than was asked by. */
  | { readonly _tag: "RequirementsVersionDiffers"; readonly asked: number }
  /** Files that are needed and were not sent, by their keys. */
  | { readonly _tag: "RfiFilesMissing"; readonly keys: ReadonlyArray<string> }
  /** No file is asked for under this key. */
  | { readonly _tag: "RfiFileNotAsked"; readonly key: string }
  | { readonly _tag: "RfiFileTooLarge"; readonly maxBytes: number }
  | { readonly _tag: "RfiFileTypeUnsupported" }
  | { readonly _tag: "TooManyRfiFiles"; readonly limit: number }
