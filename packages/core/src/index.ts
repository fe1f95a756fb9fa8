/** The kernel for hosts: promises, plain data, outcomes. Its parts have entry points of their own. */

export type * from "./application/checkouts/checkout-contract.ts"
export { keyedDigest } from "./application/commit/keyed-digest.ts"
export { createKernel, type KernelOptions } from "./application/create-kernel.ts"
export { type JweFault, jweFault } from "./application/cross-border/check-jwe.ts"
export type * from "./application/cross-border/cross-border-contract.ts"
export type * from "./application/intents/intent-contract.ts"
export type * from "./application/intents/pull-contract.ts"
export * from "./application/kernel-contract.ts"
export { systemClock, systemIds } from "./application/system.ts"
export type { WebhookOptions } from "./application/webhooks/news.ts"
export * from "./application/webhooks/webhook-contract.ts"
export type * from "./application/webhooks/webhook-dialect.ts"
export type {
  BillingChange,
  BillingDetails,
  Card,
  CardErrorCode,
  CardHolder,
  CardRejection,
  CardStatus
} from "./card/card.ts"
export { Cvv } from "./card/cvv.ts"
export { Pan } from "./card/pan.ts"
export type {
  Checkout,
  CheckoutPayment,
  CheckoutRejection,
  CheckoutStatus,
  Customer,
  Metadata
} from "./checkout/checkout.ts"
export type {
  CrossBorderDetails,
  CrossBorderEvent,
  CrossBorderPayment,
  CrossBorderRejection,
  CrossBorderStatus,
  OnchainReference,
  RefundReference,
  RfiReference,
  UseCase
} from "./cross-border/cross-border.ts"
export { type FailureCode, type FailureReason, failureReasonOf } from "./cross-border/failure-code.ts"
export type {
  Delivery,
  DeliveryAnswer,
  DeliveryAttempt,
  DeliveryRejection,
  DeliveryStatus,
  DeliverySubject,
  DeliveryTarget,
  UnansweredReason
} from "./delivery/delivery.ts"
export type {
  Credit,
  Deposit,
  DepositEvent,
  DepositStatus
} from "./deposit/deposit.ts"
export type {
  DisabledBecause,
  Endpoint,
  EndpointRejection,
  EndpointSecret,
  EndpointStatus
} from "./endpoint/endpoint.ts"
export type { FeeSchedule } from "./fees/index.ts"
export { defaultFeeSchedule } from "./fees/index.ts"
export type {
  Intent,
  IntentEvent,
  IntentKind,
  IntentMethod,
  IntentReason,
  IntentRejection,
  IntentStatus,
  PaymentContext,
  TimelineEntry
} from "./intent/intent.ts"
export type {
  IntentRefund,
  IntentRefundEvent,
  IntentRefundStatus,
  RefundDestination
} from "./intent-refund/intent-refund.ts"
export type { Channel, Merchant, MerchantProfile, MerchantRejection, MerchantTerms } from "./merchant/merchant.ts"
export * from "./money/index.ts"
export type {
  FeeEstimate,
  OnchainEvent,
  OnchainFailureReason,
  OnchainRejection,
  OnchainStatus,
  OnchainTransaction,
  SigningMessage,
  SigningMessageType
} from "./onchain/onchain.ts"
export type {
  Payer,
  Payment,
  PaymentEvent,
  PaymentRejection,
  PaymentStatus,
  Reversal,
  ReversalReason,
  RiskEvaluation,
  VerificationMethod
} from "./payment/payment.ts"
export { type PaymentErrorCode, paymentErrorCodes } from "./payment/payment-error-code.ts"
export type { PayoutRefund, RefundEvent, RefundStatus } from "./payout-refund/payout-refund.ts"
export type {
  AddressProblem,
  Blockchain,
  ChainDescription,
  DepositAddress,
  NetworkFeeQuote
} from "./ports/blockchain.ts"
export type { Json } from "./ports/commit.ts"
export type { ExchangeRates, RateQuote, TradingPair } from "./ports/exchange-rate.ts"
export type { FundingChain, PlanRefusal, SigningFault } from "./ports/funding-chain.ts"
export type {
  AnswerFault,
  NetworkRefusal,
  PayoutNetwork,
  PayoutRoute,
  QuoteRefusal,
  QuoteRequest
} from "./ports/payout-network.ts"
export { transferAuthorizationTypes } from "./ports/transfer-authorization.ts"
export type {
  AddressRefusal,
  WebhookAnswer,
  WebhookPost,
  WebhookSender
} from "./ports/webhook-sender.ts"
export type {
  EncryptionCertificate,
  FiatSettlementTime,
  PartyType,
  Quote,
  QuoteFee,
  QuoteFees,
  QuoteFeeType,
  QuoteRejection,
  QuoteSide,
  TransactionVersion
} from "./quote/quote.ts"
export { type JsonSchema, jsonSchemaOf } from "./requirement/json-schema.ts"
export type { PaymentRequirements } from "./requirement/payment-requirements.ts"
export type { FieldRequirement, FieldRequirements, FieldType, FileRequirement } from "./requirement/requirement.ts"
export type { RfiLevel } from "./requirement/rfi-requirements.ts"
export type { Rfi, RfiEvent, RfiFile, RfiRejection, RfiStatus } from "./rfi/rfi.ts"
export { rfiFileMaxBytes } from "./rfi/rfi-decide.ts"
export { isRfiFileType, type RfiFileType, rfiFileTypes } from "./rfi/rfi-file-types.ts"
export { defaultRisk, firstDenial, noRiskRules, type RiskRules, type VelocityLimits } from "./risk/index.ts"
export type { Settlement } from "./settlement/settlement.ts"
export { type Ticket, type TicketIssueType, type TicketRejection, ticketIssueTypes } from "./ticket/ticket.ts"
