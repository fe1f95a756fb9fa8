/** Both APIs over one kernel in memory that tells of what it does, with receivers that write down what they are told. */
import { randomUUID } from "node:crypto"
import type { WebhookPost } from "@paykernel/core"
import { readWebhookAddress } from "@paykernel/webhooks"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { vi } from "vitest"
import {
  generateCardKey,
  generateNotificationKeys,
  openCardDoor,
  openNotifications,
  type V1Options,
  v1Handler
} from "../../src/index.ts"
import { ada, type Json, newKey, openShop, origin, type Reply, readReply, type ShopOptions } from "../api/shop.ts"

export { ada, type Json, newKey, origin, type Reply }

const cardKey = generateCardKey({ nowMs: Date.now() })
const keys = generateNotificationKeys({ newKeyId: randomUUID(), nowMs: Date.now() })

export type SiteOptions = ShopOptions & {
  readonly v1?: Partial<V1Options>
  /** `false`: the kernel has no sender. */
  readonly webhooks?: false
  readonly endpointsMax?: number
  /** Names of those that are spoken. Default: all. */
  readonly dialects?: ReadonlyArray<string>
}

export const openSite = async (options: SiteOptions = {}) => {
  const { dialects: known, published } = await openNotifications({ keys: await keys, publicUrl: origin })
  const posts: Array<WebhookPost> = []
  const answers = { status: 200 }
  const vet = (url: string) =>
    Result.getOrElse(Result.flip(Result.map(readWebhookAddress(url), () => null)), () => null)
  const sender = {
    vet,
    post: (post: WebhookPost) =>
      Effect.sync(() => {
        posts.push(post)
        return { _tag: "Answered" as const, status: answers.status, headers: [], bodyStart: "", retryAfterMs: null }
      })
  }
  const { endpointsMax = 16 } = options
  const dialects = known.filter(({ name }) => options.dialects?.includes(name) ?? true)
  const webhooks = options.webhooks === false ? {} : { webhooks: { sender, dialects, endpointsMax } }
  const notifications = options.webhooks === false ? {} : { notifications: published }
  const shop = await openShop({
    ...options,
    kernel: { ...webhooks, ...options.kernel },
    api: { ...notifications, vetWebhookUrl: vet, ...options.api }
  })
  const v1 = v1Handler({
    kernel: shop.kernel,
    cardDoor: await openCardDoor({ keys: [await cardKey], answerAfterMs: 0 }),
    authenticate: shop.authenticate,
    newRequestId: randomUUID,
    nowMs: shop.nowMs,
    onDefect: (error) => shop.defects.push(error),
    ...notifications,
    ...options.v1
  })

  /** Asks the API that the path belongs to, in the name of a merchant. */
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {}
  ): Promise<Reply> => {
    const fetch = path.startsWith("/api/") ? shop.fetch : v1.fetch
    return readReply(
      await fetch(
        new Request(`${origin}${path}`, {
          method,
          headers: {
            authorization: "Bearer ada",
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...headers
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
      )
    )
  }

  return {
    ...shop,
    ask,
    published,
    posts,
    answers,
    /** What has been sent to an address, once everything that is due was sent. */
    toldAt: async (url: string): Promise<ReadonlyArray<WebhookPost>> => {
      await shop.kernel.drain()
      return posts.filter((post) => post.url === url)
    },
    close: async () => {
      await v1.close()
      await shop.close()
    }
  }
}

export type OpenedSite = Awaited<ReturnType<typeof openSite>>

export const bobsKey = { authorization: "Bearer bob" }

/** Libraries look at the clock of this machine, which is not the site's. */
export const atTimeOf = (site: OpenedSite, look: () => unknown): void => {
  vi.useFakeTimers({ toFake: ["Date"], now: site.nowMs() })
  try {
    look()
  } finally {
    vi.useRealTimers()
  }
}
