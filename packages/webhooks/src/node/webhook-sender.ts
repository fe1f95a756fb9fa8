/**
 * Sends webhooks from Node. Merchants choose where to, so an address may lead anywhere: into our own network, to a name
 * that resolves differently each time, to a server that never ends. Each is met here, at every attempt.
 */
import type { WebhookAnswer, WebhookPost, WebhookSender } from "@paykernel/core/effect"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { readRetryAfter } from "../retry-after.ts"
import { type AddressRules, checkedRules, isAllowedHost, readWebhookAddress } from "../webhook-address.ts"
import { agentsFor, type ExchangeOutcome, exchange } from "./exchange.ts"
import { dnsResolve, guardedLookUp, type Resolve, systemResolve } from "./guarded-look-up.ts"

export type WebhookSenderOptions = AddressRules & {
  /** For the look-up, the connection and its encryption. Default 5 seconds. */
  readonly connectTimeoutMs?: number
  /** How much of an answer's body is read before the connection is closed. Default 64 KiB. */
  readonly answerBytesMax?: number
  /** Addresses of names. Default: the name servers of the system; for allowed hosts, its own files too. */
  readonly resolve?: Resolve
  /** Certificates of authorities, as PEM, to be trusted beside those that Node knows. */
  readonly ca?: ReadonlyArray<string>
}

/**
 * A sender over a connection of its own for each attempt. Https on ports 443 and 8443 to public addresses, except for
 * `allowHosts`. Follows no redirect, asks no proxy, and says of a failure what kind it was and nothing more.
 *
 * @example
 * const sender = nodeWebhookSender()
 * sender.vet("https://shop.example/hooks") // => null
 * sender.vet("https://169.254.169.254/") // => "address_not_public"
 */
export const nodeWebhookSender = (options: WebhookSenderOptions = {}): WebhookSender["Service"] => {
  const rules = checkedRules(options)
  const { connectTimeoutMs = 5_000, answerBytesMax = 64 * 1024 } = options
  const agents = agentsFor(options.ca)
  const publicResolve = options.resolve ?? dnsResolve()
  const ownResolve = options.resolve ?? systemResolve

  const outcomeOf = (post: WebhookPost): Effect.Effect<ExchangeOutcome> => {
    const address = readWebhookAddress(post.url, rules)
    if (Result.isFailure(address)) return Effect.succeed({ _tag: "Unanswered", why: "address_refused" })
    const url = address.success
    const allowPrivate = isAllowedHost(url, rules)
    const lookUp = (name: string) =>
      guardedLookUp(name, { resolve: allowPrivate ? ownResolve : publicResolve, allowPrivate })
    return Effect.callback<ExchangeOutcome>((resume) => {
      const { headers, body, timeoutMs } = post
      const connection = { url, headers, body, timeoutMs, connectTimeoutMs, answerBytesMax, lookUp, agents }
      const callOff = exchange(connection, (outcome) => resume(Effect.succeed(outcome)))
      return Effect.sync(callOff)
    })
  }

  return {
    vet: (url) => {
      const address = readWebhookAddress(url, rules)
      return Result.isFailure(address) ? address.failure : null
    },
    post: (post) =>
      Effect.gen(function* () {
        const outcome = yield* outcomeOf(post)
        if (outcome._tag === "Unanswered") return outcome
        return answerOf(outcome, yield* Clock.currentTimeMillis)
      })
  }
}

const answerOf = (
  { head, bodyStart }: Extract<ExchangeOutcome, { _tag: "Answered" }>,
  nowMs: number
): WebhookAnswer => ({
  _tag: "Answered",
  status: head.statusCode ?? 0,
  headers: headersOf(head.rawHeaders),
  bodyStart: bodyStart.toString("utf8").slice(0, 1024).toWellFormed(),
  retryAfterMs: readRetryAfter(head.headers["retry-after"], nowMs)
})

/** Names and values take turns. */
const headersOf = (raw: ReadonlyArray<string>): ReadonlyArray<readonly [name: string, value: string]> =>
  Array.from({ length: Math.min(32, raw.length / 2) }, (_, place) => [
    (raw[place * 2] ?? "").toLowerCase().slice(0, 256),
    (raw[place * 2 + 1] ?? "").slice(0, 256)
  ])
