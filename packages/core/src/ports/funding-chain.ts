/**
 * The chain on which a cross-border payment is funded: what the sender has to sign, whether what was signed is that, and
 * what becomes of it once it is broadcast. The sender's key never comes here, so nothing here can move money by itself.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Money } from "../money/index.ts"
import type { FeeEstimate, OnchainFailureReason, SigningMessage } from "../onchain/onchain.ts"
import type { TransactionVersion } from "../quote/quote.ts"

/** The transfer of one transaction, before there is anything to sign. */
export type FundingPlan = {
  /** The transaction's own id: no two of them are ever signed as the same message. */
  readonly key: string
  readonly version: TransactionVersion
  readonly blockchain: string
  /** What leaves the sender. */
  readonly amount: Money
  /** What the settlement contract keeps of it for gas, in version 2: the quote's gas fee. Zero in version 1. */
  readonly contractFee: Money
  readonly senderAddress: string
  readonly destinationAddress: string
  /** Until when it can be carried out, exclusive. */
  readonly expiresAtMs: number
  /** What is to be overtaken: the copy spends the same nonce or authorization, and pays the chain more. */
  readonly replaces: { readonly key: string; readonly message: SigningMessage } | null
}

/** Why no message is made for a plan. */
export type PlanRefusal =
  | "blockchain_unsupported"
  | "version_unsupported"
  /** No address of this chain, or not the address of an account. */
  | "account_invalid"
  | "account_not_found"
  | "wallet_sanctioned"
  | "token_balance_insufficient"
  /** The sender has not allowed the Permit2 contract to take the amount. */
  | "allowance_insufficient"

export type PlanReply =
  | {
      readonly _tag: "Planned"
      readonly message: SigningMessage
      /** What the sender pays the chain; `null` where the network pays it. */
      readonly estimatedFee: FeeEstimate | null
      /** Until when it can be signed and sent, exclusive: no later than the plan, and on Solana about a minute. */
      readonly expiresAtMs: number
    }
  | { readonly _tag: "Refused"; readonly why: PlanRefusal }

/** A transaction as it was created, and what the sender signed for it. */
export type SignedFunding = FundingPlan & {
  readonly message: SigningMessage
  readonly estimatedFee: FeeEstimate | null
  /** Hex of a raw transaction or signature on EVM chains, base64 of a transaction on Solana. */
  readonly signedTransaction: string
}

/** Why a signed transaction is not broadcast. */
export type SigningFault =
  /** It cannot be read as a transaction of this chain. */
  | "signed_transaction_malformed"
  /** It is for another chain. */
  | "chain_mismatch"
  /** It does something else than what was to be signed. */
  | "payload_mismatch"
  /** It is the message of another transaction. */
  | "payment_mismatch"
  | "signature_invalid"
  | "signed_transaction_expired"
  | "nonce_too_low"
  /** More than 32 ahead of what the chain has seen. */
  | "nonce_too_high"
  /** A copy that overtakes has to have the nonce of what it overtakes. */
  | "nonce_mismatch"
  /** Another transaction of the sender waits under this nonce. */
  | "nonce_already_used"
  | "permit_nonce_already_used"
  | "gas_price_too_low"
  /** Its limit does not even pay for being sent. */
  | "gas_limit_too_low"
  | "gas_balance_insufficient"
  | "token_balance_insufficient"
  | "allowance_insufficient"
  | "wallet_sanctioned"

export type SigningCheck = { readonly _tag: "Sound" } | { readonly _tag: "Faulty"; readonly why: SigningFault }

/** What has become of a broadcast. `Confirmed` and `Failed` are for ever. */
export type FundingStanding =
  | { readonly _tag: "Waiting"; readonly transactionHash: string }
  | { readonly _tag: "Confirmed"; readonly transactionHash: string; readonly received: Money }
  | { readonly _tag: "Failed"; readonly reason: OnchainFailureReason; readonly transactionHash: string | null }

/** What came of one call. `NotSent` only where it is provable that no byte left; everything doubtful is `Unknown`. */
export type FundingReply =
  | { readonly _tag: "Sent"; readonly standing: FundingStanding }
  | { readonly _tag: "Unknown"; readonly why: string }
  | { readonly _tag: "NotSent"; readonly why: string }

export type FundingLookup =
  | { readonly _tag: "Found"; readonly standing: FundingStanding }
  /** Nothing was broadcast under the key, as far as is known: what is on its way may still arrive. */
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Unavailable"; readonly why: string }

/** The chain could not be asked. Nothing changed; asking again later may succeed. */
export class FundingChainUnavailable extends Data.TaggedError("FundingChainUnavailable")<{
  readonly reason: string
}> {}

/**
 * Laws, tested by `describeFundingChain`: only what was signed by the sender, word for word, is sound; what is broadcast
 * again under its key is the same transaction, however often, so a doubtful broadcast is simply sent again; of two that
 * spend the same nonce or authorization one is confirmed at most; a standing that is final stays.
 */
export class FundingChain extends Context.Service<
  FundingChain,
  {
    readonly name: string
    /** Whether a text is an address of this chain, as far as it tells. */
    readonly isAddress: (blockchain: string, address: string) => boolean
    readonly plan: (plan: FundingPlan) => Effect.Effect<PlanReply, FundingChainUnavailable>
    /** Whether the chain would take it now. It is not sent. */
    readonly check: (signed: SignedFunding) => Effect.Effect<SigningCheck, FundingChainUnavailable>
    /** Never fails: what went wrong is in the reply. Ends within `timeoutMs`; so does the next one. */
    readonly broadcast: (signed: SignedFunding, timeoutMs: number) => Effect.Effect<FundingReply>
    readonly lookup: (key: string, timeoutMs: number) => Effect.Effect<FundingLookup>
  }
>()("@paykernel/core/FundingChain") {}
