import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyTicket, anyTicketCommand, anyTicketEvent } from "../testing/arbitraries/ticket-arbitraries.ts"
import { decider } from "../testing/decider.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import { decide, evolve, noTicket, type Ticket, type TicketCommand, ticketIssueTypes, ticketMachine } from "./index.ts"
import { decodeTicket, decodeTicketEvent, encodeTicket, encodeTicketEvent } from "./ticket.schema.ts"

const statusOf = ({ status }: Ticket) => status
const tickets = { initial: noTicket, decide, evolve, commands: fc.array(anyTicketCommand, { maxLength: 3 }) }
const { given, history, fold } = decider(tickets)
const numRuns = 10_000

const open = (change: Partial<TicketCommand> = {}): TicketCommand => ({
  _tag: "OpenTicket",
  ...{ id: "ticket-1", merchantId: "merchant-1", paymentId: "payment-1", issueType: "other" as const },
  ...{ recordId: "record-1", caseRefId: "case-1", original: null, nowMs: 1_000 },
  ...change
})

describe("a ticket", () => {
  it.each(ticketIssueTypes.filter((type) => type !== "existing_ticket"))("is opened about %s", (issueType) => {
    const decision = given()
      .when(open({ issueType }))
      .then({
        _tag: "TicketOpened",
        ...{ id: "ticket-1", merchantId: "merchant-1", paymentId: "payment-1", issueType, recordId: "record-1" },
        ...{ caseRefId: "case-1", originalTicketId: null, atMs: 1_000 }
      })
    expect(decision).toMatchObject({ ledger: [], tasks: [] })
    expect(fold(decision.events)).toMatchObject({ status: "open", issueType, createdAtMs: 1_000 })
  })

  it("that adds to another belongs to that one's case", () => {
    const original = fold(history(open()))
    const more = open({ id: "ticket-2", issueType: "existing_ticket", caseRefId: "case-2", original })
    expect(fold(history(more))).toMatchObject({ originalTicketId: "ticket-1", caseRefId: "case-1" })
  })

  it.each([
    ["names none", null, "OriginalTicketRequired"],
    ["names one that does not exist", "not_found", "OriginalTicketNotFound"],
    ["names one of another payment", { ...fold(history(open())), paymentId: "payment-2" }, "OriginalTicketNotFound"],
    ["names one of somebody else", { ...fold(history(open())), merchantId: "merchant-2" }, "OriginalTicketNotFound"]
  ] as const)("is refused where it adds to another and %s", (_, original, _tag) => {
    given()
      .when(open({ id: "ticket-2", issueType: "existing_ticket", original }))
      .thenRejected({ _tag })
  })

  it("that was never opened names nobody and no matter, and is stored so", () => {
    const { id, merchantId, paymentId, recordId, caseRefId } = noTicket
    expect([id, merchantId, paymentId, recordId, caseRefId].filter((text) => text !== "")).toEqual([])
    expect(decodeTicket(encodeTicket(noTicket))).toEqual(noTicket)
  })

  it("is opened once", () => {
    given(...history(open()))
      .when(open())
      .thenRejected({ _tag: "TicketAlreadyExists" })
  })
})

describe("a ticket, whatever is asked of it", () => {
  it("is the fold of its events, follows its machine, and never changes", () => {
    const followed = { ...tickets, machine: ticketMachine, statusOf }
    fc.assert(laws.replay(tickets), { numRuns })
    fc.assert(laws.legal(followed), { numRuns })
    fc.assert(laws.final(followed), { numRuns })
    const taken = edgesTaken({ ...tickets, statusOf }, fc.sample(tickets.commands, { numRuns: 100, seed: 1 }))
    expect(walk(ticketMachine, "none", taken)).toMatchObject({
      ...{ unreachable: [], missingCommands: [], terminal: ["open"] }
    })
  })

  it("never joins a case of another merchant or payment", () => {
    fc.assert(
      fc.property(anyTicketCommand, (command) => {
        const decided = decide(noTicket, command)
        if (Result.isFailure(decided)) return
        const { original, merchantId, paymentId } = command
        if (original === null) expect(decided.success.events[0]?.originalTicketId).toBe(null)
        else expect(original).toMatchObject({ merchantId, paymentId })
      }),
      { numRuns }
    )
  })

  it("is read as it was written, and so is its event", () => {
    fc.assert(laws.roundTrip({ values: anyTicket, write: encodeTicket, read: decodeTicket }), { numRuns: 2_000 })
    fc.assert(laws.roundTrip({ values: anyTicketEvent, write: encodeTicketEvent, read: decodeTicketEvent }), {
      numRuns: 2_000
    })
  })
})
