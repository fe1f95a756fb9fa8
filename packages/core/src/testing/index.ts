/**
 * The test kit: stories about deciders, looks at state machines, generators of domain values, and what every adapter
 * of a port must do. It leans on fast-check and vitest, which are optional peers: no other entry point imports them.
 */
export * from "./arbitraries.ts"
export { type AttemptDecider, type AttemptMessage, attemptDecider } from "./attempt-life.ts"
export { type BeltSwitches, type BeltsUnderTest, describeBelts } from "./belts.suite.ts"
export { type BlockchainUnderTest, describeBlockchain, type TestPayment } from "./blockchain.suite.ts"
export { type CapabilityMatrix, capabilityMatrix, capabilityPage, type SuiteRun } from "./capability-matrix.ts"
export { type Decider, decider, type Ending, StoryFailed } from "./decider.ts"
export { describeExchangeRates, type ExchangeRatesUnderTest } from "./exchange-rates.suite.ts"
export type { FundingChainUnderTest, ToSign } from "./funding/funding-chain-under-test.ts"
export * as TestWallets from "./funding/test-wallet.ts"
export { describeFundingChain } from "./funding-chain.suite.ts"
export { describeGateway, type GatewayEffect, type GatewaySkip, type GatewayUnderTest } from "./gateway.suite.ts"
export { type History, historyOf, playHistory } from "./history.ts"
export * as laws from "./laws/index.ts"
export { LawBroken } from "./laws/law.ts"
export { type HttpSideOptions, httpSide } from "./model/http-side.ts"
export { kernelSide, type Shop, scheduledStore, shopOver } from "./model/kernel-side.ts"
export { type Expected, MerchantBooks, type MerchantRequest, type SeenPayment } from "./model/merchant-books.ts"
export { type MerchantModelOptions, merchantModel } from "./model/merchant-model.ts"
export type { MerchantSide, Told } from "./model/merchant-side.ts"
export {
  anyPaymentCommand,
  commandOf,
  live,
  type PaymentHistory,
  type PaymentMove,
  paymentCommand,
  paymentHistory,
  paymentMove,
  paymentRequest
} from "./payment-arbitraries.ts"
export * as PaymentExamples from "./payment-examples.ts"
export * as PayoutAnswers from "./payout/encrypt-answer.ts"
export type { PayoutNetworkUnderTest } from "./payout/network-under-test.ts"
export { describePayoutNetwork } from "./payout-network.suite.ts"
export { differenceOf, sameData } from "./plain-data.ts"
export { type PlainMessage, plainDialect, signatureOf, standardRetryDelaysMs } from "./plain-dialect.ts"
export { describeRateLimiter } from "./rate-limiter.suite.ts"
export type { RateLimiterUnderTest } from "./rate-limiter-cases.ts"
export { type Reaction, type Received, type ScriptedReceivers, scriptedReceivers } from "./scripted-receivers.ts"
export {
  describeClock,
  describeDigest,
  describeIds,
  describeKeyRing,
  describeRisk,
  type RiskUnderTest
} from "./services.suite.ts"
export * from "./simulation/index.ts"
export { describeStore, type StoreSkip, type StoreUnderTest } from "./store.suite.ts"
export { describeCases, NotApplicable, type SuiteCases, type SuiteSkip } from "./suite.ts"
export { suiteCases } from "./suite-cases.ts"
export { type Trade, type TradingKernel, tradingKernel } from "./trading-kernel.ts"
export { describeVault, type VaultUnderTest } from "./vault.suite.ts"
export { type Edge, edgesTaken, mermaid, type Walk, walk } from "./walk.ts"
export { describeWebhookSender } from "./webhook-sender.suite.ts"
export type { OpenReceiver, ReceiverScript, WebhookSenderUnderTest } from "./webhook-sender-cases.ts"
