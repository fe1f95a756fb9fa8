/** What comes of an attempt, and of the task in whose name it is made, when much happens while it is under way. */
import type { WebhookOptions } from "@paykernel/core"
import type { Commit, Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { plainDialect, type Reaction } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it, vi } from "vitest"
import { merchantId } from "../kernel-world.ts"
import {
  closeAfterEach,
  deliveries,
  done,
  endpoint,
  endpointNow,
  hookUrl,
  newsTasks,
  passNews,
  tellTest,
  type WebhookWorld,
  webhookWorld
} from "./webhook-world.ts"

closeAfterEach()

const dayMs = 86_400_000
const quiet = ["nothing.else"]

/** A store, and what was to be written of tasks that deliver: `<round> <what becomes of it> <what came of it>`. */
const watchedStore = () => {
  const own = memoryStore()
  const written: Array<string> = []
  const note = ({ lease, aggregates }: Commit): void => {
    if (lease?.id.startsWith("deliver:") !== true) return
    const tags = aggregates.flatMap(({ events }) => events.map(({ tag }) => tag))
    written.push([lease.id.split(":").at(-1), lease.then._tag, ...tags].join(" "))
  }
  const store: Store["Service"] = {
    ...own,
    commit: (commit) =>
      Effect.andThen(
        Effect.sync(() => note(commit)),
        own.commit(commit)
      )
  }
  return { store, written }
}

const watchedShop = async (webhooks: Partial<WebhookOptions> = {}) => {
  const { store, written } = watchedStore()
  const shop = { ...(await webhookWorld(webhooks, { store })), store }
  const { endpoint: mine } = await endpoint(shop, { types: quiet })
  await shop.kernel.drain()
  return { shop, mine, written }
}

/** A message that has arrived and is not answered yet; those after it are taken. */
const underWay = async () => {
  const { shop, mine, written } = await watchedShop()
  shop.receivers.script(hookUrl, { hangs: true }, { status: 204 })
  done(await shop.kernel.webhooks.endpoints.test(merchantId, mine.id))
  await vi.waitFor(() => expect(shop.receivers.received).toHaveLength(1))
  const desk = await webhookWorld({}, { worker: false }, shop)
  const replay = async () => {
    const [delivery] = await deliveries(shop)
    done(await desk.kernel.webhooks.deliveries.replay(merchantId, delivery?.id ?? ""))
  }
  const answer = async (status: number, expected: string) => {
    shop.receivers.release(status)
    await vi.waitFor(() => expect(written).toContain(expected))
  }
  return { shop, mine, written, replay, answer }
}

describe("what becomes of a task is written with what came of the attempt", () => {
  it.each<[string, ReadonlyArray<number>, Reaction, string]>([
    ["is over where the message was taken", [0, 5_000], { status: 204 }, "1 Done MessageDelivered"],
    ["goes on where there is another attempt", [0, 5_000], { status: 500 }, "1 Again AttemptFailed"],
    ["is over where there is none", [0], { status: 500 }, "1 Done DeliveryGivenUp"]
  ])("and it %s", async (_, retryDelaysMs, reaction, expected) => {
    const { shop, mine, written } = await watchedShop({ dialects: [plainDialect({ retryDelaysMs })] })
    shop.receivers.script(hookUrl, reaction)
    await tellTest(shop, mine.id)
    expect(written).toEqual([expected])
  })

  it("and it is over where the message is withheld, which is written once", async () => {
    const { shop, mine, written } = await watchedShop()
    shop.receivers.script(hookUrl, { status: 500 })
    await tellTest(shop, mine.id)
    done(await shop.kernel.webhooks.endpoints.remove(merchantId, mine.id))
    await passNews(shop, 10_000)
    expect(written).toEqual(["1 Again AttemptFailed", "1 Done DeliveryWithheld"])
  })

  it("is not sent again for a replay that it was an answer to already", async () => {
    const { shop, written, replay, answer } = await underWay()
    await replay()
    await answer(200, "1 Done MessageDelivered")
    await shop.kernel.drain()
    expect(written).toEqual(["1 Done MessageDelivered", "2 Done"])
    expect(shop.receivers.received).toHaveLength(1)
    expect(await deliveries(shop)).toMatchObject([{ status: "delivered", round: 2 }])
  })

  it("is left to the replay where it failed meanwhile", async () => {
    const { shop, written, replay, answer } = await underWay()
    await replay()
    await answer(500, "1 Done AttemptFailed")
    await shop.kernel.drain()
    expect(written).toEqual(["1 Done AttemptFailed", "2 Done MessageDelivered"])
    expect(shop.receivers.received).toHaveLength(2)
  })

  it("changes nothing where the replay was faster, and is over all the same", async () => {
    const { shop, written, replay, answer } = await underWay()
    await replay()
    const other = await webhookWorld({}, {}, shop)
    await other.kernel.drain()
    expect(written).toEqual(["2 Done MessageDelivered"])
    await answer(500, "1 Done")
    await shop.kernel.drain()
    expect(await deliveries(shop)).toMatchObject([{ status: "delivered", attemptsCount: 1, failures: 0 }])
    expect(await newsTasks(shop.store)).toEqual([])
  })

  it("is noted where the endpoint is removed meanwhile, of which nothing more is said", async () => {
    const { shop, mine, answer } = await underWay()
    done(await shop.kernel.webhooks.endpoints.remove(merchantId, mine.id))
    await answer(500, "1 Again AttemptFailed")
    await passNews(shop, 10_000)
    expect(await deliveries(shop)).toMatchObject([{ status: "withheld", attemptsCount: 1 }])
    expect(shop.incidents).toEqual([])
  })
})

describe("an attempt", () => {
  afterEach(() => void vi.useRealTimers())

  /** A shop whose messages are sent as a test says. */
  const shopSending = async (
    post: (shop: WebhookWorld) => ReturnType<WebhookOptions["sender"]["post"]>,
    webhooks: Partial<WebhookOptions> = {}
  ) => {
    const box: { shop?: WebhookWorld } = {}
    const sender: WebhookOptions["sender"] = {
      vet: () => null,
      post: () => (box.shop === undefined ? Effect.never : post(box.shop))
    }
    const shop = await webhookWorld({ sender, ...webhooks })
    box.shop = shop
    return { shop, mine: (await endpoint(shop, { types: quiet })).endpoint }
  }

  const taken = { _tag: "Answered", status: 200, headers: [], bodyStart: "ok", retryAfterMs: null } as const

  it.each([
    ["it took", 250, 250],
    ["nothing, where the clock was set back meanwhile", -250, 0]
  ])("is noted with when it was made, and with how long %s", async (_, passesMs, durationMs) => {
    const { shop, mine } = await shopSending(({ clock }) =>
      Effect.sync(() => {
        clock.ms += passesMs
        return taken
      })
    )
    const atMs = shop.clock.ms
    await tellTest(shop, mine.id)
    expect((await deliveries(shop))[0]?.attempts).toMatchObject([
      { atMs, durationMs, answer: { _tag: "Answered", status: 200, bodyStart: "ok" } }
    ])
  })

  it("may take as long as its deadline allows", async () => {
    const { shop, mine } = await shopSending(() => Effect.as(Effect.sleep(20), taken), { timeoutMs: 500 })
    await tellTest(shop, mine.id)
    expect(await deliveries(shop)).toMatchObject([{ status: "delivered" }])
  })

  it("is given up soon after its deadline, whether its sender comes back or not", async () => {
    const { shop, mine } = await shopSending(() => Effect.never, { timeoutMs: 500 })
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    done(await shop.kernel.webhooks.endpoints.test(merchantId, mine.id))
    const timePasses = async () => {
      vi.advanceTimersByTime(500)
      expect(await deliveries(shop)).toMatchObject([{ attemptsCount: 1 }])
    }
    await vi.waitFor(timePasses, { interval: 5 })
    expect((await deliveries(shop))[0]?.attempts).toMatchObject([{ answer: { _tag: "Unanswered", why: "timed_out" } }])
  })

  it("is made under a lease that outlasts it, however long its words took to be found", async () => {
    const plain = plainDialect()
    const late = { byMs: 0 }
    const { shop, mine, written } = await watchedShop({
      dialects: [
        {
          ...plain,
          render: async (message) => {
            shop.clock.ms += late.byMs
            return plain.render(message)
          }
        }
      ]
    })
    await tellTest(shop, mine.id)
    late.byMs = 15_001
    await tellTest(shop, mine.id)
    expect(written).toEqual(["1 Done MessageDelivered", "1 Hold", "1 Done MessageDelivered"])
  })

  it.each([
    ["is put off", dayMs, 5],
    ["goes to it all the same where it has waited for more than a day", dayMs + 1, 6]
  ])("at a receiver that is left alone %s", async (_, waitedMs, sent) => {
    const { shop, mine } = await watchedShop()
    shop.receivers.script(hookUrl, { unanswered: "connection_failed" })
    await tellTest(shop, mine.id)
    const [first] = await deliveries(shop)
    shop.clock.ms = (first?.nextAttemptAtMs ?? 0) + waitedMs
    // Each is tried at once, and the receiver is left alone after the fifth silence.
    for (let n = 0; n < 4; n++) done(await shop.kernel.webhooks.endpoints.test(merchantId, mine.id))
    await vi.waitFor(() => expect(shop.receivers.received).toHaveLength(5))
    await shop.kernel.drain()
    expect(shop.receivers.received).toHaveLength(sent)
  })
})

describe("those who stand in line at a receiver", () => {
  it("are told, though who is called up before them has been told of by another process meanwhile", async () => {
    const shop = await webhookWorld({ perReceiverMax: 1 })
    const { endpoint: mine } = await endpoint(shop, { types: quiet })
    shop.receivers.script(hookUrl, { hangs: true }, { status: 204 })
    const ask = async () => done(await shop.kernel.webhooks.endpoints.test(merchantId, mine.id))
    await ask()
    await vi.waitFor(() => expect(shop.receivers.received).toHaveLength(1))
    // Longer than is waited for at the door, and shorter than what is taken for hanging.
    shop.clock.ms += 400
    for (let n = 0; n < 3; n++) await ask()
    await vi.waitFor(async () => expect(await deliveries(shop)).toHaveLength(4))
    await new Promise((resolve) => setTimeout(resolve, 30))
    const other = await webhookWorld({}, {}, shop)
    const inLine = (await deliveries(shop)).toSorted((a, b) => a.subject.version - b.subject.version).slice(1, 3)
    for (const { id } of inLine) done(await other.kernel.webhooks.deliveries.replay(merchantId, id))
    await other.kernel.drain()
    expect(shop.receivers.received).toHaveLength(3)
    shop.receivers.release(204)
    // By a clock that stands still: what is left under a lease would not be found again.
    await shop.kernel.drain()
    expect((await deliveries(shop)).map(({ status, attemptsCount }) => `${status} ${attemptsCount}`)).toEqual(
      Array.from({ length: 4 }, () => "delivered 1")
    )
    expect((await endpointNow(shop, mine.id)).failingSinceMs).toBeNull()
  })
})
