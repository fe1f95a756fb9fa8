/** How the simulated network reads what only it can read: answers and files, each encrypted for its key. */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import type * as Result from "effect/Result"
import type { EncryptedAnswer, EncryptedFile, NetworkRefusal } from "../../ports/payout-network.ts"
import type { FieldRequirements } from "../../requirement/requirement.ts"
import type { NetworkKey } from "./network-key.ts"
import { type Answer, type AnswerForm, type AnswerRejection, openAnswer } from "./open-answer.ts"
import { openFile } from "./open-file.ts"

export type LetterReader = {
  /** An answer, or what is wrong with it. */
  readonly readAnswer: (
    letter: EncryptedAnswer,
    asked: FieldRequirements,
    form: AnswerForm
  ) => Promise<Result.Result<Answer, AnswerRejection>>
  /** What is wrong with a file, or `undefined`. */
  readonly faultOf: (file: EncryptedFile) => Promise<NetworkRefusal["why"] | undefined>
  /** By which an answer is known again. */
  readonly digestOf: (jwe: string) => string
}

export const letterReader = (key: NetworkKey): LetterReader => ({
  readAnswer: (letter, asked, form) => openAnswer(key, letter, asked, form),
  faultOf: (file) => openFile(key, file),
  digestOf: (jwe) => bytesToHex(sha256(new TextEncoder().encode(jwe)))
})
