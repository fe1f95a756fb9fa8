/** What telling of changes works with, from the options of its host: checked here, once, before anything runs. */
import type { Delivery, DeliveryEvent } from "../../delivery/delivery.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import type { WebhookSender } from "../../ports/webhook-sender.ts"
import type { Operations } from "../operations.ts"
import { absentHands } from "../operations-of.ts"
import { deliveriesKept, keepDeliveriesMs } from "../storage/aggregates.ts"
import { type WorkerOptions, workerDefaults } from "../tasks/worker.ts"
import type { WatchedClock } from "../watched-clock.ts"
import { type Contacts, contacts } from "./endpoint-contact.ts"
import { type EndpointDirectory, endpointDirectory } from "./endpoint-directory.ts"
import { type SecretCabinet, secretCabinet } from "./endpoint-secrets.ts"
import { makeReceivers, type Receivers } from "./receivers.ts"
import type { WebhookDialect } from "./webhook-dialect.ts"

export type WebhookOptions = {
  readonly sender: WebhookSender["Service"]
  /** Formats in which endpoints may be told, by their names. */
  readonly dialects: ReadonlyArray<WebhookDialect>
  /** Of the worker that delivers. It runs beside the one that moves money, and both only where the kernel has a worker. */
  readonly worker?: Partial<Omit<WorkerOptions, "owner" | "lane">>
  /** Attempts under way at one receiver. Default 4. */
  readonly perReceiverMax?: number
  /** Deadline of one attempt. Default 15 s; must stay below half a lease. */
  readonly timeoutMs?: number
  /** How long a delivery is shown after it has ended. Default 30 days. */
  readonly keepDeliveriesMs?: number
  /** Endpoints that one merchant may have. Default 16. */
  readonly endpointsMax?: number
}

export type News = Pick<
  Operations,
  "owner" | "leaseMs" | "callTimeoutMs" | "latestMs" | "passedMs" | "onIncident" | "hands"
> & {
  readonly sender: WebhookSender["Service"]
  readonly dialects: ReadonlyMap<string, WebhookDialect>
  /** The one in which addresses are told that come with checkouts. */
  readonly ofAddresses: WebhookDialect | null
  readonly endpointsMax: number
  readonly deliveries: AggregateDefinition<Delivery, DeliveryEvent>
  readonly directory: EndpointDirectory
  readonly cabinet: SecretCabinet
  readonly receivers: Receivers
  readonly contacts: Contacts
}

/** Deliveries wait for others most of their time, so many may be under way. */
export const newsWorkerDefaults = { ...workerDefaults, lane: "news", concurrency: 128 } as const

export const newsOf = (
  options: WebhookOptions,
  clock: WatchedClock,
  { owner, leaseMs }: Pick<WorkerOptions, "owner" | "leaseMs">,
  onIncident: Operations["onIncident"]
): News => {
  const timeoutMs = wholeNumber("timeoutMs", options.timeoutMs ?? 15_000)
  const perReceiverMax = wholeNumber("perReceiverMax", options.perReceiverMax ?? 4)
  if (timeoutMs * 2 > leaseMs) throw new Error("webhooks.timeoutMs must be at most half of the worker's leaseMs")
  const dialects = new Map(options.dialects.map((dialect) => [dialect.name, dialect]))
  if (dialects.size < options.dialects.length) throw new Error("two webhook dialects have one name")
  for (const { name, retryDelaysMs } of options.dialects) {
    if (
      retryDelaysMs.length === 0 ||
      !retryDelaysMs.every((delayMs) => Number.isSafeInteger(delayMs) && delayMs >= 0)
    ) {
      throw new Error(`the webhook dialect ${name} needs pauses in whole milliseconds`)
    }
  }
  const [ofAddresses = null, another] = options.dialects.filter((dialect) => dialect.ofCheckoutAddresses)
  if (another !== undefined) throw new Error("the addresses of checkouts are told in one webhook dialect at most")
  return {
    ...{ owner, leaseMs, callTimeoutMs: timeoutMs, onIncident },
    ...{ latestMs: clock.latestMs, passedMs: clock.passedMs },
    hands: { ...absentHands },
    sender: options.sender,
    ...{ dialects, ofAddresses },
    endpointsMax: wholeNumber("endpointsMax", options.endpointsMax ?? 16),
    deliveries: deliveriesKept(wholeNumber("keepDeliveriesMs", options.keepDeliveriesMs ?? keepDeliveriesMs)),
    directory: endpointDirectory(),
    cabinet: secretCabinet(),
    receivers: makeReceivers({ perReceiverMax }),
    contacts: contacts()
  }
}

const wholeNumber = (name: string, value: number): number => {
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`webhooks.${name} must be a whole number from 1 on`)
  return value
}
