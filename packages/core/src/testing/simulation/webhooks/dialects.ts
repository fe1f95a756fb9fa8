/**
 * Two dialects of webhooks for simulated merchants: one in which addresses of checkouts are told too, and one in which
 * endpoints have to confirm themselves. What they say depends on the change alone, however late and often it is told.
 */
import type { Change, MessageToRender, WebhookDialect } from "../../../application/webhooks/webhook-dialect.ts"
import { plainDialect, signatureOf } from "../../plain-dialect.ts"

/** What a receiver reads. */
export type Told = {
  readonly type: string
  readonly merchantId: string
  readonly aggregate: { readonly type: string; readonly id: string; readonly version: number }
  readonly atMs: number
  /** Statuses of the aggregate before the change and after it. */
  readonly from: string
  readonly to: string
}

export const confirmationHeader = "x-confirmation"

const minuteMs = 60_000

/** Pauses before each attempt. Short schedules, so that some come to their end. */
export const retryDelaysMs: { readonly [dialect: string]: ReadonlyArray<number> } = {
  plain: [0, 5_000, 5 * minuteMs, 120 * minuteMs],
  asking: [0, minuteMs, 60 * minuteMs]
}

const told = (type: string, { id, merchantId, version, atMs, before, after, ...change }: Change): Told => ({
  ...{ type, merchantId, atMs },
  aggregate: { type: change.type, id, version },
  ...{ from: before.status, to: after.status }
})

const render: WebhookDialect["render"] = async ({ id, type, change, secrets, nowMs, ...message }: MessageToRender) => {
  const body = JSON.stringify(told(type, change))
  const seconds = String(Math.floor(nowMs / 1000))
  const signatures = secrets.map((secret) => signatureOf(secret, signedText(id, seconds, body)))
  const confirmation = change.type === "endpoint" && change.event._tag === "EndpointCreated"
  return {
    headers: {
      "webhook-id": id,
      "webhook-timestamp": seconds,
      "webhook-signature": signatures.join(" "),
      ...(confirmation ? { [confirmationHeader]: message.confirmationToken } : {})
    },
    body
  }
}

export const signedText = (id: string, seconds: string, body: string): string => `${id}.${seconds}.${body}`

export const simulatedDialects: ReadonlyArray<WebhookDialect> = [
  plainDialect({ name: "plain", retryDelaysMs: retryDelaysMs["plain"] ?? [], render }),
  plainDialect({
    ...{ name: "asking", retryDelaysMs: retryDelaysMs["asking"] ?? [], render },
    ...{ confirms: true, ofCheckoutAddresses: false }
  })
]
