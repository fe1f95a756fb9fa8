/**
 * A payout network: institutions abroad that take a stablecoin and pay out in the money of the place. It publishes routes
 * and prices, decides on compliance, asks about parties, pays out and refunds. Everything about one payment goes by one
 * key for its whole life, and what has become of it is read as a whole: reports may be late, and never contradict that.
 *
 * Personal data goes to it as JWE (RFC 7516) for its certificate, and is opened nowhere else.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { NetworkReport } from "../cross-border/cross-border.ts"
import type { Currency, Money } from "../money/index.ts"
import type { RefundReport } from "../payout-refund/payout-refund.ts"
import type { EncryptionCertificate, PartyType, QuoteSide, QuoteTerms, TransactionVersion } from "../quote/quote.ts"
import type { PaymentRequirements } from "../requirement/payment-requirements.ts"
import type { FieldRequirements, FileRequirement } from "../requirement/requirement.ts"
import type { RfiLevel } from "../requirement/rfi-requirements.ts"
import type { RfiOutcome } from "../rfi/rfi.ts"

/** One way from a chain to a country. Limits are of one payment, both ends included. */
export type PayoutRoute = {
  readonly destinationCountry: string
  readonly destinationCurrency: Currency
  readonly paymentMethod: string
  readonly blockchain: string
  readonly transactionVersions: ReadonlyArray<TransactionVersion>
  readonly sourceLimit: { readonly min: Money; readonly max: Money }
  readonly destinationLimit: { readonly min: Money; readonly max: Money }
  /** Where the source amount is sent to. */
  readonly settlementAddress: string
}

export type QuoteRequest = {
  readonly fixedSide: QuoteSide
  /** Of the side that is fixed. */
  readonly amount: Money
  readonly sourceCurrency: Currency
  readonly destinationCurrency: Currency
  readonly senderCountry: string
  readonly destinationCountry: string
  /** `null`: any that leads there. */
  readonly paymentMethod: string | null
  readonly blockchain: string
  readonly senderType: PartyType
  readonly recipientType: PartyType
  readonly firstParty: boolean
  readonly transactionVersion: TransactionVersion
}

/** An offer, under the name that the network knows it by. */
export type OfferedQuote = { readonly id: string; readonly terms: QuoteTerms }

/** Why nothing is offered. */
export type QuoteRefusal = "route_not_supported" | "institution_not_available" | "amount_outside_limit"

export type QuoteReply =
  /** Best first. At least one. */
  | { readonly _tag: "Offered"; readonly quotes: ReadonlyArray<OfferedQuote> }
  | { readonly _tag: "Refused"; readonly why: QuoteRefusal }

/** A JWE in compact form, and the version of the requirements that it was written by. */
export type EncryptedAnswer = { readonly version: number; readonly jwe: string }

export type SubmittedPayment = {
  /** The payment's own id: what is submitted under it again is the same payment. */
  readonly key: string
  readonly quoteId: string
  readonly senderAddress: string
  readonly refundAddress: string
  readonly reasonForPayment: string
  readonly travelRule: EncryptedAnswer
  readonly beneficiaryAccount: EncryptedAnswer
}

/** What is wrong with an encrypted answer. */
export type AnswerFault =
  /** No JWE in compact form. */
  | "jwe_malformed"
  /** Not `ECDH-ES+A128KW` with `A128GCM`. */
  | "encryption_unsupported"
  /** Altered, or for another key. */
  | "decryption_failed"
  /** Written by the rules of another version. */
  | "requirements_version_unknown"
  /** Fields are missing, unknown or of another type. Which ones is in `fields`. */
  | "requirements_not_met"

/** Why the network does not take what it was sent. `fields` are names and never what stands in them. */
export type NetworkRefusal = {
  readonly why:
    | AnswerFault
    | "quote_not_found"
    | "quote_expired"
    | "quote_in_use"
    /** The network does no business with whoever this address belongs to. */
    | "sender_sanctioned"
    | "payment_not_found"
    | "payment_not_awaiting_funds"
    | "rfi_not_found"
    | "rfi_expired"
    | "rfi_not_submittable"
    /** A file is not what its media type says. `fields` has its key. */
    | "file_content_invalid"
    /** The key belongs to something else that was sent. */
    | "key_reused"
  readonly fields: ReadonlyArray<string>
}

/** What came of one call. `NotSent` only where it is provable that no byte left; everything doubtful is `Unknown`. */
export type NetworkReply =
  | { readonly _tag: "Taken"; readonly standing: NetworkStanding }
  | { readonly _tag: "Refused"; readonly refusal: NetworkRefusal }
  | { readonly _tag: "Unknown"; readonly why: string }
  | { readonly _tag: "NotSent"; readonly why: string }

export type NetworkRfi = {
  readonly id: string
  readonly party: PartyType
  readonly level: RfiLevel
  readonly fieldRequirements: FieldRequirements
  readonly fileRequirements: ReadonlyArray<FileRequirement>
  readonly certificate: EncryptionCertificate
  readonly expiresAtMs: number
  /** Whether it was answered. */
  readonly answered: boolean
  /** `null` until it is decided. */
  readonly outcome: RfiOutcome | null
}

export type NetworkRefund = {
  readonly id: string
  readonly amount: Money
  readonly blockchain: string
  readonly refundAddress: string
  readonly report: RefundReport
}

/** Everything that has become of a payment, oldest first. What stands in it stays in it. */
export type NetworkStanding = {
  readonly reports: ReadonlyArray<NetworkReport>
  readonly rfis: ReadonlyArray<NetworkRfi>
  /** Each as it stands now. */
  readonly refunds: ReadonlyArray<NetworkRefund>
}

export type NetworkLookup =
  | { readonly _tag: "Found"; readonly standing: NetworkStanding }
  /** Assured: the key has had no effect. */
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Unavailable"; readonly why: string }

/** The source amount is there for good, by this transaction. */
export type FundingNotice = {
  readonly key: string
  readonly transactionHash: string
  readonly amount: Money
}

/** A file of an answer, encrypted with a key of its own (AES-128-GCM, tag appended), which is encrypted like an answer. */
export type EncryptedFile = {
  readonly key: string
  readonly mediaType: string
  /** JWE of a JSON string with the key in base64. */
  readonly encryptedKey: string
  /** 12 bytes. */
  readonly iv: Uint8Array
  readonly content: Uint8Array
}

export type SubmittedRfi = {
  readonly key: string
  readonly rfiId: string
  readonly answer: EncryptedAnswer
  readonly files: ReadonlyArray<EncryptedFile>
}

/** The network could not be asked. Nothing changed; asking again later may succeed. */
export class PayoutNetworkUnavailable extends Data.TaggedError("PayoutNetworkUnavailable")<{
  readonly reason: string
}> {}

/**
 * Laws, tested by `describePayoutNetwork`: an offer adds up and stays good until it expires; a quote becomes one payment
 * at most; what is submitted again under its key is answered as the first time; a standing only ever grows.
 */
export class PayoutNetwork extends Context.Service<
  PayoutNetwork,
  {
    readonly name: string
    readonly routes: Effect.Effect<ReadonlyArray<PayoutRoute>, PayoutNetworkUnavailable>
    readonly quote: (request: QuoteRequest) => Effect.Effect<QuoteReply, PayoutNetworkUnavailable>
    /** What has to be told with a payment of this quote; `undefined`: there is no such quote. */
    readonly requirements: (quoteId: string) => Effect.Effect<PaymentRequirements | undefined, PayoutNetworkUnavailable>
    /** Never fails: what went wrong is in the reply. Ends within `timeoutMs`; so do the next three. */
    readonly submit: (payment: SubmittedPayment, timeoutMs: number) => Effect.Effect<NetworkReply>
    readonly fund: (notice: FundingNotice, timeoutMs: number) => Effect.Effect<NetworkReply>
    readonly answerRfi: (answer: SubmittedRfi, timeoutMs: number) => Effect.Effect<NetworkReply>
    readonly lookup: (key: string, timeoutMs: number) => Effect.Effect<NetworkLookup>
  }
>()("@paykernel/core/PayoutNetwork") {}
