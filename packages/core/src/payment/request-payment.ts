/** Accepting a payment: the hot path. One event and one task, and with 3-D Secure the authentication comes first. */
import { isPositive } from "../money/index.ts"
import type { Payment, PaymentRejection, RequestPayment } from "./payment.ts"
import { decided, type PaymentDecision, planFor, refused } from "./payment-decision.ts"
import { attemptTask, authenticateTask, expireChallengeTask } from "./payment-tasks.ts"
import { challengeLifetimeMs } from "./payment-times.ts"

/** Accepts a payment where the amount and the source allow it. */
export const requestPayment = (payment: Payment, command: RequestPayment): PaymentDecision => {
  if (payment.status !== "none") return refused({ _tag: "PaymentAlreadyExists" })
  const objection = objectionTo(command)
  if (objection !== undefined) return refused(objection)
  const authenticated = command.verificationMethod === "three_d_secure"
  const plan = authenticated
    ? null
    : planFor(command, "authorize", command.amount, command.verificationMethod === "cvv")
  return decided(
    payment,
    [
      {
        _tag: "PaymentRequested",
        id: command.id,
        merchantId: command.merchantId,
        amount: command.amount,
        autoCapture: command.autoCapture,
        source: command.source,
        card: command.card,
        verificationMethod: command.verificationMethod,
        successUrl: command.successUrl,
        failureUrl: command.failureUrl,
        description: command.description,
        channel: command.channel,
        payer: command.payer,
        plan,
        authenticationKey: authenticated ? command.authenticationKey : null,
        atMs: command.nowMs
      }
    ],
    authenticated
      ? [
          authenticateTask(command.id, command.nowMs),
          expireChallengeTask(command.id, command.nowMs + challengeLifetimeMs)
        ]
      : [attemptTask(command.id, command.attemptId, command.nowMs)]
  )
}

const objectionTo = ({ amount, terms, sourceStatus }: RequestPayment): PaymentRejection | undefined => {
  if (!isPositive(amount)) return { _tag: "AmountNotPositive" }
  const { minAmount: min, maxAmount: max } = terms
  if (amount.currency !== min.currency || amount.currency !== max.currency) {
    return { _tag: "CurrencyNotSupported", currency: amount.currency }
  }
  if (amount.amount < min.amount || amount.amount > max.amount) return { _tag: "AmountOutsideLimits", min, max }
  return sourceStatus === "failed" ? { _tag: "SourceNotUsable" } : undefined
}
