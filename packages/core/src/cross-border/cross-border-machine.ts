import type { Machine } from "../machine.ts"
import type { CrossBorderEvent, CrossBorderStatus } from "./cross-border.ts"

/** What may be heard of a payment that has ended, and moves it no more. */
const remaining = (status: CrossBorderStatus) => ({
  RfiRecorded: status,
  TransactionRecorded: status,
  FundsReceived: status,
  RefundRecorded: status,
  OutcomeContradicted: status
})

/** Every legal move of a cross-border payment. Money may arrive, and requests may be made, after it has ended. */
export const crossBorderMachine: Machine<CrossBorderStatus, CrossBorderEvent["_tag"]> = {
  none: { PaymentCreated: "created" },
  created: {
    ManualReviewStarted: "created",
    RfiRecorded: "created",
    PaymentCleared: "crypto_funds_pending",
    PaymentFailed: "failed",
    PaymentWithdrawn: "withdrawn"
  },
  crypto_funds_pending: {
    RfiRecorded: "crypto_funds_pending",
    TransactionStarted: "crypto_funds_pending",
    TransactionRecorded: "crypto_funds_pending",
    FundsReceived: "crypto_funds_pending",
    PayoutInitiated: "fiat_payment_initiated",
    PaymentFailed: "failed"
  },
  fiat_payment_initiated: {
    RfiRecorded: "fiat_payment_initiated",
    TransactionRecorded: "fiat_payment_initiated",
    FundsReceived: "fiat_payment_initiated",
    RefundRecorded: "fiat_payment_initiated",
    PayoutDelayed: "fiat_payment_initiated",
    PaymentCompleted: "completed",
    PaymentFailed: "failed"
  },
  completed: remaining("completed"),
  failed: remaining("failed"),
  withdrawn: {}
}
