import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { everyAttemptKind, everyCvvResult, everyEci, wordsOf } from "../testing/every-word.ts"
import { testLines } from "../testing/line-codec.ts"
import { decodeRecord, encodeRecord } from "./journal.schema.ts"
import type { AuthenticationDecided, BankRecord, ChallengeAnswer, Executed } from "./journal.ts"

const line = { operationKey: "k", amount: "10.00", currency: "USD", outcome: "approved", at: "2026-01-01" } as const

const executed: Executed = {
  ...{ record: "executed", ...line, kind: "authorize", merchantId: "m", paymentId: "p", authorizationKey: null },
  ...{ capture: true, reference: "r", code: null, avs: "Y", cvv: "pass" }
}

const decided: AuthenticationDecided = {
  ...{ record: "authentication_decided", key: "k", merchantId: "m", amount: "10.00", currency: "USD" },
  ...{ returnUrl: "https://merchant.example", result: "challenged", eci: "05", code: null, at: "2026-01-01" },
  challenge: { id: "c", formToken: "f", expiresAtMs: 9 }
}

const oneOfEach: ReadonlyArray<BankRecord> = [
  executed,
  { record: "reversed", ...line, kind: "void" },
  { record: "poisoned", operationKey: "k", at: "2026-01-01" },
  {
    ...{ record: "transfer_awaited", operationKey: "k", merchantId: "m", paymentId: "p", amount: "10.00" },
    ...{ currency: "USD", reference: "r", endsAtMs: 9, at: "2026-01-01" }
  },
  decided,
  { record: "challenge_answered", challengeId: "c", answer: "approved", at: "2026-01-01" }
]

const outcomes = wordsOf<Executed["outcome"]>({ approved: true, declined: true, error: true })
const results = wordsOf<AuthenticationDecided["result"]>({ passed: true, failed: true, challenged: true })
const answers = wordsOf<ChallengeAnswer>({ approved: true, failed: true, cancelled: true })

/** The same in every word that it may have. */
const inOtherWords: ReadonlyArray<BankRecord> = [
  { ...executed, authorizationKey: "a", code: "card_expired" },
  { ...decided, code: "failed", challenge: null },
  ...everyEci.map((eci): BankRecord => ({ ...decided, eci })),
  ...results.map((result): BankRecord => ({ ...decided, result })),
  ...everyAttemptKind.map((kind): BankRecord => ({ ...executed, kind })),
  ...outcomes.map((outcome): BankRecord => ({ ...executed, outcome })),
  ...everyCvvResult.map((cvv): BankRecord => ({ ...executed, cvv })),
  ...answers.map((answer): BankRecord => ({ record: "challenge_answered", challengeId: "c", answer, at: "2026-01-01" }))
]

describe("a line of the bank's journal", () => {
  testLines({ write: encodeRecord, read: decodeRecord }, { complete: oneOfEach, others: inOtherWords })

  it.each<[string, object]>([
    ["a record of no kind", { ...executed, record: "another" }],
    ["an operation that is none", { ...executed, kind: "gift" }],
    ["an outcome that is none", { ...executed, outcome: "" }],
    ["a code's result that is none", { ...executed, cvv: "" }],
    ["an indicator that is none", { ...decided, eci: "" }],
    ["a result that is none", { ...decided, result: "" }],
    ["a challenge without its form", { ...decided, challenge: { id: "c", expiresAtMs: 9 } }],
    ["a reversal that is no void", { record: "reversed", ...line, kind: "refund" }]
  ])("with %s is none", (_what, record) => {
    expect(Result.isFailure(decodeRecord(JSON.stringify(record)))).toBe(true)
  })
})
