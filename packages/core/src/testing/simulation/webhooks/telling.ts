/** Webhooks in a simulated world: what its processes tell with, who is told, and the books that it is compared in. */
import * as Effect from "effect/Effect"
import type { WebhookOptions } from "../../../application/webhooks/news.ts"
import type { Commit } from "../../../ports/commit.ts"
import type { WebhookPost, WebhookSender } from "../../../ports/webhook-sender.ts"
import type { Actor } from "../agenda.ts"
import type { Conduct } from "../conduct.ts"
import { makeDice } from "../dice.ts"
import type { Report } from "../problems.ts"
import type { Surroundings } from "../process.ts"
import type { Safe } from "../simulated-services.ts"
import type { Weather } from "../weather.ts"
import { type ChangeBook, openChangeBook } from "./change-book.ts"
import { type DeliveryBook, type DeliveryEntry, openDeliveryBook } from "./delivery-book.ts"
import { simulatedDialects } from "./dialects.ts"
import { type EndpointBook, openEndpointBook } from "./endpoint-book.ts"
import { openReceiverBook, type ReceiverBook } from "./receiver-book.ts"
import { type Moods, senderOf } from "./receivers.ts"

export type Telling = {
  readonly endpoints: EndpointBook
  readonly changes: ChangeBook
  readonly deliveries: DeliveryBook
  readonly receivers: ReceiverBook
  readonly moods: Moods
  readonly optionsOf: (actor: Actor, nowMs: () => number) => WebhookOptions
  readonly committed: (commit: Commit) => void
  /** How many commits there were. */
  readonly commits: () => number
  /** Since when, by the agenda, nobody is late because of others; `null`: all sorts of things are late. */
  promptSinceMs: number | null
  readonly keepDeliveriesMs: number
}

export type TellingGrounds = {
  readonly surroundings: Surroundings & { readonly weather: Weather }
  readonly safe: Safe
  readonly report: Report
  readonly conduct: Pick<Conduct, "checkLease">
  readonly seed: number
}

/** Times of telling, which follow from the seed. */
const timesOf = (seed: number) => {
  const dice = makeDice(seed + 0x7e11)
  return {
    worker: { idlePollMs: 7_200_000, concurrency: dice.pick([8, 128]), queueMax: dice.pick([1, 1024]) },
    perReceiverMax: dice.pick([1, 4]),
    timeoutMs: 15_000,
    endpointsMax: 6,
    keepDeliveriesMs: dice.pick([4 * 86_400_000, 30 * 86_400_000])
  }
}

export const openTelling = ({ surroundings, safe, report, conduct, seed }: TellingGrounds): Telling => {
  const { agenda, trace } = surroundings
  const times = timesOf(seed)
  let commits = 0
  const endpoints = openEndpointBook()
  const changes = openChangeBook(endpoints)
  const grounds = { changes, endpoints, report }
  const receivers = openReceiverBook({ ...grounds, safe, nowMs: agenda.nowMs, latestCommit: () => commits })
  const isTaken = ({ messageId, target, merchantId }: DeliveryEntry): boolean => {
    const urls = target._tag === "Address" ? [target.url] : urlsOf(endpoints, merchantId, target.endpointId)
    return urls.some((url) => receivers.hasTaken(url, messageId))
  }
  const deliveries = openDeliveryBook({ ...grounds, isTaken })
  const moods: Moods = new Map()

  const checkLeaving = (post: WebhookPost, by: Actor, nowMs: number): void => {
    trace.note("told", post.url, post.headers["webhook-id"] ?? "", post.body)
    const delivery = deliveries.under(post.headers["webhook-id"] ?? "", post.url)
    if (delivery === undefined) {
      report("I8", `${post.url} is told what nobody has planned`)
      return
    }
    const { id, taskId, dueAtMs, change } = delivery
    if (taskId !== null) conduct.checkLease(taskId, id, post.timeoutMs, by, nowMs)
    const lateMs = nowMs - (dueAtMs ?? nowMs)
    if (lateMs <= latenessMaxMs || moods.has(post.url)) return
    const { promptSinceMs } = telling
    if (promptSinceMs === null || change.committedAtMs < promptSinceMs) return
    report("WAIT", `${id} is tried ${lateMs} ms late`)
  }
  const watched = (sender: WebhookSender["Service"], actor: Actor, nowMs: () => number): WebhookSender["Service"] => {
    const underWay = new Map<string, number>()
    const add = (place: string, count: number): number => {
      underWay.set(place, (underWay.get(place) ?? 0) + count)
      return underWay.get(place) ?? 0
    }
    return {
      ...sender,
      post: (post) =>
        Effect.suspend(() => {
          checkLeaving(post, actor, nowMs())
          const owner = endpoints.at(post.url)
          const place = owner === undefined ? new URL(post.url).origin : `${owner.merchantId} ${owner.id}`
          if (add(place, 1) > times.perReceiverMax) report("PACE", `${actor.name} has too many messages at ${place}`)
          return Effect.ensuring(
            sender.post(post),
            Effect.sync(() => add(place, -1))
          )
        })
    }
  }
  const telling: Telling = {
    ...{ endpoints, changes, deliveries, receivers, moods, promptSinceMs: null },
    keepDeliveriesMs: times.keepDeliveriesMs,
    optionsOf: (actor, nowMs) => {
      const own = senderOf(surroundings, actor, { moods, arrived: receivers.arrived })
      return { ...times, sender: watched(own, actor, nowMs), dialects: simulatedDialects }
    },
    commits: () => commits,
    committed: (commit) => {
      commits++
      changes.committed(commit, commits, agenda.nowMs())
      deliveries.committed(commit, commits)
    }
  }
  return telling
}

/** However many others hang. */
const latenessMaxMs = 2000

/** All addresses that an endpoint ever had. */
const urlsOf = (endpoints: EndpointBook, merchantId: string, id: string): ReadonlyArray<string> =>
  endpoints.get(merchantId, id)?.moments.flatMap(({ url }) => (url === null ? [] : [url])) ?? []
