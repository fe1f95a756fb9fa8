/** Transactions that are named by what they record, so that nothing is posted twice. */
import type { LedgerTransaction, LedgerTransactionKind, Posting } from "./ledger.ts"

/** What a transaction is about: an aggregate of a merchant. */
export type EntrySubject = { readonly id: string; readonly merchantId: string }

/**
 * Makes the entries of one type of aggregate. One fact has one transaction of a kind, so `owner`, whose fact it is, and the
 * kind name it.
 *
 * @example
 * const entry = entriesOf("deposit")
 * entry({ id: "d-1", merchantId: "m-1" }, "d-1", "crypto_deposit", [], 9).id // => "d-1:crypto-deposit"
 */
export const entriesOf =
  (type: string) =>
  (
    { id, merchantId }: EntrySubject,
    owner: string,
    kind: LedgerTransactionKind,
    postings: ReadonlyArray<Posting>,
    atMs: number
  ): LedgerTransaction => ({
    id: `${owner}:${kind.replaceAll("_", "-")}`,
    merchantId,
    kind,
    reference: { type, id },
    atMs,
    postings
  })
