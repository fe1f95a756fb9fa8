/** What a merchant wants to be paid on a blockchain, and how that stands. */
export * from "./intent.ts"
export {
  decide,
  type IntentDecision,
  intentChainsMax,
  intentLifetimeMaxMs,
  toleranceBpsMax
} from "./intent-decide.ts"
export { evolve, idsNamedMax, noIntent } from "./intent-evolve.ts"
export { intentMachine } from "./intent-machine.ts"
export { type Reckoning, reckon, reckoningOf, type Standing, toleranceOf } from "./intent-reckoning.ts"
export { isLate, refundableUntilMs, refundWindowMs } from "./refund-window.ts"
