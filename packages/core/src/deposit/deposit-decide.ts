import * as Result from "effect/Result"
import type { Decision } from "../decision.ts"
import type { LedgerTransaction } from "../ledger/ledger.ts"
import { equals, isPositive, type Money } from "../money/index.ts"
import { creditOf } from "./credit.ts"
import type {
  BlockPlace,
  Deposit,
  DepositCommand,
  DepositEvent,
  DepositOrigin,
  DepositRejection,
  DepositStanding,
  DepositStatus
} from "./deposit.ts"
import { depositTransaction } from "./deposit-ledger.ts"

export type DepositDecision = Result.Result<Decision<DepositEvent, never>, DepositRejection>

/**
 * What follows from a sighting. Total and deterministic. Whatever is told of it after it was final is not believed: what
 * nobody can take back was not taken back. One that was gone before anybody here saw it never happened.
 *
 * @example
 * const gone = { ...sighting, standing: { _tag: "Gone", replacedBy: null } }
 * decide(finalDeposit, gone) // => Result.succeed({ events: [], ledger: [], tasks: [] })
 */
export const decide = (deposit: Deposit, command: DepositCommand): DepositDecision => {
  const { origin, amount, standing, nowMs: atMs } = command
  if (!isPositive(amount)) return Result.fail({ _tag: "DepositAmountNotPositive" })
  if (deposit.status !== "none") {
    if (!isSame(deposit, origin)) return Result.fail({ _tag: "DepositIsAnother" })
    if (!equals(deposit.amount, amount)) return Result.fail({ _tag: "DepositContradicted" })
  }
  if (deposit.status === "final") return nothingNew
  if (standing._tag === "Gone") return gone(deposit, standing.replacedBy, atMs)
  const arriving = arrivalOf(deposit.status, origin, amount, atMs)
  if (standing._tag === "Waiting") {
    return deposit.status === "confirming" ? happened([{ _tag: "DepositReturnedToPool", atMs }]) : happened(arriving)
  }
  const included = inclusionOf(deposit, standing.block, atMs)
  if (standing._tag === "InBlock") return happened([...arriving, ...included])
  return finalized({ origin, amount, standing, before: [...arriving, ...included], atMs })
}

const isSame = (deposit: Deposit, origin: DepositOrigin): boolean =>
  deposit.id === origin.id &&
  deposit.intentId === origin.intentId &&
  deposit.chain === origin.chain &&
  deposit.transactionHash === origin.transactionHash &&
  deposit.outputIndex === origin.outputIndex

const gone = ({ status }: Deposit, replacedBy: string | null, atMs: number): DepositDecision =>
  status === "seen" || status === "confirming" ? happened([{ _tag: "DepositDropped", replacedBy, atMs }]) : nothingNew

const arrivalOf = (
  status: DepositStatus,
  origin: DepositOrigin,
  amount: Money,
  atMs: number
): ReadonlyArray<DepositEvent> => {
  if (status === "none") return [{ _tag: "DepositSeen", ...origin, amount, atMs }]
  return status === "dropped" ? [{ _tag: "DepositSeenAgain", atMs }] : []
}

/** Told once for each block: how deep it is by now is a matter of the chain. */
const inclusionOf = ({ block }: Deposit, now: BlockPlace, atMs: number): ReadonlyArray<DepositEvent> =>
  block?.hash === now.hash && block.height === now.height ? [] : [{ _tag: "DepositIncluded", block: now, atMs }]

type Finality = {
  readonly origin: DepositOrigin
  readonly amount: Money
  readonly standing: Extract<DepositStanding, { readonly _tag: "Final" }>
  readonly before: ReadonlyArray<DepositEvent>
  readonly atMs: number
}

const finalized = ({ origin, amount, standing, before, atMs }: Finality): DepositDecision => {
  const credited = creditOf(amount, origin.settlementCurrency, origin.merchantId, standing.terms)
  if (Result.isFailure(credited)) return Result.fail(credited.failure)
  const credit = credited.success
  const final: DepositEvent = { _tag: "DepositFinalized", block: standing.block, credit, atMs }
  return happened([...before, final], [depositTransaction(origin, credit, atMs)])
}

const happened = (
  events: ReadonlyArray<DepositEvent>,
  ledger: ReadonlyArray<LedgerTransaction> = []
): DepositDecision => Result.succeed({ events, ledger, tasks: [] })

const nothingNew: DepositDecision = Result.succeed({ events: [], ledger: [], tasks: [] })
