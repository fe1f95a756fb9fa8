import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import {
  approved,
  attemptPlan,
  declined,
  recordAuthentication,
  recordReply,
  requestPayment,
  startMs
} from "../testing/payment-examples.ts"
import { decide, evolve, noPayment } from "./index.ts"
import type { AuthenticationOutcome, PaymentEvent } from "./payment.ts"

const { given, history, fold } = decider({ initial: noPayment, decide, evolve })

const expiresAtMs = startMs + 15 * 60_000
const requested = history(requestPayment({ verificationMethod: "three_d_secure" }))
const issued: AuthenticationOutcome = { _tag: "ChallengeIssued", url: "https://acs.example.com/1" }
const pass: AuthenticationOutcome = { _tag: "AuthenticationPassed", eci: "05" }
const challenged: PaymentEvent = { ...issued, expiresAtMs, atMs: startMs }
const plan = attemptPlan({
  id: "authorize-1",
  kind: "authorize",
  gatewayKey: "key-authorize-1",
  startedAtMs: null
})
const passed: ReadonlyArray<PaymentEvent> = [
  { _tag: "AuthenticationPassed", eci: "05", atMs: startMs },
  { _tag: "AttemptPlanned", plan, atMs: startMs }
]
const failed = (code: "three_d_secure_failure" | "three_d_secure_action_expired", atMs = startMs): PaymentEvent => ({
  _tag: "PaymentFailed",
  code,
  risk: null,
  avs: null,
  cvv: null,
  atMs
})

const closed: ReadonlyArray<PaymentEvent> = [
  { _tag: "CancelRequested", reversalId: "cancel-1", reason: null, amount: plan.amount, plan: null, atMs: startMs },
  { _tag: "PaymentVoided", reversalId: "cancel-1", atMs: startMs }
]
const captured = history(
  requestPayment({ verificationMethod: "three_d_secure" }),
  recordAuthentication(pass),
  recordReply("authorize-1", approved())
)

describe("a 3-D Secure challenge", () => {
  it("asks the payer to act, until a quarter of an hour after the request", () => {
    given(...requested)
      .when(recordAuthentication(issued))
      .then(challenged)
    given(...requested)
      .when(recordAuthentication(issued, startMs + 60_000))
      .then({ ...challenged, atMs: startMs + 60_000 })
    expect(fold([...requested, challenged])).toMatchObject({
      status: "action_required",
      authentication: { status: "challenged", challengeUrl: "https://acs.example.com/1", expiresAtMs }
    })
  })

  it("that is issued again, or still open, is no news", () => {
    given(...requested, challenged)
      .when(recordAuthentication(issued))
      .thenNothing()
    given(...requested, challenged)
      .when(recordAuthentication({ _tag: "ChallengeOpen" }))
      .thenNothing()
  })

  it("that nobody answered fails the payment, not before its time", () => {
    given(...requested, challenged)
      .when({ _tag: "ExpireChallenge", nowMs: expiresAtMs - 1 })
      .thenRejected({ _tag: "NotDue", dueAtMs: expiresAtMs })
    given(...requested, challenged)
      .when({ _tag: "ExpireChallenge", nowMs: expiresAtMs })
      .then(failed("three_d_secure_action_expired", expiresAtMs))
  })

  it("leaves the state without a URL once it is over", () => {
    for (const end of [passed, [failed("three_d_secure_failure")]]) {
      expect(fold([...requested, challenged, ...end]).authentication?.challengeUrl).toBeNull()
    }
  })
})

describe("an authentication", () => {
  it.each([
    ["with a challenge", [...requested, challenged]],
    ["without one", requested]
  ])("that passes %s plans the authorization", (_, events) => {
    const { tasks } = given(...events)
      .when(recordAuthentication(pass))
      .then(...passed)
    expect(tasks).toMatchObject([{ id: "authorize-1", kind: "attempt", subject: "authorize-1", dueAtMs: startMs }])
    expect(fold([...events, ...passed])).toMatchObject({
      status: "pending",
      authentication: { status: "passed", eci: "05" },
      attempts: [{ kind: "authorize", status: "planned" }]
    })
  })

  it("that fails, fails the payment with its code", () => {
    const failure: AuthenticationOutcome = { _tag: "AuthenticationFailed", code: "three_d_secure_failure" }
    for (const events of [requested, [...requested, challenged]]) {
      given(...events)
        .when(recordAuthentication(failure))
        .then(failed("three_d_secure_failure"))
    }
    expect(fold([...requested, failed("three_d_secure_failure")])).toMatchObject({
      status: "failed",
      failure: "three_d_secure_failure",
      authentication: { status: "failed" }
    })
  })

  it("that passed has passed, also where the authorization is declined then", () => {
    const refused = [recordAuthentication(pass), recordReply("authorize-1", declined())]
    expect(fold(history(requestPayment({ verificationMethod: "three_d_secure" }), ...refused))).toMatchObject({
      status: "failed",
      authentication: { status: "passed", eci: "05" }
    })
  })

  it("never heard of runs out of time as well", () => {
    given(...requested)
      .when({ _tag: "ExpireChallenge", nowMs: expiresAtMs })
      .then(failed("three_d_secure_action_expired", expiresAtMs))
  })

  const late: ReadonlyArray<AuthenticationOutcome> = [
    pass,
    issued,
    { _tag: "ChallengeOpen" },
    { _tag: "AuthenticationFailed", code: "three_d_secure_failure" }
  ]
  it.each([
    ["passed", [...requested, ...passed]],
    ["failed", [...requested, failed("three_d_secure_failure")]],
    ["been cancelled", [...requested, challenged, ...closed]],
    ["been captured", captured],
    ["never been asked for", history(requestPayment())]
  ])("is not listened to once it has %s", (_, events) => {
    for (const outcome of late)
      given(...events)
        .when(recordAuthentication(outcome))
        .thenNothing()
    given(...events)
      .when({ _tag: "ExpireChallenge", nowMs: expiresAtMs })
      .thenNothing()
  })
})
