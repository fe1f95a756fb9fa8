/** Hosted payment sessions on the wire of `/api`. */
import * as Schema from "effect/Schema"
import { text } from "../fields/field-shapes.ts"
import { Amount, Currency, CustomerInfo, Metadata, ReturnUrl, WebhookUrl } from "./field.schema.ts"
import { DateTime } from "./shown.schema.ts"

export const CreateHostedPayment = Schema.Struct({
  amount: Amount,
  currency: Currency,
  description: text(1, 500).annotate({ description: "Shown to the payer." }),
  customer_info: Schema.optionalKey(CustomerInfo),
  metadata: Schema.optionalKey(Metadata),
  webhook_url: Schema.optionalKey(WebhookUrl),
  return_url: Schema.optionalKey(ReturnUrl),
  expires_at: Schema.optionalKey(
    text(1, 40).annotate({ description: "ISO 8601 with a zone. A day from now if absent, 30 days at most." })
  )
}).annotate({ identifier: "CreateHostedPayment" })

export type CreateHostedPayment = typeof CreateHostedPayment.Type

const Status = Schema.Literals(["pending", "completed", "cancelled", "expired", "failed"]).annotate({
  identifier: "SessionStatus",
  description: "All but `pending` are final."
})

const session = {
  session_id: Schema.String.annotate({ description: "`sess_` and twelve capital letters or digits." }),
  amount: Schema.Int,
  currency: Schema.String,
  description: Schema.String,
  status: Status,
  expires_at: DateTime,
  created_at: DateTime
}

const PaymentUrl = Schema.String.annotate({ description: "The page to send the payer to." })

export const OpenedSession = Schema.Struct({ ...session, payment_url: PaymentUrl }).annotate({
  identifier: "OpenedSession"
})

export const Session = Schema.Struct({
  ...session,
  payment_url: Schema.optionalKey(PaymentUrl.annotate({ description: "While it is `pending`." })),
  transaction_id: Schema.optionalKey(Schema.String.annotate({ description: "Once it is `completed`." })),
  completed_at: Schema.optionalKey(DateTime),
  cancelled_at: Schema.optionalKey(DateTime),
  customer_info: Schema.optionalKey(CustomerInfo),
  metadata: Schema.optionalKey(Metadata)
}).annotate({ identifier: "Session" })

export const CancelledSession = Schema.Struct({
  session_id: session.session_id,
  status: Schema.Literals(["cancelled"]),
  cancelled_at: DateTime
}).annotate({ identifier: "CancelledSession" })
