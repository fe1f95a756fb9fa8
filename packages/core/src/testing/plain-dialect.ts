/** A webhook dialect for tests: it tells everything, in the fewest words, signed as Standard Webhooks asks (`v1`). */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import * as Redacted from "effect/Redacted"
import type { Change, MessageToRender, RaisedMessage, WebhookDialect } from "../application/webhooks/webhook-dialect.ts"

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** The retry table of Standard Webhooks. */
export const standardRetryDelaysMs: ReadonlyArray<number> = [
  ...[0, 5_000, 5 * minuteMs, 30 * minuteMs],
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hourMs)
]

export type PlainMessage = {
  readonly type: string
  readonly aggregate: { readonly type: string; readonly id: string; readonly version: number }
}

/**
 * Tells each event as `<aggregate>.<Event>`, in a body that says which one it was. An endpoint's own test and, where it
 * `confirms`, its creation go to itself.
 *
 * @example
 * plainDialect().messagesOf(change) // => [{ type: "payment.PaymentCaptured", to: "subscribers" }]
 */
export const plainDialect = (own: Partial<WebhookDialect> = {}): WebhookDialect => ({
  name: "plain",
  retryDelaysMs: standardRetryDelaysMs,
  confirms: false,
  ofCheckoutAddresses: true,
  types: [
    ...["payment.*", "card.*", "checkout.*", "settlement.*", "endpoint.*"],
    ...["intent.*", "deposit.*", "intent_refund.*"]
  ],
  messagesOf: (change) => [raised(change)],
  render: async (message) => {
    const body = JSON.stringify(plainMessage(message))
    const seconds = String(Math.floor(message.nowMs / 1000))
    const signatures = message.secrets.map((secret) => signatureOf(secret, `${message.id}.${seconds}.${body}`))
    return {
      headers: {
        "content-type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": seconds,
        "webhook-signature": signatures.join(" "),
        ...(message.change.type === "endpoint" ? { "x-confirmation": message.confirmationToken } : {})
      },
      body
    }
  },
  ...own
})

const raised = ({ type, event }: Change): RaisedMessage => {
  const isOwn = event._tag === "EndpointTested" || (event._tag === "EndpointCreated" && event.mustConfirm)
  return { type: `${type}.${event._tag}`, to: isOwn ? "itself" : "subscribers" }
}

const plainMessage = ({ type, change }: MessageToRender): PlainMessage => ({
  type,
  aggregate: { type: change.type, id: change.id, version: change.version }
})

/** As a receiver would compute it, to compare. */
export const signatureOf = (secret: Redacted.Redacted<string>, signed: string): string => {
  const key = Uint8Array.from(atob(Redacted.value(secret).replace("whsec_", "")), (letter) => letter.charCodeAt(0))
  const mac = hmac(sha256, key, new TextEncoder().encode(signed))
  return `v1,${btoa(String.fromCharCode(...mac))}`
}
