import type { Machine } from "../machine.ts"
import type { IntentRefundEvent, IntentRefundStatus } from "./intent-refund.ts"

/** Every legal move of an intent's refund. What happens while it is pending is the business of its attempt. */
export const intentRefundMachine: Machine<IntentRefundStatus, IntentRefundEvent["_tag"]> = {
  none: { IntentRefundPlanned: "pending" },
  pending: {
    TransferAdvanced: "pending",
    TransferBroadcast: "pending",
    IntentRefundSent: "paid",
    IntentRefundRefused: "failed"
  },
  paid: {},
  failed: {}
}
