import * as Result from "effect/Result"
import type { Decision, TaskRequest } from "../decision.ts"
import type { Rfi, RfiCommand, RfiEvent, RfiOutcome, RfiRejection, RfiTaskKind } from "./rfi.ts"
import { isRfiFileType } from "./rfi-file-types.ts"

export type RfiDecision = Result.Result<Decision<RfiEvent, RfiTaskKind>, RfiRejection>

type Command<Tag extends RfiCommand["_tag"]> = Extract<RfiCommand, { readonly _tag: Tag }>

/** Of one file, encrypted. */
export const rfiFileMaxBytes = 10 * 1024 * 1024

/** Files of one answer. */
export const rfiFilesMax = 20

/**
 * What follows from a command, given what has happened to the request so far. Total and deterministic; time and ids
 * arrive in the command. The first decision stands, and what is heard of it again is nothing new.
 *
 * @example
 * decide(noRfi, { _tag: "ExpireRfi", nowMs }) // => Result.fail({ _tag: "RfiNotFound" })
 */
export const decide = (rfi: Rfi, command: RfiCommand): RfiDecision => {
  if (command._tag === "RaiseRfi") return raiseRfi(rfi, command)
  if (rfi.status === "none") return Result.fail({ _tag: "RfiNotFound" })
  switch (command._tag) {
    case "AttachFile":
      return attachFile(rfi, command)
    case "SubmitRfi":
      return submitRfi(rfi, command)
    case "RefuseAnswer":
      return refuseAnswer(rfi, command)
    case "RecordOutcome":
      return isActive(rfi) ? happened([eventOf(command.outcome, command.nowMs)]) : nothingNew
    case "ExpireRfi":
      return expireRfi(rfi, command.nowMs)
  }
}

/**
 * Whether it still stands between the payment and its parties.
 *
 * @example
 * isActive({ status: "in_review" }) // => true
 * isActive({ status: "expired" }) // => false
 */
export const isActive = ({ status }: Pick<Rfi, "status">): boolean =>
  status === "information_required" || status === "in_review"

const raiseRfi = (rfi: Rfi, { _tag, nowMs: atMs, ...asked }: Command<"RaiseRfi">): RfiDecision => {
  if (rfi.status !== "none") return Result.fail({ _tag: "RfiAlreadyExists" })
  if (!Number.isSafeInteger(asked.expiresAtMs) || asked.expiresAtMs <= atMs) {
    return Result.fail({ _tag: "RfiExpiryNotAhead" })
  }
  return happened([{ _tag: "RfiRaised", ...asked, atMs }], [task("expire_rfi", asked.id, asked.expiresAtMs)])
}

const attachFile = (rfi: Rfi, { file, nowMs: atMs }: Command<"AttachFile">): RfiDecision => {
  if (rfi.files.some(({ id }) => id === file.id)) return nothingNew
  const refusal = answeringRefusal(rfi, atMs) ?? fileRefusal(rfi, file)
  return refusal === undefined ? happened([{ _tag: "RfiFileAttached", file, atMs }]) : Result.fail(refusal)
}

const fileRefusal = (rfi: Rfi, { key, mediaType, sizeBytes }: Rfi["files"][number]): RfiRejection | undefined => {
  if (!rfi.fileRequirements.some((asked) => asked.key === key)) return { _tag: "RfiFileNotAsked", key }
  if (!isRfiFileType(mediaType)) return { _tag: "RfiFileTypeUnsupported" }
  if (sizeBytes > rfiFileMaxBytes) return { _tag: "RfiFileTooLarge", maxBytes: rfiFileMaxBytes }
  return rfi.files.length >= rfiFilesMax ? { _tag: "TooManyRfiFiles", limit: rfiFilesMax } : undefined
}

const submitRfi = (rfi: Rfi, { answer, nowMs: atMs }: Command<"SubmitRfi">): RfiDecision => {
  if (rfi.answer?.recordId === answer.recordId) return nothingNew
  const refusal = answeringRefusal(rfi, atMs) ?? answerRefusal(rfi, answer.version)
  if (refusal !== undefined) return Result.fail(refusal)
  const { recordId } = answer
  const submission = { ...task("submit_rfi", rfi.id, atMs), id: `${rfi.id}:submit-rfi:${recordId}`, subject: recordId }
  return happened([{ _tag: "RfiSubmitted", answer, atMs }], [submission])
}

const answerRefusal = (rfi: Rfi, version: number): RfiRejection | undefined => {
  const asked = rfi.fieldRequirements.version
  if (version !== asked) return { _tag: "RequirementsVersionDiffers", asked }
  const sent = new Set(rfi.files.map(({ key }) => key))
  const keys = rfi.fileRequirements.filter(({ key, optional }) => !optional && !sent.has(key)).map(({ key }) => key)
  return keys.length === 0 ? undefined : { _tag: "RfiFilesMissing", keys }
}

/** Heard late it is about an answer that was decided or replaced, and nothing new. The time for the next is watched anew. */
const refuseAnswer = (rfi: Rfi, { recordId, fileKeys, nowMs: atMs }: Command<"RefuseAnswer">): RfiDecision => {
  if (rfi.status !== "in_review" || rfi.answer?.recordId !== recordId) return nothingNew
  const expiry = { ...task("expire_rfi", rfi.id, rfi.expiresAtMs), id: `${rfi.id}:expire-rfi:${rfi.refusals + 1}` }
  return happened([{ _tag: "RfiAnswerRefused", fileKeys, atMs }], [expiry])
}

/** Time that is over ends it for whoever answers, whether or not anybody has come by to close it. */
const answeringRefusal = ({ status, expiresAtMs }: Rfi, nowMs: number): RfiRejection | undefined => {
  if (status === "expired") return { _tag: "RfiHasExpired", expiredAtMs: expiresAtMs }
  if (status !== "information_required") return { _tag: "RfiNotSubmittable", status }
  return nowMs >= expiresAtMs ? { _tag: "RfiHasExpired", expiredAtMs: expiresAtMs } : undefined
}

const eventOf = (outcome: RfiOutcome, atMs: number): RfiEvent =>
  outcome._tag === "Approved" ? { _tag: "RfiApproved", atMs } : { _tag: "RfiRejected", code: outcome.code, atMs }

/** What was answered in time is waited for, however long the network takes over it. */
const expireRfi = ({ status, expiresAtMs }: Rfi, nowMs: number): RfiDecision => {
  if (status !== "information_required") return nothingNew
  if (nowMs < expiresAtMs) return Result.fail({ _tag: "RfiNotDue", dueAtMs: expiresAtMs })
  return happened([{ _tag: "RfiExpired", atMs: nowMs }])
}

/** An answer is submitted once, and its time is watched once until an answer was refused. */
const task = (kind: RfiTaskKind, id: string, dueAtMs: number): TaskRequest<RfiTaskKind> => ({
  id: `${id}:${kind.replaceAll("_", "-")}`,
  kind,
  aggregate: { type: "rfi", id },
  subject: id,
  dueAtMs
})

const happened = (events: ReadonlyArray<RfiEvent>, tasks: ReadonlyArray<TaskRequest<RfiTaskKind>> = []): RfiDecision =>
  Result.succeed({ events, ledger: [], tasks })

const nothingNew: RfiDecision = happened([])
