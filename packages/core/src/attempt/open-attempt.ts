/** Which attempts may still move money, and so stand in the way of the next one. */
import type { Attempt, AttemptStatus } from "./attempt.ts"

const closed: { readonly [S in AttemptStatus]: boolean } = {
  planned: false,
  sending: false,
  unknown: false,
  reversing: false,
  manual: false,
  orphaned: false,
  confirmed: true,
  declined: true,
  abandoned: true,
  not_charged: true
}

/**
 * Whether the attempt can still change what the payer is charged. An attempt that waits for a person is open, and so
 * is one whose late success is being undone.
 *
 * @example
 * isOpen({ ...attempt, status: "manual" }) // => true
 */
export const isOpen = (attempt: Attempt): boolean => !closed[attempt.status]
