/**
 * The 3-D Secure authentications of the simulated issuer and the challenges among them. Like the bank's books they are
 * a fold of its records, so a payer may answer a challenge after the bank was restarted in between.
 */
import * as Result from "effect/Result"
import type { Eci } from "../payment/payment.ts"
import type { AuthenticationDecided, BankRecord, ChallengeAnswer, ChallengeAnswered } from "./journal.ts"

export type Authentications = {
  readonly byKey: Map<string, AuthenticationDecided>
  readonly byChallenge: Map<string, AuthenticationDecided>
  readonly answers: Map<string, ChallengeAnswer>
}

/** How an authentication stands at a moment. */
export type AuthenticationStanding =
  | { readonly status: "passed"; readonly eci: Eci }
  | { readonly status: "failed"; readonly code: string }
  | { readonly status: "challenged"; readonly challengeId: string }

/** A challenge as its page has to show it. */
export type ChallengeStanding = {
  readonly state: "open" | "expired" | "answered"
  readonly answer: ChallengeAnswer | null
  readonly authentication: AuthenticationDecided
}

/** Why an answer to a challenge changes nothing. */
export type ChallengeRejection =
  | { readonly _tag: "ChallengeNotFound" }
  | { readonly _tag: "ChallengeExpired"; readonly returnUrl: string }
  | { readonly _tag: "ChallengeAlreadyAnswered"; readonly answer: ChallengeAnswer; readonly returnUrl: string }

export const openAuthentications = (records: ReadonlyArray<BankRecord>): Authentications => {
  const book: Authentications = { byKey: new Map(), byChallenge: new Map(), answers: new Map() }
  for (const record of records) applyAuthentication(book, record)
  return book
}

/** Folds one record in. Records of money are no business of this book. */
export const applyAuthentication = (book: Authentications, record: BankRecord): void => {
  if (record.record === "challenge_answered") book.answers.set(record.challengeId, record.answer)
  if (record.record !== "authentication_decided") return
  book.byKey.set(record.key, record)
  if (record.challenge !== null) book.byChallenge.set(record.challenge.id, record)
}

/** Only an approved challenge passes: a payer who cancels or runs out of time has not authenticated. */
export const standingOf = (
  book: Authentications,
  authentication: AuthenticationDecided,
  nowMs: number
): AuthenticationStanding => {
  const { result, eci, code, challenge } = authentication
  if (result === "passed") return { status: "passed", eci }
  if (challenge === null) return { status: "failed", code: code ?? "three_d_secure_failure" }
  const answer = book.answers.get(challenge.id)
  if (answer === "approved") return { status: "passed", eci }
  if (answer !== undefined) return { status: "failed", code: "three_d_secure_failure" }
  if (nowMs >= challenge.expiresAtMs) return { status: "failed", code: "three_d_secure_action_expired" }
  return { status: "challenged", challengeId: challenge.id }
}

export const challengeStanding = (
  book: Authentications,
  challengeId: string,
  nowMs: number
): ChallengeStanding | undefined => {
  const authentication = book.byChallenge.get(challengeId)
  if (authentication?.challenge == null) return undefined
  const answer = book.answers.get(challengeId) ?? null
  const isLate = nowMs >= authentication.challenge.expiresAtMs
  return { state: answer !== null ? "answered" : isLate ? "expired" : "open", answer, authentication }
}

/** The record that an answer makes, once per challenge and in time, and where the payer goes from there. */
export const decideAnswer = (
  book: Authentications,
  challengeId: string,
  answer: ChallengeAnswer,
  nowMs: number
): Result.Result<{ readonly record: ChallengeAnswered; readonly returnUrl: string }, ChallengeRejection> => {
  const standing = challengeStanding(book, challengeId, nowMs)
  if (standing === undefined) return Result.fail({ _tag: "ChallengeNotFound" })
  const { returnUrl } = standing.authentication
  if (standing.answer !== null) {
    return Result.fail({ _tag: "ChallengeAlreadyAnswered", answer: standing.answer, returnUrl })
  }
  if (standing.state === "expired") return Result.fail({ _tag: "ChallengeExpired", returnUrl })
  const at = new Date(nowMs).toISOString()
  return Result.succeed({ record: { record: "challenge_answered", challengeId, answer, at }, returnUrl })
}
