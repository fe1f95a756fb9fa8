import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import type { QuoteTerms } from "../quote/index.ts"
import {
  asked,
  heardAt as atMs,
  cleared,
  completed,
  createExample,
  exampleSource,
  failedWith,
  initiated,
  onchain,
  refunded,
  reported,
  started
} from "../testing/arbitraries/cross-border-examples.ts"
import { decider } from "../testing/decider.ts"
import {
  type CrossBorderCommand,
  type CrossBorderDetails,
  type CrossBorderStatus,
  decide,
  evolve,
  type FailureCode,
  failureCodeOf,
  failureCodes,
  failureReasonOf,
  noPayment,
  refundable,
  rfisMax,
  transactionsMax
} from "./index.ts"

const { history, fold } = decider({ initial: noPayment, decide, evolve })

const usdc = (amount: bigint) => money(amount, "USDC")
const expire = (nowMs = 2_000): CrossBorderCommand => ({ _tag: "ExpirePayment", nowMs })
const withdraw: CrossBorderCommand = { _tag: "WithdrawPayment", nowMs: atMs }
const delayed = reported({ _tag: "PayoutDelayed" })
const underReview = reported({ _tag: "UnderReview" })

const created = [createExample]
const pending = [createExample, cleared]
const funded = [...pending, started(1), onchain(1, "completed")]
const payingOut = [...funded, initiated]
const paid = [...payingOut, completed]
const failed = [...payingOut, failedWith("PM06001")]

/** A look of its own at what came after the end. */
const lookAfter = (subject: string, nowMs: number = atMs) => ({
  id: `payment-1:follow-cross-border:${subject}`,
  kind: "follow_cross_border",
  aggregate: { type: "cross_border_payment", id: "payment-1" },
  subject,
  dueAtMs: nowMs + 2_000
})

const answer = (life: ReadonlyArray<CrossBorderCommand>, command: CrossBorderCommand): string => {
  const decided = decide(fold(history(...life)), command)
  if (decided._tag === "Failure") return decided.failure._tag
  const { events, ledger, tasks } = decided.success
  if (events.length === 0) return ledger.length + tasks.length === 0 ? "nothing" : "no event"
  return events.map(({ _tag }) => _tag).join(" ")
}

describe("a payment made of a quote", () => {
  it("is handed to the network, followed, and ended when its time is over", () => {
    const { tasks, ledger } = decideOrThrow([], createExample)
    expect(ledger).toEqual([])
    const itself = { aggregate: { type: "cross_border_payment", id: "payment-1" }, subject: "payment-1" }
    expect(tasks).toEqual([
      { id: "payment-1:submit-cross-border", kind: "submit_cross_border", ...itself, dueAtMs: 1_000 },
      { id: "payment-1:follow-cross-border", kind: "follow_cross_border", ...itself, dueAtMs: 3_000 },
      { id: "payment-1:expire-cross-border", kind: "expire_cross_border", ...itself, dueAtMs: 2_000 }
    ])
  })

  it("holds what was quoted and said, and nobody's name", () => {
    const payment = fold(history(createExample))
    expect(payment).toMatchObject({
      ...{ status: "created", id: "payment-1", quoteId: "quote-1", source: exampleSource, expiresAtMs: 2_000 },
      ...createExample.details
    })
    expect(payment).not.toHaveProperty("certificate")
  })

  it.each<[string, Partial<QuoteTerms>, Partial<CrossBorderDetails>, number, string]>([
    ["once the quote has expired", {}, {}, 1_030, "QuoteHasExpired"],
    ["of a quote that does not add up", { destination: money(15_301n, "MXN") }, {}, 1_000, "QuoteIncoherent"],
    ["with another use case than quoted", {}, { useCase: "b2c" }, 1_000, "UseCaseDiffers"],
    ["for a reason that nobody knows", {}, { reasonForPayment: "PMT031" }, 1_000, "ReasonForPaymentUnknown"],
    ["for no reason", {}, { reasonForPayment: "PMT000" }, 1_000, "ReasonForPaymentUnknown"],
    ["for a reason and more", {}, { reasonForPayment: "PMT0011" }, 1_000, "ReasonForPaymentUnknown"],
    ["for a reason after something else", {}, { reasonForPayment: "XPMT001" }, 1_000, "ReasonForPaymentUnknown"]
  ])("is refused %s", (_, terms, details, nowMs, tag) => {
    const { terms: quoted, details: said } = createExample
    const command = { ...createExample, terms: { ...quoted, ...terms }, details: { ...said, ...details }, nowMs }
    expect(answer([], command)).toBe(tag)
  })

  it("is for any of the thirty published reasons", () => {
    for (let n = 1; n <= 30; n++) {
      const reasonForPayment = `PMT${String(n).padStart(3, "0")}`
      const command = { ...createExample, details: { ...createExample.details, reasonForPayment } }
      expect([reasonForPayment, answer([], command)]).toEqual([reasonForPayment, "PaymentCreated"])
    }
  })

  it.each([
    ["business", "business", "b2b"],
    ["business", "individual", "b2c"],
    ["individual", "business", "c2b"],
    ["individual", "individual", "c2c"]
  ] as const)("of a %s to a %s is %s", (senderType, recipientType, useCase) => {
    const command: CrossBorderCommand = {
      ...createExample,
      terms: { ...createExample.terms, senderType, recipientType },
      details: { ...createExample.details, useCase }
    }
    expect(answer([], command)).toBe("PaymentCreated")
  })
})

describe("clearing", () => {
  it("promises the source amount", () => {
    const { ledger } = decideOrThrow(created, cleared)
    expect(ledger).toMatchObject([
      {
        ...{ id: "payment-1:funding-hold", merchantId: "merchant-1", kind: "funding_hold", atMs },
        reference: { type: "cross_border_payment", id: "payment-1" },
        postings: [
          { account: "crypto_committed", layer: "held", amount: exampleSource },
          { account: "crypto_awaited", layer: "held", amount: usdc(-10_000_000n) }
        ]
      }
    ])
  })

  it("waits for a person, and for an open request for information", () => {
    expect(answer(created, underReview)).toBe("ManualReviewStarted")
    expect(fold(history(...created, underReview, cleared))).toMatchObject({ manualReview: false })
    expect(answer([...created, asked(1, "in_review")], cleared)).toBe("RfiPending")
    expect(answer([...created, asked(1, "in_review"), asked(1, "approved")], cleared)).toBe("PaymentCleared")
  })

  it("comes too late when the time for the money is over", () => {
    expect(answer(created, reported({ _tag: "Cleared" }, 2_000))).toBe("PaymentHasExpired")
  })
})

describe("a request for information", () => {
  it.each([
    ["before it is cleared", created, "PaymentFailed"],
    ["before the money is there", pending, "PaymentFailed"],
    ["when the money is there", funded, "PaymentFailed"],
    ["while it is paid out", payingOut, "RfiRecorded"],
    ["after it was paid out", paid, "RfiRecorded"]
  ] as const)("%s", (_, life, last) => {
    expect(answer(life, asked(1, "information_required"))).toBe("RfiRecorded")
    for (const [status, code] of [
      ["rejected", "PM03002"],
      ["expired", null]
    ] as const) {
      expect(
        answer([...life, asked(1, "in_review")], asked(1, status, code))
          .split(" ")
          .at(-1)
      ).toBe(last)
    }
  })

  it("ends the payment with the reason why", () => {
    const codeAfter = (command: CrossBorderCommand) =>
      fold(history(...created, asked(1, "in_review"), command)).failureCode
    expect(codeAfter(asked(1, "rejected", "PM03001"))).toBe("PM03001")
    expect(codeAfter(asked(1, "rejected"))).toBe("PM03004")
    expect(codeAfter(asked(1, "expired"))).toBe("PM03005")
  })

  it("is one at a time, and not without end", () => {
    expect(answer([...created, asked(1, "in_review")], asked(2, "information_required"))).toBe("AnotherRfiActive")
    const many = Array.from({ length: rfisMax }, (_, n) => asked(n, "approved"))
    expect(answer([...created, ...many], asked(99, "information_required"))).toBe("TooManyRfis")
    expect(answer([...created, ...many], asked(0, "in_review"))).toBe("nothing")
  })

  it("goes on, and back only where its answer was refused", () => {
    const reviewed = [...created, asked(1, "information_required"), asked(1, "in_review")]
    expect(answer(reviewed, asked(1, "in_review"))).toBe("nothing")
    expect(answer(reviewed, asked(1, "information_required"))).toBe("RfiRecorded")
    expect(answer([...reviewed, asked(1, "information_required")], asked(1, "information_required"))).toBe("nothing")
    for (const status of ["information_required", "in_review", "rejected", "expired"] as const) {
      expect(answer([...reviewed, asked(1, "approved")], asked(1, status))).toBe("nothing")
    }
  })

  it("is looked after anew where the payment has ended", () => {
    const first = asked(1, "information_required")
    for (const life of [paid, failed]) {
      expect(decideOrThrow(life, first).tasks).toEqual([lookAfter("rfi-1")])
      expect(decideOrThrow([...life, first], asked(1, "in_review")).tasks).toEqual([])
    }
    for (const life of [created, pending, payingOut]) expect(decideOrThrow(life, first).tasks).toEqual([])
  })

  it("keeps money from being sent while it is open", () => {
    expect(answer([...pending, asked(1, "information_required")], started(1))).toBe("RfiPending")
    expect(answer([...pending, asked(1, "approved")], started(1))).toBe("TransactionStarted")
  })
})

describe("a transaction", () => {
  it("is started once cleared, and until the money is there", () => {
    expect(answer(created, started(1))).toBe("PaymentNotAwaitingFunds")
    expect(answer(pending, started(1))).toBe("TransactionStarted")
    expect(answer(funded, started(2))).toBe("FundsAlreadyReceived")
    expect(answer(paid, started(2))).toBe("PaymentNotAwaitingFunds")
    expect(answer(pending, started(1, false, 1_999))).toBe("TransactionStarted")
    expect(answer(pending, started(1, false, 2_000))).toBe("PaymentHasExpired")
  })

  it("is one at a time", () => {
    const first = [...pending, started(1)]
    expect(answer(first, started(1))).toBe("nothing")
    for (const status of ["created", "pending", "broadcasted"] as const) {
      expect(answer([...first, onchain(1, status)], started(2))).toBe("AnotherTransactionActive")
    }
    expect(answer([...first, onchain(1, "failed")], started(2))).toBe("TransactionStarted")
  })

  it("is overtaken only where it waits on the chain", () => {
    const first = [...pending, started(1)]
    expect(answer(pending, started(2, true))).toBe("NothingToAccelerate")
    expect(answer(first, started(2, true))).toBe("TransactionInPreparation")
    expect(answer([...first, onchain(1, "pending")], started(2, true))).toBe("TransactionInPreparation")
    expect(answer([...first, onchain(1, "failed")], started(2, true))).toBe("NothingToAccelerate")
    const waiting = [...first, onchain(1, "broadcasted")]
    expect(decideOrThrow(waiting, started(2, true)).events).toMatchObject([{ replaces: "transaction-1" }])
    expect(answer([...waiting, started(2, true)], started(3, true))).toBe("TransactionInPreparation")
    const again = [...waiting, started(2, true), onchain(2, "broadcasted")]
    expect(decideOrThrow(again, started(3, true)).events).toMatchObject([{ replaces: "transaction-2" }])
    const inVain = [...waiting, started(2, true), onchain(2, "failed")]
    expect(decideOrThrow(inVain, started(3, true)).events).toMatchObject([{ replaces: "transaction-1" }])
  })

  it("is tried a bounded number of times", () => {
    const tries = Array.from({ length: transactionsMax }, (_, n) => [started(n), onchain(n, "failed")]).flat()
    expect(answer([...pending, ...tries], started(99))).toBe("TooManyTransactions")
  })

  it("has the network asked to pay out once its money is there", () => {
    const before = [...pending, started(1)]
    const decision = decideOrThrow(before, onchain(1, "completed"))
    expect(decision.events.map(({ _tag }) => _tag)).toEqual(["TransactionRecorded", "FundsReceived"])
    expect(decision.tasks).toMatchObject([
      { id: "payment-1:pay-out:transaction-1", subject: "transaction-1", kind: "pay_out", dueAtMs: atMs }
    ])
    expect(decision.ledger).toMatchObject([{ id: "transaction-1:funding", kind: "funding" }])
    expect(answer([...before, onchain(1, "completed")], onchain(1, "completed"))).toBe("nothing")
    expect(answer([...before, onchain(1, "completed")], onchain(1, "broadcasted"))).toBe("nothing")
  })

  it.each([
    ["too little", usdc(9_999_999n), atMs, "PM05001"],
    ["too much", usdc(10_000_001n), atMs, "PM05001"],
    ["another asset", money(10_000_000n, "EURC"), atMs, "PM05001"],
    ["the right money too late", exampleSource, 2_000, "PM09000"]
  ] as const)("that brings %s ends the payment, and the money is to come back", (_, amount, nowMs, code) => {
    const payment = fold(history(...pending, started(1), onchain(1, "completed", amount, nowMs)))
    expect(payment).toMatchObject({ status: "failed", failureCode: code })
    expect(refundable(payment, amount.currency)).toEqual(amount)
    expect(decideOrThrow([...pending, started(1)], onchain(1, "completed", amount, nowMs)).tasks).toMatchObject([
      { kind: "pay_out", subject: "transaction-1" }
    ])
  })

  it("that is given up, and brings the money all the same, pays for the payment", () => {
    const life = [...pending, started(1), onchain(1, "failed")]
    expect(decideOrThrow(life, onchain(1, "failed", exampleSource)).tasks).toMatchObject([{ kind: "pay_out" }])
    expect(fold(history(...life, onchain(1, "failed", exampleSource)))).toMatchObject({
      transactions: [{ status: "failed" }],
      received: [{ transactionId: "transaction-1", amount: exampleSource }]
    })
  })

  it("that brings nothing is no money", () => {
    for (const amount of [0n, -1n]) {
      const command = onchain(1, "completed", usdc(amount))
      const { events, ledger, tasks } = decideOrThrow([...pending, started(1)], command)
      expect(events.map(({ _tag }) => _tag)).toEqual(["TransactionRecorded"])
      expect([ledger, tasks]).toEqual([[], []])
    }
  })

  it("of another payment is none of ours", () => {
    expect(answer(pending, onchain(7, "completed"))).toBe("TransactionNotPartOfPayment")
  })
})

describe("the payout", () => {
  it("begins when the money is there and the network says so, and is booked when it is complete", () => {
    for (const report of [initiated, completed]) {
      for (const life of [created, pending]) expect(answer(life, report)).toBe("FundsNotReceived")
    }
    expect(decideOrThrow(funded, initiated).ledger).toMatchObject([{ id: "payment-1:payout-hold" }])
    const { ledger, events } = decideOrThrow(payingOut, completed)
    expect(events).toEqual([{ _tag: "PaymentCompleted", fiatNetworkRef: "bank-1", atMs }])
    expect(ledger).toMatchObject([{ id: "payment-1:payout", kind: "payout" }])
    expect(ledger[0]?.postings.filter(({ layer }) => layer === "posted")).toEqual([
      { account: "payout_network", layer: "posted", amount: usdc(-10_000_000n) },
      { account: "payout_fees", layer: "posted", amount: usdc(1_000_000n) },
      { account: "conversion", layer: "posted", amount: usdc(9_000_000n) },
      { account: "conversion", layer: "posted", amount: money(-15_300n, "MXN") },
      { account: "beneficiary", layer: "posted", amount: money(15_300n, "MXN") }
    ])
  })

  it("books no fees where there are none", () => {
    const fees = { breakdown: [], total: usdc(0n) }
    const terms = { ...createExample.terms, fees, destination: money(17_000n, "MXN") }
    const [, ...life] = payingOut
    const { ledger } = decideOrThrow([{ ...createExample, terms }, ...life], completed)
    const postings = ledger.flatMap((transaction) => transaction.postings)
    expect(postings).toContainEqual({ account: "beneficiary", layer: "posted", amount: money(17_000n, "MXN") })
    expect(postings.filter(({ account, amount }) => account === "payout_fees" || amount.amount === 0n)).toEqual([])
  })

  it("may be complete before anybody heard that it began", () => {
    expect(answer(funded, completed)).toBe("PayoutInitiated PaymentCompleted")
    expect(fold(history(...funded, completed))).toEqual(fold(history(...paid)))
  })

  it("may be late, which is told once", () => {
    expect(answer(funded, delayed)).toBe("PayoutNotInitiated")
    expect(answer(payingOut, delayed)).toBe("PayoutDelayed")
    expect(answer([...payingOut, delayed], delayed)).toBe("nothing")
    expect(fold(history(...payingOut, delayed, completed)).delayed).toBe(false)
  })

  it("may fail from anywhere before its end", () => {
    for (const life of [created, pending, funded, payingOut]) {
      expect(answer(life, failedWith("PM08000"))).toBe("PaymentFailed")
    }
  })

  it("sets nothing apart any more once it has failed", () => {
    const { ledger } = decideOrThrow(payingOut, failedWith("PM06001"))
    expect(ledger).toMatchObject([{ id: "payment-1:payout-release", kind: "payout_release" }])
  })

  it("is neither looked at nor late any more once it has failed", () => {
    expect(fold(history(...created, underReview, failedWith("PM07001"))).manualReview).toBe(false)
    expect(fold(history(...payingOut, delayed, failedWith("PM06001"))).delayed).toBe(false)
  })

  it.each(Object.keys(failureCodes) as Array<FailureCode>)("may fail with %s", (code) => {
    expect(fold(history(...created, failedWith(code)))).toMatchObject({ status: "failed", failureCode: code })
  })

  it("fails for the published reasons, each with its published codes", () => {
    const codesOf = (reason: string) =>
      (Object.keys(failureCodes) as Array<FailureCode>).filter((code) => failureReasonOf(code) === reason)
    const reasons = [...new Set(Object.values(failureCodes).map(({ reason }) => reason))]
    expect(Object.fromEntries(reasons.map((reason) => [reason, codesOf(reason).join(" ")]))).toEqual({
      other: "PM00001",
      travel_rule_failed: "PM01000 PM01001 PM01002 PM01003 PM01004",
      bank_verification_failed: "PM02000 PM02001 PM02002 PM02003 PM02004",
      rfi_verification_failed: "PM03000 PM03001 PM03002 PM03003 PM03004 PM03005",
      existing_rfi_pending: "PM04000",
      onchain_settlement_failed: "PM05000 PM05001",
      fiat_settlement_failed: "PM06000 PM06001 PM06002 PM06003 PM06004",
      compliance_check_failed: "PM07000 PM07001 PM07002 PM07003 PM07004",
      cancelled: "PM08000",
      payment_expired: "PM09000"
    })
  })

  it.each([
    ["PM06004", "PM06004"],
    ["PM99999", "PM00001"],
    ["", "PM00001"],
    ["toString", "PM00001"]
  ])("fails with what a network calls %j as %s", (text, code) => {
    expect(failureCodeOf(text)).toBe(code)
  })

  it("keeps its first end, and what was said against it", () => {
    expect(answer(paid, failedWith("PM06001"))).toBe("OutcomeContradicted")
    expect(answer(failed, completed)).toBe("OutcomeContradicted")
    expect(fold(history(...paid, failedWith("PM06001")))).toMatchObject({
      ...{ status: "completed", contradiction: "failed", failureCode: null }
    })
    expect(answer([...failed, completed], completed)).toBe("nothing")
    expect(answer(paid, completed)).toBe("nothing")
    expect(answer(failed, failedWith("PM00001"))).toBe("nothing")
  })
})

describe("the end of the time", () => {
  it("ends what waits for clearance or money, and nothing else", () => {
    expect(answer(created, expire(1_999))).toBe("PaymentNotDue")
    for (const life of [created, pending, [...pending, started(1), onchain(1, "broadcasted")]]) {
      expect(fold(history(...life, expire()))).toMatchObject({ status: "failed", failureCode: "PM09000" })
    }
    for (const life of [funded, payingOut, paid, failed]) expect(answer(life, expire())).toBe("nothing")
  })

  it("gives the promise up", () => {
    expect(decideOrThrow(pending, expire()).ledger).toMatchObject([{ id: "payment-1:funding-release" }])
    expect(decideOrThrow(created, expire()).ledger).toEqual([])
  })

  it("does not lose money that comes after it", () => {
    const ended = [...pending, started(1), expire()]
    const arrival = onchain(1, "completed", exampleSource, 2_001)
    const payment = fold(history(...ended, arrival))
    expect(payment.status).toBe("failed")
    expect(refundable(payment, "USDC")).toEqual(exampleSource)
    const [payOut, ...looks] = decideOrThrow(ended, arrival).tasks
    expect(payOut).toMatchObject({ kind: "pay_out", subject: "transaction-1" })
    expect(looks).toEqual([lookAfter("transaction-1", 2_001)])
  })
})

describe("refunds", () => {
  it.each([
    ["completed at once", ["completed"], 0n],
    ["created, then completed", ["created", "completed"], 0n],
    ["created", ["created"], 0n],
    ["created, then failed", ["created", "failed"], 10_000_000n]
  ] as const)("of what was not paid out: %s", (_, statuses, left) => {
    const payment = fold(history(...failed, ...statuses.map((status) => refunded(1, status))))
    expect(payment.refunds).toMatchObject([{ id: "refund-1", status: statuses.at(-1), amount: exampleSource }])
    expect(refundable(payment, "USDC")).toEqual(usdc(left))
  })

  it("are never more than that", () => {
    const half = refunded(1, "completed", usdc(6_000_000n))
    expect(answer([...failed, half], refunded(2, "created", usdc(4_000_000n)))).toBe("RefundRecorded")
    expect(answer([...failed, half], refunded(2, "created", usdc(4_000_001n)))).toBe("RefundExceedsFunds")
    expect(answer(failed, refunded(1, "created", usdc(0n)))).toBe("RefundExceedsFunds")
    expect(answer(failed, refunded(1, "created", money(1n, "EURC")))).toBe("RefundExceedsFunds")
    expect(answer(paid, refunded(1, "created", usdc(1n)))).toBe("RefundExceedsFunds")
  })

  it("come after the failure, and are heard of again until then", () => {
    expect(answer(funded, refunded(1, "created"))).toBe("PaymentNotRefundable")
    expect(answer([...failed, refunded(1, "completed")], refunded(1, "created"))).toBe("nothing")
    expect(answer([...failed, refunded(1, "created")], refunded(1, "created"))).toBe("nothing")
  })

  it("are listed by their ids, whichever was heard of first", () => {
    const [first, second] = [refunded(1, "created", usdc(1n)), refunded(2, "completed", usdc(2n))]
    for (const told of [
      [first, second],
      [second, first]
    ]) {
      expect(fold(history(...failed, ...told)).refunds.map(({ id }) => id)).toEqual(["refund-1", "refund-2"])
    }
  })

  it("give back what was sent twice, also while the payment is paid out", () => {
    const twice = [
      ...[...pending, started(1), onchain(1, "broadcasted"), started(2, true)],
      ...[onchain(1, "completed"), onchain(2, "completed"), initiated]
    ]
    expect(refundable(fold(history(...twice)), "USDC")).toEqual(exampleSource)
    expect(answer(twice, refunded(1, "completed"))).toBe("RefundRecorded")
    expect(answer([...twice, completed], refunded(1, "completed"))).toBe("RefundRecorded")
  })
})

describe("a payment that the network never took", () => {
  it("is withdrawn, and moves nothing", () => {
    const decision = decideOrThrow(created, withdraw)
    expect(decision).toEqual({ events: [{ _tag: "PaymentWithdrawn", atMs }], ledger: [], tasks: [] })
    expect(answer([...created, withdraw], withdraw)).toBe("PaymentNotFound")
  })

  it.each([
    ["reviewed", [...created, underReview]],
    ["asked about", [...created, asked(1, "information_required")]],
    ["cleared", pending],
    ["ended", failed]
  ])("is not one that was %s", (_, life) => {
    expect(answer(life, withdraw)).toBe("PaymentNotWithdrawable")
  })
})

describe("every command in every state", () => {
  const lives: { readonly [Status in CrossBorderStatus]: ReadonlyArray<CrossBorderCommand> } = {
    none: [],
    created,
    crypto_funds_pending: pending,
    fiat_payment_initiated: payingOut,
    completed: paid,
    failed,
    withdrawn: [createExample, withdraw]
  }
  const commands = [createExample, cleared, asked(1, "in_review"), started(2), refunded(1, "created"), expire()]
  const exists = "PaymentAlreadyExists"
  const noFunds = "PaymentNotAwaitingFunds"

  it.each<[CrossBorderStatus, ReadonlyArray<string>]>([
    ["none", ["PaymentCreated", ...Array.from({ length: 5 }, () => "PaymentNotFound")]],
    ["created", [exists, "PaymentCleared", "RfiRecorded", noFunds, "PaymentNotRefundable", "PaymentFailed"]],
    [
      "crypto_funds_pending",
      [exists, "nothing", "RfiRecorded", "TransactionStarted", "PaymentNotRefundable", "PaymentFailed"]
    ],
    ["fiat_payment_initiated", [exists, "nothing", "RfiRecorded", noFunds, "RefundExceedsFunds", "nothing"]],
    ["completed", [exists, "nothing", "RfiRecorded", noFunds, "RefundExceedsFunds", "nothing"]],
    ["failed", [exists, "nothing", "RfiRecorded", noFunds, "RefundRecorded", "nothing"]],
    ["withdrawn", [exists, ...Array.from({ length: 5 }, () => "PaymentNotFound")]]
  ])("of a payment that is %s", (status, expected) => {
    expect(fold(history(...lives[status])).status).toBe(status)
    expect(commands.map((command) => answer(lives[status], command))).toEqual(expected)
  })
})

function decideOrThrow(life: ReadonlyArray<CrossBorderCommand>, command: CrossBorderCommand) {
  const decided = decide(fold(history(...life)), command)
  if (decided._tag === "Failure") throw new Error(`refused: ${decided.failure._tag}`)
  return decided.success
}
