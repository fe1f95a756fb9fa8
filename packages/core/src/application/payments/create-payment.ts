/**
 * Accepts a payment. Acceptance is one durable write: the payment, its authorization already marked as being sent, the
 * task that sends it, and the key that makes the request safe to repeat. The call to the gateway follows.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Cvv } from "../../card/cvv.ts"
import type { Merchant } from "../../merchant/merchant.ts"
import { decide } from "../../payment/index.ts"
import type { Payment, RequestPayment } from "../../payment/payment.ts"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { StoreUnavailable } from "../../ports/store.ts"
import { commitWithRoom } from "../commit/commit-with-room.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import { transact } from "../commit/transact.ts"
import type { CreatePaymentFailure, CreatePaymentInput, IdempotentRequest } from "../kernel-contract.ts"
import type { Operations, Reservation } from "../operations.ts"
import { paymentDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { endUnused } from "./cvv-locker.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"

export const createPayment = (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  input: CreatePaymentInput,
  request: IdempotentRequest<Payment> | undefined
) =>
  idempotently<Payment, CreatePaymentFailure, CreateError, CreatePorts>({
    merchantId,
    request,
    perform: (bind) => accept(operations, directory, merchantId, input, bind),
    current: (record) =>
      Effect.map(load(paymentDefinition, merchantId, record.aggregate.id), ({ state }) => Result.succeed(state))
  }).pipe(
    input.cvv === null ? (outcome) => outcome : Effect.tap(endUnused(input.cvv)),
    Effect.withSpan("paykernel.createPayment", {}, unstacked)
  )

/** Looking up where the span was opened would cost this call, the busiest of all, a tenth of its time. */
const unstacked = { captureStackTrace: false } as const

type CreateError = Effect.Error<ReturnType<typeof accept>>
type CreatePorts = Effect.Services<ReturnType<typeof accept>>

const accept = Effect.fnUntraced(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  input: CreatePaymentInput,
  bind: Bind<Payment> | null
) {
  const merchant = yield* directory.get(merchantId)
  const refusal = refusalOf(merchant, input)
  if (refusal !== null) return Result.fail(refusal)
  const card = yield* directory.card(merchantId, input.cardId)
  if (card.status === "none" || card.status === "presented") {
    return Result.fail<CreatePaymentFailure>({ _tag: "CardNotFound" })
  }
  const nowMs = (yield* Clock).nowMs()
  const ids = yield* Ids
  const digest = yield* Digest
  const id = ids.next(nowMs)
  const attemptId = ids.next(nowMs)
  const gatewayKey = digest.of("gateway-key", attemptId)
  const room = operations.hands.reserve()
  const command: RequestPayment = {
    _tag: "RequestPayment",
    id,
    merchantId,
    amount: input.amount,
    autoCapture: input.autoCapture,
    source: { type: "card", id: card.id },
    sourceStatus: card.status,
    card: { network: card.network, last4: card.last4, fundingType: card.fundingType },
    verificationMethod: input.verificationMethod,
    successUrl: input.successUrl,
    failureUrl: input.failureUrl,
    description: input.description,
    channel: input.channel ?? merchant.channels.find((channel) => channel.default)?.id ?? null,
    payer: input.payer,
    terms: merchant.terms,
    attemptId,
    gatewayKey,
    authenticationKey: `${gatewayKey}-3ds`,
    sendNow: room?.atOnce ?? false,
    nowMs
  }
  return yield* commit(operations, command, room, input.cvv, bind)
})

const commit = Effect.fnUntraced(function* (
  operations: Operations,
  command: RequestPayment,
  room: Reservation | null,
  cvv: Cvv | null,
  bind: Bind<Payment> | null
) {
  const { merchantId, id, attemptId, nowMs } = command
  if (cvv !== null && !(room !== null && operations.cvvs.put(attemptId, cvv))) {
    room?.release()
    return yield* new StoreUnavailable({ reason: "overloaded", outcomeUnknown: false })
  }
  const lease = { owner: operations.owner, untilMs: nowMs + operations.leaseMs }
  const transaction = transact({
    definition: paymentDefinition,
    merchantId,
    id,
    fresh: true,
    decide: (payment) => decide(payment, command),
    bornLeased: (task) => (room !== null && task.dueAtMs <= nowMs ? lease : null),
    ...(bind === null
      ? {}
      : {
          idempotency: (payment: Payment) =>
            bind(payment, { aggregate: { merchantId, type: paymentDefinition.type, id }, subject: id })
        })
  })
  const decided = yield* commitWithRoom(operations, room, cvv === null ? null : attemptId, transaction)
  return Result.map(decided, ({ state }): Payment => state)
})

/** What forbids the payment before the domain is asked. */
const refusalOf = (merchant: Merchant, input: CreatePaymentInput): CreatePaymentFailure | null => {
  if (merchant.status === "none") return { _tag: "MerchantNotFound" }
  if (merchant.status === "suspended") return { _tag: "MerchantIsSuspended" }
  if (input.channel !== null && !merchant.channels.some((channel) => channel.id === input.channel)) {
    return { _tag: "ChannelNotFound" }
  }
  if (input.verificationMethod === "cvv") return input.cvv === null ? { _tag: "CvvRequired" } : null
  return input.cvv === null ? null : { _tag: "CvvNotAllowed" }
}
