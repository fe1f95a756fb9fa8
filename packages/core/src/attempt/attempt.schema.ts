/** Attempts, their plans and their events as stored: part of a payment, as plain JSON. */
import * as Schema from "effect/Schema"
import { encodeMoney, MoneyCodec, type MoneyJson } from "../money/money.schema.ts"
import type { Attempt, AttemptEvent, AttemptKind, AttemptPlan, AttemptStatus, CvvResult } from "./attempt.ts"

export type AttemptJson = Omit<Attempt, "amount"> & { readonly amount: MoneyJson }
export type AttemptPlanJson = Omit<AttemptPlan, "amount"> & { readonly amount: MoneyJson }

const AttemptKindCodec: Schema.Codec<AttemptKind> = Schema.Literals(["authorize", "capture", "void", "refund"])

const AttemptStatusCodec: Schema.Codec<AttemptStatus> = Schema.Literals([
  "planned",
  "sending",
  "unknown",
  "reversing",
  "confirmed",
  "declined",
  "abandoned",
  "not_charged",
  "manual",
  "orphaned"
])

export const CvvResultCodec: Schema.Codec<CvvResult> = Schema.Literals([
  "not_requested",
  "pass",
  "fail",
  "unavailable",
  "pending"
])

export const AttemptCodec: Schema.Codec<Attempt, AttemptJson> = Schema.Struct({
  id: Schema.String,
  kind: AttemptKindCodec,
  gatewayKey: Schema.String,
  amount: MoneyCodec,
  needsCvv: Schema.Boolean,
  status: AttemptStatusCodec,
  sends: Schema.Int,
  plannedAtMs: Schema.Int,
  startedAtMs: Schema.NullOr(Schema.Int),
  firstStartedAtMs: Schema.NullOr(Schema.Int),
  unknownSinceMs: Schema.NullOr(Schema.Int),
  reference: Schema.NullOr(Schema.String),
  undos: Schema.Int
})

export const AttemptPlanCodec: Schema.Codec<AttemptPlan, AttemptPlanJson> = Schema.Struct({
  id: Schema.String,
  kind: AttemptKindCodec,
  gatewayKey: Schema.String,
  amount: MoneyCodec,
  needsCvv: Schema.Boolean,
  plannedAtMs: Schema.Int,
  startedAtMs: Schema.NullOr(Schema.Int)
})

/** Holds no bigint, so an event is stored as it is. */
export const AttemptEventCodec: Schema.Codec<AttemptEvent> = Schema.TaggedUnion({
  AttemptStarted: { atMs: Schema.Int },
  AttemptNotSent: { why: Schema.String, atMs: Schema.Int },
  AttemptBecameUnknown: { why: Schema.String, atMs: Schema.Int },
  AttemptStillPending: { atMs: Schema.Int },
  AttemptConfirmed: { reference: Schema.String, atMs: Schema.Int },
  AttemptDeclined: { code: Schema.String, reference: Schema.NullOr(Schema.String), atMs: Schema.Int },
  AttemptReversalStarted: { atMs: Schema.Int },
  AttemptReversed: { atMs: Schema.Int },
  AttemptAbandoned: { why: Schema.String, atMs: Schema.Int },
  AttemptEscalated: { why: Schema.String, atMs: Schema.Int },
  LateSuccessFound: { reference: Schema.String, atMs: Schema.Int }
})

export const encodeAttempt = (attempt: Attempt): AttemptJson => ({ ...attempt, amount: encodeMoney(attempt.amount) })

export const encodeAttemptPlan = (plan: AttemptPlan): AttemptPlanJson => ({ ...plan, amount: encodeMoney(plan.amount) })
