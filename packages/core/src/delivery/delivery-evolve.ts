import { follow } from "../machine.ts"
import type { Delivery, DeliveryAttempt, DeliveryEvent } from "./delivery.ts"
import { deliveryMachine } from "./delivery-machine.ts"

/** Before anything happened. */
export const noDelivery: Delivery = {
  status: "none",
  id: "",
  merchantId: "",
  messageId: "",
  type: "",
  dialect: "",
  target: { _tag: "Endpoint", endpointId: "" },
  subject: { type: "", id: "", version: 0 },
  round: 0,
  failures: 0,
  attemptsCount: 0,
  attempts: [],
  nextAttemptAtMs: null,
  createdAtMs: 0,
  updatedAtMs: 0
}

/** Attempts that the state shows: a whole schedule. Older ones are in the history alone. */
export const attemptsShownMax = 12

/**
 * The delivery after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * evolve(waitingDelivery, { _tag: "DeliveryWithheld", atMs: 5 }).nextAttemptAtMs // => null
 */
export const evolve = (delivery: Delivery, event: DeliveryEvent): Delivery => {
  const status = follow(deliveryMachine, delivery.status, event._tag)
  const { atMs } = event
  switch (event._tag) {
    case "DeliveryPlanned": {
      const { id, merchantId, messageId, type, dialect, target, subject, firstAttemptAtMs } = event
      const named = { id, merchantId, messageId, type, dialect, target, subject }
      const times = { nextAttemptAtMs: firstAttemptAtMs, createdAtMs: atMs, updatedAtMs: atMs }
      return { ...noDelivery, ...named, ...times, status, round: 1 }
    }
    case "MessageDelivered":
      return { ...tried(delivery, event.attempt), status, nextAttemptAtMs: null, updatedAtMs: atMs }
    case "AttemptFailed":
      return { ...failed(delivery, event.attempt), status, nextAttemptAtMs: event.nextAttemptAtMs, updatedAtMs: atMs }
    case "DeliveryGivenUp":
      return { ...failed(delivery, event.attempt), status, nextAttemptAtMs: null, updatedAtMs: atMs }
    case "DeliveryWithheld":
      return { ...delivery, status, nextAttemptAtMs: null, updatedAtMs: atMs }
    case "DeliveryReplayed": {
      const round = delivery.round + 1
      return { ...delivery, status, round, failures: 0, nextAttemptAtMs: event.firstAttemptAtMs, updatedAtMs: atMs }
    }
  }
}

const tried = (delivery: Delivery, attempt: DeliveryAttempt): Delivery => ({
  ...delivery,
  attemptsCount: delivery.attemptsCount + 1,
  attempts: [...delivery.attempts, attempt].slice(-attemptsShownMax)
})

const failed = (delivery: Delivery, attempt: DeliveryAttempt): Delivery => ({
  ...tried(delivery, attempt),
  failures: delivery.failures + 1
})
