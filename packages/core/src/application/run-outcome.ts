/** From Effect to promises: expected failures become outcomes, everything else rejects. */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { BlockchainUnavailable } from "../ports/blockchain.ts"
import type { ExchangeRatesUnavailable } from "../ports/exchange-rate.ts"
import type { FundingChainUnavailable } from "../ports/funding-chain.ts"
import type { PayoutNetworkUnavailable } from "../ports/payout-network.ts"
import type { StoreUnavailable } from "../ports/store.ts"
import type { VaultUnavailable } from "../ports/vault.ts"
import type { Outcome } from "./kernel-contract.ts"
import type { Ports } from "./operations.ts"

export type Unavailable = { readonly _tag: "Unavailable"; readonly retryAfterMs: number }

/** A pause after which a store that was busy or away is worth asking again. */
const retryAfterMs = 1000

export type Run = <A, E, Failure extends { readonly _tag: string }>(
  effect: Effect.Effect<Result.Result<A, E>, Failure, Ports>
) => Promise<Outcome<A, E | Unavailable>>

/** Runs use cases in the given context. What could not be reached is an outcome; what should be impossible rejects. */
export const runner =
  (context: Context.Context<Ports>): Run =>
  async (effect) => {
    const exit = await Effect.runPromiseExitWith(context)(effect)
    if (Exit.isSuccess(exit)) {
      const decided = exit.value
      return Result.isSuccess(decided) ? { ok: true, value: decided.success } : { ok: false, error: decided.failure }
    }
    const error = Cause.findErrorOption(exit.cause)
    if (Option.isSome(error) && isUnreachable(error.value)) {
      return { ok: false, error: { _tag: "Unavailable", retryAfterMs } }
    }
    throw Cause.squash(exit.cause)
  }

type Unreachable =
  | StoreUnavailable
  | VaultUnavailable
  | BlockchainUnavailable
  | ExchangeRatesUnavailable
  | PayoutNetworkUnavailable
  | FundingChainUnavailable

const unreachable: { readonly [Tag in Unreachable["_tag"]]: true } = {
  StoreUnavailable: true,
  VaultUnavailable: true,
  BlockchainUnavailable: true,
  ExchangeRatesUnavailable: true,
  PayoutNetworkUnavailable: true,
  FundingChainUnavailable: true
}

const isUnreachable = (error: { readonly _tag: string }): error is Unreachable => Object.hasOwn(unreachable, error._tag)
