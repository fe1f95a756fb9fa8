/**
 * The test kit: stories about deciders, looks at state machines, generators of domain values, and what every adapter
 * of a port must do. It leans on fast-check and vitest, which are optional peers: no other entry point imports them.
 */
export * from "./arbitraries.ts"
export { type Decider, decider, type Ending, StoryFailed } from "./decider.ts"
export { describeGateway, type GatewayEffect, type GatewaySkip, type GatewayUnderTest } from "./gateway.suite.ts"
export {
  commandOf,
  live,
  type PaymentHistory,
  type PaymentMove,
  paymentHistory,
  paymentMove,
  paymentRequest
} from "./payment-arbitraries.ts"
export * as PaymentExamples from "./payment-examples.ts"
export { differenceOf, sameData } from "./plain-data.ts"
export { describeStore, type StoreSkip, type StoreUnderTest } from "./store.suite.ts"
export { describeVault, type VaultUnderTest } from "./vault.suite.ts"
export { type Edge, mermaid, type Walk, walk } from "./walk.ts"
