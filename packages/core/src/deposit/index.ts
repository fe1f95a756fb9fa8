/** One output of one transaction on a chain, from its first sighting to its credit. */
export { blockchainMethod, creditOf, creditRounding } from "./credit.ts"
export * from "./deposit.ts"
export { type DepositDecision, decide } from "./deposit-decide.ts"
export { evolve, noDeposit } from "./deposit-evolve.ts"
export { depositTransaction } from "./deposit-ledger.ts"
export { depositMachine } from "./deposit-machine.ts"
