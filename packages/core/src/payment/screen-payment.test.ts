import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import {
  advanced,
  approved,
  recordAuthentication,
  recordReply,
  recordRisk,
  requestPayment,
  startMs
} from "../testing/payment-examples.ts"
import { decide, evolve, noPayment } from "./index.ts"
import type { PaymentEvent, RiskEvaluation } from "./payment.ts"

const { given, history, fold } = decider({ initial: noPayment, decide, evolve })

const denial: RiskEvaluation = { decision: "denied", reason: "3000" }
const failed = (risk: RiskEvaluation, code: "payment_denied" | "three_d_secure_required"): PaymentEvent => ({
  _tag: "PaymentFailed",
  code,
  risk,
  avs: null,
  cvv: null,
  atMs: startMs
})
const notSent = advanced("authorize-1", { _tag: "AttemptNotSent", why: "risk", atMs: startMs })
const abandoned = advanced("authorize-1", { _tag: "AttemptAbandoned", why: "risk", atMs: startMs })
const sending = history(requestPayment())

describe("a risk evaluation", () => {
  it("that does not deny changes nothing", () => {
    for (const decision of ["approved", "review"] as const) {
      given(...sending)
        .when(recordRisk({ decision, reason: "" }))
        .thenNothing()
    }
  })

  it("that denies takes back an authorization which its holder has not sent yet", () => {
    given(...sending)
      .when(recordRisk(denial))
      .then(notSent, abandoned, failed(denial, "payment_denied"))
    expect(fold([...sending, notSent, abandoned, failed(denial, "payment_denied")])).toMatchObject({
      status: "failed",
      failure: "payment_denied",
      risk: denial,
      attempts: [{ status: "abandoned", sends: 0 }]
    })
  })

  it("that denies gives up an authorization which is only planned", () => {
    given(...history(requestPayment({ sendNow: false })))
      .when(recordRisk(denial))
      .then(abandoned, failed(denial, "payment_denied"))
  })

  it("of reason 3350 asks for an authenticated payment instead", () => {
    const asked: RiskEvaluation = { decision: "denied", reason: "3350" }
    given(...sending)
      .when(recordRisk(asked))
      .then(notSent, abandoned, failed(asked, "three_d_secure_required"))
  })

  it("that denies before or during the authentication fails the payment", () => {
    const requested = requestPayment({ verificationMethod: "three_d_secure" })
    const challenge = recordAuthentication({ _tag: "ChallengeIssued", url: "https://acs.example.com/1" })
    for (const events of [history(requested), history(requested, challenge)]) {
      given(...events)
        .when(recordRisk(denial, null))
        .then(failed(denial, "payment_denied"))
    }
  })

  it("that denies too late changes nothing", () => {
    const requested = requestPayment({ verificationMethod: "three_d_secure" })
    const passed = history(requested, recordAuthentication({ _tag: "AuthenticationPassed", eci: "05" }))
    given(...passed)
      .when(recordRisk(denial, null))
      .thenNothing()
    const lost = history(requestPayment(), { _tag: "DeclareHolderLost", attemptId: "authorize-1", nowMs: startMs })
    given(...lost)
      .when(recordRisk(denial))
      .thenNothing()
    const captured = history(requestPayment(), recordReply("authorize-1", approved()))
    given(...captured)
      .when(recordRisk(denial))
      .thenNothing()
  })

  it("that denies a message sent once before does not take that one back", () => {
    const resent = [
      ...sending,
      advanced("authorize-1", { _tag: "AttemptBecameUnknown", why: "timeout", atMs: startMs }),
      advanced("authorize-1", { _tag: "AttemptStarted", atMs: startMs })
    ]
    given(...resent)
      .when(recordRisk(denial))
      .thenNothing()
  })

  it("about an attempt that is not there is refused", () => {
    given(...sending)
      .when(recordRisk(denial, "another"))
      .thenRejected({ _tag: "AttemptNotFound" })
  })
})
