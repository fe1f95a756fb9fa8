/** The kernel as Effect services: ports, their errors, and the use cases over them. */

export { audit, auditAll } from "./application/audit/audit.ts"
export { type Followed, followPayment, type Look } from "./application/checkouts/follow-payment.ts"
export { cancelCheckout, openCheckout } from "./application/checkouts/open-checkout.ts"
export { payCheckout, payDirectly } from "./application/checkouts/pay-checkout.ts"
export {
  findCheckout,
  findCheckoutOfPage,
  findCheckoutOfTransaction,
  listCheckouts
} from "./application/checkouts/present-checkout.ts"
export { settledCheckout } from "./application/checkouts/settled-checkout.ts"
export { announcing } from "./application/commit/announce-changes.ts"
export { submitRfi } from "./application/cross-border/answer-rfi.ts"
export { createCrossBorder } from "./application/cross-border/create-cross-border.ts"
export { createQuotes, overviewOf, requirementsForQuote, routesFor } from "./application/cross-border/create-quotes.ts"
export { type CrossBorderDesk, crossBorderDeskOf } from "./application/cross-border/cross-border-desk.ts"
export { createTransaction } from "./application/cross-border/onchain-transactions.ts"
export { openTicket } from "./application/cross-border/open-ticket.ts"
export {
  findCrossBorder,
  findPayoutRefund,
  findQuote,
  findRfi,
  findTransaction,
  listCrossBorder,
  viewCrossBorder
} from "./application/cross-border/read-cross-border.ts"
export { recordStanding } from "./application/cross-border/record-standing.ts"
export { hearOfCrossBorder } from "./application/cross-border/run-cross-border-tasks.ts"
export { submitTransaction } from "./application/cross-border/submit-transaction.ts"
export { uploadRfiFile } from "./application/cross-border/upload-rfi-file.ts"
export { createIntent, expireIntent } from "./application/intents/create-intent.ts"
export { hearOfIntent } from "./application/intents/hear-of-intent.ts"
export { type IntentDesk, intentDeskOf } from "./application/intents/intent-desk.ts"
export { lookForDeposits } from "./application/intents/look-for-deposits.ts"
export { findAnyPayment, findIntent, listAnyPayments, listIntents } from "./application/intents/read-intents.ts"
export { refundIntent } from "./application/intents/refund-intent.ts"
export type { Hands, Operations, Ports } from "./application/operations.ts"
export { changeMerchant } from "./application/payments/change-merchant.ts"
export { changePayment } from "./application/payments/change-payment.ts"
export { createPayment } from "./application/payments/create-payment.ts"
export { cvvLocker } from "./application/payments/cvv-locker.ts"
export { merchantDirectory } from "./application/payments/merchant-directory.ts"
export { returnFromChallenge } from "./application/payments/return-from-challenge.ts"
export { runSettlement, settle } from "./application/payments/settle.ts"
export { submitCard, updateCard } from "./application/payments/submit-card.ts"
export * from "./application/read.ts"
export * from "./application/storage/aggregates.ts"
export * from "./application/storage/cross-border-aggregates.ts"
export { runTask } from "./application/tasks/run-task.ts"
export { makeWorker, type Worker, type WorkerOptions, workerDefaults } from "./application/tasks/worker.ts"
export { runDeliver } from "./application/webhooks/deliver.ts"
export {
  findDelivery,
  findEndpoint,
  listDeliveries,
  listEndpoints,
  replayAll,
  replayDelivery
} from "./application/webhooks/look-at-deliveries.ts"
export {
  changeEndpoint,
  confirmEndpoint,
  createEndpoint,
  removeEndpoint,
  rotateSecret,
  testEndpoint
} from "./application/webhooks/manage-endpoints.ts"
export { type News, newsOf } from "./application/webhooks/news.ts"
export { runNotify } from "./application/webhooks/plan-deliveries.ts"
export { runNews } from "./application/webhooks/run-news.ts"
export { laneOf, type TaskKind, type TaskLane } from "./decision.ts"
export * from "./ports/aggregate.ts"
export * from "./ports/blockchain.ts"
export * from "./ports/card-gateway.ts"
export * from "./ports/clock.ts"
export * from "./ports/commit.ts"
export * from "./ports/digest.ts"
export * from "./ports/exchange-rate.ts"
export * from "./ports/funding-chain.ts"
export * from "./ports/ids.ts"
export * from "./ports/payout-network.ts"
export * from "./ports/rate-limiter.ts"
export * from "./ports/risk.ts"
export * from "./ports/store.ts"
export * from "./ports/vault.ts"
export * from "./ports/webhook-sender.ts"
