/** A payment before and just after it was accepted. */
import { planAttempt } from "../attempt/index.ts"
import { zero } from "../money/index.ts"
import type { Payment, PaymentRequested } from "./payment.ts"
import { challengeLifetimeMs } from "./payment-times.ts"

// Before a payment exists it has no currency either; nobody reads these amounts, and the first event replaces them.
const nothing = zero("USD")

/** The state of a payment that nobody has requested. */
export const noPayment: Payment = Object.freeze<Payment>({
  status: "none",
  id: "",
  merchantId: "",
  amount: nothing,
  autoCapture: false,
  source: { type: "card", id: "" },
  card: { network: "UNKNOWN", last4: "", fundingType: "unknown" },
  verificationMethod: "none",
  successUrl: null,
  failureUrl: null,
  description: null,
  channel: null,
  payer: { email: "", phoneNumber: null, sessionId: "", ipAddress: "" },
  authentication: null,
  verification: null,
  risk: null,
  authorized: nothing,
  captured: nothing,
  capturedAtMs: null,
  refunded: nothing,
  refunding: nothing,
  fees: nothing,
  authorizationExpiresAtMs: null,
  failure: null,
  attempts: [],
  reversals: [],
  settlementId: null,
  createdAtMs: 0,
  updatedAtMs: 0
})

/** The payment as it was accepted. */
export const acceptedPayment = (event: PaymentRequested): Payment => {
  const none = zero(event.amount.currency)
  return {
    status: "pending",
    id: event.id,
    merchantId: event.merchantId,
    amount: event.amount,
    autoCapture: event.autoCapture,
    source: event.source,
    card: event.card,
    verificationMethod: event.verificationMethod,
    successUrl: event.successUrl,
    failureUrl: event.failureUrl,
    description: event.description,
    channel: event.channel,
    payer: event.payer,
    authentication: authenticationOf(event),
    verification: null,
    risk: null,
    authorized: none,
    captured: none,
    capturedAtMs: null,
    refunded: none,
    refunding: none,
    fees: none,
    authorizationExpiresAtMs: null,
    failure: null,
    attempts: event.plan === null ? [] : [planAttempt(event.plan)],
    reversals: [],
    settlementId: null,
    createdAtMs: event.atMs,
    updatedAtMs: event.atMs
  }
}

const authenticationOf = ({ authenticationKey, atMs }: PaymentRequested): Payment["authentication"] =>
  authenticationKey === null
    ? null
    : {
        key: authenticationKey,
        status: "planned",
        challengeUrl: null,
        expiresAtMs: atMs + challengeLifetimeMs,
        eci: null
      }
