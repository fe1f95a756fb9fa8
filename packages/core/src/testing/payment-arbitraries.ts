/**
 * Random lives of a card payment for property tests. A life is made from small moves that are read against the state
 * they meet, so leaving out or simplifying a move always leaves a life behind, and counterexamples shrink to the few
 * commands that matter.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { type Attempt, type GatewayLookup, isOpen } from "../attempt/index.ts"
import type { TaskRequest } from "../decision.ts"
import type { LedgerTransaction } from "../ledger/ledger.ts"
import { type Money, money } from "../money/index.ts"
import { decide, evolve, noPayment, returnable } from "../payment/index.ts"
import type { Payment, PaymentCommand, PaymentEvent, RequestPayment } from "../payment/payment.ts"
import { everyVerificationMethod } from "./every-word.ts"
import { evaluations, lookupsFor, outcomes, pickOf, repliesFor, reversals } from "./heard-messages.ts"
import * as examples from "./payment-examples.ts"

/** A life: commands that were all accepted, each in its turn, and everything that followed from them. */
export type PaymentHistory = {
  readonly commands: ReadonlyArray<PaymentCommand>
  readonly events: ReadonlyArray<PaymentEvent>
  readonly ledger: ReadonlyArray<LedgerTransaction>
  readonly tasks: ReadonlyArray<TaskRequest>
  /** The payment after each command, the last one at the end. */
  readonly states: ReadonlyArray<Payment>
  readonly payment: Payment
}

/** What a move may try. `step` does what usually comes next, so that lives get old. */
const moveKinds = [
  "step",
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
] as const

/** One move: what is tried, on which attempt, with which of the possible contents, for how much, after how long. */
export type PaymentMove = {
  readonly kind: (typeof moveKinds)[number]
  readonly pick: number
  readonly variant: number
  readonly percent: bigint
  readonly laterMs: number
}

const delaysMs = [0, 1, 250, 70_000, 15 * 60_000, 12 * 3_600_000, 24 * 3_600_000, 7 * 24 * 3_600_000]

/** A move. Shrinks towards the ordinary next step, the first attempt, the whole amount and no delay. */
export const paymentMove = (): fc.Arbitrary<PaymentMove> =>
  fc.record({
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constant("step" as const) },
      { weight: 18, arbitrary: fc.constantFrom(...moveKinds) }
    ),
    pick: fc.nat({ max: 3 }),
    variant: fc.nat({ max: 5 }),
    percent: fc.constantFrom(100n, 50n, 1n, 99n, 0n, 101n),
    laterMs: fc.constantFrom(0, 0, 0, ...delaysMs)
  })

/** A first command, of any method, captured at once or later, sent at once or later. */
export const paymentRequest = (): fc.Arbitrary<RequestPayment> =>
  fc
    .record({
      amount: fc.bigInt({ min: 1n, max: 1_000_000n }).map(examples.usd),
      // The first choice is the simplest life, so it is what these shrink to.
      autoCapture: fc.constantFrom(true, false),
      sendNow: fc.constantFrom(true, false),
      verificationMethod: fc.constantFrom(...everyVerificationMethod)
    })
    .map((change) => examples.requestPayment(change))

/**
 * A random life of a payment, from its request on.
 *
 * @example
 * fc.assert(fc.property(paymentHistory(), ({ payment }) => payment.captured.amount <= payment.authorized.amount))
 */
export const paymentHistory = (options: { readonly movesMax?: number } = {}): fc.Arbitrary<PaymentHistory> =>
  fc
    .tuple(paymentRequest(), fc.array(paymentMove(), { maxLength: options.movesMax ?? 24, size: "max" }))
    .map(([request, moves]) => live(request, moves))

/**
 * A command for this payment, legal there or not: what usually comes next as often as everything else together.
 *
 * @example
 * fc.assert(fc.property(paymentCommand(noPayment), ({ nowMs }) => nowMs >= 0))
 */
export const paymentCommand = (payment: Payment): fc.Arbitrary<PaymentCommand> =>
  payment.status === "none"
    ? paymentRequest()
    : fc
        .tuple(paymentMove(), fc.nat({ max: 999 }))
        .map(([move, turn]) => commandOf(payment, move, 1_000 + turn, payment.updatedAtMs + move.laterMs))

/**
 * A command for a payment that may really have lived, legal there or not. Shrinks towards a first request.
 *
 * @example
 * fc.assert(fc.property(anyPaymentCommand, ({ nowMs }) => nowMs >= 0))
 */
export const anyPaymentCommand: fc.Arbitrary<PaymentCommand> = fc.oneof(
  paymentRequest(),
  paymentHistory({ movesMax: 8 }).chain(({ payment }) => paymentCommand(payment))
)

/** The command that a move means for a payment, whether or not it is legal there. `turn` makes new ids. */
export const commandOf = (payment: Payment, move: PaymentMove, turn: number, nowMs: number): PaymentCommand => {
  const { kind, variant } = move
  const attempt = payment.attempts[move.pick % Math.max(1, payment.attempts.length)]
  const attemptId = attempt?.id ?? "no-attempt"
  const ids = { attemptId: `attempt-${turn}`, gatewayKey: `key-${turn}`, sendNow: variant % 2 === 0, nowMs }
  switch (kind) {
    case "step":
      return usualStep(payment, move, turn, nowMs)
    case "reply":
      return examples.recordReply(attemptId, pickOf(repliesFor(attempt), variant), nowMs)
    case "lookup":
      return examples.recordLookup(attemptId, pickOf(lookupsFor(attempt), variant), nowMs)
    case "reversal":
      return examples.recordReversal(attemptId, pickOf(reversals, variant), nowMs)
    case "capture": {
      const amount = variant === 0 ? null : share(payment.authorized, move.percent)
      return examples.capturePayment({ ...ids, amount })
    }
    case "refund":
      return examples.refundPayment({
        ...ids,
        reversalId: `reversal-${turn}`,
        amount: share(returnable(payment), move.percent)
      })
    case "cancel":
      return examples.cancelPayment({ ...ids, reversalId: `reversal-${turn}` })
    case "settle":
      return { _tag: "SettlePayment", settlementId: `settlement-${turn}`, nowMs }
    case "authentication":
      return { ...examples.recordAuthentication(pickOf(outcomes, variant), nowMs), ...ids }
    case "risk":
      return examples.recordRisk(pickOf(evaluations, variant), attempt === undefined ? null : attempt.id, nowMs)
    case "start":
      return { _tag: "StartAttempt", attemptId, nowMs }
    case "lost":
      return { _tag: "DeclareHolderLost", attemptId, nowMs }
    case "abandon":
      return { _tag: "AbandonAttempt", attemptId, why: "given up", nowMs }
    case "expireChallenge":
      return { _tag: "ExpireChallenge", nowMs }
    case "expireAuthorization":
      return { _tag: "ExpireAuthorization", nowMs }
  }
}

/** Plays the moves and keeps what was accepted. */
export const live = (request: RequestPayment, moves: ReadonlyArray<PaymentMove>): PaymentHistory => {
  const commands: Array<PaymentCommand> = []
  const events: Array<PaymentEvent> = []
  const ledger: Array<LedgerTransaction> = []
  const tasks: Array<TaskRequest> = []
  const states: Array<Payment> = []
  let payment = noPayment
  const play = (command: PaymentCommand): void => {
    const decided = decide(payment, command)
    if (Result.isFailure(decided)) return
    payment = decided.success.events.reduce(evolve, payment)
    commands.push(command)
    events.push(...decided.success.events)
    ledger.push(...decided.success.ledger)
    tasks.push(...decided.success.tasks)
    states.push(payment)
  }
  play(request)
  let nowMs = request.nowMs
  moves.forEach((move, turn) => {
    nowMs += move.laterMs
    play(commandOf(payment, move, turn, nowMs))
  })
  return { commands, events, ledger, tasks, states, payment }
}

/** What the world does next: finish what is open, at times with trouble, else go on towards settlement and refunds. */
const usualStep = (payment: Payment, move: PaymentMove, turn: number, nowMs: number): PaymentCommand => {
  const open = payment.attempts.find(isOpen)
  if (open !== undefined) return finish(payment, open, move.variant, nowMs)
  const instead = (kind: PaymentMove["kind"]): PaymentCommand => commandOf(payment, { ...move, kind }, turn, nowMs)
  switch (payment.status) {
    case "pending":
      return examples.recordAuthentication(pickOf(outcomes, move.variant % 2), nowMs)
    case "action_required":
      return examples.recordAuthentication(outcomes[0], nowMs)
    case "authorized":
      return instead("capture")
    case "confirmed":
      return instead(move.variant % 2 === 0 ? "refund" : "settle")
    default:
      return instead("refund")
  }
}

/** The lesser variants end the attempt well, so that a counterexample shrinks to the trouble that it needs. */
const finish = (payment: Payment, attempt: Attempt, variant: number, nowMs: number): PaymentCommand => {
  const cvv = payment.verificationMethod === "cvv" ? "pass" : "not_requested"
  const approval = examples.approved(attempt.amount, { reference: `reference-${attempt.id}`, cvv })
  const troubled = variant > 2
  switch (attempt.status) {
    case "planned":
      return { _tag: "StartAttempt", attemptId: attempt.id, nowMs }
    case "sending":
      return examples.recordReply(attempt.id, troubled ? pickOf(repliesFor(attempt), variant - 2) : approval, nowMs)
    case "reversing":
    case "orphaned":
      return examples.recordReversal(attempt.id, pickOf(reversals, troubled ? 2 : 0), nowMs)
    default: {
      const found: GatewayLookup = { _tag: "Found", verdict: approval }
      return examples.recordLookup(attempt.id, troubled ? pickOf(lookupsFor(attempt), variant - 1) : found, nowMs)
    }
  }
}

const share = (whole: Money, percent: bigint): Money => money((whole.amount * percent) / 100n, whole.currency)
