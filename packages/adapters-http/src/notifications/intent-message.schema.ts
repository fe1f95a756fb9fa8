/** What messages in the kernel's own words show of payments on blockchains. */
import * as Schema from "effect/Schema"
import { Amount, Failure, Id, Moment } from "./message-parts.schema.ts"

const Text = Schema.String

const Address = Schema.Struct({
  chain: Text,
  address: Text,
  addressTag: Schema.NullOr(Text).annotate({ description: "To be sent along; null where the chain has none." })
}).annotate({ identifier: "ChainAddress" })

const Context = Schema.Literals(["none", "underpaid", "paid", "overpaid"]).annotate({
  description: "What was paid against what was asked, exactly."
})

const IntentStatus = Schema.Literals(["created", "pending", "active", "complete", "expired", "failed", "refunded"])

export const IntentData = Schema.Struct({
  id: Id,
  kind: Schema.Literals(["transient", "continuous"]),
  status: IntentStatus,
  context: Context,
  amount: Schema.NullOr(Amount).annotate({ description: "Null where any amount will do." }),
  currency: Text,
  settlementCurrency: Text,
  methods: Schema.Array(Schema.Struct({ chain: Text, address: Schema.NullOr(Address) })),
  paid: Amount,
  confirming: Amount.annotate({ description: "Seen, and not final yet." }),
  refunding: Amount,
  refunded: Amount,
  timeline: Schema.Array(
    Schema.Struct({
      status: IntentStatus,
      context: Context,
      reason: Schema.NullOr(Text),
      at: Moment
    })
  ).annotate({ description: "Newest first." }),
  expiresAt: Schema.NullOr(Moment),
  createdAt: Moment,
  updatedAt: Moment
}).annotate({ identifier: "Intent" })

export const DepositData = Schema.Struct({
  id: Id,
  intentId: Text,
  status: Schema.Literals(["seen", "confirming", "final", "dropped"]),
  amount: Amount,
  to: Address,
  fromAddresses: Schema.Array(Text),
  transactionHash: Text,
  outputIndex: Schema.Int,
  late: Schema.Boolean.annotate({ description: "Sent when its intent took no payments any more." }),
  replacedBy: Schema.NullOr(Text).annotate({ description: "The transaction that its sender made in its place." }),
  credit: Schema.NullOr(Schema.Struct({ fee: Amount, net: Amount, settled: Amount })).annotate({
    description: "Null until it is final."
  }),
  createdAt: Moment,
  updatedAt: Moment
}).annotate({ identifier: "Deposit" })

export const IntentRefundData = Schema.Struct({
  id: Id,
  intentId: Text,
  status: Schema.Literals(["pending", "paid", "failed"]),
  amount: Amount.annotate({ description: "What arrives." }),
  source: Amount.annotate({ description: "What the merchant gives for it." }),
  networkFee: Schema.NullOr(Amount),
  destination: Address,
  transactionHash: Schema.NullOr(Text),
  failure: Failure,
  createdAt: Moment,
  updatedAt: Moment
}).annotate({ identifier: "IntentRefund" })
