/**
 * The simulated world around the kernel: a card gateway with a bank and an issuer behind it, blockchains, exchange rates,
 * and risk decisions on demand. Runs anywhere; journals in files, for Node, are in `@paykernel/core/simulator/file-journal`.
 */
export type { ChallengeRejection } from "./authentications.ts"
export {
  type AddressDerived,
  type BlocksReorganised,
  type ChainJournal,
  type ChainRecord,
  memoryChainJournal,
  type TransactionBroadcast,
  type TransferRefused
} from "./chain/chain-journal.ts"
export { type ChainMode, type ChainModeRejection, type ChainModeSetting, chainModes } from "./chain/chain-mode.ts"
export type {
  Payment as ChainPayment,
  PayRejection,
  PayRequest,
  ReorgRejection,
  ReorgRequest
} from "./chain/chain-world.ts"
export {
  type SimulatedBlockchain,
  type SimulatedBlockchainOptions,
  simulatedBlockchain
} from "./chain/simulated-blockchain.ts"
export {
  type SimulatedExchangeRates,
  type SimulatedExchangeRatesOptions,
  simulatedExchangeRates
} from "./chain/simulated-exchange-rates.ts"
export { isSignedByPayer } from "./chain/transfer-authorization.ts"
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
export type { ChainAccount } from "./payout/funding/funding-desk.ts"
export type { Wallet } from "./payout/funding/funding-outcomes.ts"
export {
  memoryNetworkJournal,
  type NetworkJournal,
  type NetworkRecord
} from "./payout/network-journal.ts"
export { generateNetworkKey, type NetworkKey, type NetworkKeyMaterial, openNetworkKey } from "./payout/network-key.ts"
export {
  type NetworkMode,
  type NetworkModeRejection,
  type NetworkModeSetting,
  networkModes
} from "./payout/network-mode.ts"
export { scenarios as payoutScenarios } from "./payout/scenarios.ts"
export {
  type SimulatedPayoutNetwork,
  type SimulatedPayoutNetworkOptions,
  simulatedPayoutNetwork
} from "./payout/simulated-payout-network.ts"
export { type BankMessage, type SandboxGateway, type SandboxGatewayOptions, sandboxGateway } from "./sandbox-gateway.ts"
export { sandboxRisk } from "./sandbox-risk.ts"
export { type SimulatedWallet, type SimulatedWalletKind, simulatedWallet, walletToken } from "./simulated-wallet.ts"
export { type TestCard, testCardOf, testCards } from "./test-cards.ts"
