/** The names by which adapters and hosts know ports and what can go wrong at them: to change one breaks them all. */
import { expect, it } from "vitest"
import { Blockchain, BlockchainUnavailable } from "./blockchain.ts"
import { CardGateway } from "./card-gateway.ts"
import { Clock } from "./clock.ts"
import { Digest } from "./digest.ts"
import { ExchangeRates, ExchangeRatesUnavailable, PairNotTraded } from "./exchange-rate.ts"
import { FundingChain, FundingChainUnavailable } from "./funding-chain.ts"
import { Ids } from "./ids.ts"
import { PayoutNetwork, PayoutNetworkUnavailable } from "./payout-network.ts"
import { RateLimiter, RateLimiterUnavailable } from "./rate-limiter.ts"
import { Risk } from "./risk.ts"
import { InvariantViolated, KeyTaken, LeaseLost, Store, StoreUnavailable, VersionConflict } from "./store.ts"
import { KeyUnknown, SealBroken, Vault, VaultUnavailable } from "./vault.ts"
import { WebhookSender } from "./webhook-sender.ts"

const ports = {
  Blockchain,
  CardGateway,
  Clock,
  Digest,
  ExchangeRates,
  FundingChain,
  Ids,
  PayoutNetwork,
  RateLimiter,
  Risk,
  Store,
  Vault,
  WebhookSender
}

it.each(Object.entries(ports))("the port %s is found by its name", (name, port) => {
  expect(port.key).toBe(`@paykernel/core/${name}`)
})

const place = { merchantId: "m", recordId: "r", field: "f" }

it.each([
  ["BlockchainUnavailable", new BlockchainUnavailable({ reason: "r" })],
  ["ExchangeRatesUnavailable", new ExchangeRatesUnavailable({ reason: "r" })],
  ["PairNotTraded", new PairNotTraded({ pair: { base: "EUR", counter: "USD" } })],
  ["FundingChainUnavailable", new FundingChainUnavailable({ reason: "r" })],
  ["PayoutNetworkUnavailable", new PayoutNetworkUnavailable({ reason: "r" })],
  ["RateLimiterUnavailable", new RateLimiterUnavailable({ reason: "r" })],
  ["VersionConflict", new VersionConflict({ ref: { merchantId: "m", type: "payment", id: "p" } })],
  ["KeyTaken", new KeyTaken({ key: { merchantId: "m", scope: "s", key: "k" } })],
  ["LeaseLost", new LeaseLost({ taskId: "t" })],
  ["StoreUnavailable", new StoreUnavailable({ reason: "r", outcomeUnknown: true })],
  ["InvariantViolated", new InvariantViolated({ invariant: "i" })],
  ["SealBroken", new SealBroken({ place })],
  ["KeyUnknown", new KeyUnknown({ keyId: "k" })],
  ["VaultUnavailable", new VaultUnavailable({ cause: null })]
])("%s is told apart by its tag", (tag, error) => {
  expect(error._tag).toBe(tag)
})
