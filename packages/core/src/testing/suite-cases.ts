/** The titles of every suite's cases, by the suite's function: for the matrix of capabilities, and to look up what to skip. */
import { beltCases } from "./belts.suite.ts"
import { blockchainCases } from "./blockchain.suite.ts"
import { exchangeRatesCases } from "./exchange-rates.suite.ts"
import { fundingChainCases } from "./funding-chain-cases.ts"
import { gatewayCases } from "./gateway.suite.ts"
import { payoutNetworkCases } from "./payout-network-cases.ts"
import { rateLimiterCases } from "./rate-limiter-cases.ts"
import { clockCases, digestCases, idsCases, keyRingCases, riskCases } from "./services.suite.ts"
import { storeCases } from "./store.suite.ts"
import { vaultCases } from "./vault.suite.ts"
import { webhookSenderCases } from "./webhook-sender-cases.ts"

export const suiteCases = {
  describeStore: Object.values(storeCases).flatMap((cases) => Object.keys(cases)),
  describeBelts: Object.values(beltCases).flatMap((cases) => Object.keys(cases)),
  describeGateway: gatewayCases.map(({ title }) => title),
  describeBlockchain: Object.keys(blockchainCases),
  describeExchangeRates: Object.keys(exchangeRatesCases),
  describePayoutNetwork: Object.keys(payoutNetworkCases),
  describeFundingChain: Object.keys(fundingChainCases),
  describeVault: Object.keys(vaultCases),
  describeRateLimiter: Object.keys(rateLimiterCases),
  describeWebhookSender: Object.keys(webhookSenderCases),
  describeRisk: Object.keys(riskCases),
  describeClock: Object.keys(clockCases),
  describeIds: Object.keys(idsCases),
  describeDigest: Object.keys(digestCases),
  describeKeyRing: Object.keys(keyRingCases)
} as const satisfies { readonly [suite: string]: ReadonlyArray<string> }
