/**
 * What a gateway still keeps of its word when there is a network in front of it. Recovery is built on these times, so
 * the server alone says them, and refuses whoever has built on better ones.
 */
import type { Attempt } from "@paykernel/core/domain"

/** How old a message may be on arrival. */
export type TravelBounds = {
  /** Longest way from the caller's call to the gateway's. */
  readonly travelMaxMs: number
  /** How far the clock of a caller may be ahead. */
  readonly clockSkewMaxMs: number
}

/**
 * The capabilities behind a network: a message may take that much longer until it executes.
 *
 * @example
 * withTravel(capabilities, { travelMaxMs: 5000, clockSkewMaxMs: 1000 }).maxInFlightMs - capabilities.maxInFlightMs
 * // => 6000
 */
export const withTravel = (
  capabilities: Attempt.GatewayCapabilities,
  { travelMaxMs, clockSkewMaxMs }: TravelBounds
): Attempt.GatewayCapabilities => ({
  idempotentByKey: capabilities.idempotentByKey,
  keyTtlMs: capabilities.keyTtlMs,
  lookupByKey: capabilities.lookupByKey,
  lookupLagMs: capabilities.lookupLagMs,
  maxInFlightMs: capabilities.maxInFlightMs + travelMaxMs + clockSkewMaxMs,
  reverseByKey: capabilities.reverseByKey,
  ...(capabilities.bankTransfers === undefined ? {} : { bankTransfers: capabilities.bankTransfers })
})

/** Whether a message may still be handed on: longer on its way, and its sender has given it up. */
export const isInTime = (sentAtMs: number, nowMs: number, bounds: TravelBounds): boolean =>
  nowMs - sentAtMs <= bounds.travelMaxMs && sentAtMs - nowMs <= bounds.clockSkewMaxMs

/** Whether recovery that is built on `assumed` may rely on a gateway that can do `actual`. */
export const keeps = (actual: Attempt.GatewayCapabilities, assumed: Attempt.GatewayCapabilities): boolean =>
  (actual.idempotentByKey || !assumed.idempotentByKey) &&
  (actual.lookupByKey || !assumed.lookupByKey) &&
  (actual.reverseByKey || !assumed.reverseByKey) &&
  (actual.bankTransfers === true || assumed.bankTransfers !== true) &&
  actual.keyTtlMs >= assumed.keyTtlMs &&
  actual.lookupLagMs <= assumed.lookupLagMs &&
  actual.maxInFlightMs <= assumed.maxInFlightMs
