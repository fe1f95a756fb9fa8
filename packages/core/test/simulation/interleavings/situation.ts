/**
 * What a schedule has led to, as one text: two schedules with the same text go on in the same ways and end alike, so
 * what follows has to be looked at only once. A store is what was written to it, in order; a bank is what is in its
 * journal; a process is what it has been told, and when; and the checker's books are as they are.
 */
import { createHash } from "node:crypto"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"

/** A text that stands for all that was said before and for what is said now. */
export const chained = (before: string, now: unknown): string =>
  createHash("sha256").update(before).update("\n").update(plain(now)).digest("base64")

/** One text for one value; none of the values here has a form of its own in which something would be left out. */
const plain = (value: unknown): string => JSON.stringify(value, visible) ?? "undefined"

const visible = (_: string, value: unknown): unknown => {
  if (typeof value === "bigint") return `${value}n`
  if (value instanceof Map) return [...value]
  return value
}

/** An outcome as plain data: what was answered, or the fields of the error. */
export const outcomeOf = <A, E>(exit: Exit.Exit<A, E>, mark: (answer: A) => unknown = (answer) => answer): unknown => {
  if (Exit.isSuccess(exit)) return { answer: mark(exit.value) ?? null }
  const error = Cause.squash(exit.cause)
  return typeof error === "object" && error !== null ? { error: { ...error } } : { error: String(error) }
}
