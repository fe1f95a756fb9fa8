/**
 * What each event of a cross-border payment moves in the books of its merchant. A debit is positive.
 *
 * The stablecoin goes from the merchant's wallet to the network, and from there to whoever takes fees and through the
 * exchange to the beneficiary. As long as the merchant has only promised it, nothing of it is in the books to be set
 * apart, so the promise has accounts of its own. What is held for the payout is what the payout will take.
 */
import { entriesOf, type LedgerTransaction, type Posting, releaseOf } from "../ledger/index.ts"
import { isZero, type Money, negate, subtract } from "../money/index.ts"
import type { CrossBorderEvent, CrossBorderPayment } from "./cross-border.ts"

/**
 * The transaction that an event causes, or `undefined` where it moves nothing. `payment` is the state before the event.
 *
 * @example
 * const created = { ...noPayment, status: "created", source: money(5n, "USDC") } as const
 * ledgerOf(created, { _tag: "PaymentCleared", atMs: 9 })?.kind // => "funding_hold"
 * ledgerOf(created, { _tag: "PaymentFailed", code: "PM08000", atMs: 9 }) // => undefined
 */
export const ledgerOf = (payment: CrossBorderPayment, event: CrossBorderEvent): LedgerTransaction | undefined => {
  const { id, source } = payment
  switch (event._tag) {
    case "PaymentCleared":
      return entry(payment, id, "funding_hold", promised(source), event.atMs)
    case "FundsReceived": {
      const release = awaitsFunds(payment) ? releaseOf(promised(source)) : []
      return entry(payment, event.transactionId, "funding", [...release, ...funded(event.amount)], event.atMs)
    }
    case "PayoutInitiated":
      return entry(payment, id, "payout_hold", held(paidOut(payment)), event.atMs)
    case "PaymentCompleted":
      return entry(payment, id, "payout", [...releaseOf(held(paidOut(payment))), ...paidOut(payment)], event.atMs)
    case "PaymentFailed":
      if (awaitsFunds(payment)) return entry(payment, id, "funding_release", releaseOf(promised(source)), event.atMs)
      if (payment.status !== "fiat_payment_initiated") return undefined
      return entry(payment, id, "payout_release", releaseOf(held(paidOut(payment))), event.atMs)
    default:
      return undefined
  }
}

const entry = entriesOf("cross_border_payment")

type Postings = ReadonlyArray<Posting>

/** The promise stands until it is kept or given up. */
export const awaitsFunds = ({ status, received }: CrossBorderPayment): boolean =>
  status === "crypto_funds_pending" && received.length === 0

const promised = (source: Money): Postings => [
  { account: "crypto_committed", layer: "held", amount: source },
  { account: "crypto_awaited", layer: "held", amount: negate(source) }
]

const funded = (amount: Money): Postings => [
  { account: "payout_network", layer: "posted", amount },
  { account: "merchant_wallet", layer: "posted", amount: negate(amount) }
]

const paidOut = ({ source, destination, fees }: CrossBorderPayment): Postings => {
  const postings: Postings = [
    { account: "payout_network", layer: "posted", amount: negate(source) },
    { account: "payout_fees", layer: "posted", amount: fees.total },
    { account: "conversion", layer: "posted", amount: subtract(source, fees.total) },
    { account: "conversion", layer: "posted", amount: negate(destination) },
    { account: "beneficiary", layer: "posted", amount: destination }
  ]
  return postings.filter(({ amount }) => !isZero(amount))
}

/** Sets apart what the postings will take, so that `posted − held` is what is left. */
const held = (postings: Postings): Postings =>
  postings.map(({ account, amount }) => ({ account, layer: "held", amount: negate(amount) }))
