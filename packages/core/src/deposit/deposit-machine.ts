import type { Machine } from "../machine.ts"
import type { DepositEvent, DepositStatus } from "./deposit.ts"

/** Every legal move of a deposit. Until it is final the chain may do with it what it likes; nothing leads out of `final`. */
export const depositMachine: Machine<DepositStatus, DepositEvent["_tag"]> = {
  none: { DepositSeen: "seen" },
  seen: { DepositIncluded: "confirming", DepositDropped: "dropped" },
  confirming: {
    DepositIncluded: "confirming",
    DepositReturnedToPool: "seen",
    DepositDropped: "dropped",
    DepositFinalized: "final"
  },
  final: {},
  dropped: { DepositSeenAgain: "seen" }
}
