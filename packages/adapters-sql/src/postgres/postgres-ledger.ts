/**
 * The books. The sums of a merchant's postings so far are written down every so often, so that a balance is that
 * checkpoint and a few thousand postings more, however long the history.
 *
 * Transactions are numbered by one sequence and may be committed out of its order: a checkpoint through some number
 * would lose whoever took a smaller one and has not committed yet. So whoever takes a number holds a lock from before
 * that until its end, and who writes a checkpoint waits once for all that hold it.
 */
import type { Ledger } from "@paykernel/core/domain"
import type { Commit } from "@paykernel/core/effect"
import { sql } from "kysely"
import { addUp, balancesOf, decodeSums, encodeSums, type Sum } from "../ledger-sums.ts"
import { ledgerLockClass, ledgerStripe } from "./postgres-ledger-lock.ts"
import { type Arg, type Connection, prepare, query } from "./postgres-statement.ts"

/** Postings after which a checkpoint is due: some two thousand transactions, which add up in a few milliseconds. */
const checkpointStep = 4096

/** Merchants of whom it is counted what this process has posted. Who is forgotten is only late. */
const merchantsCounted = 10_000

/**
 * Writers of the stripe wait behind whoever waits for all of them, so that is given up soon. They take their locks for
 * the time of one statement.
 */
const barrierTimeoutMs = 250
const retryPauseMs = 5_000

type Merchant = { readonly merchantId: string }

/** The sums of what the books hold, and how far they go. */
type Books = { readonly sums: ReadonlyArray<Sum>; readonly throughSeq: number; readonly postingsAdded: number }

export const postgresLedger = (connection: Connection) => {
  const statements = ledgerStatements(connection)
  const postedSince = new Map<string, number>()
  let isUnderWay = false

  const books = async (merchantId: string, throughSeq: number): Promise<Books> => {
    const rows = await statements.sums.all({ merchantId, throughSeq })
    const parts = rows.flatMap(({ account, currency, layer, amount }): ReadonlyArray<Sum> => {
      if (account === null || currency === null || layer === null) return decodeSums(amount)
      return [{ account, currency, layer, amount: BigInt(amount) }]
    })
    return {
      sums: addUp(parts),
      throughSeq: Math.max(0, ...rows.map(({ seq }) => seq)),
      postingsAdded: rows.reduce((sum, { postings }) => sum + postings, 0)
    }
  }

  /**
   * Writes down the sums of all that is numbered so far. Two that do so at once, in any processes, are harmless: either
   * row is right, and the one that goes further stays.
   */
  const checkpoint = async (merchantId: string): Promise<void> => {
    const last = await statements.last.get({ merchantId })
    if (last === undefined) return
    await barrier(connection, merchantId)
    const { sums, throughSeq, postingsAdded } = await books(merchantId, last.seq)
    if (postingsAdded > 0) await statements.write.run({ merchantId, throughSeq, sums: encodeSums(sums) })
  }

  /** One at a time. A failure is nobody's: who finds it due later tries again, but not at once. */
  const checkpointSoon = async (merchantId: string): Promise<void> => {
    if (isUnderWay) return
    isUnderWay = true
    await checkpoint(merchantId).catch(() => new Promise((resolve) => setTimeout(resolve, retryPauseMs).unref()))
    isUnderWay = false
  }

  /** To be told what was committed: the history of a merchant whose balances nobody reads has checkpoints too. */
  const posted = (transactions: Commit["ledger"]): void => {
    for (const { merchantId, postings } of transactions) {
      const count = (postedSince.get(merchantId) ?? 0) + postings.length
      if (postedSince.size >= merchantsCounted) postedSince.clear()
      postedSince.set(merchantId, count)
      if (count < checkpointStep || isUnderWay) continue
      postedSince.delete(merchantId)
      void checkpointSoon(merchantId)
    }
  }

  const balances = async (merchantId: string): Promise<ReadonlyArray<Ledger.Balance>> => {
    const { sums, postingsAdded } = await books(merchantId, Number.MAX_SAFE_INTEGER)
    if (postingsAdded >= checkpointStep) void checkpointSoon(merchantId)
    return balancesOf(sums)
  }

  const of = async (
    merchantId: string,
    reference: Ledger.LedgerTransaction["reference"]
  ): Promise<ReadonlyArray<Ledger.LedgerTransaction>> => {
    const found = new Map<number, Ledger.LedgerTransaction>()
    for (const row of await statements.ofReference.all({ merchantId, type: reference.type, id: reference.id })) {
      const { seq, id, kind, at_ms: atMs } = row
      const known =
        found.get(seq) ?? ({ id, merchantId, kind, reference, atMs, postings: [] } as Ledger.LedgerTransaction)
      found.set(seq, { ...known, postings: [...known.postings, ...postingOf(row)] })
    }
    return [...found.values()]
  }

  return { balances, of, checkpoint, posted }
}

/**
 * Waits until everybody who holds a number of the merchant's has ended. One message, which the server runs as one
 * transaction: a process that is paused in the middle holds no lock.
 */
const barrier = async (connection: Connection, merchantId: string): Promise<void> => {
  const lock = `select pg_advisory_xact_lock(${ledgerLockClass}, ${ledgerStripe(merchantId)})`
  await connection.query(`set local lock_timeout = ${barrierTimeoutMs}; ${lock}`)
}

type PostingColumns = { readonly account: string; readonly currency: string; readonly layer: string; amount: string }

/** A transaction without postings is joined to one row of nulls. */
const postingOf = (
  row: {
    readonly [column in keyof PostingColumns]: string | null
  }
): ReadonlyArray<Ledger.Posting> => (row.account === null ? [] : [asPosting(row as PostingColumns)])

const asPosting = ({ account, layer, amount, currency }: PostingColumns): Ledger.Posting =>
  ({ account, layer, amount: { amount: BigInt(amount), currency } }) as Ledger.Posting

const ledgerStatements = (connection: Connection) => ({
  sums: prepare(connection, sumsThrough),
  last: prepare(connection, (arg: Arg<Merchant>) =>
    query
      .selectFrom("paykernel_ledger_transaction")
      .select("seq")
      .where("merchant_id", "=", arg("merchantId"))
      .orderBy("seq", "desc")
      .limit(sql.lit(1))
  ),
  write: prepare(connection, writeCheckpoint),
  ofReference: prepare(connection, ofReference)
})

/**
 * The checkpoint as a row without an account, and a row for each sum of what came after it. One statement sees one
 * moment, so nothing falls between the two. Both bounds are named because a range that is open at one end is taken for
 * a third of the table.
 */
const sumsThrough = (arg: Arg<Merchant & { readonly throughSeq: number }>) =>
  query
    .with("checkpoint", (from) =>
      from
        .selectFrom("paykernel_ledger_checkpoint")
        .select(["through_seq", "sums"])
        .where("merchant_id", "=", arg("merchantId"))
    )
    .selectFrom("checkpoint")
    .select([
      sql<string | null>`null::text`.as("account"),
      sql<string | null>`null::text`.as("currency"),
      sql<string | null>`null::text`.as("layer"),
      "sums as amount",
      "through_seq as seq",
      sql<number>`0::bigint`.as("postings")
    ])
    .unionAll((from) =>
      from
        .selectFrom("paykernel_ledger_posting")
        .select(["account", "currency", "layer"])
        .select([
          sql<string>`sum(amount)::text`.as("amount"),
          sql<number>`max(seq)`.as("seq"),
          sql<number>`count(*)`.as("postings")
        ])
        .where("merchant_id", "=", arg("merchantId"))
        .where("seq", ">", sql<number>`coalesce((select through_seq from checkpoint), 0)`)
        .where("seq", "<=", arg("throughSeq"))
        .groupBy(["account", "currency", "layer"])
    )

/** Forward only: who was overtaken has nothing to add. */
const writeCheckpoint = (arg: Arg<Merchant & { readonly throughSeq: number; readonly sums: string }>) =>
  query
    .insertInto("paykernel_ledger_checkpoint")
    .values({ merchant_id: arg("merchantId"), through_seq: arg("throughSeq"), sums: arg("sums") })
    .onConflict((conflict) =>
      conflict
        .column("merchant_id")
        .doUpdateSet((set) => ({ through_seq: set.ref("excluded.through_seq"), sums: set.ref("excluded.sums") }))
        .whereRef("paykernel_ledger_checkpoint.through_seq", "<", "excluded.through_seq")
    )

/** The postings of each transaction are looked up by its key, which a join could do by reading all of them. */
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
        .limit(sql.lit(1000))
        .as("moved")
    )
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom("paykernel_ledger_posting as stored")
          .select(["line", "account", "currency", "layer", sql<string>`stored.amount::text`.as("amount")])
          .where("stored.merchant_id", "=", arg("merchantId"))
          .whereRef("stored.seq", "=", "moved.seq")
          .orderBy("line")
          .as("posting"),
      (join) => join.onTrue()
    )
    .select(["moved.seq", "moved.id", "moved.kind", "moved.at_ms", "account", "currency", "layer", "amount"])
    .orderBy("moved.seq")
    .orderBy("line")
