/**
 * Ways in which outboxes and deliveries really go wrong, each planted alone into the processes of a simulated world. What
 * is not in this table is not known to be noticed.
 */
import type { RenderedMessage, WebhookDialect } from "@paykernel/core"
import { type Commit, laneOf, type WebhookAnswer } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { neighbourId } from "../../src/testing/simulation/webhooks/neighbour.ts"
import { type Port, type Sender, type SwitchedOff, withinStore, withStore, withWebhooks } from "./planted-rule.ts"

const taken: WebhookAnswer = { _tag: "Answered", status: 200, headers: [], bodyStart: "", retryAfterMs: null }

const withSender = (patch: (own: Sender) => Partial<Sender>) =>
  withWebhooks(({ sender }) => ({ sender: { ...sender, ...patch(sender) } }))

const withDialects = (patch: (own: WebhookDialect) => Partial<WebhookDialect>) =>
  withWebhooks(({ dialects }) => ({ dialects: dialects.map((own) => ({ ...own, ...patch(own) })) }))

const dedupeBeforeDelivery = (own: Sender): Partial<Sender> => {
  const seen = new Set<string>()
  return {
    post: (post) =>
      Effect.suspend(() => {
        const name = `${post.url} ${post.headers["webhook-id"]}`
        if (seen.has(name)) return Effect.succeed(taken)
        seen.add(name)
        return own.post(post)
      })
  }
}

const freshIds = (own: Sender): Partial<Sender> => {
  let count = 0
  return { post: (post) => own.post({ ...post, headers: { ...post.headers, "webhook-id": `id-${++count}` } }) }
}

const isNews = ({ kind }: Commit["tasks"][number]): boolean => laneOf(kind) === "news"

const toldInAnotherWrite = (own: Port): Partial<Port> => ({
  commit: (commit) => {
    const tasks = commit.tasks.filter(isNews)
    if (tasks.length === 0 || commit.lease !== null) return own.commit(commit)
    const rest = { ...commit, tasks: commit.tasks.filter((task) => !isNews(task)) }
    const alone = { ...rest, idempotency: null, aggregates: [], ledger: [], sealed: [], erased: [], tasks }
    return Effect.andThen(own.commit(rest), own.commit(alone))
  }
})

/** Looks for news from the last thing that it found on: what comes due before that is never seen. */
const cursorOutbox = (own: Port): Partial<Port> => {
  let seenToMs = 0
  return {
    claim: (request) =>
      Effect.map(own.claim(request), (tasks) => {
        if (request.lane !== "news") return tasks
        const fresh = tasks.filter(({ dueAtMs }) => dueAtMs >= seenToMs)
        for (const { dueAtMs } of fresh) seenToMs = Math.max(seenToMs, dueAtMs)
        return fresh
      })
  }
}

/** A query that forgets to say whose endpoints it wants. */
const endpointsOfAnybody = (own: Port): Partial<Port> => ({
  list: (query) =>
    query.collection === "webhookEndpoints"
      ? Effect.zipWith(own.list(query), own.list({ ...query, merchantId: neighbourId }), (mine, others) => ({
          ...mine,
          items: [...mine.items, ...others.items]
        }))
      : own.list(query),
  load: (ref) =>
    Effect.flatMap(own.load(ref), (found) =>
      found === undefined && ref.type === "endpoint"
        ? own.load({ ...ref, merchantId: neighbourId })
        : Effect.succeed(found)
    )
})

/** Tells how a payment is by now. */
const ofTheMoment = (own: WebhookDialect): Partial<WebhookDialect> => ({
  render: async (message): Promise<RenderedMessage> => {
    const rendered = await own.render(message)
    if (message.change.type !== "payment") return rendered
    const now = await message.read.payment(message.change.id)
    return { ...rendered, body: JSON.stringify({ ...JSON.parse(rendered.body), to: now?.status }) }
  }
})

export const plantedWebhooks: ReadonlyArray<SwitchedOff> = [
  {
    title: "marked as delivered before it is sent",
    as: ["I8"],
    planting: withSender((own) => ({ post: (post) => Effect.as(Effect.forkDetach(own.post(post)), taken) }))
  },
  {
    title: "deduplicated before it is delivered, so that the retry is lost",
    as: ["I8"],
    planting: withSender(dedupeBeforeDelivery)
  },
  { title: "another id for each attempt", as: ["I8"], planting: withSender(freshIds) },
  { title: "the task that tells is filed after the change", as: ["I8"], planting: withStore(toldInAnotherWrite) },
  { title: "an outbox that is read from a cursor on", as: ["I9", "I8", "WAIT"], planting: withinStore(cursorOutbox) },
  { title: "delivered to another merchant's endpoint", as: ["I8"], planting: withStore(endpointsOfAnybody) },
  { title: "a message that says how it is now", as: ["I8"], planting: withDialects(ofTheMoment) },
  {
    title: "redirects and refusals taken for success",
    as: ["I8"],
    planting: withSender((own) => ({
      post: (post) =>
        Effect.map(own.post(post), (answer) => (answer._tag === "Answered" ? { ...answer, status: 200 } : answer))
    }))
  },
  {
    title: "tried again without the patience that was asked for",
    as: ["I8"],
    functions: () => ({ nextAttemptAtMs: ({ pauseMs, nowMs }) => nowMs + pauseMs })
  },
  {
    title: "given up after the first failure",
    as: ["I8"],
    functions: ({ pauseBefore }) => ({
      pauseBefore: (delaysMs, attempt, spread) => (attempt > 0 ? null : pauseBefore(delaysMs, attempt, spread))
    })
  },
  {
    title: "as many messages at one receiver as there are",
    as: ["PACE"],
    functions: ({ makeReceivers }) => ({ makeReceivers: () => makeReceivers({ perReceiverMax: 1000 }) })
  },
  {
    title: "one room for all receivers, so that one that hangs holds up the others",
    as: ["WAIT"],
    functions: ({ makeReceivers }) => ({
      makeReceivers: (options) => {
        const own = makeReceivers(options)
        return { ...own, enter: (_, nowMs, insists, caller) => own.enter("all", nowMs, insists, caller) }
      }
    })
  },
  { title: "told of what nobody asked for", as: ["I8"], functions: () => ({ isAskedFor: () => true }) },
  { title: "secrets that never retire", as: ["I8"], functions: () => ({ isSigning: () => true }) },
  { title: "confirmed by whoever says so", as: ["FORGED"], functions: () => ({ isConfirmationToken: () => true }) }
]
