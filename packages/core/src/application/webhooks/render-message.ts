/** Has the words of a message made by its dialect, with what only the kernel can give: the secrets, and a look at the store. */
import * as Effect from "effect/Effect"
import type { Delivery } from "../../delivery/delivery.ts"
import type { Endpoint } from "../../endpoint/endpoint.ts"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import type { Store } from "../../ports/store.ts"
import { loadCard } from "../payments/load-card.ts"
import { merchantDefinition, paymentDefinition } from "../storage/aggregates.ts"
import { rfiDefinition } from "../storage/cross-border-aggregates.ts"
import { load } from "../storage/repository.ts"
import type { News } from "./news.ts"
import type { Change, MessageToRender, RenderedMessage } from "./webhook-dialect.ts"
import { confirmationToken } from "./webhook-names.ts"

/** As much as Standard Webhooks asks a receiver to take. */
export const bodyBytesMax = 20_000

export const renderMessage = Effect.fnUntraced(function* (
  news: News,
  { merchantId, messageId, type, dialect: name }: Delivery,
  endpoint: Endpoint,
  change: Change
) {
  const dialect = news.dialects.get(name)
  if (dialect === undefined) return yield* Effect.die(new Error(`this process knows no webhook dialect ${name}`))
  const nowMs = (yield* Clock).nowMs()
  const reading = Effect.runPromiseWith(yield* Effect.context<Store>())
  const token = confirmationToken(yield* Digest, merchantId, endpoint.id)
  const message: MessageToRender = {
    ...{ id: messageId, type, change, endpoint, nowMs, confirmationToken: token },
    secrets: yield* news.cabinet.signing(endpoint, nowMs),
    read: {
      payment: (id) => reading(Effect.map(load(paymentDefinition, merchantId, id), ({ state }) => existing(state))),
      rfi: (id) => reading(Effect.map(load(rfiDefinition, merchantId, id), ({ state }) => existing(state))),
      card: (id) => reading(Effect.map(loadCard(merchantId, id), existing)),
      merchant: () =>
        reading(Effect.map(load(merchantDefinition, merchantId, merchantId), ({ state }) => existing(state)))
    }
  }
  const rendering = Effect.tryPromise({ try: () => dialect.render(message), catch: (error) => nameOf(error) })
  const rendered = yield* Effect.timeoutOrElse(rendering, {
    duration: news.callTimeoutMs,
    orElse: () => Effect.fail("it does not come to an end")
  }).pipe(Effect.catch((why) => Effect.die(new Error(`the webhook dialect ${name} cannot render "${type}": ${why}`))))
  return checked(name, rendered)
})

const existing = <State extends { readonly status: string }>(state: State): State | undefined =>
  state.status === "none" ? undefined : state

/** Its name and no more: whoever renders holds secrets, and a message may quote one. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)

const checked = (dialect: string, rendered: RenderedMessage): RenderedMessage => {
  const bytes = new TextEncoder().encode(rendered.body).length
  if (bytes > bodyBytesMax) throw new Error(`a message of ${dialect} has ${bytes} bytes, and may have ${bodyBytesMax}`)
  return rendered
}
