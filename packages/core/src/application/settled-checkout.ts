/** Waits, within bounds, for what whoever is paying wants to know: has it worked, has it not, or is something to be done. */
import * as Elapsed from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Payment } from "../payment/payment.ts"
import { Digest } from "../ports/digest.ts"
import { type Followed, followPayment } from "./follow-payment.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"
import type { Operations } from "./operations.ts"
import { viewWith } from "./present-checkout.ts"
import { runAuthentication } from "./run-authentication.ts"

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
  if (isChallenged(followed) && askMs > 0) {
    yield* askIssuer(operations, followed.payment, askMs)
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

type Challenged = Followed & { readonly payment: Payment }

const isChallenged = (followed: Followed): followed is Challenged => followed.payment?.status === "action_required"

const isUnderWay = ({ checkout, payment }: Followed): boolean =>
  checkout.state.status === "paying" && payment?.status !== "action_required"

/** Whatever keeps the issuer from answering in time, a task of its own asks again. */
const askIssuer = (operations: Operations, { merchantId, id }: Payment, withinMs: number) =>
  runAuthentication(operations, merchantId, id, null).pipe(Effect.timeoutOption(withinMs), Effect.ignore)
