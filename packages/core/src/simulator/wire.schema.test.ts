import { describe } from "vitest"
import type { FundingType } from "../card/card.ts"
import { everyAttemptKind, everyCvvResult, everyEci, everyVerificationMethod, wordsOf } from "../testing/every-word.ts"
import { type LineCodec, testLines } from "../testing/line-codec.ts"
import type { ReversalResult } from "./bank.ts"
import type { PresentedCard, VerificationAnswer } from "./issuer.ts"
import * as wire from "./wire.schema.ts"
import type { AuthenticateReply, BankRequest, LookupReply, OperateReply, OperateRequest, VerifyReply } from "./wire.ts"

const card: PresentedCard = { number: "4007400000000007", cvv: "123", expMonth: 1, expYear: 2030, line1: "Test" }

const authorization: OperateRequest["authorization"] = {
  ...{ card, capture: true, verificationMethod: "cvv", eci: "05" }
}

const money = { amount: "10.00", currency: "USD" }

const operate: OperateRequest = {
  ...{ call: "operate", key: "k", kind: "authorize", ...money, merchantId: "m", paymentId: "p" },
  ...{ authorizationKey: null, authorization, transfer: { reference: "r" } }
}

const requests: ReadonlyArray<BankRequest> = [
  operate,
  { call: "authenticate", key: "k", merchantId: "m", ...money, card, returnUrl: "https://merchant.example" },
  { call: "lookup", key: "k" },
  { call: "reverse", key: "k" },
  { call: "verify", key: "k", card }
]

/** The same in every word that they may have. */
const requestsInOtherWords: ReadonlyArray<BankRequest> = [
  { ...operate, authorizationKey: "a", authorization: null, transfer: null },
  { call: "verify", key: "k", card: { ...card, cvv: null } },
  ...everyAttemptKind.map((kind): BankRequest => ({ ...operate, kind })),
  ...everyVerificationMethod.map(
    (verificationMethod): BankRequest => ({ ...operate, authorization: { ...authorization, verificationMethod } })
  ),
  ...[null, ...everyEci].map((eci): BankRequest => ({ ...operate, authorization: { ...authorization, eci } }))
]

describe("a request to the bank", () => {
  testLines(
    { write: wire.encodeRequest, read: wire.decodeRequest },
    { complete: requests, others: requestsInOtherWords }
  )
})

const verdict = { approved: true, reference: "r", ...money, code: null, avs: "Y", cvv: "pass" } as const
const lookedUp: LookupReply = { key: "k", found: "executed", verdict }
const verified: VerifyReply = {
  ...{ key: "k", error: null, avs: "Y", cvv: "pass", issuerCountry: "US", fundingType: "credit" }
}
const authenticated: AuthenticateReply = {
  ...{ key: "k", status: "passed", eci: "05", code: null, challengeUrl: null, seen: false }
}

const cardErrors = wordsOf<NonNullable<VerificationAnswer["error"]>>({
  ...{ card_failed: true, card_expired: true, card_cvv_invalid: true }
})
const fundingTypes = wordsOf<FundingType>({ credit: true, debit: true, prepaid: true, unknown: true })
const findings = wordsOf<LookupReply["found"]>({ executed: true, awaited: true, never: true, nothing: true })
const reversals = wordsOf<ReversalResult>({ reversed: true, nothing: true, refused: true })
const statuses = wordsOf<AuthenticateReply["status"]>({ passed: true, failed: true, challenged: true })

/** A reply of one kind, in every word that it may have. */
const replies = <Reply extends object>(what: string, codec: LineCodec<Reply>, complete: ReadonlyArray<Reply>) =>
  describe(`a reply to ${what}`, () => testLines(codec, { complete, others: [] }))

replies<OperateReply>("an operation", { write: wire.encodeOperateReply, read: wire.decodeOperateReply }, [
  { key: "k", ...verdict, reference: null, code: "card_expired" },
  ...everyCvvResult.map((cvv): OperateReply => ({ key: "k", ...verdict, cvv }))
])

replies<LookupReply>("a look-up", { write: wire.encodeLookupReply, read: wire.decodeLookupReply }, [
  { ...lookedUp, verdict: null },
  ...findings.map((found): LookupReply => ({ ...lookedUp, found }))
])

replies(
  "a reversal",
  { write: wire.encodeReverseReply, read: wire.decodeReverseReply },
  reversals.map((result) => ({ key: "k", result }))
)

replies<VerifyReply>("a verification", { write: wire.encodeVerifyReply, read: wire.decodeVerifyReply }, [
  { ...verified, issuerCountry: null },
  ...cardErrors.map((error): VerifyReply => ({ ...verified, error })),
  ...everyCvvResult.map((cvv): VerifyReply => ({ ...verified, cvv })),
  ...fundingTypes.map((fundingType): VerifyReply => ({ ...verified, fundingType }))
])

replies<AuthenticateReply>(
  "an authentication",
  { write: wire.encodeAuthenticateReply, read: wire.decodeAuthenticateReply },
  [
    { ...authenticated, eci: null, code: "failed", challengeUrl: "https://bank.example", seen: true },
    ...statuses.map((status): AuthenticateReply => ({ ...authenticated, status })),
    ...everyEci.map((eci): AuthenticateReply => ({ ...authenticated, eci }))
  ]
)
