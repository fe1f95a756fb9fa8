/** Whether the merchant is told of a transaction, as far as answers say it. */
import type { CheckoutView, Kernel } from "@paykernel/core"
import { Endpoint } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import { ask, type Operation, type Services } from "./operation.ts"
import { statusOf } from "./render-direct-payment.ts"

/**
 * `true` from the moment at which a message about the outcome is planned: the outcome is known, and it goes to the
 * `webhook_url` of the payment or to an endpoint that is told of it in this API's words.
 */
export const webhookQueued = ({ kernel, notifies }: Services, view: CheckoutView): Operation<boolean> => {
  const status = statusOf(view)
  if (!notifies || status === "pending") return Effect.succeed(false)
  const { merchantId, webhookUrl } = view.checkout
  if (webhookUrl !== null) return Effect.succeed(true)
  return isSubscribed(kernel, merchantId, status === "completed" ? "payment.succeeded" : "payment.failed")
}

const isSubscribed = (kernel: Kernel, merchantId: string, event: string): Operation<boolean> => {
  const where = { dialect: "api", status: "enabled" }
  const request = { where, fromMs: null, toMs: null, page: { _tag: "First" }, limit: listedMax } as const
  const listed = ask(() => kernel.webhooks.endpoints.list(merchantId, request), "transaction")
  return Effect.map(listed, ({ items }) =>
    items.some(({ url, types }) => url !== null && Endpoint.isAskedFor(types, event))
  )
}

/** A merchant may have far fewer. */
const listedMax = 1000
