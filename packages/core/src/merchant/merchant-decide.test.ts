import { describe, expect, it } from "vitest"
import { noFee } from "../fees/index.ts"
import { type Currency, money } from "../money/index.ts"
import { decider } from "../testing/decider.ts"
import {
  decide,
  evolve,
  logoLettersMax,
  type MerchantCommand,
  type MerchantProfile,
  type MerchantTerms,
  noMerchant,
  noProfile,
  settlementIntervalMsMax,
  settlementIntervalMsMin
} from "./index.ts"

const { given, history, fold } = decider({ initial: noMerchant, decide, evolve })

const terms: MerchantTerms = {
  feeSchedule: { fee: noFee, onExcess: "limit" },
  minAmount: money(50n, "USD"),
  maxAmount: money(1_000_000n, "USD"),
  partialCapture: true,
  settlementCurrency: "USDC",
  settlementRate: { numerator: 1n, denominator: 1n },
  settlementIntervalMs: 300_000
}

type Register = Extract<MerchantCommand, { readonly _tag: "RegisterMerchant" }>

const register: Register = {
  _tag: "RegisterMerchant",
  id: "m-1",
  name: "Corner Shop",
  walletId: "1000066041",
  channels: [{ id: "c-1", default: true, cardDescriptor: "CORNER SHOP", achDescriptor: "CORNER" }],
  terms,
  nowMs: 10
}

const changeTerms = (change: Partial<MerchantTerms>): MerchantCommand => ({
  _tag: "ChangeTerms",
  terms: { ...terms, ...change },
  nowMs: 20
})

const logoOf = (letters: number): string => "data:image/png;base64,".padEnd(letters, "A")

const suspend: MerchantCommand = { _tag: "SuspendMerchant", nowMs: 30 }
const reinstate: MerchantCommand = { _tag: "ReinstateMerchant", nowMs: 40 }

describe("registering a merchant", () => {
  it("files the settlement that recurs", () => {
    const { _tag, nowMs, ...details } = register
    const decision = given()
      .when(register)
      .then({ _tag: "MerchantRegistered", ...details, atMs: 10 })
    expect(decision).toMatchObject({
      ledger: [],
      tasks: [
        { id: "m-1:settle", kind: "settle", aggregate: { type: "merchant", id: "m-1" }, subject: "", dueAtMs: 300_010 }
      ]
    })
    expect(fold(decision.events)).toMatchObject({ status: "active", createdAtMs: 10, updatedAtMs: 10 })
  })

  it("happens once", () => {
    given(...history(register))
      .when(register)
      .thenRejected({ _tag: "MerchantAlreadyExists" })
  })

  it("takes one default among many channels, and one amount as the least and the most", () => {
    const channels = ["c-1", "c-2", "c-3"].map((id) => ({
      ...{ id, default: id === "c-2" },
      ...{ cardDescriptor: "CORNER SHOP", achDescriptor: "CORNER" }
    }))
    const one = { ...register, channels, terms: { ...terms, maxAmount: terms.minAmount } }
    const { _tag, nowMs, ...details } = one
    given()
      .when(one)
      .then({ _tag: "MerchantRegistered", ...details, atMs: 10 })
  })

  it.each<[string, Partial<Register>]>([
    ["walletId must be 1 to 36 digits", { walletId: "" }],
    ["walletId must be 1 to 36 digits", { walletId: "12a4" }],
    ["walletId must be 1 to 36 digits", { walletId: "1".repeat(37) }],
    [
      "at most one channel may be the default",
      {
        channels: [
          { id: "c-1", default: true, cardDescriptor: "", achDescriptor: "" },
          { id: "c-2", default: true, cardDescriptor: "", achDescriptor: "" }
        ]
      }
    ],
    [
      "channels must differ in id",
      {
        channels: [
          { id: "c-1", default: true, cardDescriptor: "", achDescriptor: "" },
          { id: "c-1", default: false, cardDescriptor: "", achDescriptor: "" }
        ]
      }
    ]
  ])("is refused: %s", (reason, change) => {
    given()
      .when({ ...register, ...change })
      .thenRejected({ _tag: "TermsInvalid", reason })
  })
})

const intervalReason = "settlementIntervalMs must be between 10 and 2592000000"

// @ts-expect-error a code that no table has, as it may come in from outside
const unknown: Currency = "ZZZ"

const faults: ReadonlyArray<[string, Partial<MerchantTerms>]> = [
  ["minAmount must be in a known currency", { minAmount: money(1n, unknown), maxAmount: money(2n, unknown) }],
  ["settlementCurrency must be a known currency", { settlementCurrency: unknown }],
  ["minAmount and maxAmount must be in one currency", { minAmount: money(1n, "EUR") }],
  ["minAmount must not be negative", { minAmount: money(-1n, "USD") }],
  ["maxAmount must be positive", { minAmount: money(0n, "USD"), maxAmount: money(0n, "USD") }],
  ["minAmount must not exceed maxAmount", { minAmount: money(1_000_001n, "USD") }],
  ["settlementRate must be positive", { settlementRate: { numerator: 0n, denominator: 1n } }],
  ["settlementRate must be positive", { settlementRate: { numerator: -1n, denominator: 1n } }],
  ["settlementRate must be positive", { settlementRate: { numerator: 1n, denominator: 0n } }],
  [intervalReason, { settlementIntervalMs: settlementIntervalMsMin - 1 }],
  [intervalReason, { settlementIntervalMs: settlementIntervalMsMax + 1 }],
  [intervalReason, { settlementIntervalMs: 1_500.5 }],
  [
    "feeSchedule cannot be charged: FeeBelowZero",
    { feeSchedule: { fee: { kind: "fixed", name: "gift", amount: money(-1n, "USD") }, onExcess: "limit" } }
  ]
]

describe("terms", () => {
  it.each(faults)("are refused at registration and when changed: %s", (reason, change) => {
    given()
      .when({ ...register, terms: { ...terms, ...change } })
      .thenRejected({ _tag: "TermsInvalid", reason })
    given(...history(register))
      .when(changeTerms(change))
      .thenRejected({ _tag: "TermsInvalid", reason })
  })

  it("keeps its payment currency, in which captured payments wait to be settled", () => {
    given(...history(register))
      .when(changeTerms({ minAmount: money(50n, "EUR"), maxAmount: money(1_000n, "EUR") }))
      .thenRejected({ _tag: "TermsInvalid", reason: "the payment currency cannot change" })
  })

  it.each([settlementIntervalMsMin, settlementIntervalMsMax])("may be settled every %i ms", (settlementIntervalMs) => {
    const events = history(register, changeTerms({ settlementIntervalMs }))
    expect(fold(events).terms.settlementIntervalMs).toBe(settlementIntervalMs)
  })

  it("may allow payments from nothing on", () => {
    expect(fold(history(register, changeTerms({ minAmount: money(0n, "USD") }))).terms.minAmount.amount).toBe(0n)
  })

  it("may change while the merchant is suspended", () => {
    const events = history(register, suspend, changeTerms({ partialCapture: false }))
    expect(fold(events)).toMatchObject({ status: "suspended", terms: { partialCapture: false }, updatedAtMs: 20 })
  })
})

describe("suspension", () => {
  it("is lifted again", () => {
    expect(fold(history(register, suspend)).status).toBe("suspended")
    expect(fold(history(register, suspend, reinstate))).toMatchObject({ status: "active", updatedAtMs: 40 })
  })

  it("does not happen twice, nor end before it began", () => {
    given(...history(register, suspend))
      .when(suspend)
      .thenRejected({ _tag: "MerchantIsSuspended" })
    given(...history(register))
      .when(reinstate)
      .thenRejected({ _tag: "MerchantIsActive" })
  })

  it.each([suspend, reinstate, changeTerms({})])("needs a merchant: $_tag", (command) => {
    given().when(command).thenRejected({ _tag: "MerchantNotFound" })
  })
})

describe("a merchant's profile", () => {
  const png = "data:image/png;base64,iVBORw0KGgo="
  const profile: MerchantProfile = {
    displayName: "Müller & Söhne",
    logoUrl: png,
    colour: "#0a7F33",
    returnOrigins: ["https://shop.example", "https://shop.example:8443", "http://localhost:3000"]
  }
  const change = (what: Partial<MerchantProfile>): MerchantCommand => ({
    _tag: "ChangeProfile",
    profile: { ...profile, ...what },
    nowMs: 50
  })

  it("is empty at first, and changed as often as the merchant likes, suspended or not", () => {
    const changed = given(...history(register, suspend))
      .when(change({}))
      .then({ _tag: "ProfileChanged", profile, atMs: 50 })
    expect(fold(history(register)).profile).toEqual(noProfile)
    expect(fold([...history(register, suspend), ...changed.events])).toMatchObject({ status: "suspended", profile })
  })

  it.each<[string, MerchantProfile]>([
    ["nothing at all", noProfile],
    ["a host of one letter", { ...profile, returnOrigins: ["https://a"] }],
    ["a logo as long as may be", { ...profile, logoUrl: logoOf(logoLettersMax) }],
    ["a logo that ends in one equals sign", { ...profile, logoUrl: "data:image/gif;base64,AAA=" }],
    ["a logo that ends in two", { ...profile, logoUrl: "data:image/svg+xml;base64,AA==" }],
    ["twenty origins", { ...profile, returnOrigins: Array.from({ length: 20 }, (_, at) => `https://s${at}.example`) }]
  ])("may have %s", (_, whole) => {
    const { tasks, ledger } = given(...history(register))
      .when(change(whole))
      .then({ _tag: "ProfileChanged", profile: whole, atMs: 50 })
    expect({ tasks, ledger }).toEqual({ tasks: [], ledger: [] })
  })

  it.each<[string, Partial<MerchantProfile>]>([
    ["displayName", { displayName: "" }],
    ["displayName", { displayName: "x".repeat(81) }],
    ["displayName", { displayName: "a\u202eb" }],
    ["logoUrl", { logoUrl: "https://evil.example/logo.png" }],
    ["logoUrl", { logoUrl: "data:text/html;base64,PGI+" }],
    ["logoUrl", { logoUrl: `data:image/png;base64,${"A".repeat(logoLettersMax)}` }],
    ["logoUrl", { logoUrl: `${logoOf(logoLettersMax)}A` }],
    ["logoUrl", { logoUrl: "https://evil.example/data:image/png;base64,AAAA" }],
    ["logoUrl", { logoUrl: 'data:image/png;base64,AAAA" onerror="alert(1)' }],
    ["colour", { colour: "red;background:url(//evil)" }],
    ["colour", { colour: "#fff" }],
    ["colour", { colour: "url(//evil)#0a7f33" }],
    ["colour", { colour: "#0a7f33;background:url(//evil)" }],
    ["returnOrigins", { returnOrigins: ["http://shop.example"] }],
    ["returnOrigins", { returnOrigins: ["https://shop.example/path"] }],
    ["returnOrigins", { returnOrigins: ["javascript://https://shop.example"] }],
    ["returnOrigins", { returnOrigins: ["https://shop.example@evil.example"] }],
    ["returnOrigins", { returnOrigins: ["https://Shop.example"] }],
    ["returnOrigins", { returnOrigins: ["https://shop.example:443"] }],
    ["returnOrigins", { returnOrigins: ["https://shop.example\\@evil.example"] }],
    ["returnOrigins", { returnOrigins: ["http://localhost:80"] }],
    ["returnOrigins", { returnOrigins: ["javascript:alert(1)"] }],
    ["returnOrigins", { returnOrigins: ["https://shop.example", "javascript:alert(1)"] }],
    ["returnOrigins", { returnOrigins: Array.from({ length: 21 }, (_, at) => `https://s${at}.example`) }]
  ])("with a bad %s is refused (case %#)", (field, what) => {
    const refused = decide(fold(history(register)), change(what))
    expect(refused).toMatchObject({ failure: { _tag: "ProfileInvalid", reason: expect.stringContaining(field) } })
  })
})
