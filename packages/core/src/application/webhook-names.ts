/**
 * What is derived instead of drawn, so that doing something twice is doing it once: the ids of messages and deliveries,
 * the token by which an endpoint confirms itself, and by how much each pause is jittered.
 */
import type { DeliveryTarget } from "../delivery/delivery.ts"
import type { Digest } from "../ports/digest.ts"
import { sameText } from "./challenge-state.ts"
import { digestBytes } from "./keyed-digest.ts"
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

/** A UUID of version 8 (RFC 9562 §5.8), whose bits are the maker's own. */
const uuidOf = (digest: Digests, parts: ReadonlyArray<string | number>): string => {
  const bytes = digestBytes(digest.of("webhook-id", JSON.stringify(parts)))
  const digits = [...bytes].map((byte, at) => marked(byte, at).toString(16).padStart(2, "0")).join("")
  const cuts = [0, 8, 12, 16, 20, 32]
  return cuts
    .slice(1)
    .map((end, at) => digits.slice(cuts[at], end))
    .join("-")
}

const marked = (byte: number, at: number): number => {
  if (at === 6) return 0x80 | (byte & 0x0f)
  return at === 8 ? 0x80 | (byte & 0x3f) : byte
}
