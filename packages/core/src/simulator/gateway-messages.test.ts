import { describe, expect, it } from "vitest"
import { currencies, money } from "../money/index.ts"
import type { Arrival } from "./bank-line.ts"
import {
  authenticationOutcome,
  cardVerification,
  gatewayLookup,
  gatewayReply,
  gatewayReversal
} from "./gateway-messages.ts"

const sent = money(1000n, "USD")

const saying = (message: unknown, status = 200): Arrival => ({
  _tag: "Arrived",
  reply: { status, body: typeof message === "string" ? message : JSON.stringify(message) }
})

const approval = {
  key: "k",
  approved: true,
  reference: "gw_1",
  amount: "10.00",
  currency: "USD",
  code: null,
  avs: "Y",
  cvv: "pass"
}
const decline = { ...approval, approved: false, code: "card_not_honored" }
const { key: _, ...verdict } = approval

const unreadable = "the gateway's reply is unreadable"
const otherAmount = "the gateway answered about another amount"

/** What is worth nothing, whatever was asked. */
const worthless = [
  ["no connection", { _tag: "Refused" }, "the gateway refuses connections"],
  ["silence", { _tag: "Silence", afterMs: 200 }, "no reply within 200 ms"],
  ["an error with a good body", saying(approval, 500), "the gateway answered with status 500"],
  ["a text that is no message", saying("not json"), unreadable],
  ["a message that lacks something", saying({ key: "k" }), unreadable]
] as const satisfies ReadonlyArray<readonly [string, Arrival, string]>

describe("what an arrival is worth", () => {
  it.each([
    ["an approval", approval, { _tag: "Approved", reference: "gw_1", amount: sent, avs: "Y", cvv: "pass" }],
    ["an approval of another amount", { ...approval, amount: "10.01" }, { amount: money(1001n, "USD") }],
    ["an approval without reference", { ...approval, reference: null }, { _tag: "Unknown", why: unreadable }],
    ["an approval of no amount", { ...approval, amount: "ten" }, { _tag: "Unknown", why: unreadable }],
    ["a decline", decline, { _tag: "Declined", reference: "gw_1", code: "card_not_honored", avs: "Y", cvv: "pass" }],
    ["a decline without code", { ...decline, code: null }, { _tag: "Declined", code: "payment_failed" }],
    ["a decline without reference", { ...decline, reference: null }, { _tag: "Declined", reference: null }],
    ["a decline of another amount", { ...decline, amount: "10.01" }, { _tag: "Unknown", why: otherAmount }],
    ["a decline in another currency", { ...decline, currency: "EUR" }, { _tag: "Unknown", why: otherAmount }],
    [
      "an answer about another key",
      { ...approval, key: "l" },
      { _tag: "Unknown", why: "the gateway answered about another key" }
    ]
  ])("to an operation: %s", (_what, message, reply) => {
    expect(gatewayReply(saying(message), "k", sent, currencies)).toMatchObject(reply)
  })

  it("to an operation: a bank that waits for a transfer has not answered yet", () => {
    expect(gatewayReply(saying("", 202), "k", sent, currencies)).toEqual({
      _tag: "Unknown",
      why: "the gateway waits for the transfer"
    })
  })

  it.each(worthless)(
    "%s: the outcome is unknown, and only without a connection nothing was sent",
    (_, arrival, why) => {
      const tag = arrival._tag === "Refused" ? "NotSent" : "Unknown"
      expect(gatewayReply(arrival, "k", sent, currencies)).toEqual({ _tag: tag, why })
      expect(gatewayLookup(arrival, "k", currencies)).toEqual({ _tag: "Unavailable", why })
      expect(gatewayReversal(arrival, "k")).toEqual({ _tag: "ReversalUnknown", why })
      expect(cardVerification(arrival, "k")).toBeUndefined()
      expect(authenticationOutcome(arrival, "k")).toBeUndefined()
    }
  )

  it.each([
    ["executed", verdict, { _tag: "Found", verdict: { _tag: "Approved", amount: sent } }],
    ["executed", null, { _tag: "Unavailable", why: unreadable }],
    ["executed", { ...verdict, reference: null }, { _tag: "Unavailable", why: unreadable }],
    ["awaited", null, { _tag: "Pending" }],
    ["never", null, { _tag: "AbsentFinal" }],
    ["nothing", null, { _tag: "AbsentYet" }]
  ])("to a look-up: %s with verdict %j", (found, told, lookup) => {
    expect(gatewayLookup(saying({ key: "k", found, verdict: told }), "k", currencies)).toMatchObject(lookup)
  })

  it.each([
    ["reversed", { _tag: "Reversed" }],
    ["nothing", { _tag: "NothingToReverse" }],
    ["refused", { _tag: "ReversalUnknown", why: "the gateway refused: a part was refunded already" }]
  ])("to a reversal: %s", (result, reversal) => {
    expect(gatewayReversal(saying({ key: "k", result }), "k")).toEqual(reversal)
  })

  it.each([
    [
      { status: "passed", eci: "05" },
      { _tag: "AuthenticationPassed", eci: "05" }
    ],
    [{ status: "passed" }, undefined],
    [{ status: "passed", challengeUrl: "https://bank.example/c" }, undefined],
    [
      { status: "failed", eci: "05", code: "card_failed" },
      { _tag: "AuthenticationFailed", code: "card_failed" }
    ],
    [{ status: "failed" }, { _tag: "AuthenticationFailed", code: "payment_failed" }],
    [
      { status: "challenged", challengeUrl: "https://bank.example/c" },
      { _tag: "ChallengeIssued", url: "https://bank.example/c" }
    ],
    [{ status: "challenged", challengeUrl: "https://bank.example/c", seen: true }, { _tag: "ChallengeOpen" }],
    [{ status: "challenged" }, undefined]
  ])("to an authentication: %j", (told, outcome) => {
    const message = { key: "k", eci: null, code: null, challengeUrl: null, seen: false, ...told }
    expect(authenticationOutcome(saying(message), "k")).toEqual(outcome)
  })
})
