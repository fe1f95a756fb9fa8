/**
 * Whoever is told: receivers at addresses, each in a mood of its own that lasts until it changes, and the way to them, as
 * the sender of a process takes it.
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { UnansweredReason } from "../../../delivery/delivery.ts"
import type { WebhookAnswer, WebhookPost, WebhookSender } from "../../../ports/webhook-sender.ts"
import type { Actor } from "../agenda.ts"
import { crossingOf, type Surroundings } from "../process.ts"
import type { Weather } from "../weather.ts"

/** What a receiver does with whatever comes. */
export type Mood =
  | "well"
  /** Now this, now that. */
  | "flapping"
  | "failing"
  /** Asks for patience. */
  | "busy"
  | "gone"
  /** Never answers. */
  | "hanging"
  | "slow"
  | "resetting"

/** Moods by address; whoever is not among them is well. */
export type Moods = Map<string, Mood>

type Roads = Surroundings & { readonly weather: Weather }

export type Hosts = {
  readonly moods: Moods
  /** Told when a message has come to a receiver. `isTaken`: which says that it has it. */
  readonly arrived: (post: WebhookPost, isTaken: boolean) => void
}

type Answer = (given: WebhookAnswer) => void

/** The sender of a process. */
export const senderOf = (world: Roads, actor: Actor, hosts: Hosts): WebhookSender["Service"] => {
  const cross = crossingOf(world, actor)
  const post = (message: WebhookPost): Effect.Effect<WebhookAnswer> =>
    cross<WebhookAnswer, never>("sender.post", message.url, world.weather.way.slow, (deliver) => {
      const { dice, coverage, weather } = world
      const { unavailable, requestLost, answerLost } = weather.way
      const answer: Answer = (given) => {
        world.trace.note(given._tag === "Answered" ? given.status : given.why)
        deliver(Exit.succeed(given))
      }
      if (dice.chance(unavailable)) {
        coverage.struck("sender.post: unavailable")
        return answer(unanswered(dice.pick(["connection_failed", "name_not_found", "tls_failed"])))
      }
      if (dice.chance(requestLost)) {
        coverage.struck("sender.post: request lost")
        return later(world, message.timeoutMs, () => answer(unanswered("timed_out")))
      }
      const isLost = dice.chance(answerLost)
      if (isLost) coverage.struck("sender.post: answer lost")
      const why = dice.pick<UnansweredReason>(["timed_out", "connection_lost"])
      receive(world, hosts, message, (given) => answer(isLost ? unanswered(why) : given))
    })
  return { vet: (url) => (url.startsWith("https://") ? null : "scheme_not_allowed"), post }
}

/** What a receiver can do: answer, break off, or wait with that. `hang`: until the sender gives up. */
type Ways = Pick<Surroundings, "dice"> & {
  readonly say: (status: number, retryAfterMs?: number) => void
  readonly breakOff: () => void
  readonly wait: (ms: number, then: () => void) => void
  readonly hang: () => void
}

const reactions: { readonly [mood in Exclude<Mood, "flapping">]: (ways: Ways) => void } = {
  well: ({ dice, say }) => say(dice.pick([200, 204])),
  failing: ({ dice, say }) => say(dice.pick([500, 500, 503, 404, 302])),
  busy: ({ dice, say }) => say(429, dice.pick([9_000, 600_000, 3_600_000])),
  gone: ({ say }) => say(410),
  slow: ({ dice, say, wait }) => wait(dice.pick([300, 2_000, 14_000]), () => say(200)),
  resetting: ({ dice, breakOff, wait }) => wait(dice.pick([0, 1_000]), breakOff),
  hanging: ({ hang }) => hang()
}

const receive = (world: Surroundings, { moods, arrived }: Hosts, post: WebhookPost, answer: Answer): void => {
  const { dice } = world
  const mood = moods.get(post.url) ?? "well"
  const now = mood === "flapping" ? dice.pick(["well", "failing", "resetting"] as const) : mood
  const fail = (why: UnansweredReason): void => {
    arrived(post, false)
    answer(unanswered(why))
  }
  reactions[now]({
    dice,
    say: (status, retryAfterMs = 0) => {
      arrived(post, status < 300)
      answer(answered(status, retryAfterMs === 0 ? null : retryAfterMs))
    },
    breakOff: () => fail("connection_lost"),
    wait: (ms, then) => later(world, ms, then),
    hang: () => {
      // Now and then its sender does not come to an end either.
      if (!dice.chance(0.1)) later(world, post.timeoutMs, () => fail("timed_out"))
    }
  })
}

const later = ({ agenda, outside }: Surroundings, ms: number, happen: () => void): void => {
  agenda.after(outside, ms, happen)
}

const unanswered = (why: UnansweredReason): WebhookAnswer => ({ _tag: "Unanswered", why })

const answered = (status: number, retryAfterMs: number | null): WebhookAnswer => ({
  _tag: "Answered",
  status,
  headers: retryAfterMs === null ? [] : [[retryAfterHeader, String(retryAfterMs / 1000)]],
  bodyStart: "",
  retryAfterMs
})

/** In seconds, as receivers write it. */
export const retryAfterHeader = "retry-after"
