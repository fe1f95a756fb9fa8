import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyQuote, anyQuoteCommand, anyQuoteEvent, issuedQuote } from "../testing/arbitraries/quote-arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import { decide, evolve, isExpired, noQuote, type Quote, quoteMachine } from "./index.ts"
import { decodeQuote, decodeQuoteEvent, encodeQuote, encodeQuoteEvent } from "./quote.schema.ts"

const statusOf = ({ status }: Quote) => status
const some = fc.array(anyQuoteCommand, { maxLength: 3 })
const commands = fc.oneof(some, {
  arbitrary: fc.tuple(issuedQuote, some).map(([one, more]) => [one, ...more]),
  weight: 4
})
const quotes = { initial: noQuote, decide, evolve, commands }
const numRuns = 10_000

describe("a quote, whatever is asked of it", () => {
  it("is the fold of its events, follows its machine, ends once, and decides alike each time", () => {
    const followed = { ...quotes, machine: quoteMachine, statusOf }
    fc.assert(laws.replay(quotes), { numRuns })
    fc.assert(laws.legal(followed), { numRuns })
    fc.assert(laws.final(followed), { numRuns })
    fc.assert(laws.pure(quotes), { numRuns: 500 })
  })

  it("has no effect the second time that it is used", () => {
    fc.assert(laws.heardTwice({ ...quotes, messages: anyQuoteCommand }), { numRuns })
  })

  it("is used for one payment at a time, and never after it has expired", () => {
    let uses = 0
    fc.assert(
      fc.property(quotes.commands, (commands) => {
        const { events } = playHistory(quotes, commands)
        const used = events.filter((event) => event._tag === "QuoteUsed")
        uses += used.length
        const released = events.filter((event) => event._tag === "QuoteReleased")
        expect(used.length).toBeLessThanOrEqual(1 + released.length)
        const [issued] = events
        if (issued?._tag !== "QuoteIssued") return
        expect(used.some(({ atMs }) => isExpired(issued.terms, atMs))).toBe(false)
      }),
      { numRuns }
    )
    expect(uses).toBeGreaterThan(100)
  })

  it("answers every command in every state, and moves no money", () => {
    fc.assert(
      fc.property(quotes.commands, anyQuoteCommand, (commands, command) => {
        const decided = decide(playHistory(quotes, commands).state, command)
        if (Result.isSuccess(decided)) expect([decided.success.ledger, decided.success.tasks]).toEqual([[], []])
      }),
      { numRuns }
    )
  })
})

describe("the machine of a quote", () => {
  it("has no state that cannot be reached and no event that no command brings about, and no end", () => {
    const lives = fc.sample(quotes.commands, { numRuns: 500, seed: 1 })
    expect(walk(quoteMachine, "none", edgesTaken({ ...quotes, statusOf }, lives))).toMatchObject({
      ...{ unreachable: [], missingCommands: [], terminal: [] }
    })
  })

  it("stops on an event that it does not know from there", () => {
    expect(() => evolve(noQuote, { _tag: "QuoteUsed", paymentId: "p", atMs: 0 })).toThrow("no edge none --QuoteUsed-->")
  })
})

describe("a stored quote", () => {
  it("is read as it was written, and so is each event", () => {
    fc.assert(laws.roundTrip({ values: anyQuote, write: encodeQuote, read: decodeQuote }), { numRuns: 500 })
    fc.assert(laws.roundTrip({ values: anyQuoteEvent, write: encodeQuoteEvent, read: decodeQuoteEvent }), {
      numRuns: 500
    })
  })

  it.each<Partial<Record<keyof Quote, unknown>>>([
    { status: "expired" },
    { source: 5 },
    { rate: { numerator: "1", denominator: "x" } },
    { fees: { breakdown: [{}], total: { amount: "0", currency: "USDC" } } },
    { fiatSettlementTime: { min: 1, max: 2 } },
    { certificate: { ...noQuote.certificate, jwk: { kty: "EC", crv: "P-256" } } },
    { certificate: { jwk: noQuote.certificate.jwk } }
  ])("is not read where it is none: %j", (change) => {
    const stored = encodeQuote(noQuote)
    expect(decodeQuote(stored)).toEqual(noQuote)
    expect(() => decodeQuote({ ...stored, ...change })).toThrow()
  })
})
