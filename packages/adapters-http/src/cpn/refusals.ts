/** What the front says of the cross-border API where a request never reaches an operation. */
import type { Refusals } from "../front/front.ts"
import { refuse } from "../v1/published-error.ts"
import { refusals } from "../v1/refusals.ts"
import { cpnNotFound, cpnUnauthorized } from "./published-error.ts"

export const cpnRefusals: Refusals = {
  ...refusals,
  unknownPath: () => refuse(cpnNotFound),
  unauthenticated: () => refuse(cpnUnauthorized)
}

/** Subscriptions are those of every API, and answer as elsewhere. */
const ofCpn = /^\/v[12]\/cpn\/(?!notifications\/)/u

/**
 * Whether a path belongs to the cross-border API.
 *
 * @example
 * isOfCpn("/v1/cpn/payments") // => true
 * isOfCpn("/v2/cpn/notifications/subscriptions") // => false
 */
export const isOfCpn = (path: string): boolean => ofCpn.test(path)
