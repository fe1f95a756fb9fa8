/**
 * Laws as functions. Each takes what it judges and gives a fast-check property, for `fc.assert`: one's own fee schedules,
 * deciders, books, gateways and stores are held to the very laws that the kernel holds itself to.
 */
export { type DeciderUnderTest, final, heardTwice, legal, type MachineUnderTest, pure, replay } from "./decider-laws.ts"
export { conservation, type FeesUnderTest, monotone, nonNegative, type Pricing } from "./fee-laws.ts"
export { type MakeGateway, neverOverspends, oneVerdictPerKey } from "./gateway-laws.ts"
export { LawBroken } from "./law.ts"
export { type BooksUnderTest, type BoundedAmounts, balanced, bookedOnce, bounded } from "./ledger-laws.ts"
export { anyOrder, type Scene } from "./message-laws.ts"
export { allocation, roundTrip, type SplitUnderTest, type WritingUnderTest } from "./money-laws.ts"
export { acknowledged, fenced, type MakeStore } from "./store-laws.ts"
