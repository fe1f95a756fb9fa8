/** What a direct payment and a hosted session say alike: what is to be paid, by whom, and where to go from there. */
import { type Customer, type Money, money } from "@paykernel/core"
import { Money as MoneyRoom } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { addressFaults, readReturnUrl, readWebhookUrl } from "../fields/web-address.ts"
import type { CreateDirectPayment } from "./direct-payment.schema.ts"
import type { CustomerInfo } from "./field.schema.ts"
import type { CreateHostedPayment } from "./hosted-payment.schema.ts"
import type { Operation, Services } from "./operation.ts"
import { invalidCurrency, invalidReturnUrl, invalidWebhookUrl } from "./published-error.ts"

export type Order = {
  readonly amount: Money
  readonly customer: Customer | null
  readonly metadata: string | null
  readonly webhookUrl: string | null
  readonly returnUrl: string | null
}

type Request = CreateDirectPayment | CreateHostedPayment

export const readOrder = Effect.fnUntraced(function* (services: Services, merchantId: string, request: Request) {
  const order: Order = {
    amount: yield* readAmount(request),
    customer: request.customer_info === undefined ? null : customerOf(request.customer_info),
    metadata: request.metadata === undefined ? null : JSON.stringify(request.metadata),
    webhookUrl: yield* webhookUrlOf(services, request),
    returnUrl: yield* returnUrlOf(services, merchantId, request)
  }
  return order
})

/** What of the order two requests must have in common to be the same. */
export const meaningOfOrder = ({ amount, customer, webhookUrl, returnUrl }: Order, { metadata }: Request) => ({
  amount: MoneyRoom.format(amount),
  currency: amount.currency,
  customer,
  metadata: metadata ?? null,
  webhookUrl,
  returnUrl
})

/** Whether the merchant takes the currency, and so much of it, is the kernel's to say. */
const readAmount = ({ amount, currency }: Request): Operation<Money> =>
  MoneyRoom.isCurrency(currency) ? Effect.succeed(money(BigInt(amount), currency)) : Effect.fail(invalidCurrency)

const customerOf = ({ name, email, phone, address }: CustomerInfo): Customer => ({
  name: name ?? null,
  email: email ?? null,
  phone: phone ?? null,
  address:
    address === undefined
      ? null
      : {
          line1: address.line1 ?? null,
          city: address.city ?? null,
          state: address.state ?? null,
          postalCode: address.postal_code ?? null,
          country: address.country ?? null
        }
})

const webhookUrlOf = ({ vetWebhookUrl: vet }: Services, { webhook_url: given }: Request): Operation<string | null> => {
  if (given === undefined) return Effect.succeed(null)
  return orFail(vet === null ? readWebhookUrl(given) : vetted(given, vet), invalidWebhookUrl)
}

/** Kept as the parser that will use it has written it. */
const vetted = (given: string, vet: NonNullable<Services["vetWebhookUrl"]>): Result.Result<string, string> => {
  const why = vet(given)
  if (why !== null) return Result.fail(addressFaults[why])
  const url = new URL(given)
  url.hash = ""
  return Result.succeed(url.href)
}

const returnUrlOf = (
  { returnOrigins, allowLocalhost }: Services,
  merchantId: string,
  { return_url: given }: Request
): Operation<string | null> =>
  given === undefined
    ? Effect.succeed(null)
    : Effect.flatMap(
        Effect.promise(() => returnOrigins(merchantId)),
        (origins) => orFail(readReturnUrl(given, { origins, allowLocalhost }), invalidReturnUrl)
      )

const orFail = <A, E, F>(result: Result.Result<A, E>, failure: (error: E) => F): Effect.Effect<A, F> =>
  Effect.fromResult(Result.mapError(result, failure))
