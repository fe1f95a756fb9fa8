/** Cross-border payments and their refunds on the wire. */
import * as Schema from "effect/Schema"
import { oneOf } from "../fields/field-shapes.ts"
import { UtcTimestamp } from "../v1/card.schema.ts"
import { IdempotencyKey, Uuid } from "../v1/field.schema.ts"
import {
  Amount,
  Blockchain,
  Fees,
  Jwe,
  ReasonForPayment,
  ReferenceId,
  RequirementsVersion,
  SettlementTime,
  UseCase,
  WalletAddress
} from "./field.schema.ts"
import { Rfi, RfiStatus } from "./rfi.schema.ts"
import { TransactionStatus } from "./transaction.schema.ts"

const EncryptedData = Schema.Union([
  Jwe,
  Schema.Struct({ version: RequirementsVersion, data: Jwe }).annotate({ identifier: "EncryptedData" })
])

const paymentMembers = {
  quoteId: Uuid,
  beneficiaryAccountData: EncryptedData.annotate({ description: "The account that is paid out to." }),
  travelRuleData: EncryptedData.annotate({ description: "Who pays whom." }),
  customerRefId: ReferenceId,
  beneficiaryRefId: Schema.optionalKey(ReferenceId),
  refCode: Schema.optionalKey(ReferenceId.annotate({ description: "Goes along to the bank, where the way allows." })),
  useCase: UseCase.annotate({ description: "As the kinds of sender and recipient in the quote." }),
  reasonForPayment: ReasonForPayment,
  senderAddress: WalletAddress,
  refundAddress: WalletAddress.annotate({ description: "Where a refund goes, on the same chain." }),
  blockchain: Blockchain
}

export const CreatePaymentRequest = Schema.Struct({ idempotencyKey: IdempotencyKey, ...paymentMembers }).annotate({
  identifier: "CreateCrossBorderPaymentRequest"
})

const paymentStatuses = ["CREATED", "CRYPTO_FUNDS_PENDING", "FIAT_PAYMENT_INITIATED", "COMPLETED", "FAILED"] as const

export const paymentFilters = {
  status: Schema.optionalKey(oneOf(paymentStatuses)),
  customerRefId: Schema.optionalKey(ReferenceId),
  refCode: Schema.optionalKey(ReferenceId)
}

const failureReasons = [
  "OTHER",
  "TRAVEL_RULE_FAILED",
  "BANK_VERIFICATION_FAILED",
  "RFI_VERIFICATION_FAILED",
  "EXISTING_RFI_PENDING",
  "ONCHAIN_SETTLEMENT_FAILED",
  "FIAT_SETTLEMENT_FAILED",
  "COMPLIANCE_CHECK_FAILED",
  "CANCELLED",
  "PAYMENT_EXPIRED"
] as const

export const RefundStatus = Schema.Literals(["CREATED", "COMPLETED", "FAILED"])

const Id = Schema.String.annotate({ format: "uuid" })
const TransactionHash = Schema.NullOr(Schema.String).annotate({ description: "Null while it is on its way." })

export const Payment = Schema.Struct({
  id: Id,
  quoteId: Id,
  paymentMethodType: Schema.String,
  blockchain: Schema.String,
  senderAddress: Schema.String,
  refundAddress: Schema.String,
  refCode: Schema.String.annotate({ description: "Empty where none was given." }),
  customerRefId: Schema.String,
  beneficiaryRefId: Schema.optionalKey(Schema.String),
  fiatNetworkPaymentRef: Schema.optionalKey(
    Schema.String.annotate({ description: "The bank's own, once it is paid." })
  ),
  expireDate: UtcTimestamp.annotate({ description: "Until when the source amount has to be there." }),
  createDate: UtcTimestamp,
  status: Schema.Literals(paymentStatuses),
  failureReason: Schema.optionalKey(Schema.Literals(failureReasons)),
  failureCode: Schema.optionalKey(Schema.String.annotate({ examples: ["PM05001"] })),
  useCase: UseCase,
  reasonForPayment: Schema.String,
  activeRfi: Schema.optionalKey(Rfi),
  rfis: Schema.Array(Schema.Struct({ id: Id, status: RfiStatus })),
  onChainTransactions: Schema.Array(Schema.Struct({ id: Id, status: TransactionStatus })),
  sourceAmount: Amount,
  destinationAmount: Amount,
  fees: Fees,
  fiatSettlementTime: SettlementTime,
  refunds: Schema.Array(
    Schema.Struct({ id: Id, status: RefundStatus, amount: Amount, transactionHash: TransactionHash })
  )
}).annotate({ identifier: "CrossBorderPayment" })

export const Refund = Schema.Struct({
  id: Id,
  paymentId: Id,
  status: RefundStatus,
  amount: Amount,
  transactionHash: TransactionHash,
  refundAddress: Schema.String,
  blockchain: Schema.String,
  createDate: UtcTimestamp
}).annotate({ identifier: "CrossBorderRefund" })

export type PaymentBody = typeof Payment.Type
export type RefundBody = typeof Refund.Type
