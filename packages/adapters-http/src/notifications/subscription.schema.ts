/** Subscriptions on the wire of `/v1` and `/v2`: who wants to be told, where and of what. */
import * as Schema from "effect/Schema"
import { text } from "../fields/field-shapes.ts"
import { addressLengthMax } from "../fields/web-address.ts"
import { UtcTimestamp } from "../v1/card.schema.ts"

const EndpointUrl = text(1, addressLengthMax).annotate({
  description: "https, port 443 or 8443, on the public internet.",
  examples: ["https://example.org/handler/for/notifications"]
})

export const CreateSubscriptionRequest = Schema.Struct({ endpoint: EndpointUrl }).annotate({
  identifier: "CreateSubscriptionRequest"
})

export const Subscription = Schema.Struct({
  id: Schema.String,
  endpoint: Schema.String,
  subscriptionDetails: Schema.Array(
    Schema.Struct({
      url: Schema.String.annotate({ description: "Name of the subscription to the topic." }),
      status: Schema.Literals(["confirmed", "pending", "deleted"]).annotate({
        description: "`pending` until its `SubscribeURL` is visited, `deleted` if that does not happen in three days."
      })
    })
  )
}).annotate({ identifier: "Subscription" })

const NotificationTypes = Schema.Array(text(1, 100))
  .check(Schema.isMaxLength(64))
  .annotate({
    description: "Exact, or ending with `.*`. Absent, or `*` alone: all of them.",
    examples: [["payments.*", "refunds.paid"]]
  })

const SubscriptionName = text(0, 128)

export const CreateWebhookRequest = Schema.Struct({
  endpoint: EndpointUrl,
  name: Schema.optionalKey(SubscriptionName),
  enabled: Schema.optionalKey(Schema.Boolean.annotate({ description: "`true` if absent." })),
  notificationTypes: Schema.optionalKey(NotificationTypes)
}).annotate({ identifier: "CreateWebhookRequest" })

export const UpdateWebhookRequest = Schema.Struct({ name: SubscriptionName, enabled: Schema.Boolean }).annotate({
  identifier: "UpdateWebhookRequest"
})

const webhook = {
  id: Schema.String,
  name: Schema.String,
  endpoint: Schema.String,
  enabled: Schema.Boolean,
  createDate: UtcTimestamp,
  updateDate: UtcTimestamp,
  notificationTypes: Schema.Array(Schema.String),
  restricted: Schema.Boolean.annotate({ description: "Whether it is told of some types only." })
}

export const Webhook = Schema.Struct(webhook).annotate({ identifier: "Webhook" })

export const CreatedWebhook = Schema.Struct({
  ...webhook,
  secret: Schema.String.annotate({
    description: "Shown this once. Signs the headers of Standard Webhooks that go beside `X-Circle-Signature`."
  })
}).annotate({ identifier: "CreatedWebhook" })

export const NotificationKey = Schema.Struct({
  id: Schema.String,
  algorithm: Schema.Literals(["ECDSA_SHA_256"]),
  publicKey: Schema.String.annotate({
    description: "Base64 of a P-256 key in DER (SPKI). Never changes: keep it by id."
  }),
  createDate: UtcTimestamp
}).annotate({ identifier: "NotificationKey" })

export type SubscriptionBody = typeof Subscription.Type
export type WebhookBody = typeof Webhook.Type
export type NotificationKeyBody = typeof NotificationKey.Type
