/**
 * A cross-border payment against its own history, its parts and its postings, and each part against its payment: they are
 * written in the same commits, so at every moment they say the same.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { foldBalances, isBalanced } from "../../ledger/index.ts"
import type { LedgerAccount, LedgerLayer, LedgerTransaction } from "../../ledger/ledger.ts"
import type { Currency, Money } from "../../money/index.ts"
import type { OnchainTransaction } from "../../onchain/onchain.ts"
import type { PayoutRefund } from "../../payout-refund/payout-refund.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import { Store, type StoredAggregate } from "../../ports/store.ts"
import type { Quote } from "../../quote/quote.ts"
import type { Rfi } from "../../rfi/rfi.ts"
import {
  crossBorderDefinition,
  onchainDefinition,
  payoutRefundDefinition,
  quoteDefinition,
  rfiDefinition,
  ticketDefinition
} from "../storage/cross-border-aggregates.ts"
import { revive } from "../storage/repository.ts"
import { examine } from "./audit-aggregate.ts"

type Transactions = ReadonlyArray<LedgerTransaction>

const amountOf = (transactions: Transactions, account: LedgerAccount, currency: Currency, layer: LedgerLayer): bigint =>
  foldBalances(transactions).find((one) => one.account === account && one.currency === currency)?.[layer] ?? 0n

const problemsIn = (found: ReadonlyArray<readonly [isRight: boolean, problem: string]>): ReadonlyArray<string> =>
  found.flatMap(([isRight, problem]) => (isRight ? [] : [problem]))

const balanced = (transactions: Transactions) =>
  [transactions.every(isBalanced), "a ledger transaction does not balance"] as const

/** Each leg of a payment, as far as it has come: promised, received, set apart for the payout, paid out. */
const inspectPayment = (payment: CrossBorderPayment, transactions: Transactions): ReadonlyArray<string> => {
  const { status, source, destination, fees, received } = payment
  const posted = (account: LedgerAccount, currency: Currency) => amountOf(transactions, account, currency, "posted")
  const held = (account: LedgerAccount, currency: Currency) => amountOf(transactions, account, currency, "held")
  const arrived = (currency: Currency): bigint =>
    received.reduce((sum, { amount }) => (amount.currency === currency ? sum + amount.amount : sum), 0n)
  const currencies = [...new Set([source.currency, ...received.map(({ amount }) => amount.currency)])]
  const isPaidOut = status === "completed"
  const isAwaited = status === "crypto_funds_pending" && received.length === 0
  const isSetApart = status === "fiat_payment_initiated"
  const paid = ({ amount }: Money): bigint => (isPaidOut ? amount : 0n)
  return problemsIn([
    balanced(transactions),
    [
      currencies.every((one) => posted("merchant_wallet", one) === -arrived(one)),
      "its postings are not what it received"
    ],
    [
      currencies.every(
        (one) => posted("payout_network", one) === arrived(one) - (one === source.currency ? paid(source) : 0n)
      ),
      "its postings are not what the network has of it"
    ],
    [posted("beneficiary", destination.currency) === paid(destination), "its postings are not what it paid out"],
    [posted("payout_fees", source.currency) === paid(fees.total), "its postings are not what it cost"],
    [
      held("crypto_committed", source.currency) === (isAwaited ? source.amount : 0n),
      "its holds are not what it awaits"
    ],
    [
      held("payout_network", source.currency) === (isSetApart ? source.amount : 0n),
      "its holds are not what is being paid out"
    ]
  ])
}

const inspectRefund = ({ status, amount }: PayoutRefund, transactions: Transactions): ReadonlyArray<string> => {
  const returned = status === "completed" ? amount.amount : 0n
  const underWay = status === "created" ? amount.amount : 0n
  const isRight =
    amountOf(transactions, "merchant_wallet", amount.currency, "posted") === returned &&
    amountOf(transactions, "payout_network", amount.currency, "held") === underWay
  return problemsIn([balanced(transactions), [isRight, "its postings are not what came back or is set apart"]])
}

/** `undefined`: there is none, or it cannot be read, which its own examination says. */
const partOf = Effect.fnUntraced(function* <State, Event extends { readonly _tag: string; readonly atMs: number }>(
  definition: AggregateDefinition<State, Event>,
  { ref }: StoredAggregate,
  id: string
) {
  const stored = yield* (yield* Store).load({ ...ref, type: definition.type, id })
  if (stored === undefined) return undefined
  const revived = Result.try(() => revive(definition, stored).state)
  return Result.isSuccess(revived) ? revived.success : undefined
})

/** Parts are looked at only where the aggregate itself is right: what it says is compared with what they say. */
export const examineCrossBorder = Effect.fnUntraced(function* (stored: StoredAggregate) {
  const examined = yield* examine(crossBorderDefinition, stored, inspectPayment)
  if (examined.problems.length > 0) return examined
  const payment = revive(crossBorderDefinition, stored).state
  const problems: Array<string> = []
  const quote = yield* partOf(quoteDefinition, stored, payment.quoteId)
  if (!ownsQuote(payment, quote)) problems.push("its quote is not its own")
  for (const { id, status } of payment.transactions) {
    const transaction = yield* partOf(onchainDefinition, stored, id)
    if (!isSameTransaction(payment, status, transaction)) problems.push(`its transaction ${id} says something else`)
  }
  for (const { id, status } of payment.rfis) {
    const rfi = yield* partOf(rfiDefinition, stored, id)
    if (rfi?.status !== status) problems.push(`its request for information ${id} says something else`)
  }
  for (const reference of payment.refunds) {
    const refund = yield* partOf(payoutRefundDefinition, stored, reference.id)
    if (!isSameRefund(reference, refund)) problems.push(`its refund ${reference.id} says something else`)
  }
  return { ...examined, problems }
})

/** Where the network never took the payment, the quote was given back. */
const ownsQuote = ({ status, id }: CrossBorderPayment, quote: Quote | undefined): boolean =>
  status === "withdrawn" ? quote?.paymentId !== id : quote?.paymentId === id

const isSameTransaction = (
  { received }: CrossBorderPayment,
  status: string,
  transaction: OnchainTransaction | undefined
): boolean => {
  const arrived = received.find(({ transactionId }) => transactionId === transaction?.id)?.amount
  return transaction?.status === status && isSameAmount(transaction.received ?? undefined, arrived)
}

const isSameRefund = (
  { status, amount, transactionHash }: CrossBorderPayment["refunds"][number],
  refund: PayoutRefund | undefined
): boolean =>
  refund?.status === status && isSameAmount(refund.amount, amount) && refund.transactionHash === transactionHash

const isSameAmount = (a: Money | undefined, b: Money | undefined): boolean =>
  a?.amount === b?.amount && a?.currency === b?.currency

type Part = OnchainTransaction | Rfi | PayoutRefund

/** A part that its payment does not know of would never be heard of again. */
const examinePart =
  <State extends Part, Event extends { readonly _tag: string; readonly atMs: number }>(
    definition: AggregateDefinition<State, Event>,
    idsIn: (payment: CrossBorderPayment) => ReadonlyArray<{ readonly id: string }>,
    inspect?: (state: State, transactions: Transactions) => ReadonlyArray<string>
  ) =>
  (stored: StoredAggregate) =>
    Effect.gen(function* () {
      const examined = yield* examine(definition, stored, inspect)
      if (examined.problems.length > 0) return examined
      const { paymentId, id } = revive(definition, stored).state
      const payment = yield* partOf(crossBorderDefinition, stored, paymentId)
      const isKnown = payment !== undefined && idsIn(payment).some((one) => one.id === id)
      return { ...examined, problems: isKnown ? [] : ["its payment does not know of it"] }
    })

export const examineTransaction = examinePart(onchainDefinition, ({ transactions }) => transactions)

export const examineRfi = examinePart(rfiDefinition, ({ rfis }) => rfis)

export const examinePayoutRefund = examinePart(payoutRefundDefinition, ({ refunds }) => refunds, inspectRefund)

export const examineQuote = (stored: StoredAggregate) => examine(quoteDefinition, stored)

export const examineTicket = (stored: StoredAggregate) => examine(ticketDefinition, stored)
