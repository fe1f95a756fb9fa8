/** Every code that a refusal of `/v1` may carry, as the documentation lists them. */
import * as crossBorder from "../cpn/error-codes.ts"

/** Without the stop that ends a message. */
const ofCrossBorder = Object.values(crossBorder)
  .filter(({ code }) => code > 2)
  .map(({ code, status, message }) => [code, status, message.replace(/\.$/u, "")] as const)
  .toSorted(([a], [b]) => a - b)

export const errorCodes: ReadonlyArray<readonly [code: number, http: number | string, meaning: string]> = [
  [-1, "500, 503", "Unexpected, or temporarily unavailable"],
  [2, 400, "Invalid entity: see the fields. Of cross-border payments, with 404: not found"],
  [3, 403, "Forbidden"],
  [4, 401, "Of cross-border payments: no key, or not a valid one"],
  [401, 401, "No key, or not a valid one"],
  [404, 404, "Not found"],
  [405, 405, "The path has no such method"],
  [409, 409, "Conflicts with another request, or with the state of the payment"],
  [413, 413, "The body is too large"],
  [415, 415, "The body is not JSON in UTF-8"],
  [1032, 400, "The account number is invalid or missing"],
  [1051, 404, "Payment not found"],
  [1076, 400, "The amount is outside the merchant's limits"],
  [1077, 400, "The amount must be greater than zero"],
  [1078, 400, "The currency is not supported"],
  [1083, 409, "The idempotency key is bound to another request"],
  [1084, 409, "The item cannot be cancelled"],
  [1085, 409, "The item cannot be refunded"],
  [1086, 409, "The payment is cancelled already"],
  [1087, 400, "The total of the refunds would exceed the payment"],
  [1088, 400, "The source is not valid for a payment"],
  [1089, 400, "The source could not be found"],
  [1094, 400, "The last name of the billing details is missing"],
  [1096, 400, "The encryption key id could not be found"],
  [1097, 409, "The original payment is failed"],
  [1101, 400, "The country is not valid"],
  [1106, 400, "The district must be 2 characters"],
  [1110, 400, "The card number is invalid"],
  ...ofCrossBorder
]
