/** Fees: schedules as data, what a payment costs under them, and what of it a refund returns. */
export * from "./assess-fee.ts"
export * from "./check-fee-schedule.ts"
export * from "./default-fee-schedule.ts"
export * from "./fee-schedule.ts"
export * from "./is-monotone.ts"
export * from "./refund-fees.ts"
