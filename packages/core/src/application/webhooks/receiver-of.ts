/** Who is to be told by a delivery: an endpoint as it is now, or an address that the merchant's default endpoint signs for. */
import * as Effect from "effect/Effect"
import type { Delivery } from "../../delivery/delivery.ts"
import type { Endpoint } from "../../endpoint/endpoint.ts"
import { endpointDefinition } from "../storage/aggregates.ts"
import { type Loaded, load } from "../storage/repository.ts"
import { defaultEndpointId } from "./webhook-contract.ts"

export type Receiver = {
  /** By which this process knows how it fares. Of one merchant: what others do to the same host is not held against it. */
  readonly name: string
  readonly endpoint: Loaded<Endpoint>
  readonly ofAddress: boolean
  readonly url: string | null
}

export const receiverOf = Effect.fnUntraced(function* ({ merchantId, target }: Delivery) {
  const ofAddress = target._tag === "Address"
  const endpointId = ofAddress ? defaultEndpointId : target.endpointId
  const endpoint = yield* load(endpointDefinition, merchantId, endpointId)
  const url = ofAddress ? (endpoint.version === 0 ? null : target.url) : endpoint.state.url
  const place = ofAddress ? originOf(target.url) : endpointId
  const receiver: Receiver = { name: JSON.stringify([merchantId, target._tag, place]), endpoint, ofAddress, url }
  return receiver
})

/** All addresses at one host share its fate. */
const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url)
