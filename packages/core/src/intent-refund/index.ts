/** Giving back on a chain what was paid to an intent. */
export * from "./intent-refund.ts"
export { decide, type IntentRefundDecision, refundRounding, sourceOf } from "./intent-refund-decide.ts"
export { evolve, noIntentRefund } from "./intent-refund-evolve.ts"
export { intentRefundMachine } from "./intent-refund-machine.ts"
