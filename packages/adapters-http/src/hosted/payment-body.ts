/** A payment as the page posts it: read field by field, because anybody can post anything. */
import type { JsonObject, JsonValue } from "../front/strict-json.ts"
import { isUuid } from "../uuid.ts"
import type { PaymentBody } from "./page-wire.ts"
import { isEmail, isPayerName } from "./payer-fields.ts"

/** `undefined` where a field is missing or is not what the page would send. */
export const readPaymentBody = (body: JsonObject): PaymentBody | undefined => {
  const { attempt, keyId, encryptedData, expMonth, expYear, name, email } = body
  if (!isObject(attempt) || !isText(attempt["id"]) || !isText(attempt["seal"]) || !isUuid(attempt["id"]))
    return undefined
  if (!isText(keyId) || keyId.length > 100) return undefined
  if (!isText(encryptedData) || !/^[A-Za-z0-9+/]{1,8192}={0,2}$/u.test(encryptedData)) return undefined
  if (!isWithin(expMonth, 1, 12) || !isWithin(expYear, 2000, 2199)) return undefined
  if (!isText(name) || !isPayerName(name) || !isText(email) || !isEmail(email)) return undefined
  return {
    attempt: { id: attempt["id"], seal: attempt["seal"] },
    keyId,
    encryptedData,
    expMonth,
    expYear,
    name: name.trim(),
    email
  }
}

type Field = JsonValue | undefined

const isObject = (value: Field): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isText = (value: Field): value is string => typeof value === "string"

const isWithin = (value: Field, min: number, max: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
