export * from "./delivery.ts"
export { type DeliveryDecision, decide, isTaken } from "./delivery-decide.ts"
export { attemptsShownMax, evolve, noDelivery } from "./delivery-evolve.ts"
export { deliveryMachine } from "./delivery-machine.ts"
