/** What a dialect is given to find its words with, and what becomes of it if it finds none. */
import type { WebhookDialect } from "@paykernel/core"
import { plainDialect, scriptedReceivers } from "@paykernel/core/testing"
import { describe, expect, it } from "vitest"
import { crossBorderWorld, ok, payAs, startMs } from "../cross-border/cross-border-world.ts"
import { merchantId } from "../kernel-world.ts"
import {
  cardPaymentFlow,
  closeAfterEach,
  deliveries,
  endpoint,
  hookUrl,
  tellTest,
  webhookWorld
} from "./webhook-world.ts"

closeAfterEach()

/** Says whatever it finds when it looks at what a change is about, and at what there is none of. */
const curious: WebhookDialect = plainDialect({
  render: async ({ change, read }) => {
    const payment = change.type === "payment" ? await read.payment(change.id) : undefined
    const card = change.type === "card" ? await read.card(change.id) : undefined
    const rfi = change.type === "rfi" ? await read.rfi(change.id) : undefined
    const nobody = [await read.payment("none"), await read.card("none"), await read.rfi("none")]
    const found = {
      ...{ type: change.type, id: change.id, merchant: (await read.merchant())?.id },
      ...{ payment: payment?.id, card: card?.id, rfi: rfi?.id },
      missing: nobody.every((one) => one === undefined)
    }
    return { headers: {}, body: JSON.stringify(found) }
  }
})

type Found = { readonly type: string; readonly id: string }

const found = (receivers: ReturnType<typeof scriptedReceivers>, type: string) =>
  receivers.received.map(({ body }) => JSON.parse(body) as Found).filter((one) => one.type === type)

describe("a dialect", () => {
  it("may look at the payment, the card and the merchant that a change is about", async () => {
    const shop = await webhookWorld({ dialects: [curious] })
    await endpoint(shop)
    const id = await cardPaymentFlow(shop)
    const seen = { merchant: merchantId, missing: true }
    const payments = found(shop.receivers, "payment")
    expect(payments.length).toBeGreaterThan(3)
    for (const one of payments) expect(one).toEqual({ type: "payment", id, payment: id, ...seen })
    const [card] = found(shop.receivers, "card")
    expect(card).toEqual({ type: "card", id: card?.id, card: card?.id, ...seen })
  })

  it("may look at the question that a change is about", async () => {
    const receivers = scriptedReceivers(() => startMs)
    const world = await crossBorderWorld({ kernel: { webhooks: { sender: receivers.sender, dialects: [curious] } } })
    const given = { dialect: "plain", name: null, url: hookUrl, types: ["rfi.*"] }
    ok(await world.kernel.webhooks.endpoints.create(merchantId, given))
    const { activeRfi } = await payAs(world, "CreateRfi")
    await world.kernel.drain()
    const [question] = found(receivers, "rfi")
    expect(question).toMatchObject({ id: activeRfi?.id, rfi: activeRfi?.id, merchant: merchantId })
  })

  it("that never comes to an end holds its message back, and says so", async () => {
    const forever = plainDialect({ render: () => new Promise(() => {}) })
    const shop = await webhookWorld({ dialects: [forever], timeoutMs: 20 })
    const { endpoint: mine } = await endpoint(shop, { types: ["nothing.else"] })
    await tellTest(shop, mine.id)
    expect(shop.incidents[0]?.why).toBe(
      'Error: the webhook dialect plain cannot render "endpoint.EndpointTested": it does not come to an end'
    )
    expect(await deliveries(shop)).toMatchObject([{ status: "waiting", attemptsCount: 0 }])
  })
})
