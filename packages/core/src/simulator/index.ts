/**
 * The simulated world around the kernel: a card gateway with a bank and an issuer behind it, and risk decisions on
 * demand. Runs anywhere; a journal in a file, for Node, is in `@paykernel/core/simulator/file-journal`.
 */
export type { ChallengeRejection } from "./authentications.ts"
export type { Challenges } from "./challenges.ts"
export { type GatewayMode, gatewayModes, type ModeRejection, type ModeSetting } from "./gateway-mode.ts"
export { authenticationAmounts, declinedAmounts } from "./issuer.ts"
export {
  type AuthenticationDecided,
  type BankRecord,
  type ChallengeAnswer,
  type ChallengeAnswered,
  type Executed,
  type Journal,
  type JournalLine,
  memoryJournal,
  type Poisoned,
  publicLines,
  type Reversed,
  type TransferAwaited
} from "./journal.ts"
export { type BankMessage, type SandboxGateway, type SandboxGatewayOptions, sandboxGateway } from "./sandbox-gateway.ts"
export { sandboxRisk } from "./sandbox-risk.ts"
export { type SimulatedWallet, type SimulatedWalletKind, simulatedWallet, walletToken } from "./simulated-wallet.ts"
export { type TestCard, testCardOf, testCards } from "./test-cards.ts"
