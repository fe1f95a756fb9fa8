/** A delivery and its events as stored: plain JSON, validated whenever it is read. Writing lists each field by hand. */
import * as Schema from "effect/Schema"
import type {
  Delivery,
  DeliveryAnswer,
  DeliveryAttempt,
  DeliveryEvent,
  DeliveryStatus,
  DeliverySubject,
  DeliveryTarget,
  UnansweredReason
} from "./delivery.ts"

const DeliveryStatusCodec: Schema.Codec<DeliveryStatus> = Schema.Literals([
  "none",
  "waiting",
  "delivered",
  "dead",
  "withheld"
])

const UnansweredReasonCodec: Schema.Codec<UnansweredReason> = Schema.Literals([
  "address_refused",
  "name_not_found",
  "connection_failed",
  "tls_failed",
  "connection_lost",
  "timed_out",
  "answer_malformed"
])

const DeliveryTargetCodec: Schema.Codec<DeliveryTarget> = Schema.TaggedUnion({
  Endpoint: { endpointId: Schema.String },
  Address: { url: Schema.String }
})

const DeliverySubjectCodec: Schema.Codec<DeliverySubject> = Schema.Struct({
  type: Schema.String,
  id: Schema.String,
  version: Schema.Int
})

const HeadersCodec: Schema.Codec<ReadonlyArray<readonly [name: string, value: string]>> = Schema.Array(
  Schema.Tuple([Schema.String, Schema.String])
)

const DeliveryAnswerCodec: Schema.Codec<DeliveryAnswer> = Schema.TaggedUnion({
  Answered: { status: Schema.Int, headers: HeadersCodec, bodyStart: Schema.String },
  Unanswered: { why: UnansweredReasonCodec }
})

const DeliveryAttemptCodec: Schema.Codec<DeliveryAttempt> = Schema.Struct({
  atMs: Schema.Int,
  durationMs: Schema.Int,
  requestHeaders: HeadersCodec,
  answer: DeliveryAnswerCodec
})

const identity = {
  id: Schema.String,
  merchantId: Schema.String,
  messageId: Schema.String,
  type: Schema.String,
  dialect: Schema.String,
  target: DeliveryTargetCodec,
  subject: DeliverySubjectCodec
}

export const DeliveryCodec: Schema.Codec<Delivery> = Schema.Struct({
  status: DeliveryStatusCodec,
  ...identity,
  round: Schema.Int,
  failures: Schema.Int,
  attemptsCount: Schema.Int,
  attempts: Schema.Array(DeliveryAttemptCodec),
  nextAttemptAtMs: Schema.NullOr(Schema.Int),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

const moment = { atMs: Schema.Int }

export const DeliveryEventCodec: Schema.Codec<DeliveryEvent> = Schema.TaggedUnion({
  DeliveryPlanned: { ...identity, withheld: Schema.Boolean, firstAttemptAtMs: Schema.Int, ...moment },
  MessageDelivered: { attempt: DeliveryAttemptCodec, ...moment },
  AttemptFailed: { attempt: DeliveryAttemptCodec, nextAttemptAtMs: Schema.Int, ...moment },
  DeliveryGivenUp: { attempt: DeliveryAttemptCodec, ...moment },
  DeliveryWithheld: moment,
  DeliveryReplayed: { firstAttemptAtMs: Schema.Int, ...moment }
})

/** Reads a stored delivery. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeDelivery: (json: unknown) => Delivery = Schema.decodeUnknownSync(DeliveryCodec)

/** Reads a stored event of a delivery. Throws where the JSON is not one. */
export const decodeDeliveryEvent: (json: unknown) => DeliveryEvent = Schema.decodeUnknownSync(DeliveryEventCodec)

export const encodeDelivery = (delivery: Delivery): Delivery => ({
  status: delivery.status,
  ...encodeIdentity(delivery),
  round: delivery.round,
  failures: delivery.failures,
  attemptsCount: delivery.attemptsCount,
  attempts: delivery.attempts.map(encodeAttempt),
  nextAttemptAtMs: delivery.nextAttemptAtMs,
  createdAtMs: delivery.createdAtMs,
  updatedAtMs: delivery.updatedAtMs
})

export const encodeDeliveryEvent = (event: DeliveryEvent): DeliveryEvent => {
  const { _tag, atMs } = event
  switch (_tag) {
    case "DeliveryPlanned": {
      const { withheld, firstAttemptAtMs } = event
      return { _tag, ...encodeIdentity(event), withheld, firstAttemptAtMs, atMs }
    }
    case "MessageDelivered":
    case "DeliveryGivenUp":
      return { _tag, attempt: encodeAttempt(event.attempt), atMs }
    case "AttemptFailed":
      return { _tag, attempt: encodeAttempt(event.attempt), nextAttemptAtMs: event.nextAttemptAtMs, atMs }
    case "DeliveryReplayed":
      return { _tag, firstAttemptAtMs: event.firstAttemptAtMs, atMs }
    case "DeliveryWithheld":
      return { _tag, atMs }
  }
}

type Identity = Pick<Delivery, keyof typeof identity>

const encodeIdentity = ({ id, merchantId, messageId, type, dialect, target, subject }: Identity): Identity => ({
  id,
  merchantId,
  messageId,
  type,
  dialect,
  target:
    target._tag === "Endpoint"
      ? { _tag: "Endpoint", endpointId: target.endpointId }
      : { _tag: "Address", url: target.url },
  subject: { type: subject.type, id: subject.id, version: subject.version }
})

type Headers = DeliveryAttempt["requestHeaders"]

const encodeHeaders = (headers: Headers): Headers => headers.map(([name, value]) => [name, value])

const encodeAttempt = ({ atMs, durationMs, requestHeaders, answer }: DeliveryAttempt): DeliveryAttempt => ({
  atMs,
  durationMs,
  requestHeaders: encodeHeaders(requestHeaders),
  answer:
    answer._tag === "Unanswered"
      ? { _tag: "Unanswered", why: answer.why }
      : {
          _tag: "Answered",
          status: answer.status,
          headers: encodeHeaders(answer.headers),
          bodyStart: answer.bodyStart
        }
})
