/** Binding offers of a payout network: what is sent, what arrives, the fees and the rate between, and until when. */
export { quoteFault } from "./check-quote.ts"
export * from "./price-quote.ts"
export * from "./quote.ts"
export { decide, isExpired, type QuoteDecision } from "./quote-decide.ts"
export { evolve, noQuote } from "./quote-evolve.ts"
export { quoteMachine } from "./quote-machine.ts"
