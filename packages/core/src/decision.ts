/**
 * What a decision returns: facts, movements of money and wanted effects, all as data. Nothing has happened yet;
 * the application turns one decision into one atomic commit.
 */
import type { LedgerTransaction } from "./ledger/ledger.ts"

/** A wish for something to happen later or outside. `id` is derived, so the same wish is never filed twice. */
export type TaskRequest<Kind extends string = TaskKind> = {
  readonly id: string
  readonly kind: Kind
  readonly aggregate: { readonly type: string; readonly id: string }
  /** Which part of the aggregate it concerns, such as an attempt's id. */
  readonly subject: string
  readonly dueAtMs: number
}

export type TaskKind =
  /** Carry one attempt at the gateway to a definite end. */
  | "attempt"
  /** Ask the issuer's 3-D Secure service, and poll a challenge that was issued. */
  | "authenticate"
  /** Release an authorization that was never captured. */
  | "expire_authorization"
  /** Fail a challenge that nobody answered. */
  | "expire_challenge"
  | "verify_card"
  /** Close a checkout that nobody paid in time. */
  | "expire_checkout"
  /** Bring the outcome of a payment to the checkout that it is part of. */
  | "follow_payment"
  /** Get the addresses to which an intent is paid. */
  | "assign_address"
  /** Look for deposits at the addresses of an intent, until the time for them is over. */
  | "watch_deposits"
  /** Close an intent that nobody paid in time. */
  | "expire_intent"
  /** Carry the refund of an intent to a definite end on its chain. */
  | "refund_transfer"
  /** Ask a payout network to take a cross-border payment. */
  | "submit_cross_border"
  /** Ask how it stands, until it has ended and nothing more is to come of it. */
  | "follow_cross_border"
  /** Tell the network of money that arrived for it. */
  | "pay_out"
  /** Close one that was not funded in time. */
  | "expire_cross_border"
  /** Broadcast a signed transaction, and follow it on its chain. */
  | "broadcast_transaction"
  /** Close a transaction that nobody signed in time. */
  | "expire_transaction"
  /** Hand the answer to a request for information to the network. */
  | "submit_rfi"
  /** Close a request that nobody answered in time. */
  | "expire_rfi"
  | "settle"
  /** Find out who wants to be told of an event. */
  | "notify"
  /** Tell one of them. */
  | "deliver"

/**
 * What a task waits behind. Work that moves money never waits behind news of it, however much of that there is: each
 * lane is claimed apart.
 */
export type TaskLane = "money" | "news"

const lanes: { readonly [kind in TaskKind]: TaskLane } = {
  attempt: "money",
  authenticate: "money",
  expire_authorization: "money",
  expire_challenge: "money",
  verify_card: "money",
  expire_checkout: "money",
  follow_payment: "money",
  assign_address: "money",
  watch_deposits: "money",
  expire_intent: "money",
  refund_transfer: "money",
  submit_cross_border: "money",
  follow_cross_border: "money",
  pay_out: "money",
  expire_cross_border: "money",
  broadcast_transaction: "money",
  expire_transaction: "money",
  submit_rfi: "money",
  expire_rfi: "money",
  settle: "money",
  notify: "news",
  deliver: "news"
}

/**
 * The lane of a task, which its kind decides.
 *
 * @example
 * laneOf("attempt") // => "money"
 * laneOf("deliver") // => "news"
 */
export const laneOf = (kind: TaskKind): TaskLane => lanes[kind]

/** `Kind` narrows the tasks to those that one room asks for. */
export type Decision<Event, Kind extends string = TaskKind> = {
  readonly events: ReadonlyArray<Event>
  readonly ledger: ReadonlyArray<LedgerTransaction>
  readonly tasks: ReadonlyArray<TaskRequest<Kind>>
}
