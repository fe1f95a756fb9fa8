export * from "./checkout.ts"
export {
  attemptNameLengthMax,
  type CheckoutDecision,
  checkoutLifetimeMaxMs,
  checkoutTriesMax,
  decide
} from "./checkout-decide.ts"
export { evolve, noCheckout } from "./checkout-evolve.ts"
export { checkoutMachine } from "./checkout-machine.ts"
