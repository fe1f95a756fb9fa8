/**
 * What others do on the chains: payers who send, miners who replace the newest blocks, and senders who change their mind
 * while a transaction waits. The simulator's counterpart of everything that no merchant has a hand in.
 */
import * as Result from "effect/Result"
import { isPositive, type Money } from "../../money/index.ts"
import type { AddressProblem } from "../../ports/blockchain.ts"
import type { Network } from "./address-format.ts"
import { addressOf, addressProblem } from "./chain-address.ts"
import { hashOf, heightAt } from "./chain-blocks.ts"
import { type ChainBooks, minedAt, placeName, standingAt, type Transaction } from "./chain-books.ts"
import type { BlocksReorganised, Fate, TransactionBroadcast } from "./chain-journal.ts"
import { chainRow } from "./chain-list.ts"
import { type Amounts, depthOf } from "./chain-view.ts"

export type Payment = { readonly address: string; readonly addressTag: string | null; readonly amount: Money }

/** Outputs of one transaction. */
export type PayRequest = {
  readonly chain: string
  readonly payments: ReadonlyArray<Payment>
  /** Default: an address of a payer that the simulator makes up. */
  readonly fromAddress?: string
}

export type PayRejection =
  | { readonly _tag: "AddressNotUsable"; readonly problem: AddressProblem }
  /** Nobody here is waiting for money at this address. */
  | { readonly _tag: "AddressNotOurs" }
  | { readonly _tag: "AssetNotOnChain"; readonly assets: ReadonlyArray<string> }
  | { readonly _tag: "AmountNotPositive" }
  | { readonly _tag: "OutputsOutOfRange"; readonly maximum: number }

/** What is to become of a transaction whose block is replaced. `replaced`: the payer sends these payments instead. */
export type FateRequest =
  | { readonly fate: "kept" | "moved" }
  | { readonly fate: "dropped"; readonly returnsAfterMs: number | null }
  | { readonly fate: "replaced"; readonly payments: ReadonlyArray<Payment> }

export type ReorgRequest = {
  readonly chain: string
  /** How many of the newest blocks are replaced. 0: only transactions that wait are touched. */
  readonly depth: number
  /** The transaction to touch; the others are kept. Absent: all that wait or are in those blocks, but refunds of ours. */
  readonly transactionHash?: string
  readonly fate: FateRequest
}

export type ReorgRejection =
  | { readonly _tag: "ChainUnknown" }
  /** What is final is final. */
  | { readonly _tag: "ReorgTooDeep"; readonly maximum: number }
  /** It is not in the blocks that are replaced, nor waiting. */
  | { readonly _tag: "TransactionNotThere" }
  /** It is ours, so our node sends it again whatever happens. */
  | { readonly _tag: "TransactionIsOurs" }
  /** A replacement takes the place of one transaction. */
  | { readonly _tag: "TransactionNotNamed" }
  | PayRejection

export type WorldContext = {
  readonly books: ChainBooks
  readonly amounts: Amounts
  readonly network: Network
  readonly secret: string
  readonly nowMs: number
}

const outputsMax = 50

/** A transaction that pays, or why nobody can send it. */
export const decidePayment = (
  context: WorldContext,
  { chain, payments, fromAddress }: PayRequest
): Result.Result<TransactionBroadcast, PayRejection> => {
  const row = chainRow(chain)
  if (row === undefined) return Result.fail({ _tag: "AddressNotUsable", problem: "chain_unknown" })
  if (payments.length < 1 || payments.length > outputsMax) {
    return Result.fail({ _tag: "OutputsOutOfRange", maximum: outputsMax })
  }
  for (const { address, addressTag, amount } of payments) {
    const problem = addressProblem(chain, address, addressTag, context.network)
    if (problem !== null) return Result.fail({ _tag: "AddressNotUsable", problem })
    if (!context.books.ours.has(placeName({ chain, address, addressTag })))
      return Result.fail({ _tag: "AddressNotOurs" })
    if (!row.assets.includes(amount.currency)) return Result.fail({ _tag: "AssetNotOnChain", assets: row.assets })
    if (!isPositive(amount)) return Result.fail({ _tag: "AmountNotPositive" })
  }
  const serial = context.books.transactions.size
  const { address: payer } = addressOf(context.secret, row, `payer ${serial}`, context.network)
  return Result.succeed({
    record: "transaction_broadcast",
    kind: "deposit",
    chain,
    transactionHash: hashOf(`${context.secret} deposit ${chain} ${serial}`),
    fromAddresses: [fromAddress ?? payer],
    outputs: payments.map(({ address, addressTag, amount }) => ({
      address,
      addressTag,
      amount: context.amounts.format(amount),
      currency: amount.currency
    })),
    networkFee: null,
    key: null,
    request: null,
    nonce: null,
    atMs: context.nowMs
  })
}

type WorldRecord = TransactionBroadcast | BlocksReorganised

/** The records of a reorganisation: a payer's other transaction first, where there is one. */
export const decideReorg = (
  context: WorldContext,
  { chain, depth, transactionHash, fate }: ReorgRequest
): Result.Result<ReadonlyArray<WorldRecord>, ReorgRejection> => {
  if (chainRow(chain) === undefined) return Result.fail({ _tag: "ChainUnknown" })
  const maximum = depthOf(chain) - 1
  if (!Number.isInteger(depth) || depth < 0 || depth > maximum) return Result.fail({ _tag: "ReorgTooDeep", maximum })
  const touchable = touchedBy(context, chain, depth)
  if (fate.fate === "replaced") return replacement(context, { chain, depth, transactionHash, touchable, fate })
  const chosen = touchable.filter(({ broadcast }) =>
    transactionHash === undefined ? broadcast.kind !== "refund" : broadcast.transactionHash === transactionHash
  )
  if (transactionHash !== undefined && chosen.length === 0) return Result.fail({ _tag: "TransactionNotThere" })
  if (fate.fate === "dropped" && chosen.some(isOurs)) return Result.fail({ _tag: "TransactionIsOurs" })
  const { nowMs } = context
  const fates = chosen.map((one): Fate => {
    const { transactionHash: name } = one.broadcast
    if (fate.fate !== "dropped") return { transactionHash: name, fate: fate.fate }
    const returnsAtMs = fate.returnsAfterMs === null ? null : nowMs + fate.returnsAfterMs
    return { transactionHash: name, fate: "dropped", returnsAtMs }
  })
  return Result.succeed([{ record: "blocks_reorganised", chain, depth, fates, atMs: nowMs }])
}

type Replacement = {
  readonly chain: string
  readonly depth: number
  readonly transactionHash: string | undefined
  readonly touchable: ReadonlyArray<Transaction>
  readonly fate: Extract<FateRequest, { readonly fate: "replaced" }>
}

const replacement = (
  context: WorldContext,
  { chain, depth, transactionHash, touchable, fate }: Replacement
): Result.Result<ReadonlyArray<WorldRecord>, ReorgRejection> => {
  if (transactionHash === undefined) return Result.fail({ _tag: "TransactionNotNamed" })
  const old = touchable.find(({ broadcast }) => broadcast.transactionHash === transactionHash)
  if (old === undefined) return Result.fail({ _tag: "TransactionNotThere" })
  if (isOurs(old)) return Result.fail({ _tag: "TransactionIsOurs" })
  const fromAddress = old.broadcast.fromAddresses[0] ?? ""
  return Result.map(decidePayment(context, { chain, payments: fate.payments, fromAddress }), (other) => {
    const fates: ReadonlyArray<Fate> = [{ transactionHash, fate: "replaced", by: other.transactionHash }]
    return [other, { record: "blocks_reorganised", chain, depth, fates, atMs: context.nowMs }]
  })
}

/** What waits, and what the newest blocks hold. */
const touchedBy = ({ books, nowMs }: WorldContext, chain: string, depth: number): ReadonlyArray<Transaction> => {
  const tip = heightAt(nowMs, books.blockMsOf(chain))
  return [...books.transactions.values()].filter((transaction) => {
    if (transaction.broadcast.chain !== chain || standingAt(transaction, nowMs)?.is !== "pooled") return false
    const height = minedAt(books, transaction, nowMs)
    return height === null || height > tip - depth
  })
}

/** A refund of ours, which our node sends again whatever happens. */
const isOurs = ({ broadcast }: Transaction): boolean => broadcast.kind === "refund"
