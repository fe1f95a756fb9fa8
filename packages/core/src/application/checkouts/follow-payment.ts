/**
 * Brings what became of a payment to the checkout that it is part of. Whoever waits for it looks, and so does a task, so
 * that a payment whose process died is followed all the same.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Checkout, CheckoutOutcome } from "../../checkout/checkout.ts"
import { decide } from "../../checkout/index.ts"
import type { Payment } from "../../payment/payment.ts"
import { Clock } from "../../ports/clock.ts"
import type { TaskUpdate } from "../../ports/commit.ts"
import { Store, StoreUnavailable } from "../../ports/store.ts"
import type { Place } from "../../ports/vault.ts"
import { insertion } from "../commit/transact.ts"
import { type Operations, wakeFor } from "../operations.ts"
import { panField } from "../payments/card-credentials.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { type PlannedPayment, planAuthenticatedPayment } from "../payments/step-up-payment.ts"
import { checkoutDefinition, paymentDefinition } from "../storage/aggregates.ts"
import { type Loaded, load, written } from "../storage/repository.ts"

/** A checkout as it is now, with its latest payment; `null` where nobody has tried to pay yet. */
export type Followed = {
  readonly checkout: Loaded<Checkout>
  readonly payment: Payment | null
  /** This look brought the outcome. */
  readonly recorded: boolean
}

export type Look = {
  readonly merchantId: string
  readonly checkoutId: string
  /** The checkout as an earlier look left it, which saves reading it: while a payment is open only its outcome moves it. */
  readonly known?: Loaded<Checkout>
  /** The task in whose name this is done, to be ended in the commit that brings the outcome. */
  readonly lease?: TaskUpdate
}

const conflictsMax = 12

/** The checkout once it knows what its latest payment has come to so far. */
export const followPayment = Effect.fnUntraced(function* (
  operations: Operations,
  directory: MerchantDirectory,
  { merchantId, checkoutId, known, lease }: Look
) {
  for (let turn = 1; turn <= conflictsMax; turn++) {
    const checkout: Loaded<Checkout> =
      known !== undefined && turn === 1 ? known : yield* load(checkoutDefinition, merchantId, checkoutId)
    const latest = checkout.state.payments.at(-1)
    if (latest === undefined) return { checkout, payment: null, recorded: false } satisfies Followed
    const { state: payment } = yield* load(paymentDefinition, merchantId, latest.id)
    const outcome = latest.status === "open" ? outcomeOf(payment) : null
    if (outcome === null) return { checkout, payment, recorded: false } satisfies Followed
    const recorded = yield* record(operations, directory, { checkout, payment, outcome, lease: lease ?? null })
    if (recorded !== null) return recorded
    if (turn > 2) yield* Effect.sleep(turn * 2)
  }
  return yield* new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
})

/** `null`: not yet known. A payment that was captured is paid for, whatever is given back of it, and however soon. */
const outcomeOf = ({ status, failure }: Payment): CheckoutOutcome | null => {
  switch (status) {
    case "none":
    case "pending":
    case "action_required":
    case "authorized":
      return null
    case "confirmed":
    case "paid":
    case "cancelled":
      return { _tag: "Succeeded" }
    case "failed":
      return { _tag: "Failed", code: failure ?? "payment_failed" }
    case "voided":
    case "expired":
      return { _tag: "Failed", code: "payment_canceled" }
  }
}

/** A card that was presented for this payment alone: once that has ended, and no other follows it, nobody needs its number. */
const cardOf = ({ merchantId, source }: Payment): ReadonlyArray<Place> =>
  source.type === "card" ? [{ merchantId, recordId: source.id, field: panField }] : []

type Finding = {
  readonly checkout: Loaded<Checkout>
  readonly payment: Payment
  readonly outcome: CheckoutOutcome
  readonly lease: TaskUpdate | null
}

/** `null`: somebody else wrote the checkout meanwhile, so it has to be looked at again. */
const record = Effect.fnUntraced(
  function* (operations: Operations, directory: MerchantDirectory, { checkout, payment, outcome, lease }: Finding) {
    const nowMs = (yield* Clock).nowMs()
    const stepUp: PlannedPayment | null =
      outcome._tag === "Failed" && outcome.code === "three_d_secure_required"
        ? yield* planAuthenticatedPayment(directory, checkout.state, payment, nowMs)
        : null
    const decided = decide(checkout.state, {
      _tag: "RecordPayment",
      paymentId: payment.id,
      outcome,
      authenticatedPaymentId: stepUp?.payment.id ?? null,
      nowMs
    })
    if (Result.isFailure(decided))
      return yield* Effect.die(new Error(`an outcome was refused: ${decided.failure._tag}`))
    const { events, tasks } = decided.success
    const { state, write } = written(checkoutDefinition, checkout.state, checkout, events)
    const next = events.some(({ _tag }) => _tag === "CheckoutSteppedUp") ? stepUp : null
    const inserted = [...tasks, ...(next?.tasks ?? [])].map((task) => insertion(payment.merchantId, task, undefined))
    const aggregates = next === null ? [write] : [write, next.write]
    yield* (yield* Store).commit({
      idempotency: null,
      aggregates,
      ledger: [],
      tasks: inserted,
      lease,
      sealed: [],
      erased: next === null ? cardOf(payment) : []
    })
    wakeFor(operations, inserted)
    const version = checkout.version + events.length
    const followed: Followed = { checkout: { state, version }, payment: next?.payment ?? payment, recorded: true }
    return followed
  },
  Effect.catchTag("VersionConflict", () => Effect.succeed(null)),
  Effect.catchTag("KeyTaken", (error) => Effect.die(error))
)
