/**
 * What a host sees of pull payments: the payer signs that a token may move, and whoever has the signature hands it in. The
 * chain takes each signed authorization once, so handing one in again moves nothing twice.
 */
import type { Currency, Money } from "../../money/index.ts"
import type { PullToken, TransferAuthorization, TransferFailure } from "../../ports/blockchain.ts"
import type { ReadFailure } from "../kernel-contract.ts"
import type { IntentsNotEnabled } from "./intent-contract.ts"

export type UnsignedAuthorization = Omit<TransferAuthorization, "signature">

export type PrepareTransferInput = {
  /** Whose tokens are to move. */
  readonly payerAddress: string
  /** `null`: what is still due. A continuous intent needs one. */
  readonly amount: Money | null
}

/** What a payer's wallet is asked to sign, as EIP-712 typed data in the domain of the token. */
export type TransferToSign = {
  readonly chain: string
  readonly token: PullToken
  readonly amount: Money
  readonly authorization: UnsignedAuthorization
}

export type PullInput = {
  readonly chain: string
  /** Of what was signed over. */
  readonly currency: Currency
  readonly authorization: TransferAuthorization
}

export type PullRefusal =
  | { readonly _tag: "IntentNotFound" }
  | IntentsNotEnabled
  | ReadFailure
  /** Nobody is expected to pay it now. */
  | { readonly _tag: "IntentNotPayable" }
  /** None of its addresses is on a chain with a token that can be pulled. */
  | { readonly _tag: "PullNotSupported" }
  /** Amounts of the intent are of another asset. */
  | { readonly _tag: "PullCurrencyMismatch"; readonly expected: Currency }
  /** Nothing is due, or a continuous intent was given no amount. */
  | { readonly _tag: "PullAmountMissing" }

export type PrepareTransferFailure = PullRefusal | { readonly _tag: "PayerAddressInvalid" }

export type PullFailure =
  | PullRefusal
  | { readonly _tag: "IdempotencyKeyReused" }
  | { readonly _tag: "IdempotencyKeyInvalid" }
  /** It pays somebody else. */
  | { readonly _tag: "PullDestinationMismatch" }
  /** The token would not move, and says why. */
  | { readonly _tag: "TransferRefused"; readonly why: TransferFailure }
