import type { Machine } from "../machine.ts"
import type { RefundEvent, RefundStatus } from "./payout-refund.ts"

/** Every legal move of a refund. The first end stands; that somebody says otherwise is written down once. */
export const refundMachine: Machine<RefundStatus, RefundEvent["_tag"]> = {
  none: { RefundCreated: "created" },
  created: { RefundCompleted: "completed", RefundFailed: "failed" },
  completed: { RefundContradicted: "completed" },
  failed: { RefundContradicted: "failed" }
}
