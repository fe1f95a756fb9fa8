import { follow } from "../machine.ts"
import { zero } from "../money/index.ts"
import type { CrossBorderEvent, CrossBorderPayment } from "./cross-border.ts"
import { crossBorderMachine } from "./cross-border-machine.ts"

/** Before anything happened. The terms mean nothing until the payment is created. */
export const noPayment: CrossBorderPayment = {
  status: "none",
  id: "",
  merchantId: "",
  quoteId: "",
  source: zero("USDC"),
  destination: zero("USD"),
  rate: { numerator: 1n, denominator: 1n },
  fees: { breakdown: [], total: zero("USDC") },
  paymentMethod: "",
  blockchain: "",
  transactionVersion: 1,
  fiatSettlementTime: { min: 0, max: 0, unit: "minutes" },
  senderAddress: "",
  refundAddress: "",
  useCase: "b2b",
  reasonForPayment: "",
  customerRefId: "",
  beneficiaryRefId: null,
  refCode: null,
  travelRuleRecordId: "",
  beneficiaryRecordId: "",
  manualReview: false,
  delayed: false,
  rfis: [],
  transactions: [],
  received: [],
  refunds: [],
  fiatNetworkRef: null,
  failureCode: null,
  contradiction: null,
  expiresAtMs: 0,
  createdAtMs: 0,
  updatedAtMs: 0
}

/**
 * The payment after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * const pending = { ...noPayment, status: "crypto_funds_pending" } as const
 * evolve(pending, { _tag: "PaymentFailed", code: "PM09000", atMs: 5 }).failureCode // => "PM09000"
 */
export const evolve = (payment: CrossBorderPayment, event: CrossBorderEvent): CrossBorderPayment => {
  const status = follow(crossBorderMachine, payment.status, event._tag)
  const after = { ...payment, status, updatedAtMs: event.atMs }
  switch (event._tag) {
    case "PaymentCreated": {
      const { id, merchantId, quoteId, terms, details, expiresAtMs, atMs } = event
      const named = { id, merchantId, quoteId, ...terms, ...details }
      return { ...noPayment, ...named, status, expiresAtMs, createdAtMs: atMs, updatedAtMs: atMs }
    }
    case "ManualReviewStarted":
      return { ...after, manualReview: true }
    case "PaymentCleared":
      return { ...after, manualReview: false }
    case "RfiRecorded":
      return { ...after, rfis: replaced(payment.rfis, event.rfi) }
    case "TransactionStarted":
      return { ...after, transactions: [...payment.transactions, { id: event.transactionId, status: "created" }] }
    case "TransactionRecorded":
      return { ...after, transactions: replaced(payment.transactions, event.transaction) }
    case "FundsReceived": {
      const { transactionId, amount } = event
      return { ...after, received: [...payment.received, { transactionId, amount }] }
    }
    case "PayoutInitiated":
    case "PaymentWithdrawn":
      return after
    case "PayoutDelayed":
      return { ...after, delayed: true }
    case "PaymentCompleted":
      return { ...after, delayed: false, fiatNetworkRef: event.fiatNetworkRef }
    case "PaymentFailed":
      return { ...after, manualReview: false, delayed: false, failureCode: event.code }
    case "RefundRecorded":
      // In the order of their ids: whichever is heard of first, the same refunds are the same list.
      return { ...after, refunds: replaced(payment.refunds, event.refund).toSorted(byId) }
    case "OutcomeContradicted":
      return { ...after, contradiction: event.said }
  }
}

/** The part in the place of the one with its id, or behind all others where there is none. */
const replaced = <Part extends { readonly id: string }>(parts: ReadonlyArray<Part>, part: Part): ReadonlyArray<Part> =>
  parts.some(({ id }) => id === part.id) ? parts.map((one) => (one.id === part.id ? part : one)) : [...parts, part]

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1)
