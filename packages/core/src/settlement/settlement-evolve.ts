import { follow } from "../machine.ts"
import { zero } from "../money/index.ts"
import type { Settlement, SettlementEvent } from "./settlement.ts"
import { settlementMachine } from "./settlement-machine.ts"

/** Before anything happened. The currencies mean nothing until the settlement is complete. */
export const noSettlement: Settlement = {
  status: "none",
  id: "",
  merchantId: "",
  walletId: "",
  totalCredits: zero("USD"),
  totalDebits: zero("USD"),
  paymentFees: zero("USD"),
  payout: zero("USD"),
  createdAtMs: 0
}

/**
 * The settlement after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * evolve(noSettlement, settlementCompleted).status // => "complete"
 */
export const evolve = (settlement: Settlement, event: SettlementEvent): Settlement => {
  const status = follow(settlementMachine, settlement.status, event._tag)
  const { _tag, atMs, ...details } = event
  return { ...details, status, createdAtMs: atMs }
}
