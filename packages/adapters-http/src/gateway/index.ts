/** A card gateway across processes: served by the one that talks to the bank, called by all others. */
export {
  type BankMessage,
  type BankMessageHandlerOptions,
  bankMessageHandler,
  type Delivery,
  type PostBankMessageOptions,
  postBankMessage
} from "./bank-message.ts"
export { isFailedConnection } from "./failed-connection.ts"
export type { TravelBounds } from "./gateway-capabilities.ts"
export {
  type GatewayHandler,
  type GatewayHandlerOptions,
  type GatewayLimits,
  gatewayHandler
} from "./gateway-handler.ts"
export { gatewayDescription, type HttpGatewayOptions, httpGateway } from "./http-gateway.ts"
export type { Fetch, Remote } from "./remote.ts"
export { type AcceptedSecrets, type SharedSecret, secretVerifier } from "./shared-secret.ts"
