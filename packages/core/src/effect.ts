/** The kernel as Effect services: ports, their errors, and the use cases over them. */
export * from "./application/aggregates.ts"
export { announcing } from "./application/announce-changes.ts"
export { submitRfi } from "./application/answer-rfi.ts"
export { audit, auditAll } from "./application/audit.ts"
export { changeMerchant } from "./application/change-merchant.ts"
export { changePayment } from "./application/change-payment.ts"
export { createCrossBorder } from "./application/create-cross-border.ts"
export { createIntent, expireIntent } from "./application/create-intent.ts"
export { createPayment } from "./application/create-payment.ts"
export { createQuotes, overviewOf, requirementsForQuote, routesFor } from "./application/create-quotes.ts"
export * from "./application/cross-border-aggregates.ts"
export { type CrossBorderDesk, crossBorderDeskOf } from "./application/cross-border-desk.ts"
export { cvvLocker } from "./application/cvv-locker.ts"
export { runDeliver } from "./application/deliver.ts"
export { type Followed, followPayment, type Look } from "./application/follow-payment.ts"
export { hearOfIntent } from "./application/hear-of-intent.ts"
export { type IntentDesk, intentDeskOf } from "./application/intent-desk.ts"
export {
  findDelivery,
  findEndpoint,
  listDeliveries,
  listEndpoints,
  replayAll,
  replayDelivery
} from "./application/look-at-deliveries.ts"
export { lookForDeposits } from "./application/look-for-deposits.ts"
export {
  changeEndpoint,
  confirmEndpoint,
  createEndpoint,
  removeEndpoint,
  rotateSecret,
  testEndpoint
} from "./application/manage-endpoints.ts"
export { merchantDirectory } from "./application/merchant-directory.ts"
export { type News, newsOf } from "./application/news.ts"
export { createTransaction } from "./application/onchain-transactions.ts"
export { cancelCheckout, openCheckout } from "./application/open-checkout.ts"
export { openTicket } from "./application/open-ticket.ts"
export type { Hands, Operations, Ports } from "./application/operations.ts"
export { payCheckout, payDirectly } from "./application/pay-checkout.ts"
export { runNotify } from "./application/plan-deliveries.ts"
export {
  findCheckout,
  findCheckoutOfPage,
  findCheckoutOfTransaction,
  listCheckouts
} from "./application/present-checkout.ts"
export * from "./application/read.ts"
export {
  findCrossBorder,
  findPayoutRefund,
  findQuote,
  findRfi,
  findTransaction,
  listCrossBorder,
  viewCrossBorder
} from "./application/read-cross-border.ts"
export { findAnyPayment, findIntent, listAnyPayments, listIntents } from "./application/read-intents.ts"
export { recordStanding } from "./application/record-standing.ts"
export { refundIntent } from "./application/refund-intent.ts"
export { returnFromChallenge } from "./application/return-from-challenge.ts"
export { hearOfCrossBorder } from "./application/run-cross-border-tasks.ts"
export { runNews } from "./application/run-news.ts"
export { runTask } from "./application/run-task.ts"
export { runSettlement, settle } from "./application/settle.ts"
export { settledCheckout } from "./application/settled-checkout.ts"
export { submitCard, updateCard } from "./application/submit-card.ts"
export { submitTransaction } from "./application/submit-transaction.ts"
export { uploadRfiFile } from "./application/upload-rfi-file.ts"
export { makeWorker, type Worker, type WorkerOptions, workerDefaults } from "./application/worker.ts"
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
