/**
 * Hands in what a payer signed. Whatever happens in between, it can be handed in again: its key follows from the payer and
 * the one-time number, the chain takes that number once, and the deposit it makes is found by looking, like any other.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Deposit } from "../../deposit/deposit.ts"
import type { PayAddress } from "../../intent/intent.ts"
import {
  BlockchainUnavailable,
  type DepositPage,
  type DepositSighting,
  type PullOperation,
  type TransferReply
} from "../../ports/blockchain.ts"
import { Digest } from "../../ports/digest.ts"
import { Store } from "../../ports/store.ts"
import { type Bind, idempotently } from "../commit/idempotently.ts"
import type { IdempotentRequest } from "../kernel-contract.ts"
import type { Operations } from "../operations.ts"
import { depositDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { depositsOnChain, lookUpAuthorizationOn, submitAuthorizationTo } from "./chain-calls.ts"
import type { IntentDesk } from "./intent-desk.ts"
import { isPayable, pullTargetOf } from "./prepare-transfer.ts"
import type { PullFailure, PullInput } from "./pull-contract.ts"
import { findIntent } from "./read-intents.ts"
import { recordSighting } from "./record-sighting.ts"

type Pulling = { readonly merchantId: string; readonly intentId: string; readonly input: PullInput }

export const pullPayment = Effect.fn("paykernel.pullPayment")(function* (
  operations: Operations,
  desk: IntentDesk,
  pulling: Pulling,
  request: IdempotentRequest<Deposit> | undefined
) {
  const { merchantId } = pulling
  return yield* idempotently<Deposit, PullFailure, PullError, PullPorts>({
    merchantId,
    request,
    reachesOutside: true,
    perform: (bind) => perform(operations, desk, pulling, bind),
    current: (record) =>
      Effect.map(load(depositDefinition, merchantId, record.subject), ({ state }) => Result.succeed(state))
  })
})

type PullError = Effect.Error<ReturnType<typeof perform>>
type PullPorts = Effect.Services<ReturnType<typeof perform>>

const perform = Effect.fnUntraced(function* (
  operations: Operations,
  desk: IntentDesk,
  { merchantId, intentId, input }: Pulling,
  bind: Bind<Deposit> | null
) {
  const { chain, authorization } = input
  const found = yield* findIntent(merchantId, intentId)
  if (Result.isFailure(found)) return refuse(found.failure)
  const intent = found.success
  const target = pullTargetOf(desk, intent, chain)
  if (Result.isFailure(target)) return refuse(target.failure)
  const { at } = target.success
  if (input.currency !== intent.currency) return refuse({ _tag: "PullCurrencyMismatch", expected: intent.currency })
  if (!isSameAddress(authorization.to, at.address)) return refuse({ _tag: "PullDestinationMismatch" })
  const operation: Omit<PullOperation, "key"> = { chain, currency: intent.currency, authorization }
  const fault = desk.blockchain.checkAuthorization(operation)
  if (fault !== null) return refuse({ _tag: "TransferRefused", why: fault })
  const key = (yield* Digest).of("gateway-key", keyTextOf(merchantId, intentId, input))
  const reply = isPayable(intent)
    ? yield* submitAuthorizationTo(desk, { ...operation, key }, operations.callTimeoutMs)
    : yield* earlierReply(desk, key, operations.callTimeoutMs)
  if (reply === null) return refuse({ _tag: "IntentNotPayable" })
  const hash = yield* hashIn(reply)
  if (Result.isFailure(hash)) return refuse(hash.failure)
  const sighting = yield* sightingOf(operations, desk, at, intent.methods, hash.success)
  const deposit = yield* recordSighting(operations, desk, { merchantId, intentId }, at, sighting)
  // Gone from the chain again before anybody here saw it: there is nothing to name, and it may come back.
  if (deposit.status === "none") return yield* new BlockchainUnavailable({ reason: "the deposit is not there" })
  if (bind !== null) yield* keepAnswer(deposit, bind)
  return Result.succeed(deposit)
})

/** What completed the intent may be this very pull, whose answer was lost. */
const earlierReply = Effect.fnUntraced(function* (desk: IntentDesk, key: string, timeoutMs: number) {
  const lookup = yield* lookUpAuthorizationOn(desk, key, timeoutMs)
  if (lookup._tag === "Unavailable") return yield* new BlockchainUnavailable({ reason: lookup.why })
  return lookup._tag === "Found" && lookup.standing._tag === "Broadcast" ? lookup.standing : null
})

const refuse = (reason: PullFailure): Result.Result<Deposit, PullFailure> => Result.fail(reason)

/** One authorization has one key, however often it is signed and handed in, and through whichever process. */
const keyTextOf = (merchantId: string, intentId: string, { chain, authorization }: PullInput): string => {
  const names = [chain, authorization.from, authorization.nonce].map((text) => text.toLowerCase())
  return JSON.stringify(["pull", merchantId, intentId, ...names])
}

const isSameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Not knowing is no answer: whoever asks hands it in again. */
const hashIn = (reply: TransferReply): Effect.Effect<Result.Result<string, PullFailure>, BlockchainUnavailable> => {
  switch (reply._tag) {
    case "Broadcast":
      return Effect.succeed(Result.succeed(reply.transactionHash))
    case "Failed":
      return Effect.succeed(Result.fail({ _tag: "TransferRefused", why: reply.why }))
    case "Unknown":
    case "NotSent":
      return Effect.fail(new BlockchainUnavailable({ reason: reply.why }))
  }
}

const sightingsPerPage = 100
const pagesMax = 50

/** The deposit that the pull made, as its address shows it. A node that lags does not show it yet. */
const sightingOf = Effect.fnUntraced(function* (
  { callTimeoutMs }: Operations,
  desk: IntentDesk,
  at: PayAddress,
  methods: ReadonlyArray<{ readonly chain: string; readonly watchedTo: string | null }>,
  transactionHash: string
) {
  let after = methods.find(({ chain }) => chain === at.chain)?.watchedTo ?? null
  for (let pages = 0; pages < pagesMax; pages++) {
    const page: DepositPage = yield* depositsOnChain(desk, { ...at, after, limit: sightingsPerPage }, callTimeoutMs)
    const found = page.sightings.find((one: DepositSighting) => one.transactionHash === transactionHash)
    if (found !== undefined) return found
    if (page.next === null) break
    after = page.next
  }
  return yield* new BlockchainUnavailable({ reason: "the deposit is not shown yet" })
})

/** The key of the request is bound once there is something that it can name. */
const keepAnswer = Effect.fnUntraced(
  function* (deposit: Deposit, bind: Bind<Deposit>) {
    const { merchantId, id } = deposit
    const idempotency = bind(deposit, { aggregate: { merchantId, type: depositDefinition.type, id }, subject: id })
    yield* (yield* Store).commit({
      idempotency,
      aggregates: [],
      ledger: [],
      tasks: [],
      lease: null,
      sealed: [],
      erased: []
    })
  },
  Effect.catchTag(["VersionConflict", "LeaseLost"], (error) => Effect.die(error))
)
