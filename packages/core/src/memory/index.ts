/** Adapters that keep everything in memory: the reference implementations of the ports. */
export { amountDigitsMax, boundsViolation, commitViolation, fieldsOf, ledgerIdRepeated } from "./commit-invariants.ts"
export { memoryStore, memoryStoreLayer } from "./memory-store.ts"
