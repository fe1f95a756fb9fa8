/** Waits, within bounds, for what whoever is paying wants to know: has it worked, has it not, or is something to be done. */
import * as Elapsed from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Payment } from "../../payment/payment.ts"
import { Digest } from "../../ports/digest.ts"
import type { Operations } from "../operations.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { isAwaitedTransfer, recheckPayment } from "../payments/recheck-payment.ts"
import { runAuthentication } from "../payments/run-authentication.ts"
import { type Followed, followPayment } from "./follow-payment.ts"
import { viewWith } from "./present-checkout.ts"

const pauseMinMs = 5
const pauseMaxMs = 200
const waitMaxMs = 60_000

export const settledCheckout = Effect.fn("paykernel.settledCheckout")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  checkoutId: string,
  waitMs: number
) {
  const leftMs = yield* countdown(Math.min(waitMs, waitMaxMs))
  const about = { merchantId, checkoutId }
  let followed = yield* followPayment(operations, directory, about)
  if (followed.checkout.state.status === "none") return Result.fail({ _tag: "CheckoutNotFound" as const })
  const askMs = yield* leftMs
  if (isWaitingForOthers(followed) && askMs > 0) {
    yield* askThem(operations, directory, followed.payment, askMs)
    followed = yield* followPayment(operations, directory, { ...about, known: followed.checkout })
  }
  for (let pause = pauseMinMs; isUnderWay(followed); pause = Math.min(pauseMaxMs, Math.ceil(pause * 1.5))) {
    const left = yield* leftMs
    if (!(left > 0)) break
    yield* Effect.sleep(Math.min(pause, left))
    followed = yield* followPayment(operations, directory, { ...about, known: followed.checkout })
  }
  const { checkout, payment } = followed
  return Result.succeed(viewWith(yield* Digest, checkout.state, payment))
})

/** What is left of a time. It is measured as it passes, so no clock that is set back makes it longer. */
const countdown = (totalMs: number) =>
  Effect.map(Elapsed.monotonicTimeNanos, (start) =>
    Effect.map(Elapsed.monotonicTimeNanos, (now) => totalMs - Number(now - start) / nanosPerMs)
  )

const nanosPerMs = 1e6

type Begun = Followed & { readonly payment: Payment }

/** For the payer who answers his issuer, or for the bank that a transfer has to come from: neither is a matter of seconds. */
const isWaitingForOthers = (followed: Followed): followed is Begun => {
  const { payment } = followed
  if (payment === null) return false
  return payment.status === "action_required" || payment.attempts.some((attempt) => isAwaitedTransfer(payment, attempt))
}

const isUnderWay = (followed: Followed): boolean =>
  followed.checkout.state.status === "paying" && !isWaitingForOthers(followed)

/** Whatever keeps issuer or bank from answering in time, a task of its own asks again. */
const askThem = (operations: Operations, directory: MerchantDirectory, payment: Payment, withinMs: number) => {
  const { merchantId, id } = payment
  const asked =
    payment.status === "action_required"
      ? Effect.asVoid(runAuthentication(operations, merchantId, id, null))
      : Effect.asVoid(recheckPayment(operations, directory, merchantId, id))
  return asked.pipe(Effect.timeoutOption(withinMs), Effect.ignore)
}
