/** Generators of the domain's values, for fast-check properties over one's own code. */
export { anyCard, anyCardAnswer, anyCardCommand, anyCardEvent } from "./arbitraries/card-arbitraries.ts"
export {
  anyCheckout,
  anyCheckoutCommand,
  anyCheckoutEvent,
  anyCheckoutOutcome
} from "./arbitraries/checkout-arbitraries.ts"
export { anyDelivery, anyDeliveryCommand, anyDeliveryEvent } from "./arbitraries/delivery-arbitraries.ts"
export { anyEndpoint, anyEndpointCommand, anyEndpointEvent } from "./arbitraries/endpoint-arbitraries.ts"
export { anyFee, anyFeeSchedule } from "./arbitraries/fee-arbitraries.ts"
export { anyGatewayBehaviour, type GatewayBehaviour, misbehaving } from "./arbitraries/gateway-arbitraries.ts"
export {
  anyAttemptMessage,
  attemptHistory,
  cardHistory,
  checkoutHistory,
  deliveryHistory,
  endpointHistory,
  merchantHistory,
  settlementHistory
} from "./arbitraries/history-arbitraries.ts"
export {
  anyMerchant,
  anyMerchantCommand,
  anyMerchantEvent,
  anyMerchantTerms
} from "./arbitraries/merchant-arbitraries.ts"
export { amountIn, anyCurrency, anyMoney, anyRate, moneyIn } from "./arbitraries/money-arbitraries.ts"
export { anyAttempt, anyAttemptEvent, anyPayment, anyPaymentEvent } from "./arbitraries/payment-arbitraries.ts"
export {
  anySettlement,
  anySettlementCommand,
  anySettlementEvent,
  settleableCommand
} from "./arbitraries/settlement-arbitraries.ts"
