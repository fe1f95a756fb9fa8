/** Messages in the kernel's own words: everything that happened, as it happened, in a published and versioned form. */
import type { WebhookDialect } from "@paykernel/core"
import type { SigningKey } from "@paykernel/webhooks"
import { kernelEventType, kernelEventTypes } from "./kernel-event-types.ts"
import { renderKernelMessage } from "./render-kernel-message.ts"
import { standardRetryDelaysMs } from "./retry-delays.ts"
import { standardHeaders } from "./standard-headers.ts"

export type KernelDialectOptions = {
  /** Keys of the host's own, such as an Ed25519 pair, under which every message is signed as well (`v1a`). */
  readonly signingKeys?: ReadonlyArray<SigningKey>
}

/**
 * `payment.authorized`, `checkout.completed` and so on, in the envelope of Standard Webhooks. What a message looks like is
 * in `webhooks.schema.json`.
 *
 * @example
 * kernelDialect().types.includes("payment.captured") // => true
 */
export const kernelDialect = ({ signingKeys = [] }: KernelDialectOptions = {}): WebhookDialect => ({
  name: "paykernel.v1",
  retryDelaysMs: standardRetryDelaysMs,
  confirms: false,
  ofCheckoutAddresses: false,
  types: Object.values(kernelEventTypes)
    .flatMap((types): ReadonlyArray<string | null> => Object.values(types))
    .filter((type) => type !== null),
  messagesOf: (change) => {
    const type = kernelEventType(change)
    if (type === null) return []
    return [{ type, to: change.event._tag === "EndpointTested" ? "itself" : "subscribers" }]
  },
  render: async (message) => {
    const body = renderKernelMessage(message.type, message.change)
    return {
      headers: { "content-type": "application/json", ...(await standardHeaders(message, body, signingKeys)) },
      body
    }
  }
})
