/** The simulator's own desk, with letters for ciphers, which tells of what no honest kernel sends. */
import * as Result from "effect/Result"
import type { EncryptedAnswer, NetworkReply } from "../../../ports/payout-network.ts"
import type { LetterReader } from "../../../simulator/payout/letter-reader.ts"
import { type NetworkDesk, type NetworkDeskOptions, networkDesk } from "../../../simulator/payout/network-desk.ts"
import type { Answer, AnswerRejection } from "../../../simulator/payout/open-answer.ts"
import type { Report } from "../problems.ts"
import { incomplete, openLetter, torn, unreadable } from "./open-letter.ts"

export const institutionDesk = (options: Omit<NetworkDeskOptions, "letters">, report: Report): NetworkDesk => {
  const desk = networkDesk({ ...options, letters: openLetters })
  const { book } = options
  /** Answers that were not taken, and may come late once more. */
  const refusedAnswers = new Set<string>()
  return {
    ...desk,
    submit: async (payment) => {
      const { key, quoteId } = payment
      const reply = await desk.submit(payment)
      if (isRefused(reply, "key_reused")) report("TRUTH", `${key} is submitted again as something else`)
      if (isRefused(reply, "quote_in_use")) {
        report("I1", `${book.keyOfQuote.get(quoteId)} and ${key} are both submitted for the quote ${quoteId}`)
      }
      return reply
    },
    answerRfi: async (given) => {
      const { key, rfiId, answer } = given
      const reply = await desk.answerRfi(given)
      // Where it was decided without an answer, any answer is too many.
      const known = book.payments.get(key)?.rfis.find(({ id }) => id === rfiId)?.answer?.digest
      const isSecond = isRefused(reply, "rfi_not_submittable") && known !== "" && !refusedAnswers.has(answer.jwe)
      if (isSecond) report("I1", `${rfiId} is answered twice, and differently`)
      if (reply._tag === "Refused") refusedAnswers.add(answer.jwe)
      return reply
    }
  }
}

const isRefused = (reply: NetworkReply, why: string): boolean => reply._tag === "Refused" && reply.refusal.why === why

const openLetters: LetterReader = {
  readAnswer: async (letter, asked) => wordIn(letter, asked.version),
  faultOf: async ({ encryptedKey }) => (openLetter(encryptedKey) === torn ? "file_content_invalid" : undefined),
  digestOf: (jwe) => jwe
}

/** The one word of a letter, under the names by which the desk asks for what decides. */
const wordIn = ({ version, jwe }: EncryptedAnswer, asked: string | number): Result.Result<Answer, AnswerRejection> => {
  if (version !== asked) return Result.fail({ why: "requirements_version_unknown", fields: ["version"] })
  const word = openLetter(jwe)
  if (word === undefined || word === unreadable) return Result.fail({ why: "decryption_failed", fields: [] })
  if (word === incomplete) return Result.fail({ why: "requirements_not_met", fields: ["ORIGINATOR_NAME"] })
  return Result.succeed(new Map(["ORIGINATOR_NAME", "NAME"].map((name) => [name, word])))
}
