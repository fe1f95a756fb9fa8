/**
 * Two ways in which an attempt moves on outside its task: a person has the gateway asked again, or the gateway speaks by
 * itself. Both are look-ups to the domain, so either may come late, twice or out of order.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Attempt, GatewayLookup, GatewayVerdict } from "../../attempt/attempt.ts"
import { decide } from "../../payment/index.ts"
import type { Payment, PaymentRejection } from "../../payment/payment.ts"
import { Clock } from "../../ports/clock.ts"
import { transact } from "../commit/transact.ts"
import { type Operations, wakeFor } from "../operations.ts"
import { paymentDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { lookUpAtGateway } from "./gateway-calls.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"

/**
 * Asks the gateway about every attempt that was left to a person, and about a bank transfer that is waited for. What it
 * cannot say for certain changes nothing.
 */
export const recheckPayment = Effect.fn("paykernel.recheckPayment")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  paymentId: string
) {
  let { state: payment } = yield* load(paymentDefinition, merchantId, paymentId)
  if (payment.status === "none") return notFound
  for (const attempt of payment.attempts) {
    if (attempt.status !== "manual" && !isAwaitedTransfer(payment, attempt)) continue
    const lookup = yield* lookUpAtGateway(attempt.gatewayKey, operations.callTimeoutMs)
    // What follows from anything less certain is for whoever holds the attempt's task.
    if (attempt.status !== "manual" && lookup._tag !== "Found") continue
    const recorded = yield* record(operations, directory, payment, attempt.id, lookup)
    if (Result.isFailure(recorded)) return recorded
    payment = recorded.success
  }
  return Result.succeed(payment)
})

/** The gateway has been told of the transfer, and nobody knows yet whether the money comes. */
export const isAwaitedTransfer = ({ source }: Payment, { kind, status }: Attempt): boolean =>
  source.type === "bank_transfer" && kind === "authorize" && status === "unknown"

/**
 * Takes a message in which a gateway reports what became of a key. The caller has made sure that the gateway sent it;
 * which payment it is about is decided by the key, and the amount is compared like that of any answer.
 */
export const hearGateway = Effect.fn("paykernel.hearGateway")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  paymentId: string,
  message: { readonly gatewayKey: string; readonly verdict: GatewayVerdict }
) {
  const { state: payment } = yield* load(paymentDefinition, merchantId, paymentId)
  if (payment.status === "none") return notFound
  const attempt = payment.attempts.find((one) => one.gatewayKey === message.gatewayKey)
  if (attempt === undefined) return Result.fail<PaymentRejection>({ _tag: "AttemptNotFound" })
  return yield* record(operations, directory, payment, attempt.id, { _tag: "Found", verdict: message.verdict })
})

const notFound: Result.Result<Payment, PaymentRejection> = Result.fail({ _tag: "PaymentNotFound" })

/** Without a lease: the version guards it, and whoever holds the attempt's task finds the state as it then is. */
const record = Effect.fnUntraced(function* (
  operations: Operations,
  directory: MerchantDirectory,
  payment: Payment,
  attemptId: string,
  lookup: GatewayLookup
) {
  const { terms } = yield* directory.get(payment.merchantId)
  const nowMs = (yield* Clock).nowMs()
  const { policy } = operations
  const recorded = yield* transact({
    definition: paymentDefinition,
    merchantId: payment.merchantId,
    id: payment.id,
    decide: (state) => decide(state, { _tag: "RecordLookup", attemptId, lookup, policy, terms, nowMs })
  })
  if (Result.isSuccess(recorded)) wakeFor(operations, recorded.success.tasks)
  return Result.map(recorded, ({ state }): Payment => state)
})
