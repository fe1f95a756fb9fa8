/**
 * For originating institutions: a typed client of the cross-border API that checks and encrypts what is told about the
 * parties. Runs wherever `fetch` and Web Crypto are.
 */

export type { PaymentBody, RefundBody } from "../cpn/payment.schema.ts"
export type { QuoteBody, QuoteRequest, RouteBody } from "../cpn/quote.schema.ts"
export type { RfiBody } from "../cpn/rfi.schema.ts"
export type { TicketBody } from "../cpn/ticket.schema.ts"
export type { Answer, AnswerPart, CrossBorderProblem, FieldProblem } from "./answer.ts"
export { isCnpj, isCpf } from "./brazilian-tax-id.ts"
export type { ApiOptions as CrossBorderClientOptions, Fetch } from "./call-api.ts"
export { faultyFields } from "./check-answer.ts"
export {
  type AnswerRfi,
  type CreatePayment,
  type CrossBorderClient,
  crossBorderClient,
  type PaymentFilters,
  type RoutesQuery
} from "./client.ts"
export { type AnswerFields, type EncryptedDocument, encryptDocument, encryptFields, encryptJson } from "./encrypt.ts"
export type {
  CreateTransactionOptions,
  FundOptions,
  OnchainTransactionBody,
  Signer,
  ToBeSigned,
  Transactions
} from "./fund-payment.ts"
export type { Document } from "./rfi-files.ts"
