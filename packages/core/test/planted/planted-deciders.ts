/** Defects of decisions: bounds that nobody checks, books that lose a line, messages that count twice. */
import { money } from "@paykernel/core"
import { Payment } from "@paykernel/core/domain"
import { commandOf, laws, PaymentExamples, type PaymentMove, paymentMove, playHistory } from "@paykernel/core/testing"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { byLaw, type PlantedBug } from "./planted-bug.ts"

type Decide = typeof Payment.decide
type Decision = Payment.PaymentDecision extends Result.Result<infer A, infer _E> ? A : never

const { initial, evolve } = { initial: Payment.noPayment, evolve: Payment.evolve }

type Moves = ReadonlyArray<PaymentMove>

const moves: fc.Arbitrary<Moves> = fc.array(paymentMove(), { maxLength: 12, size: "max" })

/** A life under a patched decision: the moves are read against the state to which the patch has led. */
const lived = (decide: Decide) => (all: Moves) => {
  const request = PaymentExamples.requestPayment()
  const approval = PaymentExamples.recordReply("authorize-1", PaymentExamples.approved())
  const commands: Array<Payment.PaymentCommand> = [request, approval]
  let { state } = playHistory({ initial, decide, evolve }, commands)
  all.forEach((move, turn) => {
    const command = commandOf(state, move, turn, request.nowMs)
    const decided = decide(state, command)
    if (Result.isFailure(decided)) return
    state = decided.success.events.reduce(evolve, state)
    commands.push(command)
  })
  return playHistory({ initial, decide, evolve }, commands)
}

const patched =
  (change: (decision: Decision, state: Payment.Payment) => Decision): Decide =>
  (state, command) =>
    Result.map(Payment.decide(state, command), (decision) => change(decision, state))

const forgets =
  (what: (state: Payment.Payment) => Payment.Payment): Decide =>
  (state, command) =>
    Payment.decide(command._tag === "RefundPayment" ? what(state) : state, command)

const choose = (isPlanted: boolean, decide: Decide): Decide => (isPlanted ? decide : Payment.decide)

const none = money(0n, "USD")

/** Noticed before any law looks: a payment that was folded wrong does not come to be. */
const boundedBy = (title: string, decide: Decide): PlantedBug => ({
  ...byLaw(title, "the payment's own assertion", (isPlanted) =>
    laws.bounded({ histories: moves, boundsOf: boundsOf(choose(isPlanted, decide)) })
  ),
  noticedAs: "Error"
})

const boundsOf = (decide: Decide) => (all: Moves) =>
  lived(decide)(all).states.map(({ authorized, captured, refunded, refunding }) => ({
    authorized: authorized.amount,
    captured: captured.amount,
    refunded: refunded.amount + refunding.amount
  }))

const booksOf = (decide: Decide) => (isPlanted: boolean) => ({
  histories: moves,
  ledgerOf: (all: Moves) => lived(choose(isPlanted, decide))(all).decisions.flatMap(({ ledger }) => ledger)
})

const lostPosting = booksOf(
  patched((decision) => ({
    ...decision,
    ledger: decision.ledger.map((one) => (one.kind === "refund" ? { ...one, postings: one.postings.slice(1) } : one))
  }))
)

const sharedId = booksOf(
  patched((decision, { id }) => ({
    ...decision,
    ledger: decision.ledger.map((one) => ({ ...one, id: `${id}:${one.kind}` }))
  }))
)

const commands = moves.map((all) => lived(Payment.decide)(all).commands)

const machine = { machine: Payment.paymentMachine, statusOf: ({ status }: Payment.Payment) => status }

/** Something of the moment instead of the event. */
let looks = 0
const readsClock = (state: Payment.Payment, event: Payment.PaymentEvent): Payment.Payment => ({
  ...Payment.evolve(state, event),
  updatedAtMs: looks++
})

const losesReason = (event: Payment.PaymentEvent): Payment.PaymentEvent =>
  event._tag === "RefundRequested" ? { ...event, amount: none } : event

const countsTwice = (state: number, { amount }: { readonly id: string; readonly amount: number }) =>
  Result.succeed({ events: [{ state: state + amount }] })

/** A deposit by its id, as a wallet keeps it. */
const counts = (state: number, { amount }: { readonly id: string; readonly amount: number }) =>
  Result.succeed({ events: state >= amount ? [] : [{ state: amount }] })

const wallet = (isPlanted: boolean) => ({
  initial: 0,
  decide: isPlanted ? countsTwice : counts,
  evolve: (_: number, event: { readonly state: number }) => event.state,
  commands: fc.constant([]),
  messages: fc.record({ id: fc.constant("deposit"), amount: fc.integer({ min: 1, max: 9 }) })
})

/** What the provider says about a deposit, in the order in which it became true. */
const stages = ["seen", "confirmed", "paid"] as const
type Stage = (typeof stages)[number] | ""

const rank = (stage: Stage): number => (stage === "" ? -1 : stages.indexOf(stage))

const deposit = (isPlanted: boolean) => ({
  initial: "" as Stage,
  decide: (state: Stage, message: Stage) =>
    Result.succeed({
      events: isPlanted || rank(message) > rank(state) ? [message] : []
    }),
  evolve: (_: Stage, event: Stage) => event,
  scenes: fc.constant({ state: "" as Stage, facts: [...stages], noise: ["seen" as Stage], last: [] })
})

/** A late approval counts, although the merchant was told that the payment failed. */
const believesLate: Decide = (state, command) =>
  state.status === "failed" && command._tag === "RecordReply" && command.reply._tag === "Approved"
    ? Payment.decide(reopened(state), command)
    : Payment.decide(state, command)

const lateLife = fc.array(
  fc.constantFrom(
    PaymentExamples.requestPayment(),
    PaymentExamples.recordReply("authorize-1", PaymentExamples.declined()),
    PaymentExamples.recordReply("authorize-1", PaymentExamples.approved())
  ),
  { maxLength: 6, size: "max" }
)

const reopened = (state: Payment.Payment): Payment.Payment => ({
  ...state,
  status: "pending",
  failure: null,
  attempts: state.attempts.map((attempt) => ({ ...attempt, status: "sending" }))
})

const revives = (state: Payment.Payment, event: Payment.PaymentEvent): Payment.Payment =>
  Payment.evolve(state.status === "failed" ? reopened(state) : state, event)

export const plantedDeciders: ReadonlyArray<PlantedBug> = [
  boundedBy(
    "a refund forgets what was refunded before",
    forgets((state) => ({ ...state, refunded: none }))
  ),
  boundedBy(
    "two clerks refund at once, and neither sees the other's",
    forgets((state) => ({ ...state, refunding: none }))
  ),
  byLaw("a posting of a refund is lost", "laws.balanced", (isPlanted) => laws.balanced(lostPosting(isPlanted))),
  byLaw("every refund of a payment is booked under one id", "laws.bookedOnce", (isPlanted) =>
    laws.bookedOnce(sharedId(isPlanted))
  ),
  byLaw("the state remembers when it was read", "laws.replay", (isPlanted) =>
    laws.replay({
      initial,
      decide: Payment.decide,
      evolve: isPlanted ? readsClock : evolve,
      commands
    })
  ),
  byLaw("a stored event loses an amount", "laws.replay", (isPlanted) =>
    laws.replay({
      initial,
      decide: Payment.decide,
      evolve,
      commands,
      ...(isPlanted ? { stored: losesReason } : {})
    })
  ),
  byLaw("a failed payment is captured by a late approval", "laws.final", (isPlanted) =>
    laws.final({
      initial,
      decide: choose(isPlanted, believesLate),
      evolve: isPlanted ? revives : evolve,
      commands: lateLife,
      ...machine
    })
  ),
  byLaw("a deposit that is reported twice counts twice", "laws.heardTwice", (isPlanted) =>
    laws.heardTwice(wallet(isPlanted))
  ),
  byLaw("the last message wins, whatever it says", "laws.anyOrder", (isPlanted) => laws.anyOrder(deposit(isPlanted)))
]
