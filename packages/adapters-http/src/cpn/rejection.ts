/** Every reason for which the kernel refuses something about a cross-border payment, in the published codes. */
import type { Kernel } from "@paykernel/core"
import { fieldError, invalidValue } from "../fields/field-error.ts"
import { type PublishedError, unavailable, unexpected } from "../v1/published-error.ts"
import * as codes from "./error-codes.ts"
import { cpnForbidden, cpnInvalid, cpnNotFound, inCpnWords } from "./published-error.ts"
import { planRefusals, signingFaults } from "./signing-refusals.ts"

type CrossBorder = Kernel["crossBorder"]

type FailureOf<Call extends (...args: never) => Promise<unknown>> = Extract<
  Awaited<ReturnType<Call>>,
  { readonly ok: false }
>["error"]

export type CrossBorderFailure =
  | FailureOf<CrossBorder["overview"]>
  | FailureOf<CrossBorder["routes"]>
  | FailureOf<CrossBorder["quotes"]["create"]>
  | FailureOf<CrossBorder["quotes"]["get"]>
  | FailureOf<CrossBorder["requirements"]>
  | FailureOf<CrossBorder["payments"]["create"]>
  | FailureOf<CrossBorder["payments"]["get"]>
  | FailureOf<CrossBorder["transactions"]["create"]>
  | FailureOf<CrossBorder["transactions"]["get"]>
  | FailureOf<CrossBorder["transactions"]["submit"]>
  | FailureOf<CrossBorder["transactions"]["accelerate"]>
  | FailureOf<CrossBorder["rfis"]["submit"]>
  | FailureOf<CrossBorder["rfis"]["uploadFile"]>
  | FailureOf<CrossBorder["refunds"]["get"]>
  | FailureOf<CrossBorder["tickets"]["create"]>

type Tag = CrossBorderFailure["_tag"]
type Failed<T extends Tag> = Extract<CrossBorderFailure, { readonly _tag: T }>

/** What was asked for, where the same fact has a code of its own for it. */
export type AskedOfCpn = "read" | "quote" | "payment" | "transaction" | "rfi" | "file" | "ticket"

/**
 * The published form of a rejection. One that this API cannot provoke is a defect, and throws.
 *
 * @example
 * publishCpn({ _tag: "IdempotencyKeyReused" }, "payment").code // => 290001
 */
export const publishCpn = (failure: CrossBorderFailure, asked: AskedOfCpn): PublishedError => {
  const render = table[failure._tag] as (failure: CrossBorderFailure, asked: AskedOfCpn) => PublishedError
  return render(failure, asked)
}

const neverHere = ({ _tag }: { readonly _tag: string }): never => {
  throw new Error(`the operation was rejected with ${_tag}, which it cannot be`)
}

/** By the name that the field has in the request. */
const fieldNames = {
  travelRule: "travelRuleData",
  beneficiaryAccount: "beneficiaryAccountData",
  senderAddress: "senderAddress",
  refundAddress: "refundAddress",
  answer: "rfi.data"
} as const satisfies { readonly [Field in Failed<"AddressNotOfBlockchain" | "JweNotAcceptable">["field"]]: string }

export const jweFaults = {
  jwe_malformed: codes.invalidJwe,
  encryption_unsupported: codes.unsupportedEncryption
} as const

type Refusal = Failed<"RefusedByNetwork">["refusal"]

/** The same error, with the fields that it is about. Names of fields are the network's own words. */
export const about = (error: PublishedError, locations: ReadonlyArray<string>, says: string): PublishedError =>
  locations.length === 0
    ? error
    : inCpnWords({ ...error, errors: locations.map((location) => fieldError(location, invalidValue(says))) })

const networkRefusals: { readonly [Why in Refusal["why"]]: (refusal: Refusal, asked: AskedOfCpn) => PublishedError } = {
  jwe_malformed: () => codes.invalidJwe,
  encryption_unsupported: () => codes.unsupportedEncryption,
  decryption_failed: () => codes.decryptionFailed,
  requirements_version_unknown: () => cpnInvalid("version", "must be that of the requirements"),
  requirements_not_met: ({ fields }, asked) => {
    const error = asked === "payment" ? codes.parameterMissing : codes.informationIncomplete
    return about(error, fields, "is missing or not as required")
  },
  quote_not_found: () => codes.quoteNotFound,
  quote_expired: () => codes.quoteExpired,
  quote_in_use: () => codes.quoteInUse,
  sender_sanctioned: () => codes.sanctionedSender,
  payment_not_found: () => cpnNotFound,
  payment_not_awaiting_funds: () => codes.invalidPaymentStatus,
  rfi_not_found: () => cpnNotFound,
  rfi_expired: () => codes.rfiExpired,
  rfi_not_submittable: () => codes.rfiNotSubmittable,
  file_content_invalid: ({ fields }) => about(codes.fileInvalid, fields, "is not what its type says"),
  // Keys are the kernel's own: that one is taken is nothing that a client could do anything about.
  key_reused: () => unexpected
}

const quoteRefusals = {
  route_not_supported: codes.routeNotSupported,
  institution_not_available: codes.institutionNotAvailable,
  amount_outside_limit: codes.amountOutsideLimit
} as const satisfies { readonly [Why in Failed<"QuoteRefused">["why"]]: PublishedError }

const fileFaults = {
  key_invalid: codes.invalidJwe,
  iv_invalid: codes.fileInvalid,
  content_empty: codes.fileInvalid
} as const satisfies { readonly [Why in Failed<"FileEncryptionInvalid">["why"]]: PublishedError }

const paymentsMissing: { readonly [asked in AskedOfCpn]?: PublishedError } = {
  transaction: codes.paymentNotFound,
  ticket: codes.ticketPaymentNotFound
}

const table: { readonly [T in Tag]: (failure: Failed<T>, asked: AskedOfCpn) => PublishedError } = {
  CrossBorderNotEnabled: () => cpnForbidden,
  MerchantNotFound: () => cpnForbidden,
  MerchantIsSuspended: () => cpnForbidden,
  Unavailable: ({ retryAfterMs }) => unavailable(retryAfterMs),
  ChainUnavailable: ({ retryAfterMs }) => ({
    ...codes.nodeUnavailable,
    retryAfterS: Math.max(1, Math.ceil(retryAfterMs / 1000))
  }),
  IdempotencyKeyReused: () => codes.keyProcessed,
  IdempotencyKeyInvalid: () => cpnInvalid("idempotencyKey", "must be a UUID"),
  RefusedByNetwork: ({ refusal }, asked) => networkRefusals[refusal.why](refusal, asked),
  JweNotAcceptable: ({ field, why }) => about(jweFaults[why], [fieldNames[field]], "is not encrypted as published"),

  QuoteRefused: ({ why }) => quoteRefusals[why],
  QuoteNotFound: (_, asked) => (asked === "read" ? cpnNotFound : codes.quoteNotFound),
  QuoteAlreadyInUse: () => codes.quoteInUse,
  QuoteHasExpired: () => codes.quoteExpired,
  QuoteBlockchainDiffers: () => about(codes.invalidBlockchain, ["blockchain"], "must be that of the quote"),
  QuotePartiesDiffer: () => cpnInvalid("useCase", "must agree with the sender and recipient of the quote"),
  QuoteIncoherent: () => unexpected,

  PaymentNotFound: (_, asked) => paymentsMissing[asked] ?? cpnNotFound,
  AddressNotOfBlockchain: ({ field }) =>
    about(codes.invalidBlockchain, [fieldNames[field]], "must be an address of the blockchain"),
  UseCaseDiffers: ({ quoted }) => cpnInvalid("useCase", `must be ${quoted.toUpperCase()}, as in the quote`),
  ReasonForPaymentUnknown: () => cpnInvalid("reasonForPayment", "must be one of PMT001 to PMT030"),
  PaymentHasExpired: () => codes.paymentExpired,
  RfiPending: () => codes.rfiPending,
  PaymentNotAwaitingFunds: () => codes.invalidPaymentStatus,

  AnotherTransactionActive: () => codes.activeTransaction,
  FundsAlreadyReceived: () => codes.completedTransaction,
  NothingToAccelerate: () => codes.nothingToAccelerate,
  TransactionInPreparation: () => codes.transactionInPreparation,
  TooManyTransactions: ({ limit }) => ({
    ...codes.invalidPaymentStatus,
    message: `The payment has had ${limit} transactions, which is the most.`
  }),
  TransactionVersionDiffers: () => codes.incompatibleQuote,
  PlanRefused: ({ why }) => planRefusals[why],
  TransactionNotFound: (_, asked) => (asked === "read" ? cpnNotFound : codes.transactionNotFound),
  SignedTransactionMalformed: () => codes.invalidSignedTransaction,
  SignedTransactionAlreadySubmitted: () => codes.alreadySubmitted,
  TransactionNotSubmittable: () => codes.invalidTransactionStatus,
  TransactionHasExpired: () => codes.transactionExpired,
  SignedTransactionFaulty: ({ why }) => signingFaults[why],

  RfiNotFound: () => cpnNotFound,
  RfiHasExpired: () => codes.rfiExpired,
  RfiNotSubmittable: () => codes.rfiNotSubmittable,
  RequirementsVersionDiffers: ({ asked }) => cpnInvalid("rfi.version", `must be ${asked}`),
  RfiFilesMissing: ({ keys }) => about(codes.fileNotFound, keys, "has not been uploaded"),
  RfiFileNotAsked: () => cpnInvalid("fileMetadata.fileKey", "must be the key of a file that is asked for"),
  RfiFileTooLarge: () => codes.fileTooLarge,
  RfiFileTypeUnsupported: () => codes.fileTypeUnsupported,
  TooManyRfiFiles: ({ limit }) => cpnInvalid("encryptedFile", `must be one of at most ${limit} files`),
  FileEncryptionInvalid: ({ why }) => fileFaults[why],
  RefundNotFound: () => cpnNotFound,

  OriginalTicketRequired: () => codes.ticketReferenceRequired,
  OriginalTicketNotFound: () => codes.originalTicketNotFound,

  MerchantAlreadyExists: neverHere,
  MerchantIsActive: neverHere,
  TermsInvalid: neverHere,
  ProfileInvalid: neverHere,
  QuoteAlreadyExists: neverHere,
  PaymentAlreadyExists: neverHere,
  PaymentNotDue: neverHere,
  PaymentNotWithdrawable: neverHere,
  AnotherRfiActive: neverHere,
  TooManyRfis: neverHere,
  TransactionNotPartOfPayment: neverHere,
  FundsNotReceived: neverHere,
  PayoutNotInitiated: neverHere,
  PaymentNotRefundable: neverHere,
  RefundExceedsFunds: neverHere,
  TransactionAlreadyExists: neverHere,
  TransactionAmountNotPositive: neverHere,
  TransactionExpiryNotAhead: neverHere,
  MessageNotOfVersion: neverHere,
  TransactionNotDue: neverHere,
  RfiAlreadyExists: neverHere,
  RfiExpiryNotAhead: neverHere,
  RfiNotDue: neverHere,
  TicketAlreadyExists: neverHere
}
