import * as fc from "fast-check"
import type { Currency } from "../../money/index.ts"
import type { Settlement, SettlementCommand, SettlementEvent, SettlementLine } from "../../settlement/settlement.ts"
import { anyCurrency, anyMoney, anyRate, moneyIn } from "./money-arbitraries.ts"
import { anyId, anyTimeMs } from "./text-arbitraries.ts"

const totals = { totalCredits: anyMoney, totalDebits: anyMoney, paymentFees: anyMoney, payout: anyMoney }

export const anySettlement: fc.Arbitrary<Settlement> = fc.record({
  status: fc.constantFrom("none" as const, "complete" as const),
  id: anyId,
  merchantId: anyId,
  walletId: fc.constant("1000"),
  ...totals,
  createdAtMs: anyTimeMs
})

export const anySettlementEvent: fc.Arbitrary<SettlementEvent> = fc.record({
  _tag: fc.constant("SettlementCompleted" as const),
  id: anyId,
  merchantId: anyId,
  walletId: fc.constant("1000"),
  ...totals,
  atMs: anyTimeMs
})

const anyLine = (currency: Currency): fc.Arbitrary<SettlementLine> =>
  fc.oneof(
    fc.record({
      _tag: fc.constant("PaymentLine" as const),
      paymentId: anyId,
      captured: moneyIn(currency, 0n, 10n ** 9n),
      fees: moneyIn(currency, 0n, 10n ** 7n)
    }),
    fc.record({
      _tag: fc.constant("ReversalLine" as const),
      paymentId: anyId,
      reversalId: anyId,
      amount: moneyIn(currency, 0n, 10n ** 9n)
    })
  )

const command = (lines: fc.Arbitrary<ReadonlyArray<SettlementLine>>): fc.Arbitrary<SettlementCommand> =>
  fc.record({
    _tag: fc.constant("CompleteSettlement" as const),
    id: anyId,
    merchantId: anyId,
    walletId: fc.constant("1000"),
    lines,
    settlementCurrency: anyCurrency,
    rate: anyRate,
    nowMs: anyTimeMs
  })

/** A batch of one currency that can be settled. */
export const settleableCommand: fc.Arbitrary<SettlementCommand> = command(
  anyCurrency.chain((currency) => fc.array(anyLine(currency), { minLength: 1, maxLength: 12 }))
)

/** Any batch: empty ones, mixed ones and ones with a line twice among them. */
export const anySettlementCommand: fc.Arbitrary<SettlementCommand> = fc.oneof(
  settleableCommand,
  command(fc.array(anyCurrency.chain(anyLine), { maxLength: 3 })),
  command(anyCurrency.chain(anyLine).map((line) => [line, line]))
)
