/** Codecs of the messages between the kernel's side and the simulated bank. */
import * as Schema from "effect/Schema"
import type {
  AuthenticateReply as AuthenticateReplyMessage,
  BankRequest as BankRequestMessage,
  LookupReply as LookupReplyMessage,
  OperateReply as OperateReplyMessage,
  ReverseReply as ReverseReplyMessage,
  VerifyReply as VerifyReplyMessage
} from "./wire.ts"

const OptionalText = Schema.NullOr(Schema.String)
const EciCode = Schema.Literals(["00", "01", "02", "05", "06", "07"])
const CvvAnswer = Schema.Literals(["not_requested", "pass", "fail", "unavailable", "pending"])

const Card = Schema.Struct({
  number: Schema.String,
  cvv: OptionalText,
  expMonth: Schema.Int,
  expYear: Schema.Int,
  line1: Schema.String
})

const Operate = Schema.Struct({
  call: Schema.Literal("operate"),
  key: Schema.String,
  kind: Schema.Literals(["authorize", "capture", "void", "refund"]),
  amount: Schema.String,
  currency: Schema.String,
  merchantId: Schema.String,
  paymentId: Schema.String,
  authorizationKey: OptionalText,
  authorization: Schema.NullOr(
    Schema.Struct({
      card: Card,
      capture: Schema.Boolean,
      verificationMethod: Schema.Literals(["none", "cvv", "three_d_secure"]),
      eci: Schema.NullOr(EciCode)
    })
  ),
  transfer: Schema.NullOr(Schema.Struct({ reference: Schema.String }))
})

const Authenticate = Schema.Struct({
  call: Schema.Literal("authenticate"),
  key: Schema.String,
  merchantId: Schema.String,
  amount: Schema.String,
  currency: Schema.String,
  card: Card,
  returnUrl: Schema.String
})

const KeyOnly = Schema.Struct({ call: Schema.Literals(["lookup", "reverse"]), key: Schema.String })
const Verify = Schema.Struct({ call: Schema.Literal("verify"), key: Schema.String, card: Card })

const BankRequest: Schema.Codec<BankRequestMessage, string> = Schema.fromJsonString(
  Schema.Union([Operate, Authenticate, KeyOnly, Verify])
)

const verdictFields = {
  approved: Schema.Boolean,
  reference: OptionalText,
  amount: Schema.String,
  currency: Schema.String,
  code: OptionalText,
  avs: Schema.String,
  cvv: CvvAnswer
}

const OperateReply: Schema.Codec<OperateReplyMessage, string> = Schema.fromJsonString(
  Schema.Struct({ key: Schema.String, ...verdictFields })
)

const LookupReply: Schema.Codec<LookupReplyMessage, string> = Schema.fromJsonString(
  Schema.Struct({
    key: Schema.String,
    found: Schema.Literals(["executed", "awaited", "never", "nothing"]),
    verdict: Schema.NullOr(Schema.Struct(verdictFields))
  })
)

const ReverseReply: Schema.Codec<ReverseReplyMessage, string> = Schema.fromJsonString(
  Schema.Struct({ key: Schema.String, result: Schema.Literals(["reversed", "nothing", "refused"]) })
)

const VerifyReply: Schema.Codec<VerifyReplyMessage, string> = Schema.fromJsonString(
  Schema.Struct({
    key: Schema.String,
    error: Schema.NullOr(Schema.Literals(["card_failed", "card_expired", "card_cvv_invalid"])),
    avs: Schema.String,
    cvv: CvvAnswer,
    issuerCountry: OptionalText,
    fundingType: Schema.Literals(["credit", "debit", "prepaid", "unknown"])
  })
)

const AuthenticateReply: Schema.Codec<AuthenticateReplyMessage, string> = Schema.fromJsonString(
  Schema.Struct({
    key: Schema.String,
    status: Schema.Literals(["passed", "failed", "challenged"]),
    eci: Schema.NullOr(EciCode),
    code: OptionalText,
    challengeUrl: OptionalText,
    seen: Schema.Boolean
  })
)

export const encodeRequest = Schema.encodeSync(BankRequest)
export const decodeRequest = Schema.decodeUnknownResult(BankRequest)
export const encodeOperateReply = Schema.encodeSync(OperateReply)
export const decodeOperateReply = Schema.decodeUnknownResult(OperateReply)
export const encodeLookupReply = Schema.encodeSync(LookupReply)
export const decodeLookupReply = Schema.decodeUnknownResult(LookupReply)
export const encodeReverseReply = Schema.encodeSync(ReverseReply)
export const decodeReverseReply = Schema.decodeUnknownResult(ReverseReply)
export const encodeVerifyReply = Schema.encodeSync(VerifyReply)
export const decodeVerifyReply = Schema.decodeUnknownResult(VerifyReply)
export const encodeAuthenticateReply = Schema.encodeSync(AuthenticateReply)
export const decodeAuthenticateReply = Schema.decodeUnknownResult(AuthenticateReply)
