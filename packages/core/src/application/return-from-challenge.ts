/** A payer's browser came back. That is a reason to ask the gateway, and never an answer. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Digest } from "../ports/digest.ts"
import { readChallengeState } from "./challenge-state.ts"
import type { Operations } from "./operations.ts"
import { runAuthentication } from "./run-authentication.ts"

export const returnFromChallenge = Effect.fn("paykernel.returnFromChallenge")(function* (
  operations: Operations,
  state: string
) {
  const named = readChallengeState(yield* Digest, state)
  if (named === undefined) return Result.fail({ _tag: "ReturnStateInvalid" as const })
  const payment = yield* runAuthentication(operations, named.merchantId, named.paymentId, null)
  const passed = payment.authentication?.status === "passed"
  const redirectUrl = passed ? payment.successUrl : payment.failureUrl
  if (redirectUrl === null) return Result.fail({ _tag: "ReturnStateInvalid" as const })
  return Result.succeed({ redirectUrl })
})
