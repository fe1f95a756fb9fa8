/**
 * Brings what a chain shows of a deposit to the deposit and to the intent that it pays, in one commit: what was credited is
 * credited in both, or in neither. The chain is asked before, and never in between.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type {
  CreditTerms,
  Deposit,
  DepositCommand,
  DepositEvent,
  DepositOrigin,
  DepositRejection,
  DepositStanding
} from "../../deposit/deposit.ts"
import { decide as decideDeposit } from "../../deposit/index.ts"
import { noFee } from "../../fees/index.ts"
import { decide as decideIntent, isLate } from "../../intent/index.ts"
import type { Intent, IntentCommand, IntentRejection, PayAddress } from "../../intent/intent.ts"
import type { DepositSighting } from "../../ports/blockchain.ts"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import { Store, StoreUnavailable } from "../../ports/store.ts"
import { derivedUuid } from "../commit/derived-uuid.ts"
import { insertion } from "../commit/transact.ts"
import { type Operations, wakeFor } from "../operations.ts"
import { depositDefinition, intentDefinition } from "../storage/aggregates.ts"
import { type Loaded, load, written } from "../storage/repository.ts"
import { quoteOf } from "./chain-calls.ts"
import type { IntentDesk } from "./intent-desk.ts"

/** The domain would not record what a chain shows. Nothing is lost: the chain is asked again. */
export class SightingRefused extends Data.TaggedError("SightingRefused")<{
  readonly rejection: DepositRejection["_tag"] | IntentRejection["_tag"]
}> {}

const conflictsMax = 12

/** The deposit once a sighting of it was recorded. `at`: the address of the intent that was looked at. */
export const recordSighting = Effect.fnUntraced(function* (
  operations: Operations,
  desk: IntentDesk,
  intentOf: { readonly merchantId: string; readonly intentId: string },
  at: PayAddress,
  sighting: DepositSighting
) {
  const { merchantId, intentId } = intentOf
  const { transactionHash, outputIndex } = sighting
  const id = derivedUuid(yield* Digest, "deposit-id", [merchantId, at.chain, transactionHash, outputIndex])
  let terms: CreditTerms | null = null
  for (let turn = 1; turn <= conflictsMax; turn++) {
    const deposit = yield* load(depositDefinition, merchantId, id)
    const intent = yield* load(intentDefinition, merchantId, intentId)
    if (deposit.state.status === "final") return deposit.state
    if (sighting.status === "final") terms ??= yield* creditTerms(operations, desk, sighting, intent.state)
    const nowMs = (yield* Clock).nowMs()
    const command: DepositCommand = {
      _tag: "RecordSighting",
      origin: originOf(id, intent.state, deposit.state, at, sighting),
      amount: sighting.amount,
      standing: standingOf(sighting, terms),
      nowMs
    }
    const recorded = yield* commitSighting(operations, deposit, intent, command)
    if (recorded !== null) return recorded
    if (turn > 2) yield* Effect.sleep(turn * 2)
  }
  return yield* new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
})

/** What came in another asset than was asked for is kept as it came: nobody agreed on what it is worth, or costs. */
const settledIn = ({ currency, settlementCurrency }: Intent, { amount }: DepositSighting) =>
  amount.currency === currency ? settlementCurrency : amount.currency

const creditTerms = Effect.fnUntraced(function* (
  { callTimeoutMs }: Operations,
  desk: IntentDesk,
  sighting: DepositSighting,
  intent: Intent
) {
  const { amount } = sighting
  const counter = settledIn(intent, sighting)
  const feeSchedule = amount.currency === intent.currency ? desk.feeSchedule : unasked
  if (counter === amount.currency) return { feeSchedule, rate: null } satisfies CreditTerms
  // The merchant sells what came.
  const { quoteId, sell } = yield* quoteOf(desk, { base: amount.currency, counter }, callTimeoutMs)
  return { feeSchedule, rate: { quoteId, rate: sell } } satisfies CreditTerms
})

const unasked: CreditTerms["feeSchedule"] = { fee: noFee, onExcess: "limit" }

/** What the first sighting says stays; whether it came late does not depend on when it was looked at again. */
const originOf = (
  id: string,
  intent: Intent,
  known: Deposit,
  { chain, address, addressTag }: PayAddress,
  sighting: DepositSighting
): DepositOrigin => ({
  id,
  merchantId: intent.merchantId,
  walletId: intent.walletId,
  intentId: intent.id,
  chain,
  address,
  addressTag,
  transactionHash: sighting.transactionHash,
  outputIndex: sighting.outputIndex,
  settlementCurrency: settledIn(intent, sighting),
  fromAddresses: sighting.fromAddresses,
  late: known.status === "none" ? isLate(intent, sighting.firstSeenAtMs) : known.late,
  firstSeenAtMs: sighting.firstSeenAtMs
})

const standingOf = (
  { status, height, blockHash, replacedBy }: DepositSighting,
  terms: CreditTerms | null
): DepositStanding => {
  const block = height === null || blockHash === null ? null : { height, hash: blockHash }
  switch (status) {
    case "seen":
      return block === null ? { _tag: "Waiting" } : { _tag: "InBlock", block }
    case "final":
      if (block === null || terms === null) throw new Error("a final deposit is in a block")
      return { _tag: "Final", block, terms }
    case "replaced":
    case "dropped":
      return { _tag: "Gone", replacedBy }
  }
}

/** `null`: somebody else wrote one of them meanwhile. */
const commitSighting = Effect.fnUntraced(
  function* (operations: Operations, deposit: Loaded<Deposit>, intent: Loaded<Intent>, command: DepositCommand) {
    const decided = decideDeposit(deposit.state, command)
    if (Result.isFailure(decided)) return yield* new SightingRefused({ rejection: decided.failure._tag })
    const { events, ledger } = decided.success
    if (events.length === 0) return deposit.state
    const { merchantId, id } = command.origin
    const moved = written(depositDefinition, { merchantId, id }, deposit, events)
    const told = intentCommand(intent.state, deposit.state, moved.state, events, command.nowMs)
    const followed = told === null ? Result.succeed(null) : decideIntent(intent.state, told)
    if (Result.isFailure(followed)) {
      // Somebody else may have moved both of them after the one was read and before the other.
      const { version } = yield* load(depositDefinition, merchantId, id)
      if (version !== deposit.version) return null
      return yield* new SightingRefused({ rejection: followed.failure._tag })
    }
    const next = followed.success
    const paid = next === null ? null : written(intentDefinition, intent.state, intent, next.events)
    const tasks = (next?.tasks ?? []).map((task) => insertion(merchantId, task, undefined))
    yield* (yield* Store).commit({
      idempotency: null,
      aggregates: paid === null ? [moved.write] : [moved.write, paid.write],
      ledger: [...ledger, ...(next?.ledger ?? [])],
      tasks,
      lease: null,
      sealed: [],
      erased: []
    })
    wakeFor(operations, tasks)
    return moved.state
  },
  Effect.catchTag("VersionConflict", () => Effect.succeed(null)),
  Effect.catchTag(["KeyTaken", "LeaseLost"], (error) => Effect.die(error))
)

const isCounted = ({ status }: Deposit): boolean => status === "seen" || status === "confirming"

/** What a deposit means to its intent, from how it stood before and how it stands now. `null`: nothing. */
export const intentCommand = (
  intent: Intent,
  before: Deposit,
  after: Deposit,
  events: ReadonlyArray<DepositEvent>,
  nowMs: number
): IntentCommand | null => {
  const { id: depositId, amount, late } = after
  if (amount.currency !== intent.currency) return null
  const final = events.find((event) => event._tag === "DepositFinalized")
  if (final !== undefined) {
    const noted = isCounted(before) ? before.amount : null
    return { _tag: "CreditDeposit", depositId, amount, fee: final.credit.fee, late, noted, nowMs }
  }
  if (isCounted(before) === isCounted(after)) return null
  return { _tag: isCounted(after) ? "NoteDeposit" : "TakeBackDeposit", depositId, amount, late, nowMs }
}
