/** How fast the pure core decides: a payment is requested, and the gateway's approval recorded. */

import { defaultFeeSchedule, money } from "@paykernel/core"
import { Payment } from "@paykernel/core/domain"
import * as Result from "effect/Result"
import { compare, printTable } from "./measure.ts"

const payments = 200_000
const usd = (amount: bigint) => money(amount, "USD")
const terms = { feeSchedule: defaultFeeSchedule, minAmount: usd(1n), maxAmount: usd(1_000_000n), partialCapture: true }

const request: Payment.RequestPayment = {
  _tag: "RequestPayment",
  id: "p",
  merchantId: "m",
  amount: usd(1000n),
  autoCapture: false,
  source: { type: "card", id: "c" },
  sourceStatus: "complete",
  card: { network: "VISA", last4: "0007", fundingType: "credit" },
  verificationMethod: "none",
  successUrl: null,
  failureUrl: null,
  description: null,
  channel: null,
  payer: { email: "a@example.com", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" },
  terms,
  attemptId: "a",
  gatewayKey: "k",
  authenticationKey: "x",
  sendNow: true,
  nowMs: 1
}

const approval: Payment.PaymentCommand = {
  _tag: "RecordReply",
  attemptId: "a",
  reply: { _tag: "Approved", reference: "r", amount: usd(1000n), avs: "Y", cvv: "not_requested" },
  terms,
  nowMs: 2
}

const step = (payment: Payment.Payment, command: Payment.PaymentCommand): Payment.Payment => {
  let next = payment
  for (const event of Result.getOrThrow(Payment.decide(payment, command)).events) next = Payment.evolve(next, event)
  return next
}

export const benchDecide = async (): Promise<void> => {
  const requested = step(Payment.noPayment, request)
  const capturing = step(Payment.noPayment, { ...request, autoCapture: true })
  const rows = await compare([
    {
      name: "an object per event, no rules",
      run: () => {
        let made = 0
        for (let at = 0; at < payments; at++) made += { ...requested, updatedAtMs: at }.updatedAtMs >= 0 ? 1 : 0
        return made
      }
    },
    {
      name: "decide + evolve: request a payment",
      run: () => {
        for (let at = 0; at < payments; at++) step(Payment.noPayment, request)
        return payments
      }
    },
    {
      name: "decide + evolve: record an approval (two events, a hold, a task)",
      run: () => {
        for (let at = 0; at < payments; at++) step(requested, approval)
        return payments
      }
    },
    {
      name: "decide + evolve: record an approval that captures at once (three events, fees, postings)",
      run: () => {
        for (let at = 0; at < payments; at++) step(capturing, approval)
        return payments
      }
    }
  ])
  printTable("Pure core: decisions", rows)
}
