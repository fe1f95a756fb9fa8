/** Direct payments on the wire of `/api`. */
import * as Schema from "effect/Schema"
import { oneOf, text } from "../fields/field-shapes.ts"
import {
  Amount,
  CardCvv,
  CardNumber,
  Currency,
  CustomerInfo,
  ExpiryMonth,
  ExpiryYear,
  Metadata,
  PaymentMethod,
  ReturnUrl,
  WalletToken,
  WebhookUrl
} from "./field.schema.ts"
import { DateTime, ErrorDetails } from "./shown.schema.ts"

export const CreateDirectPayment = Schema.Struct({
  amount: Amount,
  currency: Currency,
  payment_method: PaymentMethod,
  card_number: Schema.optionalKey(CardNumber),
  expiry_month: Schema.optionalKey(ExpiryMonth),
  expiry_year: Schema.optionalKey(ExpiryYear),
  cvv: Schema.optionalKey(CardCvv),
  token: Schema.optionalKey(WalletToken),
  customer_info: Schema.optionalKey(CustomerInfo),
  metadata: Schema.optionalKey(Metadata),
  webhook_url: Schema.optionalKey(WebhookUrl),
  return_url: Schema.optionalKey(
    ReturnUrl.annotate({
      description:
        "https, of an origin that the merchant has registered. After 3-D Secure the payer goes there, with " +
        "`transaction_id` added: ask for its status then."
    })
  )
}).annotate({ identifier: "CreateDirectPayment" })

export const ConfirmDirectPayment = Schema.Struct({
  transaction_id: Schema.optionalKey(text(1, 64).annotate({ description: "May repeat the one of the path." })),
  status: oneOf(["success", "failed", "pending"]).annotate({
    description: "What the caller has heard. It decides nothing: the outcome is asked of the bank."
  }),
  gateway_id: text(1, 64).annotate({ description: "The transaction's `gateway_transaction_id`." })
}).annotate({ identifier: "ConfirmDirectPayment" })

export type CreateDirectPayment = typeof CreateDirectPayment.Type
export type ConfirmDirectPayment = typeof ConfirmDirectPayment.Type

const Status = Schema.Literals(["completed", "pending", "failed"]).annotate({
  identifier: "TransactionStatus",
  description: "`completed` and `failed` are final."
})

const outcome = {
  transaction_id: Schema.String.annotate({ description: "`txn_` and twelve capital letters or digits." }),
  status: Status,
  gateway_transaction_id: Schema.String.annotate({ description: "`gw_` and twelve capital letters or digits." }),
  webhook_queued: Schema.Boolean,
  error: Schema.optionalKey(ErrorDetails)
}

export const DirectPayment = Schema.Struct({
  ...outcome,
  amount: Schema.Int,
  currency: Schema.String,
  requires_action: Schema.optionalKey(Schema.Literals([true])),
  action_type: Schema.optionalKey(Schema.Literals(["3ds_authentication"])),
  action_data: Schema.optionalKey(
    Schema.Struct({ "3ds_url": Schema.String.annotate({ description: "Send the payer there." }) })
  ),
  created_at: DateTime,
  processed_at: Schema.optionalKey(DateTime),
  customer_info: Schema.optionalKey(CustomerInfo),
  metadata: Schema.optionalKey(Metadata)
}).annotate({ identifier: "DirectPayment" })

export const Confirmation = Schema.Struct(outcome).annotate({ identifier: "Confirmation" })
