/** Until when a payment can be given back, and when a payment counts as late. */
import type { Intent } from "./intent.ts"

export const refundWindowMs = 30 * 86_400_000

/**
 * The last millisecond in which a refund may begin: thirty days after the intent's time was over, or after the latest
 * deposit, whichever is later. Who pays late must not find that it was too late to be given back before he paid.
 *
 * @example
 * refundableUntilMs({ ...pendingIntent, expiresAtMs: 5, lastCreditedAtMs: null }) // => 2_592_000_005
 */
export const refundableUntilMs = ({ createdAtMs, expiresAtMs, lastCreditedAtMs }: Intent): number =>
  Math.max(expiresAtMs ?? createdAtMs, lastCreditedAtMs ?? createdAtMs) + refundWindowMs

/**
 * Whether a deposit that the chain's watcher first saw then came too late.
 *
 * @example
 * isLate({ ...pendingIntent, expiresAtMs: 5 }, 5) // => true
 */
export const isLate = ({ expiresAtMs, endedAtMs }: Intent, firstSeenAtMs: number): boolean =>
  (expiresAtMs !== null && firstSeenAtMs >= expiresAtMs) || (endedAtMs !== null && firstSeenAtMs >= endedAtMs)
