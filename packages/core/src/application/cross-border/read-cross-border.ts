/** What a merchant may look at of its cross-border payments, each part only beside the payment that it belongs to. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderPayment, CrossBorderStatus } from "../../cross-border/cross-border.ts"
import { openRfi } from "../../cross-border/record-rfi.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import { Store } from "../../ports/store.ts"
import type { ListRequest } from "../kernel-contract.ts"
import {
  crossBorderDefinition,
  onchainDefinition,
  payoutRefundDefinition,
  quoteDefinition,
  rfiDefinition
} from "../storage/cross-border-aggregates.ts"
import { load, revive } from "../storage/repository.ts"
import type {
  CrossBorderNotFound,
  CrossBorderView,
  PayoutRefundNotFound,
  QuoteNotFound,
  RfiNotFound,
  TransactionNotFound
} from "./cross-border-contract.ts"

export const paymentNotFound: CrossBorderNotFound = { _tag: "PaymentNotFound" }
const transactionNotFound: TransactionNotFound = { _tag: "TransactionNotFound" }
const rfiNotFound: RfiNotFound = { _tag: "RfiNotFound" }
const refundNotFound: PayoutRefundNotFound = { _tag: "RefundNotFound" }

/** One that the network never took is nobody's to find. */
export const isThere = ({ status }: Pick<CrossBorderPayment, "status">): boolean =>
  status !== "none" && status !== "withdrawn"

export const findCrossBorder = Effect.fn("paykernel.findCrossBorder")(function* (merchantId: string, id: string) {
  const { state } = yield* load(crossBorderDefinition, merchantId, id)
  return isThere(state) ? Result.succeed(state) : Result.fail(paymentNotFound)
})

/** With the request that is open, if one is. */
export const presentCrossBorder = Effect.fnUntraced(function* (payment: CrossBorderPayment) {
  const open = openRfi(payment)
  const activeRfi = open === undefined ? null : (yield* load(rfiDefinition, payment.merchantId, open.id)).state
  return { payment, activeRfi } satisfies CrossBorderView
})

export const viewCrossBorder = Effect.fnUntraced(function* (merchantId: string, id: string) {
  const found = yield* findCrossBorder(merchantId, id)
  return Result.isFailure(found) ? Result.fail(found.failure) : Result.succeed(yield* presentCrossBorder(found.success))
})

const visible: ReadonlyArray<string> = [
  "created",
  "crypto_funds_pending",
  "fiat_payment_initiated",
  "completed",
  "failed"
] satisfies ReadonlyArray<CrossBorderStatus>

export const listCrossBorder = Effect.fn("paykernel.listCrossBorder")(function* (
  merchantId: string,
  request: ListRequest
) {
  const { status = visible } = request.where
  const where = { ...request.where, status: [status].flat().filter((one) => visible.includes(one)) }
  if (where.status.length === 0) return { items: [], hasNext: false, hasPrevious: false }
  const page = yield* (yield* Store).list({ merchantId, collection: "crossBorderPayments", ...request, where })
  const items = yield* Effect.forEach(page.items, ({ aggregate }) =>
    presentCrossBorder(revive(crossBorderDefinition, aggregate).state)
  )
  return { ...page, items }
})

export const findQuote = Effect.fn("paykernel.findQuote")(function* (merchantId: string, id: string) {
  const { state } = yield* load(quoteDefinition, merchantId, id)
  return state.status === "none" ? Result.fail<QuoteNotFound>({ _tag: "QuoteNotFound" }) : Result.succeed(state)
})

/** A part of a payment, looked for among those that the payment names. */
const findPart = Effect.fnUntraced(function* <
  State,
  Event extends { readonly _tag: string; readonly atMs: number },
  NotFound
>(
  definition: AggregateDefinition<State, Event>,
  place: { readonly merchantId: string; readonly paymentId: string; readonly id: string },
  partsOf: (payment: CrossBorderPayment) => ReadonlyArray<{ readonly id: string }>,
  notFound: NotFound
) {
  const { merchantId, paymentId, id } = place
  const found = yield* findCrossBorder(merchantId, paymentId)
  if (Result.isFailure(found)) return Result.fail<CrossBorderNotFound | NotFound>(found.failure)
  if (!partsOf(found.success).some((one) => one.id === id)) {
    return Result.fail<CrossBorderNotFound | NotFound>(notFound)
  }
  return Result.succeed((yield* load(definition, merchantId, id)).state)
})

export const findTransaction = (merchantId: string, paymentId: string, id: string) =>
  findPart(onchainDefinition, { merchantId, paymentId, id }, ({ transactions }) => transactions, transactionNotFound)

export const findRfi = (merchantId: string, paymentId: string, id: string) =>
  findPart(rfiDefinition, { merchantId, paymentId, id }, ({ rfis }) => rfis, rfiNotFound)

export const findPayoutRefund = (merchantId: string, paymentId: string, id: string) =>
  findPart(payoutRefundDefinition, { merchantId, paymentId, id }, ({ refunds }) => refunds, refundNotFound)
