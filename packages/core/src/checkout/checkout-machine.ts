import type { Machine } from "../machine.ts"
import type { CheckoutEvent, CheckoutStatus } from "./checkout.ts"

/** Every legal move of a checkout. While a payment is under way only its outcome moves it. */
export const checkoutMachine: Machine<CheckoutStatus, CheckoutEvent["_tag"]> = {
  none: { CheckoutOpened: "open" },
  open: { CheckoutPaymentStarted: "paying", CheckoutCancelled: "cancelled", CheckoutExpired: "expired" },
  paying: {
    CheckoutPaymentDeclined: "open",
    CheckoutSteppedUp: "paying",
    CheckoutCompleted: "completed",
    CheckoutFailed: "failed"
  },
  completed: {},
  cancelled: {},
  expired: {},
  failed: {}
}
