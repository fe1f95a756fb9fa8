/**
 * What the simulated bank remembers. The bank is a world of its own: it keeps its own book, and what is in that book
 * is the truth that a kernel's books are compared with after every crash.
 */
import type { AttemptKind, AvsResult, CvvResult } from "../attempt/attempt.ts"
import type { Eci } from "../payment/payment.ts"

/**
 * One real execution, as anybody may see it. `amount` is a decimal text in major units, `at` an ISO 8601 instant.
 * `declined`: the issuer or a rule of the bank said no. `error`: the bank could make no sense of it. Neither moves
 * money.
 */
export type JournalLine = {
  readonly operationKey: string
  readonly kind: AttemptKind
  readonly amount: string
  readonly currency: string
  readonly outcome: "approved" | "declined" | "error"
  readonly at: string
}

/** An operation that the bank executed under its key, with what it answered. Never a card number or a CVV. */
export type Executed = JournalLine & {
  readonly record: "executed"
  readonly merchantId: string
  readonly paymentId: string
  /** The authorization that a capture, void or refund follows; `null` on an authorization. */
  readonly authorizationKey: string | null
  /** Whether an authorization captured in the same message. */
  readonly capture: boolean
  readonly reference: string
  readonly code: string | null
  readonly avs: AvsResult
  readonly cvv: CvvResult
}

/** The effect of a key, undone by that key. Publicly a `void` under the key it undoes. */
export type Reversed = JournalLine & { readonly record: "reversed"; readonly kind: "void" }

/** A key that must never have an effect from now on. */
export type Poisoned = { readonly record: "poisoned"; readonly operationKey: string; readonly at: string }

/** A bank transfer that the bank waits for. */
export type TransferAwaited = {
  readonly record: "transfer_awaited"
  readonly operationKey: string
  readonly merchantId: string
  readonly paymentId: string
  readonly amount: string
  readonly currency: string
  readonly reference: string
  /** When it comes, or will not come any more. */
  readonly endsAtMs: number
  readonly at: string
}

export type AuthenticationDecided = {
  readonly record: "authentication_decided"
  readonly key: string
  readonly merchantId: string
  readonly amount: string
  readonly currency: string
  readonly returnUrl: string
  readonly result: "passed" | "failed" | "challenged"
  /** What a pass is worth, now or after the challenge. */
  readonly eci: Eci
  readonly code: string | null
  /** `null` where nothing was asked of the payer. */
  readonly challenge: { readonly id: string; readonly formToken: string; readonly expiresAtMs: number } | null
  readonly at: string
}

export type ChallengeAnswer = "approved" | "failed" | "cancelled"

export type ChallengeAnswered = {
  readonly record: "challenge_answered"
  readonly challengeId: string
  readonly answer: ChallengeAnswer
  readonly at: string
}

export type BankRecord = Executed | Reversed | Poisoned | TransferAwaited | AuthenticationDecided | ChallengeAnswered

/** Where the bank writes its book. A port: in memory for tests, a file where the bank has to survive a crash. */
export type Journal = {
  /** Resolves when this record and all before it are durable. After a rejection it takes no more until reopened. */
  readonly append: (record: BankRecord) => Promise<void>
  /** Every durable record, oldest first. */
  readonly read: () => ReadonlyArray<BankRecord>
}

/**
 * A journal that lives as long as the process.
 *
 * @example
 * memoryJournal().read() // => []
 */
export const memoryJournal = (): Journal => {
  const records: Array<BankRecord> = []
  return {
    append: async (record) => {
      records.push(record)
    },
    read: () => records
  }
}

/**
 * The public view of a book: one line per real execution, without what only the bank needs.
 *
 * @example
 * publicLines([{ record: "poisoned", operationKey: "k", at: "2026-01-01T00:00:00.000Z" }]) // => []
 */
export const publicLines = (records: ReadonlyArray<BankRecord>): ReadonlyArray<JournalLine> =>
  records.flatMap((record) => {
    if (record.record !== "executed" && record.record !== "reversed") return []
    const { operationKey, kind, amount, currency, outcome, at } = record
    return [{ operationKey, kind, amount, currency, outcome, at }]
  })
