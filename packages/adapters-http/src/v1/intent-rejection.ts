/** Every reason for which the kernel refuses something about an intent, in the codes of the published API. */
import type { Kernel } from "@paykernel/core"
import { invalidValue, required } from "../fields/field-error.ts"
import { conflict, forbidden, invalidAmount, invalidField, notFound, type PublishedError } from "./published-error.ts"

type FailureOf<Call extends (...args: never) => Promise<unknown>> = Extract<
  Awaited<ReturnType<Call>>,
  { readonly ok: false }
>["error"]

type Intents = Kernel["intents"]

export type IntentFailure =
  | FailureOf<Intents["create"]>
  | FailureOf<Intents["get"]>
  | FailureOf<Intents["expire"]>
  | FailureOf<Intents["refund"]>
  | FailureOf<Intents["prepareTransfer"]>
  | FailureOf<Intents["pull"]>
  | FailureOf<Intents["quoteRate"]>
  | FailureOf<Intents["quoteNetworkFee"]>

export const notRefundable: PublishedError = { status: 409, code: 1085, message: "The item cannot be refunded." }

export const refundExceeds: PublishedError = {
  status: 400,
  code: 1087,
  message: "The total of the refunds would exceed the payment."
}

const neverHere = ({ _tag }: { readonly _tag: string }): never => {
  throw new Error(`the operation was rejected with ${_tag}, which it cannot be`)
}

const pairMissing = (_: object, asked: string): PublishedError => {
  if (asked === "read") return notFound
  const field = asked === "intentRefund" ? "amount.currency" : "settlementCurrency"
  return invalidField(field, invalidValue("must be one that the currency of the payment is exchanged for"))
}

const chainMissing = (_: object, asked: string): PublishedError => {
  const field = asked === "intentRefund" ? "destination.chain" : "paymentMethods"
  return invalidField(field, invalidValue("must be a chain that carries the currency"))
}

/** Why a token does not move. */
type TransferFailure = Extract<IntentFailure, { readonly _tag: "TransferRefused" }>["why"]

const unsigned = invalidField("protocolMetadata.rawSignature", invalidValue("is not the payer's signature"))
const insufficient: PublishedError = { status: 400, code: 1093, message: "Insufficient funds." }
const untimely = (field: string): PublishedError =>
  invalidField(`protocolMetadata.${field}`, invalidValue("does not allow a transfer now"))

const transferRefusals: { readonly [Why in TransferFailure]: PublishedError } = {
  address_invalid: invalidField("source.address", invalidValue("is not an address of the chain")),
  asset_unsupported: invalidField("amount.currency", invalidValue("is not supported on the chain")),
  amount_invalid: invalidAmount,
  funds_insufficient: insufficient,
  signature_invalid: unsigned,
  authorization_not_yet_valid: untimely("signatureValidAfter"),
  authorization_expired: untimely("signatureValidBefore"),
  authorization_used: invalidField("protocolMetadata.metaTxNonce", invalidValue("is used already")),
  key_reused: conflict,
  dropped: { ...conflict, message: "The chain has dropped the transfer." }
}

/** `asked`: what was asked for, where the same fact is told of another field then. */
export const intentTable = {
  IntentNotFound: () => notFound,
  IntentsNotEnabled: () => forbidden,
  IntentAmountNotPositive: () => invalidAmount,
  IntentTermsInvalid: () => invalidField("amount", invalidValue("is not valid")),
  IntentExpiryNotAllowed: ({ maxMs }: { readonly maxMs: number }) =>
    invalidField(
      "expiresOn",
      invalidValue(`must be later than now, by at most ${Math.floor(maxMs / 3_600_000)} hours`)
    ),
  IntentChainsInvalid: ({ maximum }: { readonly maximum: number }) =>
    invalidField("paymentMethods", invalidValue(`must be between 1 and ${maximum} chains, each once`)),
  ChainNotSupported: chainMissing,
  PairNotTraded: pairMissing,
  IntentNotExpirable: () => ({ ...conflict, message: "The payment intent cannot be expired." }),
  DepositConfirming: () => ({ ...conflict, message: "A payment is still being confirmed.", retryAfterS: 5 }),
  IntentHasNoAddress: () => ({ ...conflict, message: "The payment intent has no address yet.", retryAfterS: 1 }),
  IntentNotRefundable: () => notRefundable,
  RefundWindowOver: () => notRefundable,
  RefundAmountNotPositive: () => invalidAmount,
  RefundCurrencyMismatch: () => invalidField("toAmount.currency", invalidValue("must be the currency of the payment")),
  RefundExceedsPaid: () => refundExceeds,
  SourceCurrencyNotAllowed: () =>
    invalidField("amount.currency", invalidValue("must be the currency of the payment or of the settlement")),
  DestinationInvalid: ({ problem }: { readonly problem: string }) =>
    problem === "tag_malformed" || problem === "tag_not_supported"
      ? invalidField("destination.addressTag", invalidValue("is not valid on the chain"))
      : invalidField("destination.address", invalidValue("is not an address of the chain")),
  IntentNotPayable: () => ({ ...conflict, message: "The payment intent takes no payments now." }),
  PullNotSupported: () => ({ ...conflict, message: "The payment intent cannot be paid by a signature." }),
  PullCurrencyMismatch: (_: object, asked: string) =>
    invalidField(asked === "pull" ? "amount.currency" : "currency", invalidValue("must be the currency of the intent")),
  PullAmountMissing: () => invalidField("amount", required),
  PayerAddressInvalid: () => invalidField("endUserAddress", invalidValue("is not an address of the chain")),
  PullDestinationMismatch: () =>
    invalidField("destination.address", invalidValue("must be the address of the payment intent")),
  TransferRefused: ({ why }: { readonly why: TransferFailure }) => transferRefusals[why],
  DepositNotNoted: neverHere,
  RefundNotUnderWay: neverHere,
  IntentAlreadyExists: neverHere,
  AddressesIncomplete: neverHere,
  IntentNotDue: neverHere,
  DepositCurrencyMismatch: neverHere,
  DepositAmountNotPositive: neverHere
}
