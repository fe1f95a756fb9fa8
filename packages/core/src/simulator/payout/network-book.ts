/** The network's book as it is read: quotes, payments and transactions, rebuilt from the journal record by record. */
import type { Money } from "../../money/index.ts"
import type { OfferedQuote, SubmittedPayment } from "../../ports/payout-network.ts"
import { enterFunding, type FundingBook, openFundingBook } from "./funding/funding-book.ts"
import type { NetworkRecord, RaisedRfi } from "./network-journal.ts"
import type { RfiVerdict, Scenario } from "./scenarios.ts"

export type BookedRfi = RaisedRfi & {
  readonly answer: { readonly verdict: RfiVerdict; readonly digest: string; readonly atMs: number } | null
}

export type BookedFunds = {
  readonly transactionHash: string
  readonly amount: Money
  readonly refundId: string
  readonly atMs: number
}

export type BookedPayment = {
  readonly key: string
  readonly payment: Omit<SubmittedPayment, "key" | "travelRule" | "beneficiaryAccount">
  readonly quote: OfferedQuote
  readonly scenario: Scenario
  readonly takenAtMs: number
  /** The first one pays for it, if it is right and in time. */
  readonly funds: ReadonlyArray<BookedFunds>
  readonly rfis: ReadonlyArray<BookedRfi>
}

export type NetworkBook = {
  readonly quotes: Map<string, OfferedQuote>
  readonly payments: Map<string, BookedPayment>
  /** By the quote that they were made of. */
  readonly keyOfQuote: Map<string, string>
  readonly funding: FundingBook
  /** When the newest record was written: time does not go back behind it. */
  newestAtMs: number
}

export const openBook = (records: ReadonlyArray<NetworkRecord>): NetworkBook => {
  const book: NetworkBook = {
    quotes: new Map(),
    payments: new Map(),
    keyOfQuote: new Map(),
    funding: openFundingBook(),
    newestAtMs: 0
  }
  for (const record of records) enter(book, record)
  return book
}

/** Enters a record that is durable. One that speaks of what was never entered is a defect, so it throws. */
export const enter = (book: NetworkBook, record: NetworkRecord): void => {
  book.newestAtMs = Math.max(book.newestAtMs, record.atMs)
  switch (record.record) {
    case "quote_offered":
      book.quotes.set(record.quote.id, record.quote)
      return
    case "payment_taken": {
      const { key, payment, scenario, rfi, atMs: takenAtMs } = record
      const quote = book.quotes.get(payment.quoteId)
      if (quote === undefined) throw new Error("a payment of a quote that was never offered")
      const rfis = rfi === null ? [] : [{ ...rfi, answer: null }]
      book.payments.set(key, { key, payment, quote, scenario, takenAtMs, funds: [], rfis })
      book.keyOfQuote.set(payment.quoteId, key)
      return
    }
    case "payment_funded": {
      const { transactionHash, amount, refundId, atMs } = record
      const funds = { transactionHash, amount, refundId, atMs }
      change(book, record.key, (payment) => ({ ...payment, funds: [...payment.funds, funds] }))
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
      return
    }
    default:
      enterFunding(book.funding, record)
  }
}

const change = (book: NetworkBook, key: string, next: (payment: BookedPayment) => BookedPayment): void => {
  const payment = book.payments.get(key)
  if (payment === undefined) throw new Error("a record of a payment that was never taken")
  book.payments.set(key, next(payment))
}
