import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import {
  type CardCommand,
  type CardErrorCode,
  type CardEvent,
  type CardVerification,
  decide,
  evolve,
  noCard
} from "./index.ts"

const { given, history, fold } = decider({ initial: noCard, decide, evolve })

const nowMs = Date.UTC(2026, 5, 15)

type Submit = Extract<CardCommand, { readonly _tag: "SubmitCard" }>

const submit = (change: Partial<Submit> = {}): Submit => ({
  _tag: "SubmitCard",
  id: "card-1",
  merchantId: "m-1",
  billingDetails: {
    name: "Ada Lovelace",
    city: "London",
    country: "GB",
    line1: "12 St James's Square",
    line2: null,
    district: null,
    postalCode: "SW1Y 4JH"
  },
  expMonth: 6,
  expYear: 2026,
  network: "VISA",
  last4: "0007",
  bin: "400740",
  fingerprint: "f-1",
  holder: { email: "ada@example.org", phoneNumber: null, sessionId: "s-1", ipAddress: "192.0.2.1" },
  nowMs,
  ...change
})

const answer = (change: Partial<CardVerification> = {}, round = 1): CardCommand => ({
  _tag: "RecordVerification",
  round,
  outcome: { error: null, avs: "Y", cvv: "pass", issuerCountry: "GB", fundingType: "debit", ...change },
  nowMs: nowMs + 1_000
})

const update = (change: Partial<Extract<CardCommand, { readonly _tag: "UpdateCard" }>> = {}): CardCommand => ({
  _tag: "UpdateCard",
  billing: {},
  email: null,
  expMonth: null,
  expYear: null,
  nowMs: nowMs + 2_000,
  ...change
})

const deny = (round = 1): CardCommand => ({
  _tag: "DenyCard",
  round,
  risk: { decision: "denied", reason: "3550" },
  nowMs: nowMs + 1_000
})

const refused = (code: CardErrorCode, avs: string, cvv: CardVerification["cvv"]): CardEvent => ({
  _tag: "CardRefused",
  code,
  avs,
  cvv,
  risk: null,
  atMs: nowMs + 1_000
})

const verified: CardEvent = {
  _tag: "CardVerified",
  avs: "Y",
  cvv: "pass",
  issuerCountry: "GB",
  fundingType: "debit",
  atMs: nowMs + 1_000
}

const submitted = history(submit())

describe("submitting a card", () => {
  it("records it and asks the issuer at once", () => {
    const { _tag, nowMs: atMs, ...details } = submit() as Submit
    const decision = given()
      .when(submit())
      .then({ _tag: "CardSubmitted", ...details, atMs })
    expect(decision).toMatchObject({
      ledger: [],
      tasks: [
        {
          id: "card-1:verify:1",
          kind: "verify_card",
          aggregate: { type: "card", id: "card-1" },
          subject: "1",
          dueAtMs: nowMs
        }
      ]
    })
    expect(fold(submitted)).toMatchObject({ status: "pending", avs: "pending", cvv: "pending", round: 1 })
  })

  it("carries nothing into the event that is not listed, such as a card number beside the details", () => {
    const careless = { ...submit(), pan: "4007400000000007" }
    expect(Object.keys(history(careless)[0] ?? {})).not.toContain("pan")
  })

  it("happens once", () => {
    given(...submitted)
      .when(submit())
      .thenRejected({ _tag: "CardAlreadyExists" })
  })

  it.each<[string, Partial<Submit>, "CardExpired" | "ExpiryOutOfRange" | null]>([
    ["is good in the last millisecond of its month", { nowMs: Date.UTC(2026, 6) - 1 }, null],
    ["is over with the month", { nowMs: Date.UTC(2026, 6) }, "CardExpired"],
    ["a december card is good in december", { expMonth: 12, nowMs: Date.UTC(2027, 0) - 1 }, null],
    ["a december card is over with the year", { expMonth: 12, nowMs: Date.UTC(2027, 0) }, "CardExpired"],
    ["month 0", { expMonth: 0 }, "ExpiryOutOfRange"],
    ["month 13", { expMonth: 13 }, "ExpiryOutOfRange"],
    ["half a month", { expMonth: 6.5 }, "ExpiryOutOfRange"],
    ["no number", { expYear: Number.NaN }, "ExpiryOutOfRange"],
    ["a year of two digits is long past", { expYear: 30 }, "CardExpired"],
    ["fifty years ahead", { expMonth: 5, expYear: 2076 }, null],
    ["fifty years ahead, from the first moment", { expMonth: 5, expYear: 2076, nowMs: Date.UTC(2026, 5) }, null],
    ["the first month of a year", { expMonth: 1, expYear: 2027 }, null],
    ["more than fifty years ahead", { expMonth: 6, expYear: 2076 }, "ExpiryOutOfRange"],
    ["a year of five digits", { expYear: 10_000 }, "ExpiryOutOfRange"]
  ])("expiry: %s", (_, change, rejection) => {
    const story = given().when(submit(change))
    if (rejection !== null) story.thenRejected({ _tag: rejection })
    else expect(() => story.thenRejected({ _tag: "CardExpired" })).toThrow("the command was accepted")
  })
})

describe("presenting a card for one payment", () => {
  const { _tag, nowMs: atMs, ...details } = submit()
  const present: CardCommand = { _tag: "PresentCard", ...details, nowMs: atMs }
  const presented = history(present)

  it("records it, and asks the issuer nothing: its payment will", () => {
    const decision = given()
      .when(present)
      .then({ _tag: "CardPresented", ...details, atMs })
    expect(decision.tasks).toEqual([])
    expect(fold(presented)).toMatchObject({
      status: "presented",
      avs: "not_requested",
      cvv: "not_requested",
      fundingType: "unknown",
      round: 0
    })
  })

  it("carries nothing into the event that is not listed", () => {
    const careless = { ...present, pan: "4007400000000007" }
    expect(Object.keys(history(careless)[0] ?? {})).not.toContain("pan")
  })

  it("needs a card that is still good", () => {
    given()
      .when({ ...present, nowMs: Date.UTC(2026, 6) })
      .thenRejected({ _tag: "CardExpired" })
  })

  it.each([
    ["saved", submit(), "CardAlreadyExists"],
    ["presented again", present, "CardAlreadyExists"],
    ["changed", update(), "CardNotFound"]
  ] as const)("leaves a card that cannot be %s", (_, command, rejection) => {
    given(...presented)
      .when(command)
      .thenRejected({ _tag: rejection })
  })

  it.each([
    ["an answer", answer({}, 0)],
    ["an answer to a first verification", answer()],
    ["a denial", deny(0)]
  ])("is not verified by itself: %s", (_, command) => {
    given(...presented)
      .when(command)
      .thenNothing()
  })
})

describe("the issuer's answer", () => {
  it.each<[string, Partial<CardVerification>, CardEvent]>([
    ["no objection", {}, verified],
    ["the address never refuses", { avs: "N" }, { ...verified, avs: "N" }],
    ["an issuer that does not check the CVV", { cvv: "unavailable" }, { ...verified, cvv: "unavailable" }],
    ["a wrong CVV", { cvv: "fail" }, refused("card_cvv_invalid", "Y", "fail")],
    ["a CVV that was not asked about", { cvv: "not_requested" }, refused("card_cvv_required", "Y", "not_requested")],
    ["no definite word on the CVV", { cvv: "pending" }, refused("verification_failed", "Y", "pending")],
    ["an error", { error: "card_not_honored" }, refused("card_not_honored", "Y", "pass")],
    ["an error says more than the CVV", { error: "card_expired", cvv: "fail" }, refused("card_expired", "Y", "fail")]
  ])("%s", (_, outcome, event) => {
    given(...submitted)
      .when(answer(outcome))
      .then(event)
  })

  it("completes the card with what the issuer told of it", () => {
    expect(fold([...submitted, verified])).toMatchObject({
      status: "complete",
      issuerCountry: "GB",
      fundingType: "debit",
      errorCode: null
    })
  })

  it.each<[string, ReadonlyArray<CardEvent>, CardCommand]>([
    ["an answer that came twice", [...submitted, verified], answer()],
    ["another answer after a refusal", [...submitted, refused("card_failed", "Y", "pass")], answer()],
    ["an answer to an earlier verification", [...submitted, ...history(submit(), update()).slice(1)], answer({}, 1)],
    ["an answer to a verification never asked for", submitted, answer({}, 2)],
    ["a denial that came too late", [...submitted, verified], deny()],
    ["a denial of an earlier verification", history(submit(), update()), deny(1)]
  ])("changes nothing: %s", (_, events, command) => {
    given(...events)
      .when(command)
      .thenNothing()
  })
})

describe("denying a card", () => {
  it("refuses it with the reason, and says that the issuer was not asked", () => {
    const denied: CardEvent = {
      _tag: "CardRefused",
      code: "verification_denied",
      avs: "not_requested",
      cvv: "not_requested",
      risk: { decision: "denied", reason: "3550" },
      atMs: nowMs + 1_000
    }
    given(...submitted)
      .when(deny())
      .then(denied)
    expect(fold([...submitted, denied])).toMatchObject({ status: "failed", errorCode: "verification_denied" })
  })
})

describe("updating a card", () => {
  it("merges what is new and verifies again", () => {
    const events = [...submitted, refused("card_address_mismatch", "N", "pass")]
    const change = update({ billing: { line1: "1 New Road", line2: "Flat 2" }, expYear: 2028 })
    const decision = given(...events)
      .when(change)
      .then({
        _tag: "CardUpdated",
        billingDetails: { ...fold(events).billingDetails, line1: "1 New Road", line2: "Flat 2" },
        email: "ada@example.org",
        expMonth: 6,
        expYear: 2028,
        atMs: nowMs + 2_000
      })
    expect(decision.tasks).toMatchObject([{ id: "card-1:verify:2", subject: "2", dueAtMs: nowMs + 2_000 }])
    expect(fold([...events, ...decision.events])).toMatchObject({
      status: "pending",
      round: 2,
      errorCode: null,
      avs: "pending",
      cvv: "pending",
      expYear: 2028
    })
  })

  it("keeps what the change does not name", () => {
    const events = history(
      submit(),
      update({ billing: { line2: "Flat 2", district: "Kent" } }),
      update({ billing: { city: "Dover" }, email: "new@example.org" })
    )
    const before = fold(submitted)
    expect(fold(events)).toMatchObject({
      billingDetails: { ...before.billingDetails, line2: "Flat 2", district: "Kent", city: "Dover" },
      holder: { ...before.holder, email: "new@example.org" }
    })
  })

  it("can take a line away", () => {
    const events = history(submit(), update({ billing: { line2: "Flat 2" } }), update({ billing: { line2: null } }))
    expect(fold(events).billingDetails.line2).toBeNull()
  })

  it("checks the expiry that would result", () => {
    given(...submitted)
      .when(update({ nowMs: Date.UTC(2026, 6) }))
      .thenRejected({ _tag: "CardExpired" })
    given(...submitted)
      .when(update({ expMonth: 13 }))
      .thenRejected({ _tag: "ExpiryOutOfRange" })
  })

  it.each([
    ["an update", update()],
    ["an answer", answer()],
    ["a denial", deny()]
  ])("needs a card: %s", (_, command) => {
    given().when(command).thenRejected({ _tag: "CardNotFound" })
  })
})
