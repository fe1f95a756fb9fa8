import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import { decider } from "../testing/decider.ts"
import { decide, evolve, noQuote, type QuoteCommand, type QuoteStatus, type QuoteTerms } from "./index.ts"

const { given, history, fold } = decider({ initial: noQuote, decide, evolve })

const nowMs = 1_700_000_000_000

const terms: QuoteTerms = {
  fixedSide: "destination",
  source: money(110_270_000n, "USDC"),
  destination: money(187_600n, "MXN"),
  rate: { numerator: 1705n, denominator: 100n },
  fees: {
    breakdown: [{ type: "payout_institution", amount: money(240_645n, "USDC") }],
    total: money(240_645n, "USDC")
  },
  paymentMethod: "SPEI",
  blockchain: "ETH-SEPOLIA",
  senderCountry: "US",
  destinationCountry: "MX",
  senderType: "business",
  recipientType: "individual",
  firstParty: false,
  transactionVersion: 1,
  fiatSettlementTime: { min: 1, max: 3, unit: "days" },
  certificate: noQuote.certificate,
  expiresAtMs: nowMs + 28_000,
  fundsDueAtMs: nowMs + 3_600_000
}

const issue = (change: Partial<QuoteTerms> = {}): QuoteCommand => ({
  _tag: "IssueQuote",
  id: "quote-1",
  merchantId: "merchant-1",
  terms: { ...terms, ...change },
  nowMs
})

type Use = Extract<QuoteCommand, { readonly _tag: "UseQuote" }>

const use = (change: Partial<Use> = {}): Use => ({
  _tag: "UseQuote",
  paymentId: "payment-1",
  blockchain: "ETH-SEPOLIA",
  senderType: "business",
  recipientType: "individual",
  nowMs: nowMs + 1,
  ...change
})

describe("a quote", () => {
  it("is issued as it was offered, and asks for nothing", () => {
    const decision = given()
      .when(issue())
      .then({ _tag: "QuoteIssued", id: "quote-1", merchantId: "merchant-1", terms, atMs: nowMs })
    expect(decision).toMatchObject({ ledger: [], tasks: [] })
    expect(fold(decision.events)).toEqual({
      ...terms,
      ...{ status: "open", id: "quote-1", merchantId: "merchant-1", paymentId: null },
      ...{ createdAtMs: nowMs, updatedAtMs: nowMs }
    })
  })

  it("that does not add up is never issued", () => {
    given()
      .when(issue({ destination: money(187_700n, "MXN") }))
      .thenRejected({ _tag: "QuoteIncoherent", why: "destination_above_rate" })
  })

  it("is used for one payment", () => {
    given(...history(issue()))
      .when(use())
      .then({ _tag: "QuoteUsed", paymentId: "payment-1", atMs: nowMs + 1 })
    const used = history(issue(), use())
    given(...used)
      .when(use())
      .thenNothing()
    given(...used)
      .when(use({ paymentId: "payment-2" }))
      .thenRejected({ _tag: "QuoteAlreadyInUse", paymentId: "payment-1" })
  })

  it("is good until the last millisecond, and its payment is found after that too", () => {
    expect(history(issue(), use({ nowMs: terms.expiresAtMs - 1 }))).toHaveLength(2)
    given(...history(issue()))
      .when(use({ nowMs: terms.expiresAtMs }))
      .thenRejected({ _tag: "QuoteHasExpired", expiredAtMs: terms.expiresAtMs })
    given(...history(issue(), use()))
      .when(use({ nowMs: terms.expiresAtMs + 1 }))
      .thenNothing()
  })

  it("is good for what it was made for alone", () => {
    const issued = given(...history(issue()))
    issued.when(use({ blockchain: "SOL" })).thenRejected({ _tag: "QuoteBlockchainDiffers", quoted: "ETH-SEPOLIA" })
    issued.when(use({ senderType: "individual" })).thenRejected({ _tag: "QuotePartiesDiffer" })
    issued.when(use({ recipientType: "business" })).thenRejected({ _tag: "QuotePartiesDiffer" })
  })

  it("is good again where the network never took its payment", () => {
    const release = (paymentId: string): QuoteCommand => ({ _tag: "ReleaseQuote", paymentId, nowMs: nowMs + 2 })
    given(...history(issue(), use()))
      .when(release("payment-2"))
      .thenNothing()
    given(...history(issue(), use()))
      .when(release("payment-1"))
      .then({ _tag: "QuoteReleased", paymentId: "payment-1", atMs: nowMs + 2 })
    given(...history(issue(), use(), release("payment-1")))
      .when(use({ paymentId: "payment-2" }))
      .then({ _tag: "QuoteUsed", paymentId: "payment-2", atMs: nowMs + 1 })
    given().when(release("payment-1")).thenRejected({ _tag: "QuoteNotFound" })
  })

  it("is checked again when it is used", () => {
    const other = { ...fold(history(issue())), destination: money(187_700n, "MXN") }
    expect(decide(other, use())).toMatchObject({
      failure: { _tag: "QuoteIncoherent", why: "destination_above_rate" }
    })
  })
})

describe("every command in every state", () => {
  const lives: { readonly [Status in QuoteStatus]: ReadonlyArray<QuoteCommand> } = {
    none: [],
    open: [issue()],
    used: [issue(), use()]
  }

  it.each([
    ["none", "QuoteIssued", "QuoteNotFound"],
    ["open", "QuoteAlreadyExists", "QuoteUsed"],
    ["used", "QuoteAlreadyExists", "QuoteAlreadyInUse"]
  ] as const)("of a quote that is %s", (status, issued, used) => {
    const quote = fold(history(...lives[status]))
    expect(quote.status).toBe(status)
    const answers = [issue(), use({ paymentId: "payment-2" })].map((command) => {
      const decided = decide(quote, command)
      return decided._tag === "Failure" ? decided.failure._tag : decided.success.events.map(({ _tag }) => _tag).join()
    })
    expect(answers).toEqual([issued, used])
  })
})
