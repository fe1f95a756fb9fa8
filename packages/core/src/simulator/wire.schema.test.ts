import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import type { FundingType } from "../card/card.ts"
import { everyAttemptKind, everyCvvResult, everyEci, everyVerificationMethod, wordsOf } from "../testing/every-word.ts"
import { linesLackingOne } from "../testing/json-places.ts"
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
  it.each([...requests, ...requestsInOtherWords])("arrives as it was sent: $call, case %#", (request) => {
    expect(wire.decodeRequest(wire.encodeRequest(request))).toEqual(Result.succeed(request))
  })

  it.each(requests)("that lacks any part of $call, however deep, is none", (request) => {
    const lines = linesLackingOne(wire.encodeRequest(request))
    expect(lines.length).toBeGreaterThanOrEqual(Object.keys(request).length)
    for (const { lacks, line } of lines) expect(Result.isFailure(wire.decodeRequest(line)), lacks).toBe(true)
  })
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

/** A reply of one kind in every word that it may have, and how it is written and read. */
const replies = <Reply extends object>(
  what: string,
  all: ReadonlyArray<Reply>,
  write: (reply: Reply) => string,
  read: (text: string) => Result.Result<Reply, unknown>
) =>
  describe(`a reply to ${what}`, () => {
    it.each(all)("arrives as it was sent, case %#", (reply) => {
      expect(read(write(reply))).toEqual(Result.succeed(reply))
    })

    it.each(all)("that lacks any part, however deep, is none, case %#", (reply) => {
      const lines = linesLackingOne(write(reply))
      expect(lines.length).toBeGreaterThanOrEqual(Object.keys(reply).length)
      for (const { lacks, line } of lines) expect(Result.isFailure(read(line)), lacks).toBe(true)
    })
  })

replies<OperateReply>(
  "an operation",
  [
    { key: "k", ...verdict, reference: null, code: "card_expired" },
    ...everyCvvResult.map((cvv): OperateReply => ({ key: "k", ...verdict, cvv }))
  ],
  wire.encodeOperateReply,
  wire.decodeOperateReply
)

replies<LookupReply>(
  "a look-up",
  [{ ...lookedUp, verdict: null }, ...findings.map((found): LookupReply => ({ ...lookedUp, found }))],
  wire.encodeLookupReply,
  wire.decodeLookupReply
)

replies(
  "a reversal",
  reversals.map((result) => ({ key: "k", result })),
  wire.encodeReverseReply,
  wire.decodeReverseReply
)

replies<VerifyReply>(
  "a verification",
  [
    { ...verified, issuerCountry: null },
    ...cardErrors.map((error): VerifyReply => ({ ...verified, error })),
    ...everyCvvResult.map((cvv): VerifyReply => ({ ...verified, cvv })),
    ...fundingTypes.map((fundingType): VerifyReply => ({ ...verified, fundingType }))
  ],
  wire.encodeVerifyReply,
  wire.decodeVerifyReply
)

replies<AuthenticateReply>(
  "an authentication",
  [
    { ...authenticated, eci: null, code: "failed", challengeUrl: "https://bank.example", seen: true },
    ...statuses.map((status): AuthenticateReply => ({ ...authenticated, status })),
    ...everyEci.map((eci): AuthenticateReply => ({ ...authenticated, eci }))
  ],
  wire.encodeAuthenticateReply,
  wire.decodeAuthenticateReply
)
