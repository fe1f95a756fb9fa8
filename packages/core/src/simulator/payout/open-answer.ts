/**
 * What the network does with an encrypted answer: opens it, and holds it against what it asked. What is wrong is said by
 * the names of fields, and nothing of what stands in them leaves this file but to whoever decides by it.
 */
import * as Result from "effect/Result"
import { compactDecrypt, decodeProtectedHeader } from "jose"
import type { AnswerFault, EncryptedAnswer } from "../../ports/payout-network.ts"
import type { FieldRequirement, FieldRequirements, FieldType } from "../../requirement/requirement.ts"
import type { NetworkKey } from "./network-key.ts"

/** The fields of an answer, by their names. */
export type Answer = ReadonlyMap<string, unknown>

export type AnswerRejection = { readonly why: AnswerFault; readonly fields: ReadonlyArray<string> }

/** `list`: an array of `{ name, value }`. `record`: an object keyed by the names. */
export type AnswerForm = "list" | "record"

/** Of one answer in compact form: more than all fields at their longest. */
const jweLengthMax = 262_144

export const openAnswer = async (
  key: NetworkKey,
  { version, jwe }: EncryptedAnswer,
  requirements: FieldRequirements,
  form: AnswerForm
): Promise<Result.Result<Answer, AnswerRejection>> => {
  if (version !== requirements.version) return rejected("requirements_version_unknown", ["version"])
  const opened = await openJson(key, jwe)
  if (Result.isFailure(opened)) return Result.fail({ why: opened.failure, fields: [] })
  const answer = form === "list" ? fieldsOfList(opened.success) : fieldsOfRecord(opened.success)
  if (answer === undefined) return rejected("requirements_not_met", [])
  const fields = faultyFields(answer, requirements.fields)
  return fields.length === 0 ? Result.succeed(answer) : rejected("requirements_not_met", fields)
}

/** The JSON inside a JWE for this key. */
export const openJson = async (key: NetworkKey, jwe: string): Promise<Result.Result<unknown, AnswerFault>> => {
  if (jwe.length > jweLengthMax || !/^[\w-]+(?:\.[\w-]+){4}$/u.test(jwe)) return Result.fail("jwe_malformed")
  try {
    const { alg, enc, epk, zip } = decodeProtectedHeader(jwe)
    if (zip !== undefined || alg !== "ECDH-ES+A128KW" || enc !== "A128GCM") {
      return Result.fail("encryption_unsupported")
    }
    if (epk === undefined) return Result.fail("jwe_malformed")
  } catch {
    return Result.fail("jwe_malformed")
  }
  try {
    const algorithms = { keyManagementAlgorithms: ["ECDH-ES+A128KW"], contentEncryptionAlgorithms: ["A128GCM"] }
    const { plaintext } = await compactDecrypt(jwe, key.privateKey, algorithms)
    return Result.succeed(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plaintext)))
  } catch {
    // One answer for all that can go wrong: which step failed is nobody's business.
    return Result.fail("decryption_failed")
  }
}

const rejected = (why: AnswerFault, fields: ReadonlyArray<string>): Result.Result<never, AnswerRejection> =>
  Result.fail({ why, fields })

const fieldsOfList = (json: unknown): Answer | undefined => {
  if (!Array.isArray(json)) return undefined
  const fields = new Map<string, unknown>()
  for (const item of json as ReadonlyArray<unknown>) {
    if (!isRecord(item) || typeof item["name"] !== "string" || fields.has(item["name"])) return undefined
    fields.set(item["name"], item["value"])
  }
  return fields
}

const fieldsOfRecord = (json: unknown): Answer | undefined =>
  isRecord(json) ? new Map(Object.entries(json)) : undefined

/** Missing ones, and those that hold something else than was asked. What was not asked for is not read. */
const faultyFields = (answer: Answer, asked: ReadonlyArray<FieldRequirement>): ReadonlyArray<string> =>
  asked
    .filter(({ name, optional, type, values }) => {
      const value = answer.get(name)
      if (value === undefined || value === null) return !optional
      return !(fits[type](value) && (values === null || values.some((one) => one === value)))
    })
    .map(({ name }) => name)

const isRecord = (value: unknown): value is { readonly [field: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.trim() !== "" && value.length <= 1024

const isDate = (value: unknown): boolean => isText(value) && /^\d{4}-\d{2}-\d{2}$/u.test(value) && isDay(value)

/** The calendar has this day: 31 April would come back as 1 May. */
const isDay = (text: string): boolean => {
  const atMs = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(text)
}

const isCountry = (value: unknown): boolean => isText(value) && /^[A-Z]{2}$/u.test(value)

const isAddress = (value: unknown): boolean =>
  isRecord(value) && isText(value["street"]) && isText(value["city"]) && isCountry(value["country"])

const isShare = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 100

const isPerson = (value: unknown): boolean =>
  isRecord(value) && isText(value["name"]) && isAddress(value["address"]) && isDate(value["dateOfBirth"])

const isCompany = (value: unknown): boolean =>
  isRecord(value) &&
  isText(value["name"]) &&
  isAddress(value["address"]) &&
  isDate(value["dateOfFormation"]) &&
  isCountry(value["countryOfFormation"])

const fits: { readonly [type in FieldType]: (value: unknown) => boolean } = {
  text: isText,
  date: isDate,
  country: isCountry,
  boolean: (value) => typeof value === "boolean",
  address: isAddress,
  individual: isPerson,
  beneficiary_owner: (value) => isPerson(value) && isRecord(value) && isShare(value["percentage"]),
  intermediary_owner: (value) => isCompany(value) && isRecord(value) && isShare(value["percentage"])
}
