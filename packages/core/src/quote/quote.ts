/**
 * A quote is a payout network's offer to turn a stablecoin into money in a bank abroad: both amounts, the fees between
 * them and the rate, all binding until it expires. It is used for one payment at most; one that the network never took has not used it.
 */
import type { Money, Rational } from "../money/index.ts"

export type QuoteStatus = "none" | "open" | "used"

/** Which amount was asked for. The other one follows from it. */
export type QuoteSide = "source" | "destination"

export type PartyType = "business" | "individual"

/** How a payment travels on chain: signed by the sender as a plain transfer, or as a permit that a contract settles. */
export type TransactionVersion = 1 | 2

export type QuoteFeeType =
  | "tax"
  /** Of the institution that pays out. */
  | "payout_institution"
  /** Of the network itself. */
  | "network_service"
  /** What the chain takes, fixed when the quote is made. */
  | "blockchain_gas"

/** One part of the fees, in the source currency. */
export type QuoteFee = { readonly type: QuoteFeeType; readonly amount: Money }

/** `total` is the sum of the breakdown. */
export type QuoteFees = { readonly breakdown: ReadonlyArray<QuoteFee>; readonly total: Money }

/** How long the bank leg takes, as the network tells it. */
export type FiatSettlementTime = {
  readonly min: number
  readonly max: number
  readonly unit: "minutes" | "hours" | "days" | "weeks"
}

/** The certificate that personal data about a payment is to be encrypted for: an X.509 one and its P-256 key. */
export type EncryptionCertificate = {
  readonly id: string
  readonly domain: string
  readonly certificatePem: string
  readonly jwk: {
    readonly kty: "EC"
    readonly crv: "P-256"
    readonly kid: string
    readonly x: string
    readonly y: string
  }
}

/** What is offered. `source = net + fees`, and the net amount at the rate pays for the destination amount. */
export type QuoteTerms = {
  readonly fixedSide: QuoteSide
  readonly source: Money
  readonly destination: Money
  /** Major units of the destination for one major unit of the source, after fees. */
  readonly rate: Rational
  readonly fees: QuoteFees
  readonly paymentMethod: string
  readonly blockchain: string
  readonly senderCountry: string
  readonly destinationCountry: string
  readonly senderType: PartyType
  readonly recipientType: PartyType
  /** The sender pays an account of its own. */
  readonly firstParty: boolean
  readonly transactionVersion: TransactionVersion
  readonly fiatSettlementTime: FiatSettlementTime
  readonly certificate: EncryptionCertificate
  /** Until when a payment can be made of it, exclusive. */
  readonly expiresAtMs: number
  /** Until when the source amount has to be there, exclusive. */
  readonly fundsDueAtMs: number
}

export type Quote = QuoteTerms & {
  readonly status: QuoteStatus
  readonly id: string
  readonly merchantId: string
  /** The one payment that was made of it. */
  readonly paymentId: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export type QuoteCommand =
  | {
      readonly _tag: "IssueQuote"
      readonly id: string
      readonly merchantId: string
      readonly terms: QuoteTerms
      readonly nowMs: number
    }
  /** Binds it to a payment. What it is bound for is compared with what was offered. */
  | {
      readonly _tag: "UseQuote"
      readonly paymentId: string
      readonly blockchain: string
      readonly senderType: PartyType
      readonly recipientType: PartyType
      readonly nowMs: number
    }
  /** Its payment was never taken by the network, so that the offer stands as before. */
  | { readonly _tag: "ReleaseQuote"; readonly paymentId: string; readonly nowMs: number }

export type QuoteEvent =
  | {
      readonly _tag: "QuoteIssued"
      readonly id: string
      readonly merchantId: string
      readonly terms: QuoteTerms
      readonly atMs: number
    }
  | { readonly _tag: "QuoteUsed"; readonly paymentId: string; readonly atMs: number }
  | { readonly _tag: "QuoteReleased"; readonly paymentId: string; readonly atMs: number }

/** Facts that forbid a command. */
export type QuoteRejection =
  | { readonly _tag: "QuoteAlreadyExists" }
  | { readonly _tag: "QuoteNotFound" }
  /** Another payment was made of it. */
  | { readonly _tag: "QuoteAlreadyInUse"; readonly paymentId: string }
  | { readonly _tag: "QuoteHasExpired"; readonly expiredAtMs: number }
  /** It was made for another blockchain. */
  | { readonly _tag: "QuoteBlockchainDiffers"; readonly quoted: string }
  /** It was made for other kinds of sender or recipient. */
  | { readonly _tag: "QuotePartiesDiffer" }
  /** The offer contradicts itself, so nobody could keep it. */
  | { readonly _tag: "QuoteIncoherent"; readonly why: QuoteFault }

/** What is wrong with an offer. */
export type QuoteFault =
  | "amount_not_positive"
  | "fee_below_zero"
  | "fee_in_other_currency"
  | "fees_do_not_add_up"
  | "fees_eat_source"
  | "rate_not_positive"
  /** At its rate, what is left of the source does not pay for the destination. */
  | "destination_above_rate"
  /** At its rate, the destination takes less than what is left of the source by a minor unit or more. */
  | "destination_below_rate"
  | "expiry_not_ahead"
  | "funds_due_before_expiry"
  | "settlement_time_invalid"
