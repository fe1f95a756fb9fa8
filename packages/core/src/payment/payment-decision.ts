/** How the rules of this room answer: with facts and what they cause, with nothing, or with the fact that forbids. */
import * as Result from "effect/Result"
import { type Attempt, type AttemptKind, type AttemptPlan, isOpen } from "../attempt/index.ts"
import type { Decision, TaskRequest } from "../decision.ts"
import type { LedgerTransaction } from "../ledger/ledger.ts"
import type { Money } from "../money/index.ts"
import type { Payment, PaymentEvent, PaymentRejection } from "./payment.ts"
import { ledgerOf } from "./payment-ledger.ts"

export type PaymentDecision = Result.Result<Decision<PaymentEvent>, PaymentRejection>

/** Events, with the movements of money that they cause. */
export const decided = (
  payment: Payment,
  events: ReadonlyArray<PaymentEvent>,
  tasks: ReadonlyArray<TaskRequest> = noTasks
): PaymentDecision => {
  const ledger: Array<LedgerTransaction> = []
  for (const event of events) {
    const transaction = ledgerOf(payment, event)
    if (transaction !== undefined) ledger.push(transaction)
  }
  return Result.succeed({ events, ledger, tasks })
}

/** The command is known already, or comes too late to matter. */
export const nothingNew: PaymentDecision = Result.succeed({ events: [], ledger: [], tasks: [] })

export const refused = (rejection: PaymentRejection): PaymentDecision => Result.fail(rejection)

/** The first attempt of one of these kinds that may still move money. */
export const openAttempt = (payment: Payment, kinds: ReadonlyArray<AttemptKind>): Attempt | undefined =>
  payment.attempts.find((attempt) => isOpen(attempt) && kinds.includes(attempt.kind))

/** An attempt as a command asks for it, born in `sending` where the caller sends at once. */
export const planFor = (
  command: {
    readonly attemptId: string
    readonly gatewayKey: string
    readonly sendNow: boolean
    readonly nowMs: number
  },
  kind: AttemptKind,
  amount: Money,
  needsCvv: boolean
): AttemptPlan => ({
  id: command.attemptId,
  kind,
  gatewayKey: command.gatewayKey,
  amount,
  needsCvv,
  plannedAtMs: command.nowMs,
  startedAtMs: command.sendNow ? command.nowMs : null
})

const noTasks: ReadonlyArray<TaskRequest> = []
