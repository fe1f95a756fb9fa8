/**
 * The chains' side: takes a request, decides, makes the record durable, and only then answers. If the journal fails, it
 * answers nothing any more until it is opened again, because its memory may be ahead of its book.
 */
import * as Result from "effect/Result"
import type {
  DepositAddress,
  DepositPage,
  DepositQuery,
  PullOperation,
  RefundOperation,
  TransferLookup,
  TransferStanding
} from "../../ports/blockchain.ts"
import type { Network } from "./address-format.ts"
import { addressOf } from "./chain-address.ts"
import { applyChainRecord, type ChainBooks, keyName, openChainBooks, referenceName } from "./chain-books.ts"
import type { BlocksReorganised, ChainJournal, ChainRecord, TransactionBroadcast } from "./chain-journal.ts"
import { type ChainRow, chainRow } from "./chain-list.ts"
import { decidePull, decideRefund, type TransferDecision } from "./chain-transfer.ts"
import { type Amounts, depositPage, transferLookup } from "./chain-view.ts"
import {
  decidePayment,
  decideReorg,
  type PayRejection,
  type PayRequest,
  type ReorgRejection,
  type ReorgRequest
} from "./chain-world.ts"

export type ChainDeskOptions = {
  readonly journal: ChainJournal
  readonly clock: { readonly nowMs: () => number }
  readonly amounts: Amounts
  readonly network: Network
  readonly secret: string
  readonly blockMsOf: (chain: string) => number
}

/** Every promise rejects where the journal has failed. `lagMs`: how long ago the looker's node saw the chain last. */
export type ChainDesk = {
  readonly derive: (chain: string, reference: string) => Promise<DepositAddress>
  readonly deposits: (query: DepositQuery, lagMs: number) => Promise<DepositPage>
  readonly refund: (operation: RefundOperation) => Promise<TransferStanding>
  readonly pull: (operation: PullOperation) => Promise<TransferStanding>
  readonly lookUp: (kind: "refund" | "pull", key: string, lagMs: number) => Promise<TransferLookup>
  readonly pay: (request: PayRequest) => Promise<Result.Result<{ readonly transactionHash: string }, PayRejection>>
  /** Succeeds with the hashes of what was touched, and of what took a transaction's place. */
  readonly reorganise: (request: ReorgRequest) => Promise<Result.Result<ReadonlyArray<string>, ReorgRejection>>
}

type Desk = ChainDeskOptions & {
  readonly books: ChainBooks
  /** The last write. Until it is done memory is ahead of the book, so every answer waits for it. */
  written: Promise<void>
  isBroken: boolean
}

/**
 * Opens the chains as their journal left them.
 *
 * @example
 * await chainDesk(options).lookUp("refund", "k", 0) // => { _tag: "AbsentYet" }
 */
export const chainDesk = (options: ChainDeskOptions): ChainDesk => {
  const books = openChainBooks(options.journal.read(), options.blockMsOf)
  const desk: Desk = { ...options, books, written: Promise.resolve(), isBroken: false }
  const { amounts } = options
  return {
    derive: (chain, reference) => durably(desk, () => derive(desk, rowOf(chain), reference)),
    deposits: (query, lagMs) => durably(desk, () => depositPage(books, amounts, query, timeOf(desk) - lagMs)),
    refund: (operation) =>
      durably(desk, () => transfer(desk, "refund", operation.key, decideRefund(contextOf(desk), operation))),
    pull: (operation) =>
      durably(desk, () => transfer(desk, "pull", operation.key, decidePull(contextOf(desk), operation))),
    lookUp: (kind, key, lagMs) => durably(desk, () => transferLookup(books, amounts, kind, key, timeOf(desk) - lagMs)),
    pay: (request) =>
      durably(desk, () =>
        Result.map(decidePayment(contextOf(desk), request), (record) => {
          write(desk, record)
          return { transactionHash: record.transactionHash }
        })
      ),
    reorganise: (request) =>
      durably(desk, () =>
        Result.map(decideReorg(contextOf(desk), request), (records) => {
          for (const record of records) write(desk, record)
          return records.flatMap(namesIn)
        })
      )
  }
}

/** The book could not be written, so nothing can be said about the chains until they are opened again. */
export class ChainJournalFailed extends Error {
  override readonly name = "ChainJournalFailed"
}

const durably = async <A>(desk: Desk, act: () => A): Promise<A> => {
  if (desk.isBroken) throw new ChainJournalFailed()
  const answer = act()
  await desk.written
  if (desk.isBroken) throw new ChainJournalFailed()
  return answer
}

const write = (desk: Desk, record: ChainRecord): void => {
  applyChainRecord(desk.books, record)
  desk.written = desk.journal.append(record).catch(() => {
    desk.isBroken = true
  })
}

/** Never earlier than what is written down, even where the clock is set back. */
const timeOf = ({ clock, books }: Desk): number => Math.max(clock.nowMs(), books.newestAtMs)

const contextOf = (desk: Desk) => {
  const { books, amounts, network, secret } = desk
  return { books, amounts, network, secret, nowMs: timeOf(desk) }
}

const derive = (desk: Desk, row: ChainRow, reference: string): DepositAddress => {
  const address = addressOf(desk.secret, row, reference, desk.network)
  if (!desk.books.derived.has(referenceName(row.chain, reference))) {
    write(desk, { record: "address_derived", ...address, reference, atMs: timeOf(desk) })
  }
  return address
}

const transfer = (desk: Desk, kind: "refund" | "pull", key: string, decision: TransferDecision): TransferStanding => {
  if (decision._tag === "KeyReused") return { _tag: "Failed", why: "key_reused" }
  if (decision._tag === "Decided") write(desk, decision.record)
  const found = transferLookup(desk.books, desk.amounts, kind, key, timeOf(desk))
  if (found._tag !== "Found") throw new Error(`the books lack ${keyName(kind, key)}`)
  return found.standing
}

const namesIn = (record: TransactionBroadcast | BlocksReorganised): ReadonlyArray<string> =>
  record.record === "transaction_broadcast"
    ? [record.transactionHash]
    : record.fates.map(({ transactionHash }) => transactionHash)

const rowOf = (chain: string): ChainRow => {
  const row = chainRow(chain)
  if (row === undefined) throw new RangeError("the chain is not declared")
  return row
}
