import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import { exampleTerms, requestPayment, startMs, usd } from "../testing/payment-examples.ts"
import { decide, evolve, noPayment } from "./index.ts"
import type { PaymentRequested, RequestPayment } from "./payment.ts"

const { given, history, fold } = decider({ initial: noPayment, decide, evolve })

const requested = (command: RequestPayment, change: Partial<PaymentRequested> = {}): PaymentRequested => ({
  _tag: "PaymentRequested",
  id: command.id,
  merchantId: command.merchantId,
  amount: command.amount,
  autoCapture: command.autoCapture,
  source: command.source,
  card: command.card,
  verificationMethod: command.verificationMethod,
  successUrl: command.successUrl,
  failureUrl: command.failureUrl,
  description: command.description,
  channel: command.channel,
  payer: command.payer,
  plan: {
    id: command.attemptId,
    kind: "authorize",
    gatewayKey: command.gatewayKey,
    amount: command.amount,
    needsCvv: command.verificationMethod === "cvv",
    plannedAtMs: startMs,
    startedAtMs: command.sendNow ? startMs : null
  },
  authenticationKey: null,
  atMs: startMs,
  ...change
})

const attemptTask = {
  id: "authorize-1",
  kind: "attempt",
  aggregate: { type: "payment", id: "payment-1" },
  subject: "authorize-1",
  dueAtMs: startMs
}

describe("requesting a payment", () => {
  it("accepts it with one event, one task and no movement of money, its authorization being sent already", () => {
    const command = requestPayment()
    const { tasks, ledger } = given().when(command).then(requested(command))
    expect(tasks).toEqual([attemptTask])
    expect(ledger).toEqual([])
    expect(fold(history(command))).toMatchObject({ status: "pending", attempts: [{ status: "sending", sends: 1 }] })
  })

  it("plans the authorization for somebody else to send", () => {
    const command = requestPayment({ sendNow: false })
    const { tasks } = given().when(command).then(requested(command))
    expect(tasks).toEqual([attemptTask])
    expect(fold(history(command)).attempts).toMatchObject([{ status: "planned", sends: 0 }])
  })

  it("remembers that the authorization needs the CVV", () => {
    const command = requestPayment({ verificationMethod: "cvv" })
    given().when(command).then(requested(command))
    expect(fold(history(command)).attempts).toMatchObject([{ needsCvv: true }])
  })

  it("puts 3-D Secure first, and gives it a quarter of an hour", () => {
    const command = requestPayment({ verificationMethod: "three_d_secure" })
    const { tasks } = given()
      .when(command)
      .then(requested(command, { plan: null, authenticationKey: "key-authenticate-1" }))
    const aggregate = { type: "payment", id: "payment-1" }
    expect(tasks).toEqual([
      { id: "payment-1:authenticate", kind: "authenticate", aggregate, subject: "payment-1", dueAtMs: startMs },
      {
        id: "payment-1:expire-challenge",
        kind: "expire_challenge",
        aggregate,
        subject: "payment-1",
        dueAtMs: startMs + 15 * 60_000
      }
    ])
    expect(fold(history(command))).toMatchObject({
      status: "pending",
      attempts: [],
      authentication: { key: "key-authenticate-1", status: "planned", challengeUrl: null }
    })
  })
})

describe("a request", () => {
  const { minAmount: min, maxAmount: max } = exampleTerms

  // Each row repairs the fault of the one before and has the next.
  it.each([
    ["of nothing", { amount: usd(0n), sourceStatus: "failed" }, { _tag: "AmountNotPositive" }],
    ["of less than nothing", { amount: usd(-1n), sourceStatus: "failed" }, { _tag: "AmountNotPositive" }],
    [
      "in another currency than the contract's",
      { amount: { amount: 1n, currency: "EUR" }, sourceStatus: "failed" },
      { _tag: "CurrencyNotSupported", currency: "EUR" }
    ],
    [
      "above the contract's limit",
      { amount: usd(1_000_001n), sourceStatus: "failed" },
      { _tag: "AmountOutsideLimits", min, max }
    ],
    ["from a source that failed", { amount: max, sourceStatus: "failed" }, { _tag: "SourceNotUsable" }]
  ] as const)("%s is refused", (_, change, rejection) => {
    given().when(requestPayment(change)).thenRejected(rejection)
  })

  it("below the contract's limit is refused, at the limit it is not", () => {
    const terms = { ...exampleTerms, minAmount: usd(500n) }
    given()
      .when(requestPayment({ amount: usd(499n), terms }))
      .thenRejected({ _tag: "AmountOutsideLimits", min: usd(500n), max })
    const command = requestPayment({ amount: usd(500n), terms })
    given().when(command).then(requested(command))
  })

  it("from a source still being verified is accepted", () => {
    const command = requestPayment({ sourceStatus: "pending" })
    given().when(command).then(requested(command))
  })

  it("for a payment that exists is refused", () => {
    given(...history(requestPayment()))
      .when(requestPayment())
      .thenRejected({ _tag: "PaymentAlreadyExists" })
  })
})
