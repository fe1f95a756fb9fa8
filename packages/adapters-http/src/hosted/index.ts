/** The hosted payment pages: for a host that serves them, and for an operator who checks what is served. */
export {
  type CardPayment,
  type DeclineCode,
  declineCodes,
  type HostedDesk,
  type HostedReceipt,
  type HostedSession,
  type HostedStatus,
  type PayRefusal,
  type PayResult,
  type Progress
} from "./desk.ts"
export { type HostedPagesOptions, hostedPages } from "./hosted-handler.ts"
export { type KernelDeskOptions, kernelDesk } from "./kernel-desk.ts"
export type { PageClass, PageLimits } from "./page-limits.ts"
export type { PageKey } from "./page-seal.ts"
export type { PolicyReport } from "./policy-reports.ts"
export { scriptInventory } from "./script-inventory.generated.ts"
export type { PublishedKey } from "./session-page.ts"
export { type PageFinding, verifyPage } from "./verify-page.ts"
