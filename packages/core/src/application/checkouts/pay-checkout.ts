/**
 * Pays a checkout with a card that is not saved, or by bank transfer: the checkout, the card and the payment are written
 * in one commit, so there is no moment at which a payment belongs to nothing or a checkout waits for a payment that does
 * not exist.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Cvv } from "../../card/cvv.ts"
import type { Checkout, OpenCheckout } from "../../checkout/checkout.ts"
import { noCheckout } from "../../checkout/index.ts"
import type { Merchant } from "../../merchant/merchant.ts"
import { CardGateway } from "../../ports/card-gateway.ts"
import { Clock } from "../../ports/clock.ts"
import type { SealedRecord } from "../../ports/commit.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { Store, StoreUnavailable, type VersionConflict } from "../../ports/store.ts"
import { Vault } from "../../ports/vault.ts"
import { commitWithRoom } from "../commit/commit-with-room.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import type { Committed, TransactError } from "../commit/transact.ts"
import type { IdempotentRequest } from "../kernel-contract.ts"
import type { Operations, Reservation } from "../operations.ts"
import { panField } from "../payments/card-credentials.ts"
import { endUnused } from "../payments/cvv-locker.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { checkoutDefinition } from "../storage/aggregates.ts"
import { type Loaded, load } from "../storage/repository.ts"
import type {
  CheckoutView,
  PayCheckoutFailure,
  PayCheckoutInput,
  PayDirectlyFailure,
  PayDirectlyInput,
  PresentedCard
} from "./checkout-contract.ts"
import { checkoutPage, publicName } from "./checkout-names.ts"
import { refusalOf } from "./open-checkout.ts"
import {
  type CheckoutPaymentPlan,
  type PayInput,
  planCheckoutPayment,
  type SealedCard,
  startTry
} from "./plan-checkout-payment.ts"
import { findCheckout, viewOf } from "./present-checkout.ts"

/** Begins to pay an open checkout. A try that was made before is answered as it stands, and charges nothing. */
export const payCheckout = Effect.fn("paykernel.payCheckout")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  checkoutId: string,
  input: PayCheckoutInput
) {
  const way: Way = { attempt: input.attempt, checkoutId, transactionId: null, opening: null, bind: null }
  const paid = yield* payWith(operations, directory, merchantId, input, way)
  const { cvv } = input.card
  if (cvv !== null && (Result.isFailure(paid) || !paid.success.begun)) cvv.destroy()
  return Result.map(paid, ({ view }) => view)
})

/** Opens a checkout and begins to pay it, in one commit. */
export const payDirectly = Effect.fn("paykernel.payDirectly")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  input: PayDirectlyInput,
  request: IdempotentRequest<CheckoutView> | undefined
) {
  const paying = idempotently<CheckoutView, PayDirectlyFailure, PayError, PayPorts>({
    merchantId,
    request,
    perform: (bind) => directly(operations, directory, merchantId, input, bind),
    current: (record) => findCheckout(merchantId, record.aggregate.id)
  })
  const cvv = input.card?.cvv ?? null
  return yield* cvv === null ? paying : Effect.tap(paying, endUnused(cvv))
})

type PayError = Effect.Error<ReturnType<typeof directly>> | Effect.Error<ReturnType<typeof findCheckout>>
type PayPorts = Effect.Services<ReturnType<typeof directly>> | Effect.Services<ReturnType<typeof findCheckout>>

const directly = Effect.fnUntraced(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  input: PayDirectlyInput,
  bind: Bind<CheckoutView> | null
) {
  if (input.card === null && (yield* CardGateway).capabilities.bankTransfers !== true) return transfersNotEnabled
  const nowMs = (yield* Clock).nowMs()
  const id = publicName(yield* Digest, "txn", (yield* Ids).next(nowMs))
  const { amount, description, customer, metadata, webhookUrl, returnUrl } = input
  const opening: OpenCheckout = {
    _tag: "OpenCheckout",
    id,
    merchantId,
    kind: "direct",
    amount,
    description,
    customer,
    metadata,
    webhookUrl,
    returnUrl,
    expiresAtMs: null,
    nowMs
  }
  const way: Way = { attempt: id, checkoutId: id, transactionId: id, opening, bind }
  const afterChallenge = input.afterChallenge?.(id) ?? returnUrl
  // A payer who has no session elsewhere has this one, by which the payment leads back to its checkout.
  const payer = { ...input.payer, sessionId: input.payer.sessionId || id }
  const paid = yield* payWith(operations, directory, merchantId, { ...input, payer, returnUrl: afterChallenge }, way)
  const begun: Result.Result<CheckoutView, PayDirectlyFailure> = Result.map(paid, ({ view }) => view)
  return begun
})

const transfersNotEnabled: Result.Result<CheckoutView, PayDirectlyFailure> = Result.fail({
  _tag: "BankTransfersNotEnabled"
})

type Way = {
  readonly attempt: string
  readonly checkoutId: string
  /** `null`: a new one. */
  readonly transactionId: string | null
  /** The command that makes the checkout; `null` where it exists already. */
  readonly opening: OpenCheckout | null
  readonly bind: Bind<CheckoutView> | null
}

/** `begun`: this call began the payment, and no other. */
type Paid = { readonly view: CheckoutView; readonly begun: boolean }

const conflictsMax = 12

const payWith = Effect.fnUntraced(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  input: PayInput,
  way: Way
) {
  const merchant = yield* directory.get(merchantId)
  for (let turn = 1; turn <= conflictsMax; turn++) {
    const before: Loaded<Checkout> =
      way.opening === null
        ? yield* load(checkoutDefinition, merchantId, way.checkoutId)
        : { state: noCheckout, version: 0 }
    const outcome = yield* Effect.result(payOnce(operations, merchant, before, input, way))
    if (Result.isSuccess(outcome)) return outcome.success
    if (outcome.failure._tag !== "VersionConflict") return yield* Effect.fail(outcome.failure)
    if (turn > 2) yield* Effect.sleep(turn * 2)
  }
  return yield* new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
})

const payOnce = Effect.fnUntraced(function* (
  operations: Operations,
  merchant: Merchant,
  before: Loaded<Checkout>,
  input: PayInput,
  way: Way
) {
  const nowMs = (yield* Clock).nowMs()
  const digest = yield* Digest
  const ids = yield* Ids
  const paymentId = ids.next(nowMs)
  const transactionId = way.transactionId ?? publicName(digest, "txn", paymentId)
  const started = startTry(before, { opening: way.opening, attempt: way.attempt, paymentId, transactionId, nowMs })
  if (Result.isFailure(started)) return refuse(started.failure)
  const { checkout, events } = started.success
  if (events.length === 0) return accept({ view: yield* viewOf(checkout), begun: false })
  const refusal = refusalOf(merchant, checkout.amount)
  if (refusal !== null) return refuse(refusal)
  const { card } = input
  const presented = card === null ? null : yield* sealedCard(merchant.id, ids.next(nowMs), card)
  const attemptId = ids.next(nowMs)
  const cvv = card?.cvv ?? null
  const room = yield* roomFor(operations, attemptId, cvv)
  const plan = () =>
    planCheckoutPayment(merchant, started.success, input, {
      presented,
      attemptId,
      gatewayKey: digest.of("gateway-key", attemptId),
      sendNow: room?.atOnce ?? false,
      bornLeased: room === null ? null : { owner: operations.owner, untilMs: nowMs + operations.leaseMs },
      page: checkoutPage(digest, merchant.id, checkout.id),
      bind: way.bind,
      nowMs
    })
  const code = cvv === null ? null : attemptId
  const begun = yield* commitWithRoom(operations, room, code, committed(plan))
  if (Result.isSuccess(begun)) return accept({ view: begun.success.state, begun: true })
  return begun.failure._tag === "VersionConflict" ? yield* begun.failure : refuse(begun.failure)
})

const refuse = (reason: PayCheckoutFailure): Result.Result<Paid, PayCheckoutFailure> => Result.fail(reason)
const accept = (paid: Paid): Result.Result<Paid, PayCheckoutFailure> => Result.succeed(paid)

const sealedCard = Effect.fnUntraced(function* (merchantId: string, id: string, card: PresentedCard) {
  const vault = yield* Vault
  const place = { merchantId, recordId: id, field: panField }
  const fingerprint = yield* vault.fingerprint(card.pan, merchantId)
  const sealed: SealedRecord = { ...place, sealed: yield* vault.seal(card.pan, place) }
  return { card, id, fingerprint, sealed } satisfies SealedCard
})

/** Room for the task that will send the payment, with the security code laid ready for it. */
const roomFor = (
  operations: Operations,
  attemptId: string,
  cvv: Cvv | null
): Effect.Effect<Reservation | null, StoreUnavailable> =>
  Effect.suspend(() => {
    const room = operations.hands.reserve()
    if (cvv === null || (room !== null && operations.cvvs.put(attemptId, cvv))) return Effect.succeed(room)
    room?.release()
    return Effect.fail(new StoreUnavailable({ reason: "overloaded", outcomeUnknown: false }))
  })

type Begun = Result.Result<Committed<CheckoutView, never>, PayCheckoutFailure | VersionConflict>

/** Plans inside the effect: whatever the host's own rendering of its answer throws must give the room back. */
const committed = (
  plan: () => Result.Result<CheckoutPaymentPlan, PayCheckoutFailure>
): Effect.Effect<Begun, TransactError, Store> =>
  Effect.suspend(() => {
    const planned = plan()
    if (Result.isFailure(planned)) return Effect.succeed<Begun>(Result.fail(planned.failure))
    const { view, commit } = planned.success
    return Effect.flatMap(Store, (store) => store.commit(commit)).pipe(
      Effect.as<Begun>(Result.succeed({ state: view, events: [], tasks: commit.tasks })),
      Effect.catchTag("VersionConflict", (conflict) => Effect.succeed<Begun>(Result.fail(conflict)))
    )
  })
