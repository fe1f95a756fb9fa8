/**
 * A process that can die between any two calls through its ports. From then on nothing that it asks is answered and
 * nothing that it writes is written; what had left it before goes its own way.
 */
import type { CardGateway, Store, WebhookSender } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** A moment at which a process can die: just before a call takes effect, or just after. */
export type Moment = { readonly call: PortCall; readonly when: "before" | "after"; readonly key?: string }

export type PortCall = "commit" | "claim" | "read" | "send" | "lookup" | "reverse" | "verify" | "authenticate" | "post"

export type Life = {
  readonly isDead: () => boolean
  readonly kill: () => void
  /** Resolves when the process dies. */
  readonly death: Promise<"dead">
  /** Runs a call as this process, which `watch` may kill at either side of it. */
  readonly live: <A, E, R>(call: PortCall, effect: Effect.Effect<A, E, R>, key?: string) => Effect.Effect<A, E, R>
}

/** `watch` sees every moment of the process and says whether it dies there. */
export const newLife = (watch: (moment: Moment) => boolean = () => false): Life => {
  let dead = false
  let tell = (_: "dead"): void => {}
  const death = new Promise<"dead">((resolve) => {
    tell = resolve
  })
  const kill = (): void => {
    dead = true
    tell("dead")
  }
  const passes = (call: PortCall, when: Moment["when"], key: string | undefined): boolean => {
    if (dead) return false
    if (watch({ call, when, ...(key === undefined ? {} : { key }) })) kill()
    return !dead
  }
  return {
    isDead: () => dead,
    kill,
    death,
    live: (call, effect, key) =>
      Effect.suspend(() =>
        passes(call, "before", key)
          ? Effect.flatMap(Effect.exit(effect), (exit) =>
              passes(call, "after", key) ? (Exit.isSuccess(exit) ? Effect.succeed(exit.value) : exit) : Effect.never
            )
          : Effect.never
      )
  }
}

/** The store as a mortal process reaches it. */
export const storeOf = (life: Life, store: Store["Service"]): Store["Service"] => ({
  ...store,
  commit: (commit) => life.live("commit", store.commit(commit)),
  claim: (request) => life.live("claim", store.claim(request)),
  load: (ref) => life.live("read", store.load(ref)),
  events: (ref, afterVersion) => life.live("read", store.events(ref, afterVersion)),
  count: (query, atMost) => life.live("read", store.count(query, atMost)),
  find: (merchantId, collection, id) => life.live("read", store.find(merchantId, collection, id)),
  list: (query) => life.live("read", store.list(query)),
  idempotencyRecord: (key) => life.live("read", store.idempotencyRecord(key)),
  sealedRecord: (place) => life.live("read", store.sealedRecord(place)),
  nextDueAtMs: (lane) => life.live("read", store.nextDueAtMs(lane))
})

/** The gateway as a mortal process reaches it. What was sent arrives, whoever sent it. */
export const gatewayOf = (life: Life, gateway: CardGateway["Service"]): CardGateway["Service"] => ({
  ...gateway,
  send: (operation, timeoutMs) => life.live("send", gateway.send(operation, timeoutMs), operation.key),
  lookup: (key, timeoutMs) => life.live("lookup", gateway.lookup(key, timeoutMs), key),
  reverse: (key, timeoutMs) => life.live("reverse", gateway.reverse(key, timeoutMs), key),
  verifyCard: (card, timeoutMs) => life.live("verify", gateway.verifyCard(card, timeoutMs)),
  authenticate: (request, timeoutMs) => life.live("authenticate", gateway.authenticate(request, timeoutMs))
})

/** The way out to receivers of webhooks. What was posted arrives, whoever posted it. */
export const senderOf = (life: Life, sender: WebhookSender["Service"]): WebhookSender["Service"] => ({
  ...sender,
  post: (post) => life.live("post", sender.post(post))
})
