/** Generators of the domain's values, for fast-check properties over one's own code. */
export { anyCard, anyCardAnswer, anyCardCommand, anyCardEvent } from "./arbitraries/card-arbitraries.ts"
export {
  anyCheckout,
  anyCheckoutCommand,
  anyCheckoutEvent,
  anyCheckoutOutcome
} from "./arbitraries/checkout-arbitraries.ts"
export {
  anyCrossBorderCommand,
  anyCrossBorderEvent,
  anyCrossBorderNews,
  anyCrossBorderPayment
} from "./arbitraries/cross-border-arbitraries.ts"
export { anyDelivery, anyDeliveryCommand, anyDeliveryEvent } from "./arbitraries/delivery-arbitraries.ts"
export {
  anyDeposit,
  anyDepositCommand,
  anyDepositEvent,
  anyPassingStanding,
  depositOrigin
} from "./arbitraries/deposit-arbitraries.ts"
export { anyEndpoint, anyEndpointCommand, anyEndpointEvent } from "./arbitraries/endpoint-arbitraries.ts"
export { anyFee, anyFeeSchedule } from "./arbitraries/fee-arbitraries.ts"
export { anyGatewayBehaviour, type GatewayBehaviour, misbehaving } from "./arbitraries/gateway-arbitraries.ts"
export {
  anyAttemptMessage,
  attemptHistory,
  cardHistory,
  checkoutHistory,
  crossBorderHistory,
  deliveryHistory,
  depositHistory,
  endpointHistory,
  intentHistory,
  intentRefundHistory,
  merchantHistory,
  onchainHistory,
  payoutRefundHistory,
  quoteHistory,
  rfiHistory,
  settlementHistory,
  ticketHistory
} from "./arbitraries/history-arbitraries.ts"
export {
  anyDepositNews,
  anyIntent,
  anyIntentCommand,
  anyIntentEvent,
  anyIntentLife
} from "./arbitraries/intent-arbitraries.ts"
export {
  anyIntentRefund,
  anyIntentRefundCommand,
  anyIntentRefundEvent,
  anyTransferMessage,
  planRefund
} from "./arbitraries/intent-refund-arbitraries.ts"
export {
  anyMerchant,
  anyMerchantCommand,
  anyMerchantEvent,
  anyMerchantTerms
} from "./arbitraries/merchant-arbitraries.ts"
export { amountIn, anyCurrency, anyMoney, anyRate, moneyIn } from "./arbitraries/money-arbitraries.ts"
export {
  anyOnchainCommand,
  anyOnchainEvent,
  anyOnchainReport,
  anyOnchainTransaction
} from "./arbitraries/onchain-arbitraries.ts"
export { anyAttempt, anyAttemptEvent, anyPayment, anyPaymentEvent } from "./arbitraries/payment-arbitraries.ts"
export {
  anyPayoutRefund,
  anyPayoutRefundCommand,
  anyPayoutRefundEvent
} from "./arbitraries/payout-refund-arbitraries.ts"
export { anyQuote, anyQuoteCommand, anyQuoteEvent, anyQuoteTerms } from "./arbitraries/quote-arbitraries.ts"
export {
  anyFieldRequirements,
  anyRfi,
  anyRfiCommand,
  anyRfiEvent,
  anyRfiOutcome
} from "./arbitraries/rfi-arbitraries.ts"
export {
  anySettlement,
  anySettlementCommand,
  anySettlementEvent,
  settleableCommand
} from "./arbitraries/settlement-arbitraries.ts"
export { anyTicket, anyTicketCommand, anyTicketEvent } from "./arbitraries/ticket-arbitraries.ts"
