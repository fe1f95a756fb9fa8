/** A shop whose merchant is told of what happens, by receivers that do as a test says, on a clock that the test moves. */
import type {
  CreateEndpointInput,
  Delivery,
  Endpoint,
  EndpointWithSecret,
  Kernel,
  KernelOptions,
  ListRequest,
  Outcome,
  WebhookOptions
} from "@paykernel/core"
import type { Store } from "@paykernel/core/effect"
import { type PlainMessage, plainDialect, type Received, scriptedReceivers } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { afterEach } from "vitest"
import { firstPage, merchantId, paymentInput, type Script, submitCard, type World, world } from "../kernel-world.ts"

export const hookUrl = "https://shop.example/hook"
export const hourMs = 3_600_000

export type WebhookWorld = World & { readonly receivers: ReturnType<typeof scriptedReceivers> }

/** What processes have in common. */
export type Ground = Pick<WebhookWorld, "store" | "clock" | "receivers">

const opened: Array<Kernel> = []

/** Closes every kernel that a test has opened. */
export const closeAfterEach = (): void => {
  afterEach(async () => {
    for (const kernel of opened.splice(0)) await kernel.close()
  })
}

/** `on` opens another process on the ground of a world. */
export const webhookWorld = async (
  webhooks: Partial<WebhookOptions> = {},
  options: Partial<KernelOptions> = {},
  on?: Ground,
  script: Script = {}
): Promise<WebhookWorld> => {
  const clock = on?.clock ?? { ms: Date.UTC(2026, 0, 1) }
  const receivers = on?.receivers ?? scriptedReceivers(() => clock.ms)
  const worker = { idlePollMs: 3_600_000 }
  const own = { sender: receivers.sender, dialects: [plainDialect()], worker, ...webhooks }
  const all = { worker, webhooks: own, clock: { nowMs: () => clock.ms }, ...options }
  const made = await world(script, all, on)
  opened.push(made.kernel)
  return { ...made, clock, receivers }
}

export const done = <A, E extends { readonly _tag: string }>(outcome: Outcome<A, E>): A => {
  if (!outcome.ok) throw new Error(outcome.error._tag)
  return outcome.value
}

export const endpoint = async (
  { kernel }: Pick<World, "kernel">,
  input: Partial<CreateEndpointInput> = {}
): Promise<EndpointWithSecret> => {
  const given = { dialect: "plain", name: null, url: hookUrl, types: [], ...input }
  return done(await kernel.webhooks.endpoints.create(merchantId, given)).view
}

export const endpointNow = async ({ kernel }: Pick<World, "kernel">, id: string): Promise<Endpoint> =>
  done(await kernel.webhooks.endpoints.get(merchantId, id))

const everything: ListRequest = { ...firstPage, limit: 1000 }

export const deliveries = async (
  { kernel }: Pick<World, "kernel">,
  where: ListRequest["where"] = {}
): Promise<ReadonlyArray<Delivery>> =>
  done(await kernel.webhooks.deliveries.list(merchantId, { ...everything, where })).items

/** Has something to be told of, and tells it: the endpoint's own test message. */
export const tellTest = async ({ kernel }: Pick<World, "kernel">, id: string): Promise<void> => {
  done(await kernel.webhooks.endpoints.test(merchantId, id))
  await kernel.drain()
}

/** Goes from one due time of what is told to the next, and does what is due. */
export const passNews = async ({ kernel, store, clock }: World, ms: number): Promise<void> => {
  const untilMs = clock.ms + ms
  for (;;) {
    // Time must not pass under what is running.
    await kernel.drain()
    const nextMs = await Effect.runPromise(store.nextDueAtMs("news"))
    if (nextMs === null || nextMs > untilMs) break
    clock.ms = Math.max(clock.ms, nextMs)
  }
  clock.ms = untilMs
  await kernel.drain()
}

/** Tasks of the lane that tells, open or not: nobody is at work any more. */
export const newsTasks = (store: Store["Service"]) =>
  Effect.runPromise(store.claim({ lane: "news", owner: "test", nowMs: 1e15, leaseMs: 1, limit: 1000 }))

/** What a message says. */
export const messageOf = ({ body }: Pick<Received, "body">): PlainMessage => JSON.parse(body) as PlainMessage

export const typesOf = (received: ReadonlyArray<Received>): ReadonlyArray<string> =>
  received.map((one) => messageOf(one).type)

export const idOf = ({ headers }: Pick<Received, "headers">): string => headers["webhook-id"] ?? ""

const toldTypes = ["payment", "card", "checkout", "settlement", "endpoint"]

/** Every event that the store holds of what is told, as `type id version tag`. */
export const committedEvents = async (store: Store["Service"]): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const type of toldTypes) {
    for (const { ref } of await Effect.runPromise(store.scan(merchantId, type, null, 1000))) {
      const events = await Effect.runPromise(store.events(ref, 0))
      found.push(...events.map(({ version, tag }) => `${type} ${ref.id} ${version} ${tag}`))
    }
  }
  return found
}

/** The events that messages told of, by the same names. */
export const toldEvents = (received: ReadonlyArray<Received>): ReadonlyArray<string> =>
  received.map((one) => {
    const { type, aggregate } = messageOf(one)
    return `${aggregate.type} ${aggregate.id} ${aggregate.version} ${type.split(".")[1]}`
  })

/** A payment that is authorized, captured, partly refunded and settled, with everything that follows from it told. */
export const cardPaymentFlow = async (shop: World): Promise<string> => {
  const { kernel } = shop
  const card = await submitCard({ kernel })
  const input = paymentInput(card.id, { autoCapture: false })
  const { id } = done(await kernel.payments.create(merchantId, input)).view
  await kernel.drain()
  done(await kernel.payments.capture(merchantId, id, { amount: null }))
  await kernel.drain()
  const amount = { amount: 300n, currency: "USD" } as const
  done(await kernel.payments.refund(merchantId, id, { amount, reason: null }))
  await kernel.drain()
  done(await kernel.settlements.run(merchantId))
  // What found no room at a receiver on a slow machine was put off for a moment.
  await passNews(shop, 10_000)
  return id
}
