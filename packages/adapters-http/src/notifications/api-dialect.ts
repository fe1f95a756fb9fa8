/** Messages of `/api`: what became of a payment, for the address that came with it and for the merchant's own. */

import type { MessageToRender, RenderedMessage, WebhookDialect } from "@paykernel/core"
import { hexKey, signHex } from "@paykernel/webhooks"
import * as Redacted from "effect/Redacted"
import { timestamp } from "../api/timestamp.ts"
import { standardRetryDelaysMs } from "./retry-delays.ts"
import { standardHeaders } from "./standard-headers.ts"
import { renderTransactionMessage, transactionEventOf } from "./transaction-message.ts"

/** What `test` of an endpoint sends. */
const testEvent = "webhook.test"

/**
 * `payment.succeeded`, `payment.failed` and `payment.pending` as `{ event, data, timestamp }`, with the published
 * `X-Webhook-Signature` and the headers of Standard Webhooks.
 *
 * @example
 * apiDialect().types // => ["payment.succeeded", "payment.failed", "payment.pending"]
 */
export const apiDialect = (): WebhookDialect => ({
  name: "api",
  retryDelaysMs: standardRetryDelaysMs,
  confirms: false,
  ofCheckoutAddresses: true,
  types: ["payment.succeeded", "payment.failed", "payment.pending"],
  messagesOf: (change) => {
    if (change.type === "endpoint") {
      return change.event._tag === "EndpointTested" ? [{ type: testEvent, to: "itself" }] : []
    }
    const type = change.type === "checkout" ? transactionEventOf(change) : null
    return type === null ? [] : [{ type, to: "subscribers" }]
  },
  render
})

const render = async (message: MessageToRender): Promise<RenderedMessage> => {
  const body = await bodyOf(message)
  const [current] = message.secrets
  if (current === undefined) throw new Error("a message without a secret to sign it")
  return {
    headers: {
      "content-type": "application/json",
      // Receivers compare the whole header with one digest, so during a rotation it is the new secret's alone.
      ...(await signHex(body, await hexKey(Redacted.value(current)))),
      ...(await standardHeaders(message, body))
    },
    body
  }
}

const bodyOf = async ({ change, read }: MessageToRender): Promise<string> => {
  const event = change.type === "checkout" ? transactionEventOf(change) : null
  return change.type === "checkout" && event !== null
    ? renderTransactionMessage(event, change, read.payment)
    : JSON.stringify({ event: testEvent, data: {}, timestamp: timestamp(change.atMs) })
}
