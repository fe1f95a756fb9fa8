import type { Machine } from "../machine.ts"
import type { IntentEvent, IntentStatus } from "./intent.ts"

/** What happens to deposits and to the watch over them, in every state that has an address. */
const deposits = <S extends IntentStatus>(status: S) =>
  ({
    IntentDepositNoted: status,
    IntentDepositTakenBack: status,
    IntentDepositCredited: status,
    IntentWatchAdvanced: status
  }) as const

/**
 * Every legal move of an intent. Deposits come whatever the state is, and never move it by themselves: that one completed
 * it is a fact of its own. Nothing leads out of `refunded`, and nothing back to where it could be paid.
 */
export const intentMachine: Machine<IntentStatus, IntentEvent["_tag"]> = {
  none: { IntentCreated: "created" },
  created: {
    IntentOpened: "pending",
    IntentActivated: "active",
    IntentFailed: "failed",
    IntentExpired: "expired"
  },
  pending: { ...deposits("pending"), IntentCompleted: "complete", IntentExpired: "expired" },
  active: { ...deposits("active"), IntentRefundStarted: "refunded" },
  complete: { ...deposits("complete"), IntentMonitoringEnded: "complete", IntentRefundStarted: "refunded" },
  expired: { ...deposits("expired"), IntentMonitoringEnded: "expired", IntentRefundStarted: "refunded" },
  failed: {},
  refunded: {
    ...deposits("refunded"),
    IntentMonitoringEnded: "refunded",
    IntentRefundStarted: "refunded",
    IntentRefundPaid: "refunded",
    IntentRefundFailed: "refunded"
  }
}
