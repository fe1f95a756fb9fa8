/** Saves a card and changes one. The number is sealed before anything is written; the code stays in memory. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Card, CardCommand, CardEvent, CardRejection } from "../../card/card.ts"
import { decide } from "../../card/index.ts"
import type { MerchantRejection } from "../../merchant/merchant.ts"
import { Clock } from "../../ports/clock.ts"
import type { SealedRecord } from "../../ports/commit.ts"
import { Ids } from "../../ports/ids.ts"
import { StoreUnavailable } from "../../ports/store.ts"
import { Vault } from "../../ports/vault.ts"
import { commitWithRoom } from "../commit/commit-with-room.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import { transact } from "../commit/transact.ts"
import type { IdempotentRequest, SubmitCardInput, UpdateCardInput } from "../kernel-contract.ts"
import type { Operations } from "../operations.ts"
import { cardDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { panField } from "./card-credentials.ts"
import { endUnused } from "./cvv-locker.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"

export const submitCard = Effect.fn("paykernel.submitCard")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  input: SubmitCardInput,
  request: IdempotentRequest<Card> | undefined
) {
  return yield* idempotently<Card, CardRejection | MerchantRejection, SubmitError, SubmitPorts>({
    merchantId,
    request,
    perform: (bind) => submit(operations, directory, merchantId, input, bind),
    current: (record) =>
      Effect.map(load(cardDefinition, merchantId, record.aggregate.id), ({ state }) => present(state))
  }).pipe(Effect.tap(endUnused(input.cvv)))
})

type SubmitError = Effect.Error<ReturnType<typeof submit>>
type SubmitPorts = Effect.Services<ReturnType<typeof submit>>

const submit = Effect.fnUntraced(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  input: SubmitCardInput,
  bind: Bind<Card> | null
) {
  const merchant = yield* directory.get(merchantId)
  if (merchant.status === "none") return refused({ _tag: "MerchantNotFound" })
  if (merchant.status === "suspended") return refused({ _tag: "MerchantIsSuspended" })
  const nowMs = (yield* Clock).nowMs()
  const id = (yield* Ids).next(nowMs)
  const vault = yield* Vault
  const place = { merchantId, recordId: id, field: panField }
  const fingerprint = yield* vault.fingerprint(input.pan, merchantId)
  const sealed: SealedRecord = { ...place, sealed: yield* vault.seal(input.pan, place) }
  const command: CardCommand = {
    _tag: "SubmitCard",
    id,
    merchantId,
    billingDetails: input.billingDetails,
    expMonth: input.expMonth,
    expYear: input.expYear,
    network: input.pan.network,
    last4: input.pan.last4,
    bin: input.pan.bin,
    fingerprint,
    holder: input.holder,
    nowMs
  }
  return yield* verified(operations, input, {
    definition: cardDefinition,
    merchantId,
    id,
    fresh: true,
    decide: (card) => decide(card, command),
    bornLeased: () => ({ owner: operations.owner, untilMs: nowMs + operations.leaseMs }),
    sealed: [sealed],
    ...(bind === null
      ? {}
      : {
          idempotency: (card: Card) =>
            bind(card, { aggregate: { merchantId, type: cardDefinition.type, id }, subject: id })
        })
  })
})

const refused = (reason: CardRejection | MerchantRejection): Result.Result<Card, CardRejection | MerchantRejection> =>
  Result.fail(reason)

export const updateCard = Effect.fn("paykernel.updateCard")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  id: string,
  input: UpdateCardInput
) {
  const nowMs = (yield* Clock).nowMs()
  const { expMonth, expYear, billing, email } = input
  const command: CardCommand = { _tag: "UpdateCard", billing, email, expMonth, expYear, nowMs }
  const updated = yield* verified(operations, input, {
    definition: cardDefinition,
    merchantId,
    id,
    decide: (card) => decide(card, command),
    bornLeased: () => ({ owner: operations.owner, untilMs: nowMs + operations.leaseMs })
  })
  directory.forgetCard(merchantId, id)
  if (Result.isFailure(updated)) input.cvv.destroy()
  return updated
})

/**
 * Commits with the security code laid ready for the verification that the commit files. Which round that is shows only
 * when it is written: of two changes at once each has its own code, and its own round.
 */
const verified = Effect.fnUntraced(function* (
  operations: Operations,
  input: Pick<SubmitCardInput, "cvv">,
  transaction: Parameters<typeof transact<Card, CardEvent, CardRejection>>[0]
) {
  const ticket = (yield* Ids).next((yield* Clock).nowMs())
  const room = operations.hands.reserve()
  if (room === null || !operations.cvvs.put(ticket, input.cvv)) {
    room?.release()
    return yield* new StoreUnavailable({ reason: "overloaded", outcomeUnknown: false })
  }
  const decided = yield* commitWithRoom(operations, room, ticket, transact(transaction))
  return Result.map(decided, ({ state }) => state)
})

const present = (card: Card): Result.Result<Card, { readonly _tag: "CardNotFound" }> =>
  card.status === "none" ? Result.fail({ _tag: "CardNotFound" }) : Result.succeed(card)
