/** HTTP for the kernel: the published API as a fetch handler, the keys of its callers, and the door for card data. */
export * from "./auth/index.ts"
export type { AllowedOrigins } from "./front/cors.ts"
export type { FrontLimits } from "./front/front.ts"
export * from "./openpgp/index.ts"
export { type V1Handler, type V1Options, v1Handler } from "./v1/v1-handler.ts"
