import { describe, expect, it } from "vitest"
import { attemptAfter, attemptEvents, attemptIn, inEachState } from "../testing/attempt-examples.ts"
import { approved, attemptPlan, declined, examplePolicy, startMs, usd } from "../testing/payment-examples.ts"
import type { Attempt, AttemptEvent, AttemptStatus, GatewayLookup, GatewayVerdict } from "./attempt.ts"
import {
  evolveAttempt,
  isOpen,
  nextStep,
  onAbandon,
  onHolderLost,
  onLookup,
  onReply,
  onReversal,
  onStart,
  planAttempt
} from "./index.ts"

const atMs = startMs
const { started, unknown, reversed, late } = attemptEvents
const statuses = Object.keys(attemptIn) as ReadonlyArray<AttemptStatus>

/** What follows in each state; a state that is not named answers with no events. */
const expectEach = (follows: Parameters<typeof inEachState>[0], expected: ReturnType<typeof inEachState>): void =>
  expect(inEachState(follows)).toEqual(expected)

describe("the next step of whoever holds the task", () => {
  it("sends what is planned, asks about what may have been sent, undoes what must not stay, and rests", () => {
    expect(Object.fromEntries(statuses.map((status) => [status, nextStep(attemptIn[status])._tag]))).toEqual({
      planned: "Send",
      sending: "DeclareLost",
      unknown: "LookUp",
      reversing: "Reverse",
      orphaned: "Reverse",
      manual: "Rest",
      confirmed: "Rest",
      declined: "Rest",
      abandoned: "Rest",
      not_charged: "Rest"
    })
  })

  it("starts, loses and abandons only from the states where that means something", () => {
    expectEach((attempt) => onStart(attempt, atMs), { planned: ["AttemptStarted"] })
    expectEach((attempt) => onHolderLost(attempt, atMs), { sending: ["AttemptBecameUnknown"] })
    expectEach((attempt) => onAbandon(attempt, "given up", atMs), { planned: ["AttemptAbandoned"] })
  })
})

describe("a reply", () => {
  it("that approves settles what is open, and what had failed is found executed", () => {
    expectEach((attempt) => onReply(attempt, approved(usd(1_000n), { reference: "r" }), atMs), {
      planned: ["AttemptStarted", "AttemptConfirmed"],
      sending: ["AttemptConfirmed"],
      unknown: ["AttemptConfirmed"],
      manual: ["AttemptConfirmed"],
      declined: ["LateSuccessFound"],
      abandoned: ["LateSuccessFound"],
      not_charged: ["LateSuccessFound"]
    })
  })

  it("that declines settles what is open, and never takes back a success", () => {
    expectEach((attempt) => onReply(attempt, declined(), atMs), {
      planned: ["AttemptStarted", "AttemptDeclined"],
      sending: ["AttemptDeclined"],
      unknown: ["AttemptDeclined"],
      manual: ["AttemptDeclined"]
    })
  })

  it("that approves another amount settles nothing", () => {
    for (const amount of [usd(999n), { amount: 1_000n, currency: "EUR" } as const]) {
      expectEach((attempt) => onReply(attempt, approved(amount), atMs), {
        planned: ["AttemptStarted", "AttemptBecameUnknown"],
        sending: ["AttemptBecameUnknown"],
        declined: ["LateSuccessFound"],
        abandoned: ["LateSuccessFound"],
        not_charged: ["LateSuccessFound"]
      })
    }
  })

  it("that says nothing leaves doubt", () => {
    expectEach((attempt) => onReply(attempt, { _tag: "Unknown", why: "timeout" }, atMs), {
      sending: ["AttemptBecameUnknown"]
    })
  })

  it("that proves that no byte left plans it again, but never out of doubt", () => {
    expectEach((attempt) => onReply(attempt, { _tag: "NotSent", why: "refused" }, atMs), {
      sending: ["AttemptNotSent"]
    })
    const again = onReply(attemptIn.sending, { _tag: "NotSent", why: "refused" }, atMs)
    expect(again.reduce(evolveAttempt, attemptIn.sending)).toEqual(attemptIn.planned)
  })

  it("that proves it of a second message proves nothing of the first", () => {
    const resent = attemptAfter(started, unknown, started)
    expect(onReply(resent, { _tag: "NotSent", why: "refused" }, atMs)).toEqual([
      { _tag: "AttemptBecameUnknown", why: "refused", atMs }
    ])
  })

  it("that repeats a success which was already undone is old news, another success is not", () => {
    const undone = attemptAfter(started, attemptEvents.declined, late, reversed)
    expect(onReply(undone, approved(usd(1_000n), { reference: "reference-1" }), atMs)).toEqual([])
    expect(onReply(undone, approved(usd(1_000n), { reference: "reference-2" }), atMs)).toEqual([
      { _tag: "LateSuccessFound", reference: "reference-2", atMs }
    ])
  })
})

describe("an answer that comes again with another meaning", () => {
  it("is a success found late even under the reference of the failure", () => {
    const refused = attemptAfter(started, { ...attemptEvents.declined, reference: "reference-1" })
    expect(onReply(refused, approved(), atMs)).toEqual([{ _tag: "LateSuccessFound", reference: "reference-1", atMs }])
  })

  it("is no news where it declines what was undone", () => {
    expect(onReply(attemptIn.not_charged, declined("card_expired", { reference: "reference-9" }), atMs)).toEqual([])
  })
})

describe("an attempt", () => {
  const stands: { readonly [S in AttemptStatus]: boolean } = {
    ...{ planned: true, sending: true, unknown: true, reversing: true, manual: true, orphaned: true },
    ...{ confirmed: false, declined: false, abandoned: false, not_charged: false }
  }

  it("stands in the way of the next one for as long as it may move money", () => {
    expect(Object.fromEntries(statuses.map((status) => [status, isOpen(attemptIn[status])]))).toEqual(stands)
  })

  /** Where each state leads when this is heard of it. */
  const ends = (follows: (attempt: Attempt) => ReadonlyArray<AttemptEvent>) =>
    Object.fromEntries(
      statuses.map((status) => [status, follows(attemptIn[status]).reduce(evolveAttempt, attemptIn[status]).status])
    )

  it("is settled by a definite answer wherever that is still open, and undone where it had failed", () => {
    const same = { reversing: "reversing", confirmed: "confirmed", orphaned: "orphaned" }
    expect(ends((attempt) => onReply(attempt, approved(), atMs))).toEqual({
      ...{ planned: "confirmed", sending: "confirmed", unknown: "confirmed", manual: "confirmed" },
      ...{ declined: "orphaned", abandoned: "orphaned", not_charged: "orphaned" },
      ...same
    })
    expect(ends((attempt) => onReply(attempt, declined(), atMs))).toEqual({
      ...{ planned: "declined", sending: "declined", unknown: "declined", manual: "declined" },
      ...{ declined: "declined", abandoned: "abandoned", not_charged: "not_charged" },
      ...same
    })
  })

  it("says why it is in doubt, or in a person's hands", () => {
    const { resolveLimitMs } = examplePolicy
    const other = approved(usd(1n))
    const incapable = {
      ...examplePolicy,
      capabilities: { ...examplePolicy.capabilities, idempotentByKey: false, reverseByKey: false }
    }
    const tooLateMs = atMs + resolveLimitMs
    const whys = [
      onHolderLost(attemptIn.sending, atMs),
      onReply(attemptIn.sending, other, atMs),
      onLookup(attemptIn.unknown, { _tag: "Found", verdict: other }, examplePolicy, atMs),
      onLookup(attemptIn.unknown, { _tag: "AbsentFinal" }, incapable, atMs),
      onLookup(attemptIn.unknown, { _tag: "Unavailable", why: "down" }, examplePolicy, tooLateMs),
      onReversal(attemptIn.reversing, { _tag: "ReversalUnknown", why: "down" }, examplePolicy, tooLateMs)
    ].map(([event]) => event)
    expect(whys).toEqual([
      { _tag: "AttemptBecameUnknown", why: "holder lost", atMs },
      { _tag: "AttemptBecameUnknown", why: "the gateway answered for another amount", atMs },
      { _tag: "AttemptEscalated", why: "the gateway answered for another amount", atMs },
      { _tag: "AttemptEscalated", why: "absent, and can be neither resent nor reversed", atMs },
      { _tag: "AttemptEscalated", why: "in doubt for too long", atMs: tooLateMs },
      { _tag: "AttemptEscalated", why: "reversal in doubt for too long", atMs: tooLateMs }
    ])
  })
})

describe("a reversal", () => {
  const limitMs = examplePolicy.resolveLimitMs

  it("ends with the assurance that nothing remains", () => {
    for (const _tag of ["Reversed", "NothingToReverse"] as const) {
      expectEach((attempt) => onReversal(attempt, { _tag }, examplePolicy, atMs), {
        reversing: ["AttemptReversed"],
        orphaned: ["AttemptReversed"]
      })
    }
  })

  it("in doubt is tried again, and in the end left to a person; an orphan is never given up", () => {
    const doubt = { _tag: "ReversalUnknown", why: "timeout" } as const
    expectEach((attempt) => onReversal(attempt, doubt, examplePolicy, atMs + limitMs - 1), {})
    expectEach((attempt) => onReversal(attempt, doubt, examplePolicy, atMs + limitMs), {
      reversing: ["AttemptEscalated"]
    })
    const given = onReversal(attemptIn.reversing, doubt, examplePolicy, atMs + limitMs)
    expect(given.reduce(evolveAttempt, attemptIn.reversing).status).toBe("manual")
  })
})

describe("a reversal that was left to a person", () => {
  const { reversing, escalated } = attemptEvents
  const given = attemptAfter(started, unknown, reversing, escalated)
  const found = (verdict: GatewayVerdict = approved()): GatewayLookup => ({ _tag: "Found", verdict })
  const after = (lookup: GatewayLookup, attempt = given) => onLookup(attempt, lookup, examplePolicy, atMs)
  const undo: ReadonlyArray<AttemptEvent> = [{ _tag: "AttemptReversalStarted", atMs }]

  it("goes on when an approval is heard, which may be older than what it undid", () => {
    expect(onReply(given, approved(), atMs)).toEqual(undo)
    expect(after(found())).toEqual(undo)
    expect(after(found(approved(usd(1n))))).toEqual(undo)
  })

  it("goes on when the gateway answers at all, and waits where it does not", () => {
    for (const _tag of ["AbsentYet", "AbsentFinal", "Pending"] as const) expect(after({ _tag })).toEqual(undo)
    expect(after({ _tag: "Unavailable", why: "down" })).toEqual([])
  })

  it("is over with a refusal, of which nothing can remain", () => {
    expect(after(found(declined())).map(({ _tag }) => _tag)).toEqual(["AttemptDeclined"])
  })

  it("is told from the next by its number, for as long as the doubt lasts", () => {
    expect(given.undos).toBe(1)
    expect(attemptAfter(started, unknown, reversing, escalated, reversing).undos).toBe(2)
    expect(attemptAfter(started, unknown, reversing, escalated, reversing, reversed).undos).toBe(0)
    expect(after({ _tag: "AbsentFinal" }, attemptIn.manual)).toEqual([])
  })
})

describe("the history of an attempt", () => {
  it("cannot treat something sent as unsent", () => {
    expect(() => evolveAttempt(attemptIn.unknown, { _tag: "AttemptNotSent", why: "lie", atMs })).toThrow("no edge")
    expect(() =>
      evolveAttempt(attemptAfter(started, unknown, started), { _tag: "AttemptNotSent", why: "lie", atMs })
    ).toThrow("taken for unsent")
  })

  it("holds no doubt any more where it has been undone", () => {
    expect(attemptIn.not_charged.unknownSinceMs).toBeNull()
  })

  it("is born in sending where the plan names a start", () => {
    expect(planAttempt(attemptPlan({ startedAtMs: startMs }))).toEqual(attemptIn.sending)
  })
})
