import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as laws from "../testing/laws/index.ts"
import { deliver } from "../testing/laws/message-laws.ts"
import {
  approved,
  cancelPayment,
  capturePayment,
  declined,
  recordAuthentication,
  recordLookup,
  recordReply,
  refundPayment,
  requestPayment,
  startMs,
  usd
} from "../testing/payment-examples.ts"
import { decide, evolve, noPayment } from "./index.ts"
import type { Payment, PaymentCommand, RequestPayment } from "./payment.ts"

type Scene = laws.Scene<Payment, PaymentCommand>

const heardMs = startMs + 1_000
const settle: PaymentCommand = { _tag: "SettlePayment", settlementId: "settlement-1", nowMs: heardMs }
/** A settlement run comes again and again; the last one finds everything that is left. */
const last = [settle]

const play = (payment: Payment, ...commands: ReadonlyArray<PaymentCommand>): Payment =>
  commands.reduce((state, command) => {
    const decided = decide(state, command)
    if (Result.isFailure(decided)) throw new Error(`the scene was refused: ${decided.failure._tag}`)
    return decided.success.events.reduce(evolve, state)
  }, payment)

type Truth = { readonly approves: boolean; readonly amount: bigint }

/** Everything that is said about one attempt whose outcome is this truth. */
const about = (attemptId: string, { approves, amount }: Truth, cvv: "pass" | "not_requested" = "not_requested") => {
  const reference = `reference-${attemptId}`
  const verdict = approves
    ? approved(usd(amount), { reference, cvv })
    : declined("payment_not_funded", { reference, cvv })
  return {
    facts: [recordReply(attemptId, verdict, heardMs), recordLookup(attemptId, { _tag: "Found", verdict }, heardMs)],
    noise: [
      recordReply(attemptId, { _tag: "Unknown", why: "timeout" }, heardMs),
      recordLookup(attemptId, { _tag: "AbsentYet" }, heardMs),
      recordLookup(attemptId, { _tag: "Unavailable", why: "down" }, heardMs),
      { _tag: "DeclareHolderLost", attemptId, nowMs: heardMs } satisfies PaymentCommand
    ]
  }
}

const requested = (change: Partial<RequestPayment>): Payment => play(noPayment, requestPayment(change))
const authorization = { approves: true, amount: 1_000n }
const firstOf = (messages: ReadonlyArray<PaymentCommand>): ReadonlyArray<PaymentCommand> => messages.slice(0, 1)
const authorizedLater = play(requested({ autoCapture: false }), ...firstOf(about("authorize-1", authorization).facts))
const captured = play(requested({}), ...firstOf(about("authorize-1", authorization).facts))

const authorizing = fc.record({ approves: fc.boolean(), autoCapture: fc.boolean(), withCvv: fc.boolean() }).map(
  ({ approves, autoCapture, withCvv }): Scene => ({
    last,
    state: requested({ autoCapture, verificationMethod: withCvv ? "cvv" : "none" }),
    ...about("authorize-1", { ...authorization, approves }, withCvv ? "pass" : "not_requested")
  })
)

const authenticating = fc
  .record({ passes: fc.boolean(), approves: fc.boolean() })
  .map(({ passes, approves }): Scene => {
    const { facts, noise } = about("authorize-1", { ...authorization, approves })
    const end = recordAuthentication(
      passes
        ? { _tag: "AuthenticationPassed", eci: "05" }
        : { _tag: "AuthenticationFailed", code: "three_d_secure_failure" },
      heardMs
    )
    return {
      last,
      state: requested({ verificationMethod: "three_d_secure" }),
      facts: passes ? [end, ...facts] : [end],
      noise: [
        recordAuthentication({ _tag: "ChallengeIssued", url: "https://acs.example.com/1" }, heardMs),
        recordAuthentication({ _tag: "ChallengeOpen" }, heardMs),
        ...(passes ? noise : [])
      ]
    }
  })

const capturing = fc.boolean().map((approves): Scene => {
  const { facts, noise } = about("capture-1", { approves, amount: 600n })
  const state = play(authorizedLater, capturePayment({ amount: usd(600n) }))
  return { state, last, facts: [...facts, settle], noise }
})

const voiding = fc
  .record({ approves: fc.boolean(), afterCapture: fc.boolean() })
  .map(({ approves, afterCapture }): Scene => {
    const { facts, noise } = about("void-1", { approves, amount: 1_000n })
    return {
      last,
      state: play(afterCapture ? captured : authorizedLater, cancelPayment()),
      facts: [...facts, settle],
      noise
    }
  })

const refunding = fc
  .array(fc.record({ approves: fc.boolean(), amount: fc.bigInt({ min: 1n, max: 250n }) }), {
    minLength: 1,
    maxLength: 4
  })
  .map((truths): Scene => {
    const refunds = truths.map(({ amount }, index) =>
      refundPayment({ amount: usd(amount), reversalId: `refund-${index}`, attemptId: `attempt-${index}` })
    )
    const said = truths.map((truth, index) => about(`attempt-${index}`, truth))
    return {
      last,
      state: play(captured, ...refunds),
      facts: [...said.flatMap(({ facts }) => facts), settle],
      noise: said.flatMap(({ noise }) => noise)
    }
  })

describe.each([
  ["the authorization", authorizing],
  ["the 3-D Secure authentication and what follows it", authenticating],
  ["a capture, with settlement runs between", capturing],
  ["a void, with settlement runs between", voiding],
  ["several refunds at once, with settlement runs between", refunding]
])("what is heard about %s", (_, scenes) => {
  it("ends in the same state, in whatever order and however often it comes", () => {
    fc.assert(laws.anyOrder({ initial: noPayment, decide, evolve, scenes }), { numRuns: 10_000 })
  })
})

describe("the scenes of these laws", () => {
  it("end in what they are about", () => {
    const ends = (scenes: fc.Arbitrary<Scene>) =>
      new Set(
        fc
          .sample(scenes, { numRuns: 100, seed: 3 })
          .map(({ state, facts }) => deliver({ initial: noPayment, decide, evolve }, state, facts).status)
      )
    expect(ends(authorizing)).toEqual(new Set(["confirmed", "authorized", "failed"]))
    expect(ends(authenticating)).toEqual(new Set(["confirmed", "failed"]))
    expect(ends(capturing)).toEqual(new Set(["paid", "authorized"]))
    expect(ends(voiding)).toEqual(new Set(["voided", "authorized", "cancelled", "paid"]))
    expect(ends(refunding)).toEqual(new Set(["paid"]))
  })
})
