/** The operations on payments that are made on a page of ours. */
import type { Checkout, CheckoutView, Kernel } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { jsonText } from "../front/answer.ts"
import { CreateHostedPayment } from "./hosted-payment.schema.ts"
import {
  allErrors,
  answerDone,
  answerRead,
  ask,
  type Call,
  doneText,
  idempotencyKeyOf,
  keyed,
  merchantIdOf,
  type Operation,
  readRequest,
  replayMark,
  type Services
} from "./operation.ts"
import { invalidRequest, sessionNotFound } from "./published-error.ts"
import { meaningOfOrder, readOrder } from "./read-order.ts"
import { renderCancelled, renderOpened, renderSession } from "./render-session.ts"
import { readTimestamp } from "./timestamp.ts"

const decodeCreate = Schema.decodeUnknownResult(CreateHostedPayment, allErrors)

const path = "/api/hosted-payment"

/** A repetition with the same key is answered with the first answer's bytes, whatever has become of the session. */
export const createHostedPayment = Effect.fnUntraced(function* (services: Services, { incoming }: Call) {
  const merchantId = merchantIdOf(incoming)
  const key = yield* idempotencyKeyOf(incoming)
  const request = yield* readRequest(incoming, decodeCreate)
  const order = yield* readOrder(services, merchantId, request)
  const expiresAtMs = yield* readExpiry(request.expires_at)
  const { description } = request
  const kept = (view: CheckoutView) => ({
    status: 201,
    body: doneText("Payment session created successfully", renderOpened(view, services.pageUrl))
  })
  const fields = { ...meaningOfOrder(order, request), description, expiresAtMs }
  const input = { ...order, description, expiresAtMs }
  const bound = key === null ? undefined : keyed(key, { path, fields }, kept)
  const opening = ask(() => services.kernel.checkouts.open(merchantId, input, bound), "session")
  const { view, answer, replayed } = yield* opening
  const { status, body } = answer ?? kept(view)
  return jsonText(status, body, replayMark(replayed))
})

const readExpiry = (given: string | undefined): Operation<number | null> =>
  given === undefined
    ? Effect.succeed(null)
    : Effect.fromResult(Result.mapError(readTimestamp(given), (says) => invalidRequest(`expires_at ${says}.`)))

export const getHostedPayment = Effect.fnUntraced(function* (services: Services, call: Call) {
  return answerRead(renderSession(yield* sessionOf(services, call), services.pageUrl, services.nowMs()))
})

/** A session that was cancelled already is answered as it was then. */
export const cancelHostedPayment = Effect.fnUntraced(function* (services: Services, call: Call) {
  const { checkout } = yield* sessionOf(services, call)
  const cancelled = yield* ask(() => cancel(services.kernel, checkout), "session")
  return answerDone(200, "Payment session cancelled successfully", renderCancelled(cancelled))
})

const cancel = async (kernel: Kernel, { merchantId, id }: Checkout) => {
  const outcome = await kernel.checkouts.cancel(merchantId, id)
  const isCancelled = !outcome.ok && outcome.error._tag === "CheckoutIsCancelled"
  return isCancelled ? kernel.checkouts.get(merchantId, id) : outcome
}

/** A direct payment's checkout is not a session, whichever name it is asked by. */
const sessionOf = ({ kernel }: Services, { incoming, subject }: Call): Operation<CheckoutView> =>
  sessionShape.test(subject)
    ? ask(() => kernel.checkouts.settled(merchantIdOf(incoming), subject, 0), "session")
    : Effect.fail(sessionNotFound)

const sessionShape = /^sess_[0-9A-Z]{12}$/u
