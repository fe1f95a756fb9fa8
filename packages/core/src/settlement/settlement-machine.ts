import type { Machine } from "../machine.ts"
import type { SettlementEvent, SettlementStatus } from "./settlement.ts"

/** A settlement is made complete in one step and never changes. */
export const settlementMachine: Machine<SettlementStatus, SettlementEvent["_tag"]> = {
  none: { SettlementCompleted: "complete" },
  complete: {}
}
