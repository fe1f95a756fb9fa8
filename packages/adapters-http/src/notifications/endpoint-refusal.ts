/** Every reason for which the kernel refuses something about an endpoint, in the codes of `/v1` and `/v2`. */
import type { EndpointFailure, Outcome } from "@paykernel/core"
import * as Effect from "effect/Effect"
import { invalidValue } from "../fields/field-error.ts"
import { addressFaults } from "../fields/web-address.ts"
import type { Operation } from "../v1/operation.ts"
import { conflict, forbidden, invalidField, notFound, type PublishedError, unavailable } from "../v1/published-error.ts"

/** Asks the kernel. A promise that rejects is a defect, and stays one. */
export const askEndpoints = <A>(
  call: () => Promise<Outcome<A, EndpointFailure | { readonly _tag: "EndpointNotFound" }>>
): Operation<A> =>
  Effect.flatMap(Effect.promise(call), (outcome) =>
    outcome.ok
      ? Effect.succeed(outcome.value)
      : Effect.suspend(() => Effect.fail(publishEndpointFailure(outcome.error)))
  )

type Tag = EndpointFailure["_tag"]
type Failed<T extends Tag> = Extract<EndpointFailure, { readonly _tag: T }>

/**
 * @example
 * publishEndpointFailure({ _tag: "EndpointNotFound" }).status // => 404
 */
export const publishEndpointFailure = (failure: EndpointFailure): PublishedError => {
  const render = table[failure._tag] as (failure: EndpointFailure) => PublishedError
  return render(failure)
}

/** Words of the published API: a subscription more than one may have. */
const limitExceeded = (countMax: number): PublishedError => ({
  status: 429,
  code: 429,
  message: `Limit exceeded. There may be ${countMax} subscriptions at a time.`
})

const neverHere = ({ _tag }: EndpointFailure): never => {
  throw new Error(`the operation was refused with ${_tag}, which it cannot be`)
}

const table: { readonly [T in Tag]: (failure: Failed<T>) => PublishedError } = {
  EndpointNotFound: () => notFound,
  EndpointUnconfirmed: () => ({ ...conflict, message: "The subscription is not confirmed." }),
  EndpointNameTooLong: ({ lengthMax }) =>
    invalidField("name", {
      error: "length_outside_bounds",
      says: `must be between 0 and ${lengthMax}`,
      constraints: { min: 0, max: lengthMax }
    }),
  EndpointTypesNotAllowed: ({ countMax, lengthMax }) =>
    invalidField(
      "notificationTypes",
      invalidValue(`must be at most ${countMax} texts of 1 to ${lengthMax} characters`)
    ),
  AddressRefused: ({ why }) => invalidField("endpoint", invalidValue(addressFaults[why])),
  TooManyEndpoints: ({ countMax }) => limitExceeded(countMax),
  WebhooksNotConfigured: () => forbidden,
  DialectUnknown: () => forbidden,
  Unavailable: ({ retryAfterMs }) => unavailable(retryAfterMs),
  EndpointAlreadyExists: neverHere,
  EndpointAddressIsFixed: neverHere,
  OverlapNotAllowed: neverHere,
  SecretNotAllowed: neverHere,
  IdempotencyKeyReused: neverHere,
  IdempotencyKeyInvalid: neverHere
}
