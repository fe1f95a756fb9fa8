/**
 * Carries a payment's 3-D Secure authentication on: start it, follow an open challenge, take the result. The payer's
 * return and the poll both come through here, and both only ask the gateway.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decide } from "../../payment/index.ts"
import type { AuthenticationOutcome, Payment, PaymentCommand } from "../../payment/payment.ts"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { Risk } from "../../ports/risk.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { transact } from "../commit/transact.ts"
import { again, done, type Operations, pauseMs, wakeFor } from "../operations.ts"
import { paymentDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { type CredentialsLost, credentialsOf } from "./card-credentials.ts"
import { challengeState } from "./challenge-state.ts"
import { authenticateAtGateway } from "./gateway-calls.ts"
import { loadCard } from "./load-card.ts"

const challengePollCapMs = 30_000

/** Takes the authentication as far as it goes now. Without a task it runs outside any lease, guarded by the version. */
export const runAuthentication = Effect.fn("paykernel.authenticate")(function* (
  operations: Operations,
  merchantId: string,
  paymentId: string,
  task: ClaimedTask | null
) {
  const { state: payment } = yield* load(paymentDefinition, merchantId, paymentId)
  const command = isAwaited(payment)
    ? yield* Effect.catchTag(commandFor(operations, payment), "CredentialsLost", (lost) => unlessEnded(payment, lost))
    : null
  const nowMs = (yield* Clock).nowMs()
  const decided = yield* transact({
    definition: paymentDefinition,
    merchantId,
    id: paymentId,
    decide: (state) =>
      command === null ? Result.succeed({ events: [], ledger: [], tasks: [] }) : decide(state, command),
    ...(task === null
      ? {}
      : {
          lease: (state: Payment) =>
            isAwaited(state)
              ? again(task, nowMs + pauseMs(task.attempt, operations.challengePollMs, challengePollCapMs))
              : done(task)
        })
  })
  if (Result.isFailure(decided)) {
    return yield* Effect.die(new Error(`an authentication's outcome was refused: ${decided.failure._tag}`))
  }
  wakeFor(operations, decided.success.tasks)
  return decided.success.state
})

const isAwaited = (payment: Payment): boolean =>
  payment.status === "action_required" || (payment.status === "pending" && payment.authentication?.status === "planned")

/** A card for one payment is forgotten when that has ended: whoever ended it meanwhile has left nothing to ask about. */
const unlessEnded = Effect.fnUntraced(function* ({ merchantId, id }: Payment, lost: CredentialsLost) {
  const { state } = yield* load(paymentDefinition, merchantId, id)
  return isAwaited(state) ? yield* lost : null
})

const commandFor = Effect.fnUntraced(function* (operations: Operations, payment: Payment) {
  const clock = yield* Clock
  const authentication = payment.authentication
  if (authentication === null) return null
  const card = yield* loadCard(payment.merchantId, payment.source.id)
  if (payment.status === "pending") {
    const evaluation = yield* (yield* Risk).assessPayment(payment, card, clock.nowMs())
    if (evaluation.decision === "denied") {
      const denied: PaymentCommand = { _tag: "RecordRisk", attemptId: null, evaluation, nowMs: clock.nowMs() }
      return denied
    }
  }
  const digest = yield* Digest
  const outcome = yield* authenticateAtGateway(
    {
      key: authentication.key,
      merchantId: payment.merchantId,
      paymentId: payment.id,
      amount: payment.amount,
      card: yield* credentialsOf(card, null),
      returnUrl: operations.challengeReturnUrl(challengeState(digest, payment.merchantId, payment.id))
    },
    operations.callTimeoutMs
  )
  return outcome === undefined ? null : yield* recording(outcome)
})

const recording = Effect.fnUntraced(function* (outcome: AuthenticationOutcome) {
  const nowMs = (yield* Clock).nowMs()
  const attemptId = (yield* Ids).next(nowMs)
  const command: PaymentCommand = {
    _tag: "RecordAuthentication",
    outcome,
    attemptId,
    gatewayKey: (yield* Digest).of("gateway-key", attemptId),
    nowMs
  }
  return command
})
