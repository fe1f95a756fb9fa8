/** Attempts from before it was counted how often undoing them was begun, as part of a payment or of a refund. */
import { isJsonObject, type Json } from "../../ports/commit.ts"

/** A payment of version 1 in the shape of version 2. */
export const withUndosOfAttempts = (payment: Json): Json =>
  isJsonObject(payment) && Array.isArray(payment["attempts"])
    ? { ...payment, attempts: payment["attempts"].map(withUndos) }
    : payment

/** A refund of version 1 in the shape of version 2. */
export const withUndosOfAttempt = (refund: Json): Json =>
  isJsonObject(refund) && isJsonObject(refund["attempt"])
    ? { ...refund, attempt: withUndos(refund["attempt"]) }
    : refund

/**
 * What is certain has no undoing that counts, and what is being undone was begun to be undone once. What was left to a
 * person says nothing of it: it is taken for what most of it is, and the audit names the rest.
 */
const withUndos = (attempt: Json): Json =>
  isJsonObject(attempt) ? { ...attempt, undos: attempt["status"] === "reversing" ? 1 : 0 } : attempt
