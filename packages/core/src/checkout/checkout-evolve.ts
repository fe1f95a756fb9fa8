import { follow } from "../machine.ts"
import { zero } from "../money/index.ts"
import type { Checkout, CheckoutEvent, CheckoutPayment } from "./checkout.ts"
import { checkoutMachine } from "./checkout-machine.ts"

/** Before anything happened. The currency means nothing until the checkout is open. */
export const noCheckout: Checkout = {
  status: "none",
  id: "",
  merchantId: "",
  kind: "hosted",
  amount: zero("USD"),
  description: null,
  customer: null,
  metadata: null,
  webhookUrl: null,
  returnUrl: null,
  expiresAtMs: null,
  payments: [],
  endedAtMs: null,
  createdAtMs: 0,
  updatedAtMs: 0
}

/**
 * The checkout after an event. An event that the machine does not know from here, or that speaks of a payment never
 * begun, is a bug, so it throws.
 *
 * @example
 * evolve(openCheckout, { _tag: "CheckoutCancelled", atMs: 5 }).endedAtMs // => 5
 */
export const evolve = (checkout: Checkout, event: CheckoutEvent): Checkout => {
  const status = follow(checkoutMachine, checkout.status, event._tag)
  const { atMs } = event
  switch (event._tag) {
    case "CheckoutOpened": {
      const { _tag, atMs: createdAtMs, ...details } = event
      return { ...details, status, payments: [], endedAtMs: null, createdAtMs, updatedAtMs: createdAtMs }
    }
    case "CheckoutPaymentStarted": {
      const { paymentId: id, transactionId, attempt } = event
      const payments: ReadonlyArray<CheckoutPayment> = [
        ...checkout.payments,
        { id, transactionId, attempt, status: "open", failure: null }
      ]
      return { ...checkout, status, payments, updatedAtMs: atMs }
    }
    case "CheckoutSteppedUp": {
      const { transactionId, attempt } = partOf(checkout, event.paymentId)
      const payments: ReadonlyArray<CheckoutPayment> = [
        ...withOutcome(checkout, event.paymentId, "three_d_secure_required"),
        { id: event.authenticatedPaymentId, transactionId, attempt, status: "open", failure: null }
      ]
      return { ...checkout, status, payments, updatedAtMs: atMs }
    }
    case "CheckoutPaymentDeclined":
      return { ...checkout, status, payments: withOutcome(checkout, event.paymentId, event.code), updatedAtMs: atMs }
    case "CheckoutFailed": {
      const payments = withOutcome(checkout, event.paymentId, event.code)
      return { ...checkout, status, payments, endedAtMs: atMs, updatedAtMs: atMs }
    }
    case "CheckoutCompleted": {
      const payments = withOutcome(checkout, event.paymentId, null)
      return { ...checkout, status, payments, endedAtMs: atMs, updatedAtMs: atMs }
    }
    case "CheckoutCancelled":
    case "CheckoutExpired":
      return { ...checkout, status, endedAtMs: atMs, updatedAtMs: atMs }
  }
}

/** `null`: it succeeded. */
const withOutcome = (
  checkout: Checkout,
  paymentId: string,
  failure: CheckoutPayment["failure"]
): ReadonlyArray<CheckoutPayment> => {
  const ended: CheckoutPayment = {
    ...partOf(checkout, paymentId),
    status: failure === null ? "succeeded" : "failed",
    failure
  }
  return checkout.payments.map((payment) => (payment.id === paymentId ? ended : payment))
}

const partOf = ({ payments }: Checkout, paymentId: string): CheckoutPayment => {
  const payment = payments.find(({ id }) => id === paymentId)
  if (payment === undefined) throw new Error("the payment is not part of the checkout")
  return payment
}
