import { describe, expect, it } from "vitest"
import { bps, money } from "../money/index.ts"
import { decider } from "../testing/decider.ts"
import {
  advanced,
  approved,
  declined,
  exampleTerms,
  recordLookup,
  recordReply,
  recordReversal,
  requestPayment,
  startMs,
  usd
} from "../testing/payment-examples.ts"
import { decide, evolve, noPayment } from "./index.ts"
import type { PaymentCommand, PaymentEvent } from "./payment.ts"

const { given, history, fold } = decider({ initial: noPayment, decide, evolve })

const expiresAtMs = startMs + (6 * 24 + 18) * 3_600_000
const atMs = startMs
const attemptId = "authorize-1"
const sending = history(requestPayment())
const confirmed = advanced(attemptId, { _tag: "AttemptConfirmed", reference: "reference-1", atMs })
const authorized: PaymentEvent = {
  _tag: "PaymentAuthorized",
  amount: usd(1_000n),
  avs: "Y",
  cvv: "not_requested",
  expiresAtMs,
  atMs
}
const failed = (code: Extract<PaymentEvent, { _tag: "PaymentFailed" }>["code"], avs: string | null): PaymentEvent => ({
  _tag: "PaymentFailed",
  code,
  risk: null,
  avs,
  cvv: avs === null ? null : "not_requested",
  atMs
})
const abandon: PaymentCommand = { _tag: "AbandonAttempt", attemptId, why: "cvv_lost", nowMs: atMs }
const lost: PaymentCommand = { _tag: "DeclareHolderLost", attemptId, nowMs: atMs }

describe("an approved authorization", () => {
  it("is captured with its fees in the same step, straight into the posted books", () => {
    const { ledger, tasks } = given(...sending)
      .when(recordReply(attemptId, approved()))
      .then(confirmed, authorized, { _tag: "PaymentCaptured", amount: usd(1_000n), fees: usd(59n), atMs })
    expect(ledger).toEqual([
      {
        id: "payment-1:capture",
        merchantId: "merchant-1",
        kind: "capture",
        reference: { type: "payment", id: "payment-1" },
        atMs,
        postings: [
          { account: "card_receivable", layer: "posted", amount: usd(1_000n) },
          { account: "merchant_unsettled", layer: "posted", amount: usd(-1_000n) }
        ]
      }
    ])
    expect(tasks).toEqual([])
  })

  it("is held where it is captured later, for 6 days and 18 hours from the request", () => {
    const later = history(requestPayment({ autoCapture: false }))
    const { ledger, tasks } = given(...later)
      .when(recordReply(attemptId, approved(), atMs + 5))
      .then(advanced(attemptId, { _tag: "AttemptConfirmed", reference: "reference-1", atMs: atMs + 5 }), {
        ...authorized,
        atMs: atMs + 5
      })
    expect(ledger).toMatchObject([
      {
        id: "payment-1:authorization-hold",
        kind: "authorization_hold",
        postings: [
          { account: "card_authorized", layer: "held", amount: usd(1_000n) },
          { account: "merchant_authorized", layer: "held", amount: usd(-1_000n) }
        ]
      }
    ])
    expect(tasks).toMatchObject([
      { id: "payment-1:expire-authorization", kind: "expire_authorization", dueAtMs: expiresAtMs }
    ])
  })

  it("is the same when it is found by a look-up", () => {
    const found = recordLookup(attemptId, { _tag: "Found", verdict: approved() })
    given(...sending, advanced(attemptId, { _tag: "AttemptBecameUnknown", why: "holder lost", atMs }))
      .when(found)
      .then(confirmed, authorized, { _tag: "PaymentCaptured", amount: usd(1_000n), fees: usd(59n), atMs })
  })

  it("keeps what the issuer said about address and CVV", () => {
    const payment = fold(history(requestPayment(), recordReply(attemptId, approved())))
    expect(payment.verification).toEqual({ avs: "Y", cvv: "not_requested" })
  })

  it("that is declined keeps them too, and one that nobody answers knows nothing of them", () => {
    const refused = recordReply(attemptId, declined("card_expired", { avs: "N", cvv: "fail" }))
    expect(fold(history(requestPayment(), refused)).verification).toEqual({ avs: "N", cvv: "fail" })
    const unsent = history(requestPayment({ sendNow: false }), abandon)
    expect(fold(unsent)).toMatchObject({ status: "failed", verification: fold(sending).verification })
  })

  it("said again, in any way, is no news, and neither is a decline", () => {
    const captured = history(requestPayment(), recordReply(attemptId, approved()))
    given(...captured)
      .when(recordReply(attemptId, approved()))
      .thenNothing()
    given(...captured)
      .when(recordLookup(attemptId, { _tag: "Found", verdict: approved() }))
      .thenNothing()
    given(...captured)
      .when(recordReply(attemptId, declined()))
      .thenNothing()
    given(...captured)
      .when(lost)
      .thenNothing()
  })

  it("for another amount is not believed", () => {
    given(...sending)
      .when(recordReply(attemptId, approved(usd(999n))))
      .then(
        advanced(attemptId, {
          _tag: "AttemptBecameUnknown",
          why: "the gateway answered for another amount",
          atMs
        })
      )
  })

  it("waits to be recorded where the contract's fees do not cover it", () => {
    const feeSchedule = {
      fee: { kind: "fixed", name: "flat", amount: money(10n, "EUR") },
      onExcess: "limit"
    } as const
    given(...sending)
      .when({
        _tag: "RecordReply",
        attemptId,
        reply: approved(),
        terms: { ...exampleTerms, feeSchedule },
        nowMs: atMs
      })
      .thenRejected({ _tag: "FeesNotAssessable", reason: "FeeCurrencyMismatch" })
  })

  it("is charged by the card it was paid with", () => {
    const byNetwork = (network: string) =>
      ({
        fee: {
          kind: "select",
          rules: [
            { when: { network }, fee: { kind: "percentage", name: "share", rate: bps(1_000n), rounding: "halfUp" } }
          ],
          otherwise: { kind: "sum", fees: [] }
        },
        onExcess: "limit"
      }) as const
    const feesUnder = (network: string) => {
      const terms = { ...exampleTerms, feeSchedule: byNetwork(network) }
      const reply: PaymentCommand = { _tag: "RecordReply", attemptId, reply: approved(), terms, nowMs: atMs }
      return fold(history(requestPayment(), reply)).fees
    }
    expect(feesUnder("VISA")).toEqual(usd(100n))
    expect(feesUnder("AMEX")).toEqual(usd(0n))
  })
})

describe("an authorization that comes to nothing", () => {
  it("fails the payment with the gateway's code where that is one of ours", () => {
    given(...sending)
      .when(recordReply(attemptId, declined("card_expired")))
      .then(
        advanced(attemptId, { _tag: "AttemptDeclined", code: "card_expired", reference: null, atMs }),
        failed("card_expired", "Y")
      )
    given(...sending)
      .when(recordReply(attemptId, declined("do_not_honor_57")))
      .then(
        advanced(attemptId, { _tag: "AttemptDeclined", code: "do_not_honor_57", reference: null, atMs }),
        failed("payment_failed", "Y")
      )
  })

  it("fails the payment once it has been reversed", () => {
    const reversing = history(
      requestPayment({ verificationMethod: "cvv" }),
      lost,
      recordLookup(attemptId, { _tag: "AbsentFinal" })
    )
    given(...reversing)
      .when(recordReversal(attemptId, { _tag: "NothingToReverse" }))
      .then(advanced(attemptId, { _tag: "AttemptReversed", atMs }), failed("payment_failed", null))
  })

  it.each([
    ["none" as const, "payment_failed" as const],
    ["cvv" as const, "payment_unprocessable" as const]
  ])("fails the payment when it is given up, with verification %s as %s", (verificationMethod, code) => {
    given(...history(requestPayment({ verificationMethod, sendNow: false })))
      .when({ _tag: "AbandonAttempt", attemptId, why: "cvv_lost", nowMs: atMs })
      .then(advanced(attemptId, { _tag: "AttemptAbandoned", why: "cvv_lost", atMs }), failed(code, null))
  })

  it("but is found executed later is undone, and the payment stays failed", () => {
    const refused = history(requestPayment(), recordReply(attemptId, declined()))
    const { tasks } = given(...refused)
      .when(recordLookup(attemptId, { _tag: "Found", verdict: approved() }, atMs + 9))
      .then(advanced(attemptId, { _tag: "LateSuccessFound", reference: "reference-1", atMs: atMs + 9 }))
    expect(tasks).toMatchObject([
      { id: `authorize-1:undo:${atMs + 9}:reference-1`, kind: "attempt", dueAtMs: atMs + 9 }
    ])
    const orphaned = [...refused, advanced(attemptId, { _tag: "LateSuccessFound", reference: "reference-1", atMs })]
    given(...orphaned)
      .when(recordReversal(attemptId, { _tag: "Reversed" }))
      .then(advanced(attemptId, { _tag: "AttemptReversed", atMs }))
    expect(fold(orphaned)).toMatchObject({ status: "failed", attempts: [{ status: "orphaned" }] })
  })
})

describe("an attempt that was left to a person while it was undone", () => {
  const limitMs = 24 * 3_600_000
  const left = history(
    requestPayment({ verificationMethod: "cvv" }),
    lost,
    recordLookup(attemptId, { _tag: "AbsentFinal" }),
    recordReversal(attemptId, { _tag: "ReversalUnknown", why: "timeout" }, atMs + limitMs)
  )
  const approvedOnce = recordLookup(attemptId, { _tag: "Found", verdict: approved() })
  const again = advanced(attemptId, { _tag: "AttemptReversalStarted", atMs })

  it("is undone to the end when it is heard that it was approved once, each time by a task of its own", () => {
    const { tasks } = given(...left)
      .when(approvedOnce)
      .then(again)
    expect(tasks).toMatchObject([
      { id: "authorize-1:undo-again:1", kind: "attempt", subject: attemptId, dueAtMs: atMs }
    ])
    const why = { _tag: "AttemptEscalated", why: "reversal in doubt for too long", atMs } as const
    const next = given(...left, again, advanced(attemptId, why))
      .when(approvedOnce)
      .then(again)
    expect(next.tasks).toMatchObject([{ id: "authorize-1:undo-again:2" }])
    given(...left, again)
      .when(recordReversal(attemptId, { _tag: "Reversed" }))
      .then(advanced(attemptId, { _tag: "AttemptReversed", atMs }), failed("payment_failed", null))
  })
})

describe("the task that undoes a late success", () => {
  it.each([
    ["ref/1 a:b", "ref_1_a_b"],
    ["r".repeat(65), "r".repeat(64)]
  ])("is named after what was found, in letters that a name may have: %s", (reference, named) => {
    const { tasks } = given(...history(requestPayment(), recordReply(attemptId, declined())))
      .when(recordLookup(attemptId, { _tag: "Found", verdict: approved(usd(1_000n), { reference }) }))
      .then(advanced(attemptId, { _tag: "LateSuccessFound", reference, atMs }))
    expect(tasks).toMatchObject([{ id: `authorize-1:undo:${atMs}:${named}` }])
  })
})

describe("starting an attempt", () => {
  const start: PaymentCommand = { _tag: "StartAttempt", attemptId, nowMs: atMs }

  it("is a permission to send, given once", () => {
    const planned = history(requestPayment({ sendNow: false }))
    const { tasks } = given(...planned)
      .when(start)
      .then(advanced(attemptId, { _tag: "AttemptStarted", atMs }))
    expect(tasks).toEqual([])
    given(...history(requestPayment({ sendNow: false }), start))
      .when(start)
      .thenRejected({ _tag: "OperationInFlight", kind: "authorize" })
  })

  it("of an attempt that is not there is refused", () => {
    given(...sending)
      .when({ ...start, attemptId: "another" })
      .thenRejected({ _tag: "AttemptNotFound" })
  })
})
