import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import { decider } from "../testing/decider.ts"
import {
  attemptNameLengthMax,
  type CheckoutCommand,
  type CheckoutEvent,
  type CheckoutRejection,
  type CheckoutStatus,
  checkoutLifetimeMaxMs,
  checkoutTriesMax,
  decide,
  evolve,
  noCheckout,
  type OpenCheckout
} from "./index.ts"

const { given, history, fold } = decider({ initial: noCheckout, decide, evolve })

const nowMs = 1_700_000_000_000
const dayMs = 86_400_000
const endMs = nowMs + dayMs

const open = (change: Partial<OpenCheckout> = {}): OpenCheckout => ({
  _tag: "OpenCheckout",
  id: "sess_1",
  merchantId: "m-1",
  kind: "hosted",
  amount: money(2_500n, "USD"),
  description: "Premium",
  customer: null,
  metadata: '{"order":"A-1"}',
  webhookUrl: null,
  returnUrl: "https://shop.example/back",
  expiresAtMs: endMs,
  nowMs,
  ...change
})

const openDirect = open({ id: "txn_1", kind: "direct", expiresAtMs: null })

const start = (n: number | string, atMs = nowMs + 10): CheckoutCommand => ({
  _tag: "StartPayment",
  paymentId: `p-${n}`,
  transactionId: `txn_${n}`,
  attempt: `a-${n}`,
  nowMs: atMs
})

type Outcome = Extract<CheckoutCommand, { readonly _tag: "RecordPayment" }>
type Code = Extract<Outcome["outcome"], { readonly _tag: "Failed" }>["code"]

const recorded = (paymentId: string, outcome: Outcome["outcome"], authenticatedPaymentId: string | null): Outcome => ({
  _tag: "RecordPayment",
  paymentId,
  outcome,
  authenticatedPaymentId,
  nowMs: nowMs + 20
})

const paid = (paymentId: string): Outcome => recorded(paymentId, { _tag: "Succeeded" }, null)

const refused = (paymentId: string, code: Code = "payment_not_funded", next: string | null = `${paymentId}-3ds`) =>
  recorded(paymentId, { _tag: "Failed", code }, next)

const cancel: CheckoutCommand = { _tag: "CancelCheckout", nowMs: nowMs + 30 }
const expire = (atMs = endMs): CheckoutCommand => ({ _tag: "ExpireCheckout", nowMs: atMs })

const declined = (paymentId: string, code: Code): CheckoutEvent => ({
  _tag: "CheckoutPaymentDeclined",
  paymentId,
  code,
  atMs: nowMs + 20
})

describe("opening a checkout", () => {
  it("records what is to be paid for, and waits for its time to end", () => {
    const { _tag, nowMs: atMs, ...details } = open()
    const decision = given()
      .when(open())
      .then({ _tag: "CheckoutOpened", ...details, atMs })
    expect(decision).toMatchObject({
      ledger: [],
      tasks: [
        {
          id: "sess_1:expire-checkout",
          kind: "expire_checkout",
          aggregate: { type: "checkout", id: "sess_1" },
          dueAtMs: endMs
        }
      ]
    })
    expect(fold(decision.events)).toEqual({
      ...details,
      status: "open",
      payments: [],
      endedAtMs: null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs
    })
  })

  it("waits for nothing where the checkout is paid in the moment it is made", () => {
    const { _tag, nowMs: atMs, ...details } = openDirect
    const decision = given()
      .when(openDirect)
      .then({ _tag: "CheckoutOpened", ...details, atMs })
    expect(decision.tasks).toEqual([])
  })

  it("happens once", () => {
    given(...history(open()))
      .when(open())
      .thenRejected({ _tag: "CheckoutAlreadyExists" })
  })

  it.each([0n, -1n])("needs an amount to be paid: %s", (amount) => {
    given()
      .when(open({ amount: money(amount, "USD") }))
      .thenRejected({ _tag: "CheckoutAmountNotPositive" })
  })

  it.each([
    ["in the next millisecond", nowMs + 1, true],
    ["at the far end", nowMs + checkoutLifetimeMaxMs, true],
    ["at once", nowMs, false],
    ["in the past", nowMs - 1, false],
    ["too far ahead", nowMs + checkoutLifetimeMaxMs + 1, false],
    ["within a millisecond", nowMs + 0.5, false],
    ["at no time", Number.NaN, false],
    ["never", Number.POSITIVE_INFINITY, false]
  ])("runs out %s", (_, expiresAtMs, isAllowed) => {
    const story = given().when(open({ expiresAtMs }))
    if (isAllowed) expect(history(open({ expiresAtMs }))).toHaveLength(1)
    else story.thenRejected({ _tag: "ExpiryNotAllowed", maxMs: checkoutLifetimeMaxMs })
  })
})

describe("beginning to pay", () => {
  it("puts one payment under way, and wants it followed", () => {
    const decision = given(...history(open()))
      .when(start(1))
      .then({
        _tag: "CheckoutPaymentStarted",
        paymentId: "p-1",
        transactionId: "txn_1",
        attempt: "a-1",
        atMs: nowMs + 10
      })
    expect(decision.tasks).toEqual([
      {
        id: "sess_1:follow:p-1",
        kind: "follow_payment",
        aggregate: { type: "checkout", id: "sess_1" },
        subject: "p-1",
        dueAtMs: nowMs + 2_010
      }
    ])
    expect(fold(history(open(), start(1)))).toMatchObject({
      status: "paying",
      payments: [{ id: "p-1", transactionId: "txn_1", attempt: "a-1", status: "open", failure: null }]
    })
  })

  it.each([
    ["under way", [open(), start(1)]],
    ["declined", [open(), start(1), refused("p-1")]],
    ["paid", [open(), start(1), paid("p-1")]],
    ["declined and followed by another", [open(), start(1), refused("p-1"), start(2)]],
    ["too late for the page", [open(), start(1), refused("p-1"), expire()]]
  ])("under the name of an earlier try is that try: %s", (_, commands) => {
    given(...history(...commands))
      .when({ ...start(1), paymentId: "p-9" } as CheckoutCommand)
      .thenNothing()
  })

  it("is possible until the last millisecond", () => {
    const late = { ...start(1, endMs - 1) }
    expect(history(open(), late)).toHaveLength(2)
    given(...history(open()))
      .when(start(1, endMs))
      .thenRejected({ _tag: "CheckoutHasExpired" })
  })

  it.each([
    ["no letter", ""],
    ["one letter too many", "a".repeat(attemptNameLengthMax + 1)]
  ])("needs a name of a fair length: %s", (_, attempt) => {
    given(...history(open()))
      .when({ ...start(1), attempt } as CheckoutCommand)
      .thenRejected({ _tag: "AttemptNameNotAllowed", lengthMax: attemptNameLengthMax })
  })

  it("takes a name that is as long as it may be", () => {
    const attempt = "a".repeat(attemptNameLengthMax)
    expect(history(open(), { ...start(1), attempt } as CheckoutCommand)).toHaveLength(2)
  })
})

describe("the outcome of a payment", () => {
  it("completes the checkout", () => {
    given(...history(open(), start(1)))
      .when(paid("p-1"))
      .then({ _tag: "CheckoutCompleted", paymentId: "p-1", atMs: nowMs + 20 })
    expect(fold(history(open(), start(1), paid("p-1")))).toMatchObject({
      status: "completed",
      payments: [{ status: "succeeded", failure: null }],
      endedAtMs: nowMs + 20
    })
  })

  it("leaves a page open where it was declined, for another card", () => {
    given(...history(open(), start(1)))
      .when(refused("p-1"))
      .then(declined("p-1", "payment_not_funded"))
    expect(fold(history(open(), start(1), refused("p-1")))).toMatchObject({
      status: "open",
      payments: [{ status: "failed", failure: "payment_not_funded" }],
      endedAtMs: null
    })
  })

  it("is the end of a direct payment, whichever it is", () => {
    given(...history(openDirect, start(1)))
      .when(refused("p-1"))
      .then({ _tag: "CheckoutFailed", paymentId: "p-1", code: "payment_not_funded", atMs: nowMs + 20 })
  })

  it("is the end of a page that has seen too many declines", () => {
    const tries = (count: number) =>
      Array.from({ length: count }, (_, n) => [start(n), refused(`p-${n}`)]).flat() satisfies Array<CheckoutCommand>
    expect(fold(history(open(), ...tries(checkoutTriesMax - 1))).status).toBe("open")
    const last = fold(history(open(), ...tries(checkoutTriesMax)))
    expect(last).toMatchObject({ status: "failed", endedAtMs: nowMs + 20 })
    expect(last.payments).toHaveLength(checkoutTriesMax)
  })

  it("counts a try once, however many payments it took", () => {
    const steppedUp = (n: number): ReadonlyArray<CheckoutCommand> => [
      start(n),
      refused(`p-${n}`, "three_d_secure_required"),
      refused(`p-${n}-3ds`, "three_d_secure_failure")
    ]
    const tries = Array.from({ length: checkoutTriesMax - 1 }, (_, n) => steppedUp(n)).flat()
    expect(fold(history(open(), ...tries))).toMatchObject({ status: "open" })
  })

  it("is refused for a payment that is not, or not yet, part of the checkout", () => {
    given(...history(open(), start(1)))
      .when(paid("p-1-3ds"))
      .thenRejected({ _tag: "CheckoutPaymentNotFound" })
  })
})

describe("a payment that the issuer wants authenticated", () => {
  const required = refused("p-1", "three_d_secure_required")

  it.each([open(), openDirect])("is followed by another of the same try", (opening) => {
    const decision = given(...history(opening, start(1)))
      .when(required)
      .then({
        _tag: "CheckoutSteppedUp",
        paymentId: "p-1",
        authenticatedPaymentId: "p-1-3ds",
        atMs: nowMs + 20
      })
    expect(decision.tasks).toMatchObject([{ subject: "p-1-3ds", kind: "follow_payment", dueAtMs: nowMs + 2_020 }])
    expect(fold(history(opening, start(1), required))).toMatchObject({
      status: "paying",
      payments: [
        { id: "p-1", status: "failed", failure: "three_d_secure_required" },
        { id: "p-1-3ds", status: "open", failure: null, attempt: "a-1", transactionId: "txn_1" }
      ]
    })
  })

  it("is asked for once in a try", () => {
    given(...history(open(), start(1), required))
      .when(refused("p-1-3ds", "three_d_secure_required"))
      .then(declined("p-1-3ds", "three_d_secure_required"))
  })

  it("is asked for again in another try", () => {
    const again = history(open(), start(1), required, refused("p-1-3ds"), start(2))
    given(...again)
      .when(refused("p-2", "three_d_secure_required"))
      .then({ _tag: "CheckoutSteppedUp", paymentId: "p-2", authenticatedPaymentId: "p-2-3ds", atMs: nowMs + 20 })
  })

  it("is declined where no such payment can be made", () => {
    given(...history(open(), start(1)))
      .when(refused("p-1", "three_d_secure_required", null))
      .then(declined("p-1", "three_d_secure_required"))
  })
})

describe("the end of the time", () => {
  it("comes when it is due", () => {
    given(...history(open()))
      .when(expire(endMs - 1))
      .thenRejected({ _tag: "CheckoutNotDue", dueAtMs: endMs })
    const { tasks } = given(...history(open()))
      .when(expire())
      .then({ _tag: "CheckoutExpired", atMs: endMs })
    expect(tasks).toEqual([])
  })

  it("comes after a decline", () => {
    const events = history(open(), start(1), refused("p-1"), expire())
    expect(fold(events)).toMatchObject({ status: "expired", endedAtMs: endMs })
  })

  it("waits for a payment under way, since money may be moving", () => {
    const paying = history(open(), start(1))
    given(...paying)
      .when(expire())
      .thenRejected({ _tag: "CheckoutIsBeingPaid" })
    expect(fold(history(open(), start(1), paid("p-1"), expire())).status).toBe("completed")
  })

  it("forbids a cancel that comes later, before anybody has closed the checkout", () => {
    const late: CheckoutCommand = { _tag: "CancelCheckout", nowMs: endMs }
    expect(decide(fold(history(open())), late)).toMatchObject({ failure: { _tag: "CheckoutHasExpired" } })
    given(...history(open()))
      .when({ ...late, nowMs: endMs - 1 })
      .then({ _tag: "CheckoutCancelled", atMs: endMs - 1 })
  })

  it("never comes to a direct payment", () => {
    given(...history(openDirect, start(1)))
      .when(expire())
      .thenNothing()
  })

  it("comes too late for a direct payment that was to end, and has failed before", () => {
    given(...history(open({ kind: "direct" }), start(1), refused("p-1")))
      .when(expire())
      .thenNothing()
  })
})

const lives: { readonly [Status in CheckoutStatus]: ReadonlyArray<CheckoutCommand> } = {
  none: [],
  open: [open(), start(1), refused("p-1")],
  paying: [open(), start(1)],
  completed: [open(), start(1), paid("p-1")],
  cancelled: [open(), start(1), refused("p-1"), cancel],
  expired: [open(), start(1), refused("p-1"), expire()],
  failed: [openDirect, start(1), refused("p-1")]
}

const commands = {
  open: open(),
  again: start(1),
  another: start(2),
  paid: paid("p-1"),
  refused: refused("p-1"),
  cancel,
  expire: expire()
}

type Answer = CheckoutEvent["_tag"] | CheckoutRejection["_tag"] | "nothing"

const table: { readonly [Status in CheckoutStatus]: { readonly [Name in keyof typeof commands]: Answer } } = {
  none: {
    open: "CheckoutOpened",
    again: "CheckoutNotFound",
    another: "CheckoutNotFound",
    paid: "CheckoutNotFound",
    refused: "CheckoutNotFound",
    cancel: "CheckoutNotFound",
    expire: "CheckoutNotFound"
  },
  open: {
    open: "CheckoutAlreadyExists",
    again: "nothing",
    another: "CheckoutPaymentStarted",
    paid: "nothing",
    refused: "nothing",
    cancel: "CheckoutCancelled",
    expire: "CheckoutExpired"
  },
  paying: {
    open: "CheckoutAlreadyExists",
    again: "nothing",
    another: "CheckoutIsBeingPaid",
    paid: "CheckoutCompleted",
    refused: "CheckoutPaymentDeclined",
    cancel: "CheckoutIsBeingPaid",
    expire: "CheckoutIsBeingPaid"
  },
  completed: {
    open: "CheckoutAlreadyExists",
    again: "nothing",
    another: "CheckoutIsCompleted",
    paid: "nothing",
    refused: "nothing",
    cancel: "CheckoutIsCompleted",
    expire: "nothing"
  },
  cancelled: {
    open: "CheckoutAlreadyExists",
    again: "nothing",
    another: "CheckoutIsCancelled",
    paid: "nothing",
    refused: "nothing",
    cancel: "CheckoutIsCancelled",
    expire: "nothing"
  },
  expired: {
    open: "CheckoutAlreadyExists",
    again: "nothing",
    another: "CheckoutHasExpired",
    paid: "nothing",
    refused: "nothing",
    cancel: "CheckoutHasExpired",
    expire: "nothing"
  },
  failed: {
    open: "CheckoutAlreadyExists",
    again: "nothing",
    another: "CheckoutHasFailed",
    paid: "nothing",
    refused: "nothing",
    cancel: "CheckoutHasFailed",
    expire: "nothing"
  }
}

describe("every command in every state", () => {
  const statuses = Object.keys(table) as Array<CheckoutStatus>

  it.each(statuses)("of a checkout that is %s", (status) => {
    const checkout = fold(history(...lives[status]))
    expect(checkout.status).toBe(status)
    const answers = Object.entries(commands).map(([name, command]) => {
      const decided = decide(checkout, command)
      if (decided._tag === "Failure") return [name, decided.failure._tag]
      return [name, decided.success.events.map(({ _tag }) => _tag).join() || "nothing"]
    })
    expect(Object.fromEntries(answers)).toEqual(table[status])
  })
})
