/** Intents as a host calls them. A kernel without a blockchain shows what there is, and begins nothing. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { TradingPair } from "../../ports/exchange-rate.ts"
import type { Operations } from "../operations.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import type { Run } from "../run-outcome.ts"
import { networkFeeOn, quoteOf } from "./chain-calls.ts"
import { createIntent, expireIntent } from "./create-intent.ts"
import { hearOfIntent } from "./hear-of-intent.ts"
import type { Intents, IntentsNotEnabled } from "./intent-contract.ts"
import { chainWith, type IntentDesk } from "./intent-desk.ts"
import { prepareTransfer } from "./prepare-transfer.ts"
import { pullPayment } from "./pull-payment.ts"
import { findIntent, listIntents } from "./read-intents.ts"
import { refundIntent } from "./refund-intent.ts"

export const intentUseCases = (
  run: Run,
  operations: Operations,
  directory: MerchantDirectory,
  desk: IntentDesk | null
): Intents => ({
  chains: desk?.blockchain.chains ?? [],
  pairs: desk?.exchangeRates?.pairs ?? [],
  create: async (merchantId, input, request) =>
    desk === null ? notEnabled : run(createIntent(operations, directory, desk, merchantId, input, request)),
  get: (merchantId, id) => run(findIntent(merchantId, id)),
  list: (merchantId, request) => run(Effect.map(listIntents(merchantId, request), Result.succeed)),
  expire: (merchantId, id) => run(expireIntent(merchantId, id)),
  refund: async (merchantId, intentId, input, request) =>
    desk === null
      ? notEnabled
      : run(refundIntent(operations, directory, desk, { merchantId, intentId, input }, request)),
  hear: async (merchantId, id) => (desk === null ? notEnabled : run(hearOfIntent(operations, desk, merchantId, id))),
  prepareTransfer: async (merchantId, id, input) =>
    desk === null ? notEnabled : run(prepareTransfer(desk, merchantId, id, input)),
  pull: async (merchantId, intentId, input, request) =>
    desk === null ? notEnabled : run(pullPayment(operations, desk, { merchantId, intentId, input }, request)),
  quoteRate: (pair) => run(quoteRate(operations, desk, pair)),
  quoteNetworkFee: async (chain, currency) =>
    desk === null || chainWith(desk, chain, currency) === undefined
      ? { ok: false, error: { _tag: "ChainNotSupported", chain } }
      : run(Effect.map(networkFeeOn(desk, chain, currency, operations.callTimeoutMs), Result.succeed))
})

const quoteRate = ({ callTimeoutMs }: Operations, desk: IntentDesk | null, pair: TradingPair) =>
  Effect.map(quoteOf(desk ?? { exchangeRates: null }, pair, callTimeoutMs), Result.succeed).pipe(
    Effect.catchTag("PairNotTraded", () => Effect.succeed(Result.fail({ _tag: "PairNotTraded" as const, pair })))
  )

const notEnabled: { readonly ok: false; readonly error: IntentsNotEnabled } = {
  ok: false,
  error: { _tag: "IntentsNotEnabled" }
}
