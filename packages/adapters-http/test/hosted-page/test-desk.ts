/**
 * A desk in memory: sessions, a real card door, and a bank that answers by card number. It keeps what the interface
 * promises, one charge for each attempt and one for each session, so that a page that asked twice would show.
 */
import type { Card } from "@paykernel/core/domain"
import * as Result from "effect/Result"
import type { CardPayment, DeclineCode, HostedDesk, HostedSession, PayResult } from "../../src/hosted/index.ts"
import { generateCardKey, openCardDoor } from "../../src/openpgp/index.ts"

export type TestDesk = {
  readonly desk: HostedDesk
  readonly cardKey: () => { readonly keyId: string; readonly publicKeyBase64: string }
  /** Makes a session; what is not said is a merchant who sells coffee. */
  readonly open: (about?: Partial<HostedSession>) => HostedSession
  readonly change: (sessionId: string, change: Partial<HostedSession>) => void
  /** The issuer's word after a challenge. */
  readonly answerChallenge: (sessionId: string, approved: boolean) => void
  /** Every card that was charged, in order. */
  readonly charges: ReadonlyArray<{ readonly sessionId: string; readonly last4: string; readonly email: string }>
  /** Every call of `pay`, whatever came of it. */
  readonly payments: ReadonlyArray<CardPayment>
}

export type TestDeskOptions = {
  readonly nowMs: () => number
  readonly challengeUrl?: (sessionId: string) => string
  /** How long the bank takes. */
  readonly delayMs?: number
}

export const cards = {
  good: "4242424242424242",
  amex: "378282246310005",
  slow: "5555555555554444",
  challenged: "4000000000003220"
} as const

export const declinedCards: ReadonlyArray<readonly [number: string, code: DeclineCode]> = [
  ["4000000000000002", "card_declined"],
  ["4000000000009995", "insufficient_funds"],
  ["4000000000000069", "expired_card"],
  ["4000000000000127", "invalid_cvv"],
  ["4000000000000101", "invalid_card"],
  ["4000000000000119", "processing_error"]
]

export const testDesk = async ({ nowMs, challengeUrl, delayMs = 0 }: TestDeskOptions): Promise<TestDesk> => {
  const door = await openCardDoor({ keys: [await generateCardKey({ nowMs: nowMs() })], answerAfterMs: 0 })
  const sessions = new Map<string, HostedSession>()
  const answers = new Map<string, Promise<PayResult>>()
  const charges: Array<TestDesk["charges"][number]> = []
  const payments: Array<CardPayment> = []
  const asked = new Map<string, number>()
  const challenged = new Map<string, () => void>()

  const change = (sessionId: string, changed: Partial<HostedSession>): HostedSession => {
    const session = { ...sessionOf(sessionId), ...changed }
    sessions.set(sessionId, session)
    return session
  }
  const sessionOf = (sessionId: string): HostedSession => {
    const session = sessions.get(sessionId)
    if (session === undefined) throw new Error("no such session")
    return session
  }
  const charge = (sessionId: string, pan: Card.Pan, { email }: CardPayment): HostedSession => {
    charges.push({ sessionId, last4: pan.last4, email })
    const receipt = { transactionId: "txn_8F3KQ2M7X1PB", paidAtMs: nowMs(), last4: pan.last4, network: pan.network }
    return change(sessionId, { status: "completed", decline: null, challengeUrl: null, receipt })
  }

  const decide = async (sessionId: string, payment: CardPayment): Promise<PayResult> => {
    // Before anything is waited for, so that no second attempt finds the session pending.
    change(sessionId, { status: "processing", decline: null })
    const opened = await door.decryptCard(payment.keyId, payment.encryptedData)
    if (Result.isFailure(opened)) {
      change(sessionId, { status: "pending" })
      return { _tag: "CardDataUnreadable" }
    }
    const { pan } = opened.success
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    const decline = declinedCards.find(([number]) => number === pan.reveal())?.[1]
    if (decline !== undefined) return change(sessionId, { status: "pending", decline })
    if (pan.reveal() === cards.challenged) {
      challenged.set(sessionId, () => charge(sessionId, pan, payment))
      return change(sessionId, { status: "action_required", challengeUrl: challengeUrl?.(sessionId) ?? null })
    }
    if (pan.reveal() !== cards.slow) return charge(sessionId, pan, payment)
    challenged.set(sessionId, () => charge(sessionId, pan, payment))
    return sessionOf(sessionId)
  }

  const desk: HostedDesk = {
    session: async (sessionId) => sessions.get(sessionId),
    pay: async (sessionId, payment) => {
      payments.push(payment)
      const session = sessions.get(sessionId)
      if (session === undefined) return { _tag: "SessionNotFound" }
      if (payment.keyId !== door.keyId) return { _tag: "EncryptionKeyUnknown" }
      const known = answers.get(payment.attempt)
      if (known !== undefined) return known
      if (session.status !== "pending") return session
      const answer = decide(sessionId, payment)
      answers.set(payment.attempt, answer)
      return answer
    },
    progress: async (sessionId) => {
      const count = (asked.get(sessionId) ?? 0) + 1
      asked.set(sessionId, count)
      // The slow bank has decided by the second question.
      if (count === 2 && sessions.get(sessionId)?.status === "processing") challenged.get(sessionId)?.()
      return sessions.get(sessionId)
    }
  }

  return {
    desk,
    cardKey: () => door,
    charges,
    payments,
    change,
    open: (about = {}) => {
      const id = `sess_${(sessions.size + 1).toString().padStart(12, "0")}`
      const session = { ...coffee, id, expiresAtMs: nowMs() + 3_600_000, ...about }
      sessions.set(session.id, session)
      return session
    },
    answerChallenge: (sessionId, approved) => {
      if (approved) challenged.get(sessionId)?.()
      else change(sessionId, { status: "pending", decline: "card_declined", challengeUrl: null })
    }
  }
}

const coffee: Omit<HostedSession, "id" | "expiresAtMs"> = {
  merchant: { name: "Blue Door Coffee", logoUrl: null, colour: "#0b4f6c" },
  amount: { amount: 4990n, currency: "USD" },
  description: "Two bags of Sidamo, ground for filter",
  customer: { name: "Ada Byron", email: "ada@example.com" },
  status: "pending",
  decline: null,
  challengeUrl: null,
  receipt: null,
  returnUrl: null
}
