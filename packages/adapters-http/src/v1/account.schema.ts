/** What belongs to the merchant as a whole: its configuration, channels, the public key, settlements and balances. */
import * as Schema from "effect/Schema"
import { Id, UtcTimestamp } from "./card.schema.ts"
import { Money } from "./payment.schema.ts"

export const Ping = Schema.Struct({ message: Schema.Literals(["pong"]) }).annotate({ identifier: "Ping" })

export const Configuration = Schema.Struct({
  payments: Schema.Struct({ masterWalletId: Schema.String })
}).annotate({ identifier: "Configuration" })

export const Channel = Schema.Struct({
  id: Id,
  default: Schema.Boolean,
  cardDescriptor: Schema.String,
  achDescriptor: Schema.String
}).annotate({ identifier: "Channel" })

export const PublicKey = Schema.Struct({
  keyId: Schema.String,
  publicKey: Schema.String.annotate({
    description: "Base64 of an ASCII-armored OpenPGP public key. May be kept for 24 hours or more."
  })
}).annotate({ identifier: "PublicKey" })

export const Settlement = Schema.Struct({
  id: Id,
  merchantWalletId: Schema.String,
  walletId: Schema.String,
  totalDebits: Money,
  totalCredits: Money,
  paymentFees: Money,
  chargebackFees: Money,
  createDate: UtcTimestamp,
  updateDate: UtcTimestamp
}).annotate({ identifier: "Settlement" })

export const Balances = Schema.Struct({
  available: Schema.Array(Money),
  unsettled: Schema.Array(Money)
}).annotate({ identifier: "Balances" })

export const ErrorBody = Schema.Struct({
  code: Schema.Number.check(Schema.isInt()),
  message: Schema.String,
  errors: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        error: Schema.String,
        message: Schema.String,
        location: Schema.String.annotate({ description: "Dotted path of the field." }),
        constraints: Schema.optionalKey(
          Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Number, Schema.Boolean]))
        )
      })
    )
  )
}).annotate({ identifier: "Error" })

export type SettlementBody = typeof Settlement.Type
export type BalancesBody = typeof Balances.Type
