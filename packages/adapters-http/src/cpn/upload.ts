/**
 * A file that comes as a form of three parts (RFC 7578): what it is and how it is encrypted as JSON, and its bytes. It
 * is read whole and never beyond a bound, and only a few at a time, since whoever embeds the handler owns the server in
 * front of it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { explainFault } from "../front/malformed-body.ts"
import { declaredTooLarge, readBody } from "../front/read-body.ts"
import { type JsonObject, parseStrict } from "../front/strict-json.ts"
import { busy, type Turnstile, turnstile } from "../turnstile.ts"
import type { Operation } from "../v1/operation.ts"
import { type PublishedError, unavailable } from "../v1/published-error.ts"
import * as codes from "./error-codes.ts"
import { cpnInvalid } from "./published-error.ts"

export type Upload = {
  readonly fileMetadata: JsonObject
  readonly encryption: JsonObject
  readonly encryptedFile: Uint8Array
}

/** Of the encrypted file. */
export const fileBytesMax = 10 * 1024 * 1024
/** Of the two other parts, the lines between them and their headers. */
const overheadBytesMax = 64 * 1024
const bodyBytesMax = fileBytesMax + overheadBytesMax

/** Each of those that are read holds its body a few times over. */
export const uploadTurnstile = (): Turnstile => turnstile({ running: 8, waiting: 32 })

export const takeUpload = (uploads: Turnstile, request: Request): Operation<Upload> =>
  Effect.flatMap(
    Effect.promise(() => uploads(() => readUpload(request))),
    (read) => {
      if (read === busy) return Effect.fail(unavailable(1000))
      return Result.isSuccess(read) ? Effect.succeed(read.success) : Effect.fail(read.failure)
    }
  )

type Read<A> = Result.Result<A, PublishedError>

const notAForm: PublishedError = { status: 415, code: 415, message: "The body must be multipart/form-data." }
const interrupted: PublishedError = { status: 400, code: 2, message: "The form did not arrive completely." }
const unreadable: PublishedError = { status: 400, code: 2, message: "The form cannot be read." }

const formType = /^multipart\/form-data[ \t]*;/iu

const readUpload = async (request: Request): Promise<Read<Upload>> => {
  const type = request.headers.get("content-type") ?? ""
  if (!formType.test(type)) return Result.fail(notAForm)
  if (declaredTooLarge(request, bodyBytesMax)) return Result.fail(codes.fileTooLarge)
  const bytes = await readBody(request, bodyBytesMax)
  if (!(bytes instanceof Uint8Array)) {
    return Result.fail(bytes._tag === "BodyTooLarge" ? codes.fileTooLarge : interrupted)
  }
  const form = await parseForm(new Uint8Array(bytes), type)
  return form === undefined ? Result.fail(unreadable) : readParts(form)
}

const parseForm = async (body: Uint8Array<ArrayBuffer>, type: string): Promise<FormData | undefined> => {
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData()
  } catch {
    return undefined
  }
}

const readParts = async (form: FormData): Promise<Read<Upload>> => {
  const fileMetadata = await readJson(form, "fileMetadata")
  if (Result.isFailure(fileMetadata)) return Result.fail(fileMetadata.failure)
  const encryption = await readJson(form, "encryption")
  if (Result.isFailure(encryption)) return Result.fail(encryption.failure)
  const file = only(form, "encryptedFile")
  if (!(file instanceof Blob)) return Result.fail(cpnInvalid("encryptedFile", "must be one file"))
  if (file.size > fileBytesMax) return Result.fail(codes.fileTooLarge)
  const encryptedFile = new Uint8Array(await file.arrayBuffer())
  return Result.succeed({ fileMetadata: fileMetadata.success, encryption: encryption.success, encryptedFile })
}

/** A part that comes twice could be read either way. */
const only = (form: FormData, name: string): string | Blob | undefined => {
  const [value, ...more] = form.getAll(name)
  return more.length === 0 ? value : undefined
}

const jsonLimits = { depthMax: 4, keysMax: 32 }

/** JSON as a text, or as a file, which some clients make of a part with a type of its own. */
const readJson = async (form: FormData, name: string): Promise<Read<JsonObject>> => {
  const value = only(form, name)
  const isShort = (typeof value === "string" ? value.length : (value?.size ?? 0)) <= overheadBytesMax
  if (value === undefined || !isShort) return Result.fail(cpnInvalid(name, "must be one part with a JSON object"))
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : new Uint8Array(await value.arrayBuffer())
  return Result.mapError(parseStrict(bytes, jsonLimits), (fault) => ({
    ...cpnInvalid(name, "must be a JSON object"),
    message: `Invalid entity.\n${name}: ${explainFault(fault)}`
  }))
}
