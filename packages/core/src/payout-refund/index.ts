/** Refunds by a payout network of what it could not pay out. */
export * from "./payout-refund.ts"
export { decide, type RefundDecision } from "./payout-refund-decide.ts"
export { evolve, noRefund } from "./payout-refund-evolve.ts"
export { ledgerOf } from "./payout-refund-ledger.ts"
export { refundMachine } from "./payout-refund-machine.ts"
