import * as fc from "fast-check"
import type {
  Delivery,
  DeliveryAnswer,
  DeliveryAttempt,
  DeliveryCommand,
  DeliveryEvent,
  DeliveryStatus,
  DeliveryTarget,
  UnansweredReason
} from "../../delivery/delivery.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

const anyHeaders = fc.array(fc.tuple(fc.constantFrom("content-type", "server"), anyText), { maxLength: 2 })

const why = anyOf<UnansweredReason>({
  address_refused: true,
  name_not_found: true,
  connection_failed: true,
  tls_failed: true,
  connection_lost: true,
  timed_out: true,
  answer_malformed: true
})

const anyAnswer: fc.Arbitrary<DeliveryAnswer> = fc.oneof(
  fc.record({
    _tag: fc.constant("Answered" as const),
    status: fc.constantFrom(200, 204, 299, 199, 300, 410, 429, 500),
    headers: anyHeaders,
    bodyStart: anyText
  }),
  fc.record({ _tag: fc.constant("Unanswered" as const), why })
)

const anyAttempt: fc.Arbitrary<DeliveryAttempt> = fc.record({
  atMs: anyTimeMs,
  durationMs: fc.nat(20_000),
  requestHeaders: anyHeaders,
  answer: anyAnswer
})

const anyTarget: fc.Arbitrary<DeliveryTarget> = fc.oneof(
  fc.record({ _tag: fc.constant("Endpoint" as const), endpointId: anyId }),
  fc.record({ _tag: fc.constant("Address" as const), url: fc.constant("https://shop.example/hook") })
)

const identity = {
  id: anyId,
  merchantId: anyId,
  messageId: anyId,
  type: fc.constantFrom("payments", "payment.succeeded"),
  dialect: fc.constantFrom("v1", "api"),
  target: anyTarget,
  subject: fc.record({ type: fc.constantFrom("payment", "card"), id: anyId, version: fc.integer({ min: 1, max: 99 }) })
}

/** A delivery in any state, whether or not a history leads to it. */
export const anyDelivery: fc.Arbitrary<Delivery> = fc.record({
  status: anyOf<DeliveryStatus>({ none: true, waiting: true, delivered: true, dead: true, withheld: true }),
  ...identity,
  round: fc.nat(5),
  failures: fc.nat(12),
  attemptsCount: fc.nat(40),
  attempts: fc.array(anyAttempt, { maxLength: 3 }),
  nextAttemptAtMs: orNull(anyTimeMs),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

export const anyDeliveryEvent: fc.Arbitrary<DeliveryEvent> = fc.oneof(
  fc.record({
    _tag: fc.constant("DeliveryPlanned" as const),
    ...identity,
    withheld: fc.boolean(),
    firstAttemptAtMs: anyTimeMs,
    atMs: anyTimeMs
  }),
  fc.record({
    _tag: fc.constant("AttemptFailed" as const),
    attempt: anyAttempt,
    nextAttemptAtMs: anyTimeMs,
    atMs: anyTimeMs
  }),
  fc.record({
    _tag: fc.constantFrom("MessageDelivered" as const, "DeliveryGivenUp" as const),
    attempt: anyAttempt,
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constant("DeliveryWithheld" as const), atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("DeliveryReplayed" as const), firstAttemptAtMs: anyTimeMs, atMs: anyTimeMs })
)

const nowMs = fc.constantFrom(1_000, 1_001, 2_000)

export const anyDeliveryCommand: fc.Arbitrary<DeliveryCommand> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      _tag: fc.constant("PlanDelivery" as const),
      ...identity,
      withheld: fc.boolean(),
      firstAttemptAtMs: nowMs,
      nowMs
    })
  },
  {
    weight: 5,
    arbitrary: fc.record({
      _tag: fc.constant("RecordAttempt" as const),
      attempt: anyAttempt,
      nextAttemptAtMs: orNull(nowMs),
      nowMs
    })
  },
  fc.record({ _tag: fc.constant("WithholdDelivery" as const), nowMs }),
  { weight: 2, arbitrary: fc.record({ _tag: fc.constant("ReplayDelivery" as const), firstAttemptAtMs: nowMs, nowMs }) }
)
