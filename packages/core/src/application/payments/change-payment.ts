/** Capture, cancel and refund: each decides, commits the wish as a task of its own, and lets the gateway be asked after. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decide } from "../../payment/index.ts"
import type {
  CancelPayment,
  CapturePayment,
  Payment,
  PaymentCommand,
  PaymentRejection,
  RefundPayment
} from "../../payment/payment.ts"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { Store } from "../../ports/store.ts"
import { commitWithRoom } from "../commit/commit-with-room.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import { transact } from "../commit/transact.ts"
import type { ChangePaymentFailure, IdempotentRequest, PaymentItem } from "../kernel-contract.ts"
import type { Operations } from "../operations.ts"
import { paymentDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"

/** What a change needs beyond its own input; the ids are new, so a change that loses a race leaves no trace. */
export type ChangeGrounds = Pick<CapturePayment, "attemptId" | "gatewayKey" | "terms" | "sendNow" | "nowMs"> & {
  readonly reversalId: string
}

export type PaymentChange = {
  readonly merchantId: string
  readonly paymentId: string
  readonly command: (grounds: ChangeGrounds) => CapturePayment | CancelPayment | RefundPayment
  readonly request: IdempotentRequest<PaymentItem> | undefined
}

export const changePayment = Effect.fn("paykernel.changePayment")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  change: PaymentChange
) {
  return yield* idempotently<PaymentItem, ChangePaymentFailure, ChangeError, ChangePorts>({
    merchantId: change.merchantId,
    request: change.request,
    perform: (bind) => perform(operations, directory, change, bind),
    current: (record) =>
      Effect.map(load(paymentDefinition, change.merchantId, record.aggregate.id), ({ state }) => {
        return Result.succeed(itemOf(state, record.subject))
      })
  })
})

type ChangeError = Effect.Error<ReturnType<typeof perform>>
type ChangePorts = Effect.Services<ReturnType<typeof perform>>

const perform = Effect.fnUntraced(function* (
  operations: Operations,
  directory: MerchantDirectory,
  change: PaymentChange,
  bind: Bind<PaymentItem> | null
) {
  const { merchantId, paymentId } = change
  const refusal = yield* refusalOf(change)
  if (refusal !== null) return Result.fail(refusal)
  const merchant = yield* directory.get(merchantId)
  const nowMs = (yield* Clock).nowMs()
  const ids = yield* Ids
  const digest = yield* Digest
  const room = operations.hands.reserve()
  const attemptId = ids.next(nowMs)
  const command: PaymentCommand & { readonly reversalId?: string } = change.command({
    attemptId,
    gatewayKey: digest.of("gateway-key", attemptId),
    reversalId: ids.next(nowMs),
    terms: merchant.terms,
    sendNow: room?.atOnce ?? false,
    nowMs
  })
  const lease = { owner: operations.owner, untilMs: nowMs + operations.leaseMs }
  const transaction = transact({
    definition: paymentDefinition,
    merchantId,
    id: paymentId,
    decide: (payment) => decide(payment, command),
    bornLeased: (task) => (room !== null && task.dueAtMs <= nowMs ? lease : null),
    ...(bind === null
      ? {}
      : {
          idempotency: (payment: Payment) => {
            const item = itemOf(payment, command.reversalId)
            return bind(item, {
              aggregate: { merchantId, type: paymentDefinition.type, id: paymentId },
              subject: item.id
            })
          }
        })
  })
  const decided = yield* commitWithRoom(operations, room, null, transaction)
  if (Result.isFailure(decided)) return Result.fail<ChangePaymentFailure>(decided.failure)
  return Result.succeed(itemOf(decided.success.state, command.reversalId))
})

const itemOf = (payment: Payment, reversalId: string | undefined): PaymentItem => {
  const reversal = payment.reversals.find((one) => one.id === reversalId) ?? null
  return { id: reversal?.id ?? payment.id, payment, reversal }
}

/** An id that names a refund or a cancel is known, but it is no payment that could be changed. */
const refusalOf = Effect.fnUntraced(function* (change: PaymentChange) {
  const item = yield* (yield* Store).find(change.merchantId, "payments", change.paymentId)
  if (item === undefined) return { _tag: "PaymentNotFound" } satisfies PaymentRejection
  if (item.aggregate.ref.id === change.paymentId) return null
  return { _tag: "NotAPayment" } satisfies ChangePaymentFailure
})
