import type { Machine } from "../machine.ts"
import type { DeliveryEvent, DeliveryStatus } from "./delivery.ts"

/** Every legal move of a delivery. Whatever became of it, a replay begins it again, so no end is final. */
export const deliveryMachine: Machine<DeliveryStatus, DeliveryEvent["_tag"]> = {
  none: { DeliveryPlanned: "waiting" },
  waiting: {
    MessageDelivered: "delivered",
    AttemptFailed: "waiting",
    DeliveryGivenUp: "dead",
    DeliveryWithheld: "withheld",
    DeliveryReplayed: "waiting"
  },
  delivered: { DeliveryReplayed: "waiting" },
  dead: { DeliveryReplayed: "waiting" },
  withheld: { DeliveryReplayed: "waiting" }
}
