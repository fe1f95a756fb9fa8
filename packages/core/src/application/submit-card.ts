/** Saves a card and changes one. The number is sealed before anything is written; the code stays in memory. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Card, CardCommand, CardEvent, CardRejection } from "../card/card.ts"
import { decide } from "../card/index.ts"
import type { MerchantRejection } from "../merchant/merchant.ts"
import { Clock } from "../ports/clock.ts"
import type { SealedRecord } from "../ports/commit.ts"
import { Ids } from "../ports/ids.ts"
import { StoreUnavailable } from "../ports/store.ts"
import { Vault } from "../ports/vault.ts"
import { cardDefinition } from "./aggregates.ts"
import { panField } from "./card-credentials.ts"
import { type Bind, type IdempotentOutcome, idempotently } from "./idempotently.ts"
import type { IdempotentRequest, SubmitCardInput, UpdateCardInput } from "./kernel-contract.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"
import { type Operations, takeUp } from "./operations.ts"
import { load } from "./repository.ts"
import { verificationSubject } from "./run-card-verification.ts"
import { transact } from "./transact.ts"

export const submitCard = Effect.fn("paykernel.submitCard")(function* (
  operations: Operations,
  directory: MerchantDirectory,
  merchantId: string,
  input: SubmitCardInput,
  request: IdempotentRequest<Card> | undefined
) {
  const merchant = yield* directory.get(merchantId)
  if (merchant.status === "none") return refusal({ _tag: "MerchantNotFound" })
  if (merchant.status === "suspended") return refusal({ _tag: "MerchantIsSuspended" })
  return yield* idempotently<Card, CardRejection | MerchantRejection, SubmitError, SubmitPorts>({
    merchantId,
    request,
    perform: (bind) => submit(operations, merchantId, input, bind),
    current: (record) =>
      Effect.map(load(cardDefinition, merchantId, record.aggregate.id), ({ state }) => present(state))
  })
})

const refusal = (reason: MerchantRejection): IdempotentOutcome<Card, CardRejection | MerchantRejection> =>
  Result.fail(reason)

type SubmitError = Effect.Error<ReturnType<typeof submit>>
type SubmitPorts = Effect.Services<ReturnType<typeof submit>>

const submit = Effect.fnUntraced(function* (
  operations: Operations,
  merchantId: string,
  input: SubmitCardInput,
  bind: Bind<Card> | null
) {
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
  return yield* verified(operations, verificationSubject(id, 1), input, {
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

export const updateCard = Effect.fn("paykernel.updateCard")(function* (
  operations: Operations,
  merchantId: string,
  id: string,
  input: UpdateCardInput
) {
  const nowMs = (yield* Clock).nowMs()
  const { state } = yield* load(cardDefinition, merchantId, id)
  if (state.status === "none") return Result.fail({ _tag: "CardNotFound" as const })
  const { expMonth, expYear, billing, email } = input
  const command: CardCommand = { _tag: "UpdateCard", billing, email, expMonth, expYear, nowMs }
  const round = state.round + 1
  return yield* verified(operations, verificationSubject(id, round), input, {
    definition: cardDefinition,
    merchantId,
    id,
    decide: (card) => decide(card, command),
    bornLeased: () => ({ owner: operations.owner, untilMs: nowMs + operations.leaseMs })
  })
})

/** Commits with the security code laid ready for the verification that the commit files. */
const verified = Effect.fnUntraced(function* (
  operations: Operations,
  subject: string,
  input: Pick<SubmitCardInput, "cvv">,
  transaction: Parameters<typeof transact<Card, CardEvent, CardRejection>>[0]
) {
  if (!operations.hands.hasRoom() || !operations.cvvs.put(subject, input.cvv)) {
    return yield* new StoreUnavailable({ reason: "overloaded", outcomeUnknown: false })
  }
  const decided = yield* Effect.onError(transact(transaction), () =>
    Effect.sync(() => operations.cvvs.discard(subject))
  )
  if (Result.isFailure(decided)) operations.cvvs.discard(subject)
  else takeUp(operations, decided.success.tasks)
  return Result.map(decided, ({ state }) => state)
})

const present = (card: Card): Result.Result<Card, { readonly _tag: "CardNotFound" }> =>
  card.status === "none" ? Result.fail({ _tag: "CardNotFound" }) : Result.succeed(card)
