/** The line format of a stored journal: one JSON object per record, read strictly, because it is the bank's truth. */
import * as Schema from "effect/Schema"
import type { BankRecord } from "./journal.ts"

const publicFields = {
  operationKey: Schema.String,
  amount: Schema.String,
  currency: Schema.String,
  outcome: Schema.Literals(["approved", "declined", "error"]),
  at: Schema.String
}

const Executed = Schema.Struct({
  record: Schema.Literal("executed"),
  ...publicFields,
  kind: Schema.Literals(["authorize", "capture", "void", "refund"]),
  merchantId: Schema.String,
  paymentId: Schema.String,
  authorizationKey: Schema.NullOr(Schema.String),
  capture: Schema.Boolean,
  reference: Schema.String,
  code: Schema.NullOr(Schema.String),
  avs: Schema.String,
  cvv: Schema.Literals(["not_requested", "pass", "fail", "unavailable", "pending"])
})

const Reversed = Schema.Struct({
  record: Schema.Literal("reversed"),
  ...publicFields,
  kind: Schema.Literal("void")
})

const Poisoned = Schema.Struct({
  record: Schema.Literal("poisoned"),
  operationKey: Schema.String,
  at: Schema.String
})

const TransferAwaited = Schema.Struct({
  record: Schema.Literal("transfer_awaited"),
  operationKey: Schema.String,
  merchantId: Schema.String,
  paymentId: Schema.String,
  amount: Schema.String,
  currency: Schema.String,
  reference: Schema.String,
  endsAtMs: Schema.Int,
  at: Schema.String
})

const AuthenticationDecided = Schema.Struct({
  record: Schema.Literal("authentication_decided"),
  key: Schema.String,
  merchantId: Schema.String,
  amount: Schema.String,
  currency: Schema.String,
  returnUrl: Schema.String,
  result: Schema.Literals(["passed", "failed", "challenged"]),
  eci: Schema.Literals(["00", "01", "02", "05", "06", "07"]),
  code: Schema.NullOr(Schema.String),
  challenge: Schema.NullOr(Schema.Struct({ id: Schema.String, formToken: Schema.String, expiresAtMs: Schema.Int })),
  at: Schema.String
})

const ChallengeAnswered = Schema.Struct({
  record: Schema.Literal("challenge_answered"),
  challengeId: Schema.String,
  answer: Schema.Literals(["approved", "failed", "cancelled"]),
  at: Schema.String
})

const BankRecordJson: Schema.Codec<BankRecord, string> = Schema.fromJsonString(
  Schema.Union([Executed, Reversed, Poisoned, TransferAwaited, AuthenticationDecided, ChallengeAnswered])
)

/** One record as one line of text, without the line break. */
export const encodeRecord = Schema.encodeSync(BankRecordJson)

/** The record of one line, or a failure where the line is not one. */
export const decodeRecord = Schema.decodeUnknownResult(BankRecordJson)
