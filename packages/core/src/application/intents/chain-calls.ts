/** Calls to a blockchain and to whoever quotes rates, with a deadline of our own: an adapter that hangs must not outlive the lease it runs under. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Currency } from "../../money/index.ts"
import {
  BlockchainUnavailable,
  type DepositAddress,
  type DepositPage,
  type DepositQuery,
  type NetworkFeeQuote,
  type PullOperation,
  type RefundOperation,
  type TransferLookup,
  type TransferReply
} from "../../ports/blockchain.ts"
import {
  type ExchangeRateError,
  ExchangeRatesUnavailable,
  PairNotTraded,
  type RateQuote,
  type TradingPair
} from "../../ports/exchange-rate.ts"
import type { IntentDesk } from "./intent-desk.ts"

/** An adapter that cannot even be interrupted is left behind: its place is needed, and nobody listens to it now. */
export const withDeadline = <A, E, Late, Missed>(
  timeoutMs: number,
  late: Effect.Effect<Late, Missed>,
  call: () => Effect.Effect<A, E>
): Effect.Effect<A | Late, E | Missed> =>
  Effect.flatMap(Effect.forkDetach(Effect.suspend(call)), (calling) =>
    Effect.timeoutOrElse(Fiber.join(calling), {
      duration: timeoutMs,
      orElse: () => {
        calling.interruptUnsafe()
        return late
      }
    })
  )

const unavailable = Effect.suspend(() => Effect.fail(new BlockchainUnavailable({ reason: "deadline" })))

export const deriveAddressAt = (
  { blockchain }: IntentDesk,
  request: { readonly chain: string; readonly currency: Currency; readonly reference: string },
  timeoutMs: number
): Effect.Effect<DepositAddress, BlockchainUnavailable> =>
  withDeadline(timeoutMs, unavailable, () => blockchain.deriveAddress(request))

export const depositsOnChain = (
  { blockchain }: IntentDesk,
  query: DepositQuery,
  timeoutMs: number
): Effect.Effect<DepositPage, BlockchainUnavailable> =>
  withDeadline(timeoutMs, unavailable, () => blockchain.depositsAt(query))

export const networkFeeOn = (
  { blockchain }: IntentDesk,
  chain: string,
  currency: Currency,
  timeoutMs: number
): Effect.Effect<NetworkFeeQuote, BlockchainUnavailable> =>
  withDeadline(timeoutMs, unavailable, () => blockchain.quoteNetworkFee(chain, currency))

/** No answer in time says nothing about what happened. */
export const sendRefundTo = (
  { blockchain }: IntentDesk,
  operation: RefundOperation,
  timeoutMs: number
): Effect.Effect<TransferReply> =>
  withDeadline(timeoutMs, Effect.succeed({ _tag: "Unknown", why: "deadline" } as const), () =>
    blockchain.sendRefund(operation, timeoutMs)
  )

/** No answer in time says nothing about what happened. */
export const submitAuthorizationTo = (
  { blockchain }: IntentDesk,
  operation: PullOperation,
  timeoutMs: number
): Effect.Effect<TransferReply> =>
  withDeadline(timeoutMs, Effect.succeed({ _tag: "Unknown", why: "deadline" } as const), () =>
    blockchain.submitAuthorization(operation, timeoutMs)
  )

export const lookUpRefundOn = (
  { blockchain }: IntentDesk,
  key: string,
  timeoutMs: number
): Effect.Effect<TransferLookup> =>
  withDeadline(timeoutMs, Effect.succeed({ _tag: "Unavailable", why: "deadline" } as const), () =>
    blockchain.lookupRefund(key, timeoutMs)
  )

export const lookUpAuthorizationOn = (
  { blockchain }: IntentDesk,
  key: string,
  timeoutMs: number
): Effect.Effect<TransferLookup> =>
  withDeadline(timeoutMs, Effect.succeed({ _tag: "Unavailable", why: "deadline" } as const), () =>
    blockchain.lookupAuthorization(key, timeoutMs)
  )

/** The rate of a pair; nobody trades any where the kernel was given no rates. */
export const quoteOf = (
  { exchangeRates }: Pick<IntentDesk, "exchangeRates">,
  pair: TradingPair,
  timeoutMs: number
): Effect.Effect<RateQuote, ExchangeRateError> =>
  exchangeRates === null
    ? Effect.suspend(() => Effect.fail(new PairNotTraded({ pair })))
    : withDeadline(
        timeoutMs,
        Effect.suspend(() => Effect.fail(new ExchangeRatesUnavailable({ reason: "deadline" }))),
        () => exchangeRates.quote(pair)
      )
