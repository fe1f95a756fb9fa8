/** What merchants are told of payment intents: each entry of the timeline, and what was paid and given back. */
import { memoryChainJournal, simulatedBlockchain } from "@paykernel/core/simulator"
import { afterAll, beforeAll, expect, it } from "vitest"
import { ada, newKey, type OpenedSite, openSite } from "./shop.ts"

const hookV1 = "https://receiver.example/v1"
const hookV2 = "https://receiver.example/v2"
const untilFinalMs = 20_000

let site: OpenedSite
const clock = { nowMs: () => site.nowMs() }
const chains = simulatedBlockchain({
  journal: memoryChainJournal(),
  clock,
  random: () => 0.5,
  secret: "of these tests",
  latencyMs: 0
})

beforeAll(async () => {
  site = await openSite({ kernel: { intents: { blockchain: chains.blockchain } } })
})
afterAll(() => site.close())

it("tells of an intent under one type in /v1, and by its status in /v2, as it is looked up", async () => {
  await site.ask("POST", "/v1/notifications/subscriptions", { endpoint: hookV1 })
  const [invitation] = await site.toldAt(hookV1)
  const { pathname, search } = new URL(JSON.parse(invitation?.body ?? "{}").SubscribeURL)
  await site.ask("GET", `${pathname}${search}`, undefined, { authorization: "" })
  await site.ask("POST", "/v2/notifications/subscriptions", {
    endpoint: hookV2,
    notificationTypes: ["paymentIntents.*"]
  })

  const { data } = await site.ask("POST", "/v1/paymentIntents", {
    idempotencyKey: newKey(),
    amount: { amount: "2.00", currency: "USD" },
    settlementCurrency: "USD",
    paymentMethods: [{ type: "blockchain", chain: "ETH" }]
  })
  const read = async (path: string) => (await site.ask("GET", path)).data
  await site.kernel.drain()
  const id = String(data["id"])
  const open = await site.kernel.intents.get(ada, id)
  const address = open.ok ? open.value.methods[0]?.address?.address : undefined
  const amount = { amount: 2_000_000n, currency: "USDC" } as const
  await chains.pay({ chain: "ETH", payments: [{ address: address ?? "", addressTag: null, amount }] })
  await site.advance(untilFinalMs)

  // What is sent at the same moment arrives in any order.
  const byV2 = (await site.toldAt(hookV2)).map(({ body }) => JSON.parse(body)).toSorted(byLengthOfTimeline)
  expect(byV2.map(({ notificationType }) => notificationType)).toEqual([
    "paymentIntents.created",
    "paymentIntents.pending",
    "paymentIntents.complete"
  ])
  const shown = await read(`/v1/paymentIntents/${id}`)
  expect(byV2.at(-1)?.notification).toEqual(shown)

  const notified = (await site.toldAt(hookV1)).slice(1).map(({ body }) => JSON.parse(JSON.parse(body).Message))
  expect(notified.map(({ notificationType }) => notificationType).toSorted()).toEqual([
    "paymentIntents",
    "paymentIntents",
    "paymentIntents",
    "payments"
  ])
  expect(notified.filter((one) => "paymentIntent" in one).at(-1)?.paymentIntent).toEqual(shown)
  const payment = notified.find((one) => "payment" in one)?.payment
  expect(payment).toMatchObject({ type: "payment", status: "paid", paymentIntentId: id })
  expect(payment).toEqual(await read(`/v1/payments/${payment.id}`))
})

type Told = { readonly notification: { readonly timeline: ReadonlyArray<unknown> } }

const byLengthOfTimeline = (a: Told, b: Told): number => a.notification.timeline.length - b.notification.timeline.length
