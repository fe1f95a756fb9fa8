/**
 * What a host sees of cross-border payments: quotes of a payout network, payments made of them, the transactions by which
 * they are funded, what the network asks and gives back. Personal data comes encrypted for the network and leaves so.
 */
import type { CrossBorderDetails, CrossBorderPayment, CrossBorderRejection } from "../../cross-border/cross-border.ts"
import type { LedgerTransaction } from "../../ledger/ledger.ts"
import type { MerchantRejection } from "../../merchant/merchant.ts"
import type { Currency } from "../../money/index.ts"
import type { OnchainRejection, OnchainTransaction } from "../../onchain/onchain.ts"
import type { PayoutRefund } from "../../payout-refund/payout-refund.ts"
import type { FundingChain, PlanRefusal, SigningFault } from "../../ports/funding-chain.ts"
import type {
  NetworkRefusal,
  PayoutNetwork,
  PayoutRoute,
  QuoteRefusal,
  QuoteRequest
} from "../../ports/payout-network.ts"
import type { Quote, QuoteRejection, TransactionVersion } from "../../quote/quote.ts"
import type { PaymentRequirements } from "../../requirement/payment-requirements.ts"
import type { Rfi, RfiRejection } from "../../rfi/rfi.ts"
import type { Ticket, TicketIssueType, TicketRejection } from "../../ticket/ticket.ts"
import type {
  Accepted,
  IdempotentRequest,
  KernelFailure,
  Listed,
  ListRequest,
  Outcome,
  ReadFailure
} from "../kernel-contract.ts"
import type { JweFault } from "./check-jwe.ts"

export type CrossBorderOptions = {
  readonly network: PayoutNetwork["Service"]
  readonly chain: FundingChain["Service"]
  /** Longest pause between two looks at a payment that has not ended. Default 30 s. */
  readonly lookPauseMaxMs?: number
  /** How long the network is asked about a payment after it has ended, for late questions and refunds. Default 90 days. */
  readonly followEndedMs?: number
}

/** The kernel was given no payout network. */
export type CrossBorderNotEnabled = { readonly _tag: "CrossBorderNotEnabled" }

/** What the routes of the network have in them, each once and in order. */
export type CrossBorderOverview = {
  readonly sourceCurrencies: ReadonlyArray<Currency>
  readonly destinationCountries: ReadonlyArray<string>
  readonly destinationCurrencies: ReadonlyArray<Currency>
  readonly paymentMethods: ReadonlyArray<string>
  readonly blockchains: ReadonlyArray<string>
}

/** `null`: whichever there is. */
export type RouteFilter = {
  readonly sourceCurrency: Currency
  readonly destinationCountry: string
  readonly destinationCurrency: Currency | null
  readonly paymentMethod: string | null
  readonly blockchain: string | null
  readonly transactionVersion: TransactionVersion | null
}

export type CreateQuotesFailure =
  | MerchantRejection
  | CrossBorderNotEnabled
  | ReadFailure
  | { readonly _tag: "QuoteRefused"; readonly why: QuoteRefusal }

export type QuoteNotFound = Extract<QuoteRejection, { readonly _tag: "QuoteNotFound" }>

/** A JWE in compact form. `version`: of the requirements that it answers; `null`: the ones that are asked now. */
export type EncryptedInput = { readonly version: number | null; readonly jwe: string }

export type CreateCrossBorderInput = Omit<CrossBorderDetails, "travelRuleRecordId" | "beneficiaryRecordId"> & {
  readonly quoteId: string
  readonly blockchain: string
  readonly travelRule: EncryptedInput
  readonly beneficiaryAccount: EncryptedInput
}

/** Which of several encrypted texts or addresses is meant. */
export type CrossBorderField = "travelRule" | "beneficiaryAccount" | "senderAddress" | "refundAddress" | "answer"

/** It is no JWE in compact form, or not `ECDH-ES+A128KW` with `A128GCM`. */
export type JweNotAcceptable = {
  readonly _tag: "JweNotAcceptable"
  readonly field: CrossBorderField
  readonly why: JweFault
}

/** The network does not take it, and nothing has changed: a quote can be used again, a request answered again. */
export type RefusedByNetwork = { readonly _tag: "RefusedByNetwork"; readonly refusal: NetworkRefusal }

export type CreateCrossBorderFailure =
  | CrossBorderRejection
  | QuoteRejection
  | MerchantRejection
  | KernelFailure
  | CrossBorderNotEnabled
  | JweNotAcceptable
  /** It is no address of this chain. */
  | { readonly _tag: "AddressNotOfBlockchain"; readonly field: CrossBorderField }
  | RefusedByNetwork

export type CrossBorderNotFound = Extract<CrossBorderRejection, { readonly _tag: "PaymentNotFound" }>

/** A payment, and the request for information that is open, if one is. */
export type CrossBorderView = { readonly payment: CrossBorderPayment; readonly activeRfi: Rfi | null }

export type CreateTransactionInput = {
  readonly version: TransactionVersion
  /** The merchant's own words about it. */
  readonly metadata: string | null
}

/** The chain, or where to send money on it, cannot be asked at present. Nothing changed. */
export type ChainUnavailable = { readonly _tag: "ChainUnavailable"; readonly retryAfterMs: number }

export type CreateTransactionFailure =
  | CrossBorderRejection
  | KernelFailure
  | CrossBorderNotEnabled
  /** The quote was made for the other version. */
  | { readonly _tag: "TransactionVersionDiffers"; readonly quoted: TransactionVersion }
  | ChainUnavailable
  /** Nobody can make such a transaction. */
  | { readonly _tag: "PlanRefused"; readonly why: PlanRefusal }

export type TransactionNotFound = Extract<OnchainRejection, { readonly _tag: "TransactionNotFound" }>

export type SubmitTransactionFailure =
  | CrossBorderNotFound
  | OnchainRejection
  | KernelFailure
  | CrossBorderNotEnabled
  | ChainUnavailable
  /** The payment has ended, or is over, or has its money, or there is a question about it. */
  | Extract<
      CrossBorderRejection,
      { readonly _tag: "PaymentNotAwaitingFunds" | "PaymentHasExpired" | "FundsAlreadyReceived" | "RfiPending" }
    >
  /** The chain would not take it. It may be signed anew. */
  | { readonly _tag: "SignedTransactionFaulty"; readonly why: SigningFault }

export type RfiNotFound = Extract<RfiRejection, { readonly _tag: "RfiNotFound" }>

export type SubmitRfiFailure =
  | CrossBorderNotFound
  | RfiRejection
  | KernelFailure
  | CrossBorderNotEnabled
  | JweNotAcceptable
  | RefusedByNetwork

export type UploadRfiFileInput = {
  /** Which of the asked files it is. */
  readonly key: string
  /** IANA media type, in small letters. */
  readonly mediaType: string
  /** JWE of a JSON string with the key in base64. */
  readonly encryptedKey: string
  /** 12 bytes. */
  readonly iv: Uint8Array
  /** AES-128-GCM, tag appended. At most 10 MB. */
  readonly content: Uint8Array
}

export type UploadRfiFileFailure =
  | CrossBorderNotFound
  | RfiRejection
  | ReadFailure
  /** Its key is no JWE that is taken, its nonce is not 12 bytes, or nothing but a tag is there. */
  | { readonly _tag: "FileEncryptionInvalid"; readonly why: "key_invalid" | "iv_invalid" | "content_empty" }

export type PayoutRefundNotFound = { readonly _tag: "RefundNotFound" }

export type CreateTicketInput = {
  readonly paymentId: string
  readonly issueType: TicketIssueType
  readonly email: string
  readonly ccEmails: ReadonlyArray<string>
  readonly description: string
  /** The ticket that it adds to. */
  readonly originalTicketId: string | null
}

export type CreateTicketFailure = TicketRejection | MerchantRejection | KernelFailure | CrossBorderNotFound

/** A ticket with what was written in it, which is sealed where it is kept. */
export type TicketView = {
  readonly ticket: Ticket
  readonly email: string
  readonly ccEmails: ReadonlyArray<string>
  readonly description: string
}

export type CrossBorder = {
  /** Whether the kernel was given a payout network. */
  readonly enabled: boolean
  readonly overview: () => Promise<Outcome<CrossBorderOverview, CrossBorderNotEnabled | ReadFailure>>
  readonly routes: (
    filter: RouteFilter
  ) => Promise<Outcome<ReadonlyArray<PayoutRoute>, CrossBorderNotEnabled | ReadFailure>>
  readonly quotes: {
    /** Best first. At least one. */
    readonly create: (
      merchantId: string,
      request: QuoteRequest
    ) => Promise<Outcome<ReadonlyArray<Quote>, CreateQuotesFailure>>
    readonly get: (merchantId: string, id: string) => Promise<Outcome<Quote, QuoteNotFound | ReadFailure>>
  }
  /** What has to be told with a payment of this quote. The same data is version 1 and, as JSON Schema, version 2. */
  readonly requirements: (
    merchantId: string,
    quoteId: string
  ) => Promise<Outcome<PaymentRequirements, QuoteNotFound | CrossBorderNotEnabled | ReadFailure>>
  readonly payments: {
    /**
     * Answers once the network has: cleared, failed, or with a question. Where the network says nothing in time the
     * payment is `created`, and the network is asked again for as long as it takes.
     */
    readonly create: (
      merchantId: string,
      input: CreateCrossBorderInput,
      request?: IdempotentRequest<CrossBorderView>
    ) => Promise<Outcome<Accepted<CrossBorderView>, CreateCrossBorderFailure>>
    readonly get: (
      merchantId: string,
      id: string
    ) => Promise<Outcome<CrossBorderView, CrossBorderNotFound | ReadFailure>>
    /** Fields: `status`, `customerRefId` and `refCode`. */
    readonly list: (merchantId: string, request: ListRequest) => Promise<Outcome<Listed<CrossBorderView>, ReadFailure>>
    /** Somebody says that something happened to it. Only a wake-up, whoever it comes from: the network is asked. */
    readonly hear: (
      merchantId: string,
      id: string
    ) => Promise<Outcome<CrossBorderView, CrossBorderNotFound | CrossBorderNotEnabled | ReadFailure>>
    /** Of the payment itself; its refunds have books of their own. */
    readonly ledger: (merchantId: string, id: string) => Promise<Outcome<ReadonlyArray<LedgerTransaction>, ReadFailure>>
  }
  /** Each is looked for among those of the payment that is named. */
  readonly transactions: {
    readonly create: (
      merchantId: string,
      paymentId: string,
      input: CreateTransactionInput,
      request?: IdempotentRequest<OnchainTransaction>
    ) => Promise<Outcome<Accepted<OnchainTransaction>, CreateTransactionFailure>>
    readonly get: (
      merchantId: string,
      paymentId: string,
      id: string
    ) => Promise<Outcome<OnchainTransaction, CrossBorderNotFound | TransactionNotFound | ReadFailure>>
    /** The same text again is the same submission. It is broadcast soon after. */
    readonly submit: (
      merchantId: string,
      paymentId: string,
      id: string,
      input: { readonly signedTransaction: string }
    ) => Promise<Outcome<OnchainTransaction, SubmitTransactionFailure>>
    /** A copy of the newest one, which the chain leaves waiting, that pays the chain more. */
    readonly accelerate: (
      merchantId: string,
      paymentId: string,
      request?: IdempotentRequest<OnchainTransaction>
    ) => Promise<Outcome<Accepted<OnchainTransaction>, CreateTransactionFailure>>
  }
  readonly rfis: {
    readonly get: (
      merchantId: string,
      paymentId: string,
      id: string
    ) => Promise<Outcome<Rfi, CrossBorderNotFound | RfiNotFound | ReadFailure>>
    /** Answers once the network has, or nothing was heard of it in time. The same JWE again is the same answer. */
    readonly submit: (
      merchantId: string,
      paymentId: string,
      id: string,
      input: { readonly version: number; readonly jwe: string }
    ) => Promise<Outcome<Rfi, SubmitRfiFailure>>
    /** The same content again is the same file. It is sent with the answer. */
    readonly uploadFile: (
      merchantId: string,
      paymentId: string,
      id: string,
      input: UploadRfiFileInput
    ) => Promise<Outcome<Rfi, UploadRfiFileFailure>>
  }
  readonly refunds: {
    readonly get: (
      merchantId: string,
      paymentId: string,
      id: string
    ) => Promise<Outcome<PayoutRefund, CrossBorderNotFound | PayoutRefundNotFound | ReadFailure>>
  }
  readonly tickets: {
    readonly create: (
      merchantId: string,
      input: CreateTicketInput,
      request?: IdempotentRequest<TicketView>
    ) => Promise<Outcome<Accepted<TicketView>, CreateTicketFailure>>
  }
}
