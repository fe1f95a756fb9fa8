/** A merchant's webhook endpoints and what was delivered to them, on the wire of `/api`. */
import * as Schema from "effect/Schema"
import { DateTime } from "../api/shown.schema.ts"
import { oneOf, text, whole } from "../fields/field-shapes.ts"
import { addressLengthMax } from "../fields/web-address.ts"

const Url = text(1, addressLengthMax).annotate({ description: "https, port 443 or 8443, on the public internet." })
const Events = Schema.Array(text(1, 100))
  .check(Schema.isMaxLength(64))
  .annotate({
    description: "Exact, or ending with `.*`. Empty: all of them.",
    examples: [["payment.*"]]
  })
const Name = text(0, 128)
const Enabled = Schema.Boolean

export const Format = oneOf(["api", "paykernel.v1"]).annotate({
  description:
    "`api`: the three events of this API. `paykernel.v1`: everything that happens, in the kernel's own words."
})

export const SetWebhookEndpoint = Schema.Struct({
  url: Url,
  events: Schema.optionalKey(Events),
  enabled: Schema.optionalKey(Enabled)
}).annotate({ identifier: "SetWebhookEndpoint" })

export const CreateWebhookEndpoint = Schema.Struct({
  url: Url,
  format: Schema.optionalKey(Format.annotate({ description: "`paykernel.v1` if absent." })),
  name: Schema.optionalKey(Name),
  events: Schema.optionalKey(Events)
}).annotate({ identifier: "CreateWebhookEndpoint" })

export const ChangeWebhookEndpoint = Schema.Struct({
  url: Schema.optionalKey(Url),
  name: Schema.optionalKey(Name),
  events: Schema.optionalKey(Events),
  enabled: Schema.optionalKey(Enabled)
}).annotate({ identifier: "ChangeWebhookEndpoint", description: "What is absent stays as it is." })

export const RotateSecret = Schema.Struct({
  overlap_seconds: Schema.optionalKey(
    whole(0, 7 * 86_400).annotate({
      description: "How long the secret before goes on signing beside the new one. A day if absent, a week at most."
    })
  )
}).annotate({ identifier: "RotateSecret" })

export const ReplayDeliveries = Schema.Struct({
  from: text(1, 40).annotate({ description: "ISO 8601 with a zone: of messages from then on." }),
  to: Schema.optionalKey(text(1, 40).annotate({ description: "Up to then. Now if absent." })),
  statuses: Schema.optionalKey(
    Schema.Array(oneOf(["delivered", "dead", "withheld"])).annotate({
      description: "`dead` and `withheld` if absent: those that never arrived."
    })
  )
}).annotate({ identifier: "ReplayDeliveries" })

export type SetWebhookEndpoint = typeof SetWebhookEndpoint.Type

const endpoint = {
  endpoint_id: Schema.String.annotate({ description: "`default` is the one whose secret signs for `webhook_url`." }),
  url: Schema.NullOr(Schema.String).annotate({ description: "Null: told at the `webhook_url` of payments only." }),
  format: Schema.Literals(["api", "paykernel.v1"]),
  name: Schema.NullOr(Schema.String),
  events: Schema.Array(Schema.String),
  enabled: Schema.Boolean,
  disabled_because: Schema.optionalKey(Schema.Literals(["merchant_asked", "gone", "failing"])),
  failing_since: Schema.optionalKey(DateTime),
  secrets: Schema.Array(Schema.Struct({ created_at: DateTime, retires_at: Schema.optionalKey(DateTime) })).annotate({
    description: "The current one first. Their texts are shown once, when they are made."
  }),
  verifying_key: Schema.optionalKey(
    Schema.String.annotate({ description: "`whpk_…`: a key under which messages are signed as well." })
  ),
  created_at: DateTime,
  updated_at: DateTime
}

export const WebhookEndpoint = Schema.Struct(endpoint).annotate({ identifier: "WebhookEndpoint" })

export const WebhookEndpointWithSecret = Schema.Struct({
  ...endpoint,
  secret: Schema.optionalKey(
    Schema.String.annotate({ description: "`whsec_…`, where one was made by this call. Shown this once." })
  )
}).annotate({ identifier: "WebhookEndpointWithSecret" })

const Attempt = Schema.Struct({
  at: DateTime,
  duration_ms: Schema.Int,
  request_headers: Schema.Record(Schema.String, Schema.String),
  status: Schema.optionalKey(Schema.Int),
  response_headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  response_body: Schema.optionalKey(Schema.String.annotate({ description: "The beginning of it." })),
  error: Schema.optionalKey(Schema.String.annotate({ description: "Why nothing was answered." }))
}).annotate({ identifier: "WebhookAttempt" })

export const WebhookDelivery = Schema.Struct({
  delivery_id: Schema.String,
  message_id: Schema.String.annotate({ description: "The `webhook-id` of every attempt." }),
  event: Schema.String,
  endpoint_id: Schema.optionalKey(Schema.String),
  url: Schema.optionalKey(Schema.String.annotate({ description: "Where it went to the address of one payment." })),
  subject: Schema.Struct({ type: Schema.String, id: Schema.String }),
  status: Schema.Literals(["waiting", "delivered", "dead", "withheld"]).annotate({
    description: "`dead`: given up. `withheld`: the endpoint was disabled or removed before."
  }),
  attempts_count: Schema.Int,
  attempts: Schema.Array(Attempt).annotate({ description: "The latest ones." }),
  next_attempt_at: Schema.optionalKey(DateTime),
  created_at: DateTime,
  updated_at: DateTime
}).annotate({ identifier: "WebhookDelivery" })

export const WebhookDeliveries = Schema.Struct({
  deliveries: Schema.Array(WebhookDelivery),
  has_more: Schema.Boolean.annotate({ description: "Go on with `after`: the `delivery_id` of the last one." })
}).annotate({ identifier: "WebhookDeliveries" })

export const Replayed = Schema.Struct({
  replayed: Schema.Int,
  continue_from: Schema.optionalKey(DateTime.annotate({ description: "Where the next call goes on: 1000 a call." }))
}).annotate({ identifier: "ReplayedDeliveries" })

export type WebhookDeliveryBody = typeof WebhookDelivery.Type
