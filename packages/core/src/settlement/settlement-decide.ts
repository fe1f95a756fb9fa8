import * as Result from "effect/Result"
import type { Decision } from "../decision.ts"
import { type Currency, convert, isNegative, type Money, type RoundingMode, subtract, sum } from "../money/index.ts"
import type {
  Settlement,
  SettlementCommand,
  SettlementEvent,
  SettlementLine,
  SettlementRejection
} from "./settlement.ts"
import { settlementTransaction } from "./settlement-ledger.ts"

export type SettlementDecision = Result.Result<Decision<SettlementEvent>, SettlementRejection>

/** Each payment of a batch is written in the batch's own commit, which bounds how many there may be. */
export const settlementPaymentsMax = 100

/** Never further than half a minor unit from the exact value, and favouring neither side over many batches. */
export const payoutRounding: RoundingMode = "halfEven"

/**
 * Completes a settlement: adds up the batch and posts it. The payments that it covers are told in the same commit.
 * Fees may exceed what is left, and returns what was captured; the payout is negative then. A rate that is not
 * above zero is a bug of the caller, whose terms were checked at registration, and throws.
 *
 * @example
 * decide(noSettlement, { ...complete, lines: [] }) // => Result.fail({ _tag: "NothingToSettle" })
 */
export const decide = (settlement: Settlement, command: SettlementCommand): SettlementDecision => {
  if (settlement.status !== "none") return Result.fail({ _tag: "SettlementAlreadyExists" })
  const currency = command.lines.flatMap(amountsOf)[0]?.currency
  if (currency === undefined) return Result.fail({ _tag: "NothingToSettle" })
  const rejection = batchFault(command.lines, currency)
  if (rejection !== undefined) return Result.fail(rejection)
  const event = completed(command, currency)
  const transaction = settlementTransaction(event)
  return Result.succeed({ events: [event], ledger: transaction.postings.length > 0 ? [transaction] : [], tasks: [] })
}

const batchFault = (lines: ReadonlyArray<SettlementLine>, currency: Currency): SettlementRejection | undefined => {
  if (new Set(lines.map((line) => line.paymentId)).size > settlementPaymentsMax) {
    return { _tag: "TooManyLines", limit: settlementPaymentsMax }
  }
  if (new Set(lines.map(itemOf)).size !== lines.length) return { _tag: "LineRepeated" }
  const amounts = lines.flatMap(amountsOf)
  if (amounts.some((amount) => amount.currency !== currency)) return { _tag: "MixedCurrencies" }
  return amounts.some(isNegative) ? { _tag: "AmountNegative" } : undefined
}

const completed = (command: SettlementCommand, currency: Currency): SettlementEvent => {
  const captured: Array<Money> = []
  const returned: Array<Money> = []
  const fees: Array<Money> = []
  for (const line of command.lines) {
    if (line._tag === "PaymentLine") {
      captured.push(line.captured)
      fees.push(line.fees)
    } else returned.push(line.amount)
  }
  const totalCredits = sum(captured, currency)
  const totalDebits = sum(returned, currency)
  const paymentFees = sum(fees, currency)
  const net = subtract(subtract(totalCredits, totalDebits), paymentFees)
  return {
    _tag: "SettlementCompleted",
    id: command.id,
    merchantId: command.merchantId,
    walletId: command.walletId,
    totalCredits,
    totalDebits,
    paymentFees,
    payout: convert(net, command.settlementCurrency, command.rate, payoutRounding),
    atMs: command.nowMs
  }
}

const amountsOf = (line: SettlementLine): ReadonlyArray<Money> =>
  line._tag === "PaymentLine" ? [line.captured, line.fees] : [line.amount]

const itemOf = (line: SettlementLine): string => (line._tag === "PaymentLine" ? line.paymentId : line.reversalId)
