/** The operations that concern no payment. */
import * as Effect from "effect/Effect"
import { bankHasAnswered, returnFromChallenge } from "../front/challenge-return.ts"
import { answerDone, type Call, merchantIdOf, type Services } from "./operation.ts"
import { refuse, unavailable } from "./published-error.ts"
import { timestamp } from "./timestamp.ts"

/** Asks storage for nothing in particular: that it answers is what a caller wants to know. */
export const getHealth = Effect.fnUntraced(function* ({ kernel, nowMs }: Services, { incoming }: Call) {
  const asked = yield* Effect.promise(() => kernel.checkouts.get(merchantIdOf(incoming), ""))
  if (!asked.ok && asked.error._tag === "Unavailable") return refuse(unavailable(asked.error.retryAfterMs))
  return answerDone(200, "API is operational", { status: "operational", time: timestamp(nowMs()) })
})

export const returnPayer = Effect.fnUntraced(function* ({ kernel }: Services, { subject }: Call) {
  const answer = yield* Effect.promise(() => returnFromChallenge(kernel, subject))
  return typeof answer === "number" ? refuse(unavailable(answer)) : answer
})

export const showBankHasAnswered = () => Effect.promise(bankHasAnswered)
