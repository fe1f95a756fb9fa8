/** One money-moving operation at a gateway, from its plan to a definite end. */
export * from "./attempt.ts"
export * from "./attempt-decide.ts"
export * from "./attempt-evolve.ts"
export * from "./attempt-machine.ts"
export * from "./attempt-policy.ts"
export * from "./open-attempt.ts"
