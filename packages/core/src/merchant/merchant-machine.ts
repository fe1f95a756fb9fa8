import type { Machine } from "../machine.ts"
import type { MerchantEvent, MerchantStatus } from "./merchant.ts"

/** Every legal move of a merchant. A suspended one takes no new payments; what is under way is carried to its end. */
export const merchantMachine: Machine<MerchantStatus, MerchantEvent["_tag"]> = {
  none: { MerchantRegistered: "active" },
  active: { TermsChanged: "active", ProfileChanged: "active", MerchantSuspended: "suspended" },
  suspended: { TermsChanged: "suspended", ProfileChanged: "suspended", MerchantReinstated: "active" }
}
