/**
 * Receivers of webhooks that do as they are told, behind a sender that needs no network: for tests of what the kernel
 * does when a receiver fails, hangs, is gone, or asks for patience.
 */
import * as Effect from "effect/Effect"
import type { UnansweredReason } from "../delivery/delivery.ts"
import type { AddressRefusal, WebhookAnswer, WebhookPost, WebhookSender } from "../ports/webhook-sender.ts"

/** What a receiver does about one message. `hangs`: nothing, until the deadline of the attempt or `release`. */
export type Reaction =
  | { readonly status: number; readonly retryAfterMs?: number; readonly bodyStart?: string }
  | { readonly unanswered: UnansweredReason }
  | { readonly hangs: true }

/** A message as it arrived. */
export type Received = WebhookPost & {
  /** By the clock of the test. */
  readonly atMs: number
  readonly reaction: Reaction
}

export type ScriptedReceivers = {
  readonly sender: WebhookSender["Service"]
  /** Reactions to what comes to an address from now on, one for each message; the last one goes on for good. */
  readonly script: (url: string, ...reactions: ReadonlyArray<Reaction>) => void
  /** Everything that arrived anywhere, in order. */
  readonly received: ReadonlyArray<Received>
  readonly receivedAt: (url: string) => ReadonlyArray<Received>
  /** Most messages that were at one address at once. */
  readonly mostAtOnce: (url: string) => number
  /** Lets all who hang answer with this status. */
  readonly release: (status: number) => void
}

/**
 * Receivers at any address. One that nobody has scripted takes everything with a 204.
 *
 * @example
 * const receivers = scriptedReceivers(() => nowMs)
 * receivers.script("https://shop.example/hook", { status: 500 }, { status: 204 })
 * const kernel = createKernel({ ...adapters, webhooks: { sender: receivers.sender, dialects: [plainDialect()] } })
 * const input = { dialect: "plain", name: null, url: "https://shop.example/hook", types: [] }
 * await kernel.webhooks.endpoints.create("merchant-1", input)
 * await kernel.drain()
 * receivers.received.length > 0 // => true
 * await kernel.close()
 */
export const scriptedReceivers = (nowMs: () => number): ScriptedReceivers => {
  const scripts = new Map<string, Array<Reaction>>()
  const received: Array<Received> = []
  const present = new Map<string, { now: number; most: number }>()
  const hanging = new Set<(answer: WebhookAnswer) => void>()

  const reactionAt = (url: string): Reaction => {
    const script = scripts.get(url) ?? []
    return (script.length > 1 ? script.shift() : script[0]) ?? { status: 204 }
  }

  const come = (url: string): (() => void) => {
    const crowd = present.get(url) ?? { now: 0, most: 0 }
    present.set(url, crowd)
    crowd.now++
    crowd.most = Math.max(crowd.most, crowd.now)
    return () => crowd.now--
  }

  const post = (post: WebhookPost): Effect.Effect<WebhookAnswer> =>
    Effect.suspend(() => {
      const reaction = reactionAt(post.url)
      received.push({ ...post, atMs: nowMs(), reaction })
      const leave = come(post.url)
      return Effect.ensuring(answerOf(reaction, post, hanging), Effect.sync(leave))
    })

  return {
    sender: { vet, post },
    script: (url, ...reactions) => void scripts.set(url, [...reactions]),
    received,
    receivedAt: (url) => received.filter((one) => one.url === url),
    mostAtOnce: (url) => present.get(url)?.most ?? 0,
    release: (status) => {
      for (const answer of [...hanging]) answer(answered(status))
    }
  }
}

/** The text of an address, as far as it tells anything. */
const vet = (url: string): AddressRefusal | null => {
  if (!URL.canParse(url)) return "not_a_url"
  return new URL(url).protocol === "https:" ? null : "scheme_not_allowed"
}

const answered = (status: number, retryAfterMs: number | null = null, bodyStart = ""): WebhookAnswer => ({
  _tag: "Answered",
  status,
  headers: [["content-length", String(bodyStart.length)]],
  bodyStart,
  retryAfterMs
})

const answerOf = (
  reaction: Reaction,
  { timeoutMs }: WebhookPost,
  hanging: Set<(answer: WebhookAnswer) => void>
): Effect.Effect<WebhookAnswer> => {
  if ("status" in reaction) {
    return Effect.succeed(answered(reaction.status, reaction.retryAfterMs ?? null, reaction.bodyStart))
  }
  if ("unanswered" in reaction) return Effect.succeed({ _tag: "Unanswered", why: reaction.unanswered })
  const released = Effect.callback<WebhookAnswer>((resume) => {
    const answer = (given: WebhookAnswer) => resume(Effect.succeed(given))
    hanging.add(answer)
    return Effect.sync(() => hanging.delete(answer))
  })
  const timedOut: WebhookAnswer = { _tag: "Unanswered", why: "timed_out" }
  return Effect.raceFirst(released, Effect.as(Effect.sleep(timeoutMs), timedOut))
}
