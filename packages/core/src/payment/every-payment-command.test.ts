import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { attemptMachine } from "../attempt/index.ts"
import { isBalanced } from "../ledger/index.ts"
import { everyAttemptKind, everyVerificationMethod } from "../testing/every-word.ts"
import { commandOf, type PaymentMove } from "../testing/payment-arbitraries.ts"
import { requestPayment, usd } from "../testing/payment-examples.ts"
import { decide, evolve, noPayment, paymentMachine } from "./index.ts"
import type { Payment, PaymentCommand } from "./payment.ts"

const kinds: ReadonlyArray<PaymentMove["kind"]> = [
  "reply",
  "lookup",
  "reversal",
  "capture",
  "refund",
  "cancel",
  "settle",
  "authentication",
  "risk",
  "start",
  "lost",
  "abandon",
  "expireChallenge",
  "expireAuthorization"
]
const delaysMs = [0, 70_000, 24 * 3_600_000, 7 * 24 * 3_600_000]

const requests = [true, false].flatMap((autoCapture) =>
  everyVerificationMethod.flatMap((verificationMethod) =>
    [true, false].map((sendNow) => requestPayment({ autoCapture, verificationMethod, sendNow }))
  )
)

/** Every command there is, in every variant, on every attempt, now and after each time that matters. */
const commandsFor = (payment: Payment): ReadonlyArray<PaymentCommand> => {
  const moves = kinds.flatMap((kind) =>
    Array.from({ length: Math.max(1, payment.attempts.length) }, (_, pick) => pick).flatMap((pick) =>
      [0, 1, 2, 3, 4, 5].flatMap((variant) =>
        [100n, 50n, 101n, 0n].flatMap((percent) =>
          kind === "capture" || kind === "refund" || percent === 100n ? [{ kind, pick, variant, percent }] : []
        )
      )
    )
  )
  const turn = payment.attempts.length + payment.reversals.length
  return [
    requestPayment(),
    requestPayment({ amount: usd(0n) }),
    requestPayment({ sourceStatus: "failed" }),
    ...delaysMs.flatMap((laterMs) =>
      moves.map((move) => commandOf(payment, { ...move, laterMs }, turn, payment.updatedAtMs + laterMs))
    )
  ]
}

/** What tells two payments apart for the rules: amounts and times only through what they allow. */
const shapeOf = (payment: Payment): string =>
  [
    payment.status,
    payment.autoCapture,
    payment.verificationMethod,
    payment.authentication?.status,
    payment.captured.amount === payment.authorized.amount,
    payment.refunding.amount + payment.refunded.amount === payment.captured.amount,
    ...payment.attempts.map(({ kind, status, sends }) => `${kind} ${status} ${Math.min(sends, 2)}`),
    ...payment.reversals.map(({ type, status, settlementId }) => `${type} ${status} ${settlementId === null}`)
  ].join("|")

/** Every shape that can be reached with so many attempts, the shortest way there first. */
const shapes = (attemptsMax: number): ReadonlyMap<string, Payment> => {
  const found = new Map<string, Payment>([[shapeOf(noPayment), noPayment]])
  for (const payment of found.values()) {
    const commands = payment.status === "none" ? requests : commandsFor(payment)
    for (const command of commands) {
      const decided = decide(payment, command)
      if (Result.isFailure(decided) || decided.success.events.length === 0) continue
      const reached = decided.success.events.reduce(evolve, payment)
      if (reached.attempts.length <= attemptsMax && !found.has(shapeOf(reached))) found.set(shapeOf(reached), reached)
    }
  }
  return found
}

describe("every shape of a payment with up to two attempts", () => {
  const found = shapes(2)

  it("covers every status, and every state of every kind of attempt", () => {
    const payments = [...found.values()]
    expect(new Set(payments.map(({ status }) => status))).toEqual(new Set(Object.keys(paymentMachine)))
    const states = new Set(payments.flatMap(({ attempts }) => attempts.map(({ kind, status }) => `${kind} ${status}`)))
    const all = everyAttemptKind.flatMap((kind) => Object.keys(attemptMachine).map((status) => `${kind} ${status}`))
    expect(states).toEqual(new Set(all))
  })

  it("answers every command, and what it answers can be folded", () => {
    let answers = 0
    for (const payment of found.values()) {
      for (const command of commandsFor(payment)) {
        const decided = decide(payment, command)
        answers += 1
        if (Result.isFailure(decided)) continue
        decided.success.events.reduce(evolve, payment)
        if (!decided.success.ledger.every(isBalanced)) throw new Error(`${command._tag} does not balance`)
      }
    }
    expect(answers).toBeGreaterThan(100_000)
  })

  it("refuses everything but a request before there is a payment", () => {
    for (const command of commandsFor(noPayment).filter(({ _tag }) => _tag !== "RequestPayment")) {
      expect(decide(noPayment, command)).toEqual(Result.fail({ _tag: "PaymentNotFound" }))
    }
  })

  it("refuses a second request ever after", () => {
    for (const payment of found.values()) {
      if (payment.status === "none") continue
      expect(decide(payment, requestPayment())).toEqual(Result.fail({ _tag: "PaymentAlreadyExists" }))
    }
  })

  it("says of an attempt that is not there that it is not there", () => {
    const [tags, commands] = [new Set<string>(), commandsFor(noPayment).filter((command) => "attemptId" in command)]
    for (const payment of found.values()) {
      if (payment.status === "none") continue
      for (const command of commands) {
        const decided = decide(payment, command)
        if (Result.isFailure(decided) && decided.failure._tag === "AttemptNotFound") tags.add(command._tag)
      }
    }
    expect([...tags].sort()).toEqual([
      "AbandonAttempt",
      "DeclareHolderLost",
      "RecordLookup",
      "RecordReply",
      "RecordReversal",
      "StartAttempt"
    ])
  })
})
