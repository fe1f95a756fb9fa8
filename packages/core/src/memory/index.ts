/** Adapters that keep everything in memory: the reference implementations of the ports. */
export { amountDigitsMax, boundsViolation, commitViolation, fieldsOf, ledgerIdRepeated } from "./commit-invariants.ts"
export { type MemoryRateLimiterOptions, memoryRateLimiter } from "./memory-rate-limiter.ts"
export { memoryStore, memoryStoreLayer } from "./memory-store.ts"
export { type RateWindow, rateTaken, rateWindow } from "./rate-window.ts"
