/** Every reason for which the kernel refuses something about webhooks, in the codes of `/api`. */
import type { DeliveryRejection, EndpointFailure, Outcome } from "@paykernel/core"
import * as Effect from "effect/Effect"
import type { Operation } from "../api/operation.ts"
import { invalidRequest, keyReused, type PublishedError, unavailable } from "../api/published-error.ts"
import { addressFaults } from "../fields/web-address.ts"

export type WebhookFailure = EndpointFailure | DeliveryRejection

/** Asks the kernel. A promise that rejects is a defect, and stays one. */
export const askWebhooks = <A>(call: () => Promise<Outcome<A, WebhookFailure>>): Operation<A> =>
  Effect.flatMap(Effect.promise(call), (outcome) =>
    outcome.ok ? Effect.succeed(outcome.value) : Effect.suspend(() => Effect.fail(publishWebhookFailure(outcome.error)))
  )

type Tag = WebhookFailure["_tag"]
type Failed<T extends Tag> = Extract<WebhookFailure, { readonly _tag: T }>

/**
 * @example
 * publishWebhookFailure({ _tag: "EndpointNotFound" }).code // => "webhook_endpoint_not_found"
 */
export const publishWebhookFailure = (failure: WebhookFailure): PublishedError => {
  const render = table[failure._tag] as (failure: WebhookFailure) => PublishedError
  return render(failure)
}

const refusal = (status: number, code: string, message: string): PublishedError => ({
  ...invalidRequest(message),
  status,
  code
})

export const endpointNotFound = refusal(404, "webhook_endpoint_not_found", "The webhook endpoint does not exist.")
export const deliveryNotFound = refusal(404, "webhook_delivery_not_found", "The delivery does not exist.")

const notEnabled = refusal(403, "webhooks_not_enabled", "Webhooks of this format are not enabled.")

const neverHere = ({ _tag }: WebhookFailure): never => {
  throw new Error(`the operation was refused with ${_tag}, which it cannot be`)
}

const table: { readonly [T in Tag]: (failure: Failed<T>) => PublishedError } = {
  EndpointNotFound: () => endpointNotFound,
  DeliveryNotFound: () => deliveryNotFound,
  EndpointNameTooLong: ({ lengthMax }) => invalidRequest(`name must be at most ${lengthMax} characters long.`),
  EndpointTypesNotAllowed: ({ countMax, lengthMax }) =>
    invalidRequest(
      `events must be at most ${countMax} names of at most ${lengthMax} characters, with a * at the end or none.`
    ),
  OverlapNotAllowed: ({ maxMs }) => invalidRequest(`overlap_seconds must be from 0 to ${Math.floor(maxMs / 1000)}.`),
  AddressRefused: ({ why }) => refusal(400, "invalid_webhook_url", `url ${addressFaults[why]}.`),
  TooManyEndpoints: ({ countMax }) =>
    refusal(409, "too_many_webhook_endpoints", `There may be ${countMax} webhook endpoints at a time.`),
  WebhooksNotConfigured: () => notEnabled,
  DialectUnknown: () => notEnabled,
  IdempotencyKeyReused: () => keyReused,
  Unavailable: ({ retryAfterMs }) => unavailable(retryAfterMs),
  EndpointAlreadyExists: neverHere,
  EndpointUnconfirmed: neverHere,
  EndpointAddressIsFixed: neverHere,
  DeliveryAlreadyPlanned: neverHere,
  DeliveryIsOver: neverHere,
  SecretNotAllowed: neverHere,
  IdempotencyKeyInvalid: neverHere
}
