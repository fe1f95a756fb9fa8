/** What a host sees of payment intents: being paid on blockchains, and giving it back. */
import type { Deposit } from "../../deposit/deposit.ts"
import type { FeeSchedule } from "../../fees/index.ts"
import type { Intent, IntentKind, IntentRejection } from "../../intent/intent.ts"
import type { IntentRefund, RefundDestination } from "../../intent-refund/intent-refund.ts"
import type { MerchantRejection } from "../../merchant/merchant.ts"
import type { Currency, Money } from "../../money/index.ts"
import type { AddressProblem, Blockchain, ChainDescription, NetworkFeeQuote } from "../../ports/blockchain.ts"
import type { ExchangeRates, RateQuote, TradingPair } from "../../ports/exchange-rate.ts"
import type {
  Accepted,
  IdempotentRequest,
  KernelFailure,
  Listed,
  ListRequest,
  Outcome,
  PaymentItem,
  ReadFailure
} from "../kernel-contract.ts"
import type {
  PrepareTransferFailure,
  PrepareTransferInput,
  PullFailure,
  PullInput,
  TransferToSign
} from "./pull-contract.ts"

export type IntentOptions = {
  readonly blockchain: Blockchain["Service"]
  /** Without it, what is paid is settled in the asset that came. */
  readonly exchangeRates?: ExchangeRates["Service"]
  /** How long a transient intent can be paid where nothing else is asked. Default 8 hours. */
  readonly lifetimeMs?: number
  /** How long deposits are looked for after that. Default 7 days. */
  readonly monitoringMs?: number
  /** By how much, in hundredths of a percent, a payment may fall short and still complete an intent. Default 0. */
  readonly toleranceBps?: number
  /** What a deposit costs, of the asset that came. Default 1 %. */
  readonly feeSchedule?: FeeSchedule
  /** What an address costs, at most one amount for each asset. Default nothing. */
  readonly leaseFees?: ReadonlyArray<Money>
  /** Longest pause between two looks at an address that is expected to be paid. Default 30 s. */
  readonly lookPauseMaxMs?: number
}

export type CreateIntentInput = {
  readonly kind: IntentKind
  /** Of a transient one, in the asset that is to be sent; `null` of a continuous one. */
  readonly amount: Money | null
  /** The asset: what an invoice calls USD is sent as USDC. */
  readonly currency: Currency
  readonly settlementCurrency: Currency
  readonly chains: ReadonlyArray<string>
  readonly walletId: string | null
  /** `null`: as the kernel is configured. */
  readonly expiresAtMs: number | null
}

/** The kernel was given no blockchain. */
export type IntentsNotEnabled = { readonly _tag: "IntentsNotEnabled" }

export type CreateIntentFailure =
  | IntentRejection
  | MerchantRejection
  | KernelFailure
  | IntentsNotEnabled
  /** The chain is not known, or does not carry the asset. */
  | { readonly _tag: "ChainNotSupported"; readonly chain: string }
  /** Nobody exchanges the one into the other. */
  | { readonly _tag: "PairNotTraded"; readonly pair: TradingPair }

export type RefundIntentInput = {
  readonly destination: RefundDestination
  /** What arrives, in the asset that was paid. */
  readonly amount: Money
  /** What the merchant gives for it: the asset, or the settlement currency at the rate of the moment. */
  readonly sourceCurrency: Currency
}

export type RefundIntentFailure =
  | IntentRejection
  | MerchantRejection
  | KernelFailure
  | IntentsNotEnabled
  | { readonly _tag: "ChainNotSupported"; readonly chain: string }
  | { readonly _tag: "DestinationInvalid"; readonly problem: AddressProblem }
  /** It is neither the asset nor the settlement currency. */
  | { readonly _tag: "SourceCurrencyNotAllowed"; readonly allowed: ReadonlyArray<Currency> }
  | { readonly _tag: "PairNotTraded"; readonly pair: TradingPair }

/** A refund that was accepted, and the intent that it is of. */
export type IntentRefundView = { readonly refund: IntentRefund; readonly intent: Intent }

/** What an id in the payments collection names, of all kinds. */
export type AnyPayment =
  | { readonly _tag: "Payment"; readonly item: PaymentItem }
  | { readonly _tag: "Deposit"; readonly deposit: Deposit }
  | { readonly _tag: "IntentRefund"; readonly refund: IntentRefund }

export type IntentNotFound = { readonly _tag: "IntentNotFound" }

export type Intents = {
  /** What the kernel can be paid on; empty where it was given no blockchain. */
  readonly chains: ReadonlyArray<ChainDescription>
  /** What the kernel can tell the rates of. */
  readonly pairs: ReadonlyArray<TradingPair>
  readonly create: (
    merchantId: string,
    input: CreateIntentInput,
    request?: IdempotentRequest<Intent>
  ) => Promise<Outcome<Accepted<Intent>, CreateIntentFailure>>
  readonly get: (merchantId: string, id: string) => Promise<Outcome<Intent, IntentNotFound | ReadFailure>>
  /** Fields: `status`, `context` and `kind`, each as it is now. A context of nothing is `none`. */
  readonly list: (merchantId: string, request: ListRequest) => Promise<Outcome<Listed<Intent>, ReadFailure>>
  /** Nobody is to pay any more. What comes all the same is credited, and told. */
  readonly expire: (merchantId: string, id: string) => Promise<Outcome<Intent, IntentRejection | ReadFailure>>
  readonly refund: (
    merchantId: string,
    id: string,
    input: RefundIntentInput,
    request?: IdempotentRequest<IntentRefundView>
  ) => Promise<Outcome<Accepted<IntentRefundView>, RefundIntentFailure>>
  /**
   * Somebody says that something happened at an address. Only a wake-up, whoever it comes from: what happened is asked of
   * the chain, and so is what became of refunds that are in doubt or in a person's hands.
   */
  readonly hear: (
    merchantId: string,
    id: string
  ) => Promise<Outcome<Intent, IntentNotFound | IntentsNotEnabled | ReadFailure>>
  /** What a payer has to sign, so that the intent is paid by a pull. */
  readonly prepareTransfer: (
    merchantId: string,
    id: string,
    input: PrepareTransferInput
  ) => Promise<Outcome<TransferToSign, PrepareTransferFailure>>
  /**
   * Hands in what a payer signed; answers the deposit that it makes. Where nothing can be said, the same authorization may
   * be handed in again.
   */
  readonly pull: (
    merchantId: string,
    id: string,
    input: PullInput,
    request?: IdempotentRequest<Deposit>
  ) => Promise<Outcome<Accepted<Deposit>, PullFailure>>
  readonly quoteRate: (
    pair: TradingPair
  ) => Promise<Outcome<RateQuote, { readonly _tag: "PairNotTraded"; readonly pair: TradingPair } | ReadFailure>>
  readonly quoteNetworkFee: (
    chain: string,
    currency: Currency
  ) => Promise<Outcome<NetworkFeeQuote, { readonly _tag: "ChainNotSupported"; readonly chain: string } | ReadFailure>>
}
