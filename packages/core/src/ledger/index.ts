/** Double-entry books: transactions that balance, and balances that are sums of them. */
export * from "./balance.ts"
export * from "./ledger.ts"
export * from "./ledger-entry.ts"
export * from "./release-hold.ts"
