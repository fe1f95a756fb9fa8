/** HTTP for the kernel: the published APIs as fetch handlers, the keys of their callers, and the door for card data. */
export { type ApiHandler, type ApiOptions, apiHandler } from "./api/api-handler.ts"
export type { WalletCard, WalletKind, Wallets } from "./api/wallets.ts"
export * from "./auth/index.ts"
export type { AllowedOrigins } from "./front/cors.ts"
export type { FrontLimits } from "./front/front.ts"
export type { RateClass, RateLimits } from "./front/rate-limits.ts"
export * from "./openpgp/index.ts"
export { type V1Handler, type V1Options, v1Handler } from "./v1/v1-handler.ts"
