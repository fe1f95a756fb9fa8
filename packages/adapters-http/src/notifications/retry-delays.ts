/** When a message is tried again. */

const s = 1000
const min = 60 * s
const h = 60 * min

/** Ten attempts in the 75 hours of the Standard Webhooks specification, which leave a weekend to repair a receiver. */
export const standardRetryDelaysMs: ReadonlyArray<number> = [
  0,
  5 * s,
  5 * min,
  30 * min,
  2 * h,
  5 * h,
  10 * h,
  14 * h,
  20 * h,
  24 * h
]

/** An attempt at once, and the eleven retries that are published for `/v2`. */
export const v2RetryDelaysMs: ReadonlyArray<number> = [
  0,
  s,
  10 * s,
  30 * s,
  min,
  15 * min,
  h,
  3 * h,
  5 * h,
  6 * h,
  10 * h,
  11 * h
]
