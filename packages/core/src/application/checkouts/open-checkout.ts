/** Opens a page to be paid on, and closes one that nobody wants any more. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Checkout, OpenCheckout } from "../../checkout/checkout.ts"
import { decide } from "../../checkout/index.ts"
import type { Merchant } from "../../merchant/merchant.ts"
import type { Money } from "../../money/index.ts"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { StoreUnavailable } from "../../ports/store.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import { transact } from "../commit/transact.ts"
import type { IdempotentRequest } from "../kernel-contract.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { checkoutDefinition } from "../storage/aggregates.ts"
import type { CheckoutView, OpenCheckoutFailure, OpenCheckoutInput } from "./checkout-contract.ts"
import { checkoutPage, publicName } from "./checkout-names.ts"
import { findCheckout, viewOf } from "./present-checkout.ts"

const lifetimeMs = 86_400_000

export const openCheckout = Effect.fn("paykernel.openCheckout")(function* (
  directory: MerchantDirectory,
  merchantId: string,
  input: OpenCheckoutInput,
  request: IdempotentRequest<CheckoutView> | undefined
) {
  return yield* idempotently<CheckoutView, OpenCheckoutFailure, OpenError, OpenPorts>({
    merchantId,
    request,
    perform: (bind) => open(directory, merchantId, input, bind),
    current: (record) => findCheckout(merchantId, record.aggregate.id)
  })
})

type OpenError = Effect.Error<ReturnType<typeof open>> | Effect.Error<ReturnType<typeof findCheckout>>
type OpenPorts = Effect.Services<ReturnType<typeof open>> | Effect.Services<ReturnType<typeof findCheckout>>

const open = Effect.fnUntraced(function* (
  directory: MerchantDirectory,
  merchantId: string,
  input: OpenCheckoutInput,
  bind: Bind<CheckoutView> | null
) {
  const merchant = yield* directory.get(merchantId)
  const refusal = refusalOf(merchant, input.amount)
  if (refusal !== null) return Result.fail(refusal)
  const nowMs = (yield* Clock).nowMs()
  const digest = yield* Digest
  const id = publicName(digest, "sess", (yield* Ids).next(nowMs))
  const { amount, description, customer, metadata, webhookUrl, returnUrl } = input
  const command: OpenCheckout = {
    _tag: "OpenCheckout",
    id,
    merchantId,
    kind: "hosted",
    amount,
    description,
    customer,
    metadata,
    webhookUrl,
    returnUrl,
    expiresAtMs: input.expiresAtMs ?? nowMs + lifetimeMs,
    nowMs
  }
  const view = (checkout: Checkout): CheckoutView => ({
    checkout,
    latest: null,
    page: checkoutPage(digest, merchantId, id)
  })
  const opened = yield* transact({
    definition: checkoutDefinition,
    merchantId,
    id,
    fresh: true,
    decide: (checkout) => decide(checkout, command),
    ...(bind === null
      ? {}
      : {
          idempotency: (checkout: Checkout) =>
            bind(view(checkout), { aggregate: { merchantId, type: checkoutDefinition.type, id }, subject: id })
        })
  })
  // The name was taken by another checkout: with sixty bits that takes a billion of them, and the next name is free.
  if (Result.isFailure(opened) && opened.failure._tag === "CheckoutAlreadyExists") {
    return yield* new StoreUnavailable({ reason: "name taken", outcomeUnknown: false })
  }
  return Result.map(opened, ({ state }) => view(state))
})

/** What the merchant's contract says against taking this amount at all. */
export const refusalOf = (merchant: Merchant, amount: Money): OpenCheckoutFailure | null => {
  if (merchant.status === "none") return { _tag: "MerchantNotFound" }
  if (merchant.status === "suspended") return { _tag: "MerchantIsSuspended" }
  const { minAmount: min, maxAmount: max } = merchant.terms
  if (amount.currency !== min.currency) return { _tag: "CurrencyNotSupported", currency: amount.currency }
  if (amount.amount < min.amount || amount.amount > max.amount) return { _tag: "AmountOutsideLimits", min, max }
  return null
}

export const cancelCheckout = Effect.fn("paykernel.cancelCheckout")(function* (merchantId: string, id: string) {
  const nowMs = (yield* Clock).nowMs()
  const cancelled = yield* transact({
    definition: checkoutDefinition,
    merchantId,
    id,
    decide: (checkout) => decide(checkout, { _tag: "CancelCheckout", nowMs })
  })
  return Result.isFailure(cancelled)
    ? Result.fail(cancelled.failure)
    : Result.succeed(yield* viewOf(cancelled.success.state))
})
