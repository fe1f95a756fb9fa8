/**
 * What the network does with an encrypted answer: opens it, and holds it against what it asked. What is wrong is said by
 * the names of fields, and nothing of what stands in them leaves this file but to whoever decides by it.
 */
import { Validator } from "@cfworker/json-schema"
import * as Result from "effect/Result"
import { compactDecrypt, decodeProtectedHeader } from "jose"
import type { AnswerFault, EncryptedAnswer } from "../../ports/payout-network.ts"
import { jsonSchemaOf } from "../../requirement/json-schema.ts"
import type { FieldRequirements } from "../../requirement/requirement.ts"
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
  const fields = faultyFields(answer, requirements)
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
const faultyFields = (answer: Answer, requirements: FieldRequirements): ReadonlyArray<string> => {
  const given = new Map([...answer].filter(([, value]) => value !== undefined && value !== null))
  const misshapen = misshapenFields(given, requirements)
  return requirements.fields
    .filter(({ name, optional }) => {
      const value = given.get(name)
      return value === undefined ? !optional : misshapen.has(name) || !isCredible(value)
    })
    .map(({ name }) => name)
}

/** Those that the published schema does not allow. */
const misshapenFields = (given: Answer, requirements: FieldRequirements): ReadonlySet<string> => {
  const validator = new Validator({ ...jsonSchemaOf(requirements) }, "2020-12", false)
  const { errors } = validator.validate(Object.fromEntries(given))
  // "#/ADDRESS/city": what is wrong in a field is told of the field.
  return new Set(errors.flatMap(({ instanceLocation }) => instanceLocation.split("/")[1] ?? []))
}

/** What no schema says: texts say something and not too much, and shares are parts of a whole. */
const isCredible = (value: unknown, name = "", depth = 0): boolean => {
  if (typeof value === "string") return value.length <= textLengthMax && (isLeftOut(name, value) || value.trim() !== "")
  if (typeof value === "number") return value >= 0 && value <= 100
  if (!isRecord(value)) return true
  return depth < depthMax && Object.entries(value).every(([member, inner]) => isCredible(inner, member, depth + 1))
}

const textLengthMax = 1024

/** Of records in records. Two levels are published. */
const depthMax = 4

/** Parts of an address that not every country has may be left empty. */
const isLeftOut = (name: string, value: string): boolean =>
  value === "" && (name === "postalCode" || name === "stateProvince")

const isRecord = (value: unknown): value is { readonly [field: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)
