/** The network's book as it is read: quotes and payments by their names, rebuilt from the journal record by record. */
import type { Money } from "../../money/index.ts"
import type { OfferedQuote, SubmittedPayment } from "../../ports/payout-network.ts"
import type { NetworkRecord, RaisedRfi } from "./network-journal.ts"
import type { RfiVerdict, Scenario } from "./scenarios.ts"

export type BookedRfi = RaisedRfi & {
  readonly answer: { readonly verdict: RfiVerdict; readonly digest: string; readonly atMs: number } | null
}

export type BookedPayment = {
  readonly key: string
  readonly payment: Omit<SubmittedPayment, "key" | "travelRule" | "beneficiaryAccount">
  readonly quote: OfferedQuote
  readonly scenario: Scenario
  readonly refundId: string
  readonly takenAtMs: number
  readonly funds: { readonly transactionHash: string; readonly amount: Money; readonly atMs: number } | null
  readonly rfis: ReadonlyArray<BookedRfi>
}

export type NetworkBook = {
  readonly quotes: Map<string, OfferedQuote>
  readonly payments: Map<string, BookedPayment>
  /** By the quote that they were made of. */
  readonly keyOfQuote: Map<string, string>
}

export const openBook = (records: ReadonlyArray<NetworkRecord>): NetworkBook => {
  const book: NetworkBook = { quotes: new Map(), payments: new Map(), keyOfQuote: new Map() }
  for (const record of records) enter(book, record)
  return book
}

/** Enters a record that is durable. One that speaks of what was never entered is a defect, so it throws. */
export const enter = (book: NetworkBook, record: NetworkRecord): void => {
  switch (record.record) {
    case "quote_offered":
      book.quotes.set(record.quote.id, record.quote)
      return
    case "payment_taken": {
      const { key, payment, scenario, refundId, rfi, atMs: takenAtMs } = record
      const quote = book.quotes.get(payment.quoteId)
      if (quote === undefined) throw new Error("a payment of a quote that was never offered")
      book.payments.set(key, {
        key,
        payment,
        quote,
        scenario,
        refundId,
        takenAtMs,
        funds: null,
        rfis: rfi === null ? [] : [{ ...rfi, answer: null }]
      })
      book.keyOfQuote.set(payment.quoteId, key)
      return
    }
    case "payment_funded": {
      const { transactionHash, amount, atMs } = record
      change(book, record.key, (payment) => ({ ...payment, funds: { transactionHash, amount, atMs } }))
      return
    }
    case "rfi_raised": {
      const rfi: BookedRfi = { ...record.rfi, answer: null }
      change(book, record.key, (payment) => ({ ...payment, rfis: [...payment.rfis, rfi] }))
      return
    }
    case "rfi_answered": {
      const { rfiId, verdict, digest, atMs } = record
      change(book, record.key, (payment) => ({
        ...payment,
        rfis: payment.rfis.map((rfi) => (rfi.id === rfiId ? { ...rfi, answer: { verdict, digest, atMs } } : rfi))
      }))
    }
  }
}

const change = (book: NetworkBook, key: string, next: (payment: BookedPayment) => BookedPayment): void => {
  const payment = book.payments.get(key)
  if (payment === undefined) throw new Error("a record of a payment that was never taken")
  book.payments.set(key, next(payment))
}
