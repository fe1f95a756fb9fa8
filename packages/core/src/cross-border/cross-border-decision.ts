/** How the parts of the decision are put together: what happened is folded, and each event is booked on its way. */
import * as Result from "effect/Result"
import type { Decision, TaskRequest } from "../decision.ts"
import type { LedgerTransaction } from "../ledger/ledger.ts"
import type {
  CrossBorderCommand,
  CrossBorderEvent,
  CrossBorderPayment,
  CrossBorderRejection,
  CrossBorderTaskKind
} from "./cross-border.ts"
import { evolve } from "./cross-border-evolve.ts"
import { ledgerOf } from "./cross-border-ledger.ts"

export type CrossBorderDecision = Result.Result<Decision<CrossBorderEvent, CrossBorderTaskKind>, CrossBorderRejection>

export type Command<Tag extends CrossBorderCommand["_tag"]> = Extract<CrossBorderCommand, { readonly _tag: Tag }>

/** Events from a state on, with what they move in the books. */
export const happened = (
  payment: CrossBorderPayment,
  events: ReadonlyArray<CrossBorderEvent>,
  tasks: ReadonlyArray<TaskRequest<CrossBorderTaskKind>> = []
): CrossBorderDecision => {
  const ledger: Array<LedgerTransaction> = []
  let state = payment
  for (const event of events) {
    const transaction = ledgerOf(state, event)
    if (transaction !== undefined) ledger.push(transaction)
    state = evolve(state, event)
  }
  return Result.succeed({ events, ledger, tasks })
}

export const refused = (rejection: CrossBorderRejection): CrossBorderDecision => Result.fail(rejection)

export const nothingNew: CrossBorderDecision = Result.succeed({ events: [], ledger: [], tasks: [] })

/** Each is wanted once in the life of a payment, or of the part of it that is its subject. */
export const task = (
  kind: CrossBorderTaskKind,
  id: string,
  dueAtMs: number,
  subject: string = id
): TaskRequest<CrossBorderTaskKind> => ({
  id: [id, kind.replaceAll("_", "-"), ...(subject === id ? [] : [subject])].join(":"),
  kind,
  aggregate: { type: "cross_border_payment", id },
  subject,
  dueAtMs
})

/**
 * A look of its own at what comes when a payment has ended, by when nobody may look after it any more. `subject`: what has
 * come, which is a question or money.
 */
export const refollow = (
  payment: CrossBorderPayment,
  subject: string,
  nowMs: number
): ReadonlyArray<TaskRequest<CrossBorderTaskKind>> =>
  hasEnded(payment) ? [task("follow_cross_border", payment.id, nowMs + firstLookMs, subject)] : []

/** Questions, money and refunds may come all the same. */
export const hasEnded = ({ status }: CrossBorderPayment): boolean => status === "completed" || status === "failed"

/** Most of what is asked of the network is answered at once; a look soon after finds the rest. */
export const firstLookMs = 2000
