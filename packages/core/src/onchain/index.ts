/** The on-chain leg of a cross-border payment: signed by the sender, broadcast, accelerated, confirmed or failed. */
export * from "./accelerate-transaction.ts"
export * from "./onchain.ts"
export { decide, isActive, type OnchainDecision, signedTransactionLengthMax } from "./onchain-decide.ts"
export { evolve, noTransaction } from "./onchain-evolve.ts"
export { onchainMachine } from "./onchain-machine.ts"
