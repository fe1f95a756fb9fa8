/** Asks risk and the issuer about a card that was submitted or changed. Moves no money, so it may simply be repeated. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Card, CardCommand, CardVerification } from "../../card/card.ts"
import type { Cvv } from "../../card/cvv.ts"
import { decide } from "../../card/index.ts"
import { Clock } from "../../ports/clock.ts"
import { Risk } from "../../ports/risk.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { transact } from "../commit/transact.ts"
import { again, done, type Operations, pauseMs } from "../operations.ts"
import { cardDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { commitLease, keepLease } from "../tasks/keep-lease.ts"
import { credentialsOf } from "./card-credentials.ts"
import { verifyAtGateway } from "./gateway-calls.ts"

/** The code cannot be handed to another process, so the holder itself tries a few times before it gives up. */
const triesMax = 6
/** Pause before a second run of one verification, in a process whose first run has the code, looks again. */
const busyPauseMs = 1000

export const runCardVerification = Effect.fn("paykernel.verifyCard")(function* (
  operations: Operations,
  task: ClaimedTask
) {
  const round = Number.parseInt(task.subject, 10)
  const { state: card } = yield* load(cardDefinition, task.aggregate.merchantId, task.aggregate.id)
  const awaited = card.status === "pending" && card.round === round
  if (awaited && operations.cvvs.isInUse(task.id)) {
    return yield* commitLease(again(task, (yield* Clock).nowMs() + busyPauseMs))
  }
  const command = awaited ? yield* outcomeOf(operations, card, round, task) : undefined
  yield* transact({
    definition: cardDefinition,
    merchantId: task.aggregate.merchantId,
    id: task.aggregate.id,
    decide: (state) =>
      command === undefined ? Result.succeed({ events: [], ledger: [], tasks: [] }) : decide(state, command),
    lease: () => done(task)
  })
  operations.cvvs.discard(task.id)
})

const outcomeOf = Effect.fnUntraced(function* (operations: Operations, card: Card, round: number, task: ClaimedTask) {
  const clock = yield* Clock
  const risk = yield* (yield* Risk).assessCard(card, clock.nowMs())
  if (risk.decision === "denied") {
    const denied: CardCommand = { _tag: "DenyCard", round, risk, nowMs: clock.nowMs() }
    return denied
  }
  const code = operations.cvvs.take(task.id)
  const outcome =
    code === undefined
      ? // A crash took the code: the issuer cannot check what we no longer have, and the client can send it again.
        unverified(card, "card_cvv_required")
      : // Put back even after an answer: if that cannot be written, the issuer is asked again.
        yield* Effect.ensuring(askIssuer(operations, card, code.cvv, task), Effect.sync(code.putBack))
  const recorded: CardCommand = { _tag: "RecordVerification", round, outcome, nowMs: clock.nowMs() }
  return recorded
})

const askIssuer = Effect.fnUntraced(function* (operations: Operations, card: Card, cvv: Cvv, task: ClaimedTask) {
  const lease = { task, untilMs: task.leasedUntilMs }
  const credentials = yield* credentialsOf(card, cvv)
  for (let tries = 0; tries < triesMax; tries++) {
    // Another process has no code, and would refuse the card for that.
    yield* keepLease(operations, lease)
    const answer = yield* verifyAtGateway(
      { ...credentials, merchantId: card.merchantId, cardId: card.id },
      operations.callTimeoutMs
    )
    if (answer !== undefined) return answer
    yield* Effect.sleep(pauseMs(tries, 100, 1000))
  }
  return unverified(card, "verification_failed")
})

const unverified = (card: Card, error: "card_cvv_required" | "verification_failed"): CardVerification => ({
  error,
  avs: "not_requested",
  cvv: "unavailable",
  issuerCountry: card.issuerCountry,
  fundingType: card.fundingType
})
