/**
 * What is derived instead of drawn, so that doing something twice is doing it once: the ids of messages and deliveries,
 * the token by which an endpoint confirms itself, and by how much each pause is jittered.
 */
import type { DeliveryTarget } from "../../delivery/delivery.ts"
import type { Digest } from "../../ports/digest.ts"
import { derivedUuid } from "../commit/derived-uuid.ts"
import { digestBytes } from "../commit/keyed-digest.ts"
import { sameText } from "../payments/challenge-state.ts"
import type { Change } from "./webhook-dialect.ts"

type Digests = Digest["Service"]

/**
 * The id of a message: the same for every attempt, every receiver and every time that it is planned.
 *
 * @example
 * messageIdOf(digest, "paykernel.v1", change, "payment.captured").length // => 36
 */
export const messageIdOf = (digest: Digests, dialect: string, change: Change, type: string): string => {
  const { merchantId, type: aggregate, id, version } = change
  return uuidOf(digest, ["message", merchantId, aggregate, id, version, dialect, type])
}

/** The id of the delivery of a message to one receiver. */
export const deliveryIdOf = (digest: Digests, messageId: string, target: DeliveryTarget): string =>
  uuidOf(digest, ["delivery", messageId, target._tag, target._tag === "Endpoint" ? target.endpointId : target.url])

/** The id of the endpoint that is made after another, where so many names after that one are taken. */
export const endpointIdAfter = (digest: Digests, merchantId: string, newest: string, taken: number): string =>
  uuidOf(digest, ["endpoint", merchantId, newest, taken])

/** What an endpoint gives back to show that it wants to be told. Nobody else knows it. */
export const confirmationToken = (digest: Digests, merchantId: string, endpointId: string): string =>
  digest.of("webhook-confirmation", JSON.stringify([merchantId, endpointId]))

export const isConfirmationToken = (digest: Digests, merchantId: string, endpointId: string, token: string): boolean =>
  sameText(confirmationToken(digest, merchantId, endpointId), token)

/** A number from 0 up to 1 that is another one for each attempt, and the same whenever it is asked for. */
export const spreadOf = (digest: Digests, deliveryId: string, round: number, attempt: number): number => {
  const bytes = digestBytes(digest.of("webhook-id", JSON.stringify(["pause", deliveryId, round, attempt])))
  return bytes.slice(0, 4).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32
}

const uuidOf = (digest: Digests, parts: ReadonlyArray<string | number>): string =>
  derivedUuid(digest, "webhook-id", parts)
