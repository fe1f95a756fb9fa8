/**
 * The books. A merchant's transactions are numbered without a gap, and with every 1024th the sums of all postings so
 * far are written down in the same transaction: a balance is that checkpoint and less than 1024 transactions more,
 * however long the history. A file has one writer at a time, so numbers are given in the order of commits.
 */

import type { Ledger } from "@paykernel/core/domain"
import { InvariantViolated } from "@paykernel/core/effect"
import { ledgerIdRepeated } from "@paykernel/core/memory"
import { sql } from "kysely"
import { addUp, balancesOf, decodeSums, encodeSums, type Sum } from "../ledger-sums.ts"
import type { SqliteDatabase } from "./sqlite-database.ts"
import { type Arg, prepare, query } from "./sqlite-statement.ts"

/** Transactions between two checkpoints, and so the most that a balance has to add up. */
const checkpointStep = 1024

type SumRow = Omit<Sum, "amount"> & Limbs<string>
type Limbs<A> = { readonly low: A; readonly mid: A; readonly high: A }
type Merchant = { readonly merchantId: string }

export const sqliteLedger = (database: SqliteDatabase) => {
  const statements = ledgerStatements(database)

  const sumsThrough = (merchantId: string): { readonly throughSeq: number; readonly sums: ReadonlyArray<Sum> } => {
    const row = statements.checkpoint.get({ merchantId })
    return row === undefined ? { throughSeq: 0, sums: [] } : { throughSeq: row.through_seq, sums: decodeSums(row.sums) }
  }

  const currentSums = (merchantId: string): ReadonlyArray<Sum> => {
    const { throughSeq, sums } = sumsThrough(merchantId)
    const later = statements.sumsAfter.all({ merchantId, seq: throughSeq })
    return addUp([...sums, ...later.map((row) => ({ ...row, amount: joined(row) }))])
  }

  /** Adds a transaction. Throws when its id was used before. */
  const post = ({ id, merchantId, kind, reference, atMs, postings }: Ledger.LedgerTransaction): void => {
    const about = { referenceType: reference.type, referenceId: reference.id }
    const placed = statements.insertTransaction.get({ merchantId, id, kind, ...about, atMs })
    if (placed === undefined) throw new InvariantViolated({ invariant: ledgerIdRepeated })
    const { seq } = placed
    for (const [line, { account, layer, amount }] of postings.entries()) {
      const limbs = split(amount.amount)
      statements.insertPosting.run({ merchantId, seq, line, account, currency: amount.currency, layer, ...limbs })
    }
    if (seq % checkpointStep === 0) {
      const sums = encodeSums(currentSums(merchantId))
      statements.writeCheckpoint.run({ merchantId, throughSeq: seq, sums })
    }
  }

  const balances = (merchantId: string): ReadonlyArray<Ledger.Balance> => balancesOf(currentSums(merchantId))

  const of = (
    merchantId: string,
    reference: Ledger.LedgerTransaction["reference"]
  ): ReadonlyArray<Ledger.LedgerTransaction> => {
    const found = new Map<number, Ledger.LedgerTransaction>()
    for (const row of statements.ofReference.all({ merchantId, type: reference.type, id: reference.id })) {
      const { seq, id, kind, at_ms: atMs } = row
      const known =
        found.get(seq) ?? ({ id, merchantId, kind, reference, atMs, postings: [] } as Ledger.LedgerTransaction)
      found.set(seq, { ...known, postings: [...known.postings, ...postingOf(row)] })
    }
    return [...found.values()]
  }

  return { post, balances, of }
}

type PostingColumns = Pick<SumRow, "account" | "currency" | "layer" | "low" | "mid" | "high">

/** A transaction without postings is joined to one row of nulls. */
const postingOf = (row: { readonly [column in keyof PostingColumns]: string | null }): ReadonlyArray<Ledger.Posting> =>
  row.account === null ? [] : [asPosting(row as PostingColumns)]

const asPosting = (row: PostingColumns): Ledger.Posting =>
  ({
    account: row.account,
    layer: row.layer,
    amount: { amount: joined(row), currency: row.currency }
  }) as Ledger.Posting

const limb = 10n ** 13n

/** Three limbs of one sign. Sums of the first two stay below 2^63 for over 900 000 postings, far beyond a step. */
const split = (amount: bigint): Limbs<bigint> => ({
  low: amount % limb,
  mid: (amount / limb) % limb,
  high: amount / (limb * limb)
})

const joined = ({ low, mid, high }: Limbs<string>): bigint => BigInt(low) + (BigInt(mid) + BigInt(high) * limb) * limb

const ledgerStatements = (database: SqliteDatabase) => ({
  checkpoint: prepare(database, (arg: Arg<Merchant>) =>
    query
      .selectFrom("paykernel_ledger_checkpoint")
      .select(["through_seq", "sums"])
      .where("merchant_id", "=", arg("merchantId"))
  ),
  writeCheckpoint: prepare(database, (arg: Arg<Merchant & { readonly throughSeq: number; readonly sums: string }>) =>
    query
      .replaceInto("paykernel_ledger_checkpoint")
      .values({ merchant_id: arg("merchantId"), through_seq: arg("throughSeq"), sums: arg("sums") })
  ),
  sumsAfter: prepare(database, sumsAfter),
  insertTransaction: prepare(database, insertTransaction),
  insertPosting: prepare(database, insertPosting),
  ofReference: prepare(database, ofReference)
})

const sumsAfter = (arg: Arg<Merchant & { readonly seq: number }>) =>
  query
    .selectFrom("paykernel_ledger_posting")
    .select(["account", "currency", "layer"])
    .select([
      sql<string>`cast(sum(low) as text)`.as("low"),
      sql<string>`cast(sum(mid) as text)`.as("mid"),
      sql<string>`cast(sum(high) as text)`.as("high")
    ])
    .where("merchant_id", "=", arg("merchantId"))
    .where("seq", ">", arg("seq"))
    .groupBy(["account", "currency", "layer"])

type InsertedTransaction = Merchant & {
  readonly id: string
  readonly kind: string
  readonly referenceType: string
  readonly referenceId: string
  readonly atMs: number
}

const insertTransaction = (arg: Arg<InsertedTransaction>) =>
  query
    .insertInto("paykernel_ledger_transaction")
    .values({
      merchant_id: arg("merchantId"),
      seq: nextSeq(arg("merchantId")),
      id: arg("id"),
      kind: arg("kind"),
      reference_type: arg("referenceType"),
      reference_id: arg("referenceId"),
      at_ms: arg("atMs")
    })
    .onConflict((conflict) => conflict.columns(["merchant_id", "id"]).doNothing())
    .returning("seq")

type InsertedPosting = Merchant & {
  readonly seq: number
  readonly line: number
  readonly account: string
  readonly currency: string
  readonly layer: string
} & Limbs<bigint>

const insertPosting = (arg: Arg<InsertedPosting>) =>
  query.insertInto("paykernel_ledger_posting").values({
    merchant_id: arg("merchantId"),
    seq: arg("seq"),
    line: arg("line"),
    account: arg("account"),
    currency: arg("currency"),
    layer: arg("layer"),
    low: arg("low"),
    mid: arg("mid"),
    high: arg("high")
  })

const ofReference = (arg: Arg<Merchant & { readonly type: string; readonly id: string }>) =>
  query
    .selectFrom((from) =>
      from
        .selectFrom("paykernel_ledger_transaction")
        .selectAll()
        .where("merchant_id", "=", arg("merchantId"))
        .where("reference_type", "=", arg("type"))
        .where("reference_id", "=", arg("id"))
        .orderBy("seq")
        .limit(1000)
        .as("moved")
    )
    .leftJoin("paykernel_ledger_posting as posting", (join) =>
      join.onRef("posting.merchant_id", "=", "moved.merchant_id").onRef("posting.seq", "=", "moved.seq")
    )
    .select(["moved.seq", "moved.id", "moved.kind", "moved.at_ms", "account", "currency", "layer"])
    .select([
      sql<string | null>`cast(low as text)`.as("low"),
      sql<string | null>`cast(mid as text)`.as("mid"),
      sql<string | null>`cast(high as text)`.as("high")
    ])
    .orderBy("moved.seq")
    .orderBy("line")

const nextSeq = (merchantId: ReturnType<Arg<Merchant>>) =>
  sql<number>`(select coalesce(max(seq), 0) + 1 from paykernel_ledger_transaction where merchant_id = ${merchantId})`
