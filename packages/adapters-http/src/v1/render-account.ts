/** Settlements and balances as `/v1` shows them. */
import type { Money, Settlement } from "@paykernel/core"
import type { BalancesBody, SettlementBody } from "./account.schema.ts"
import { isoDate } from "./iso-date.ts"
import { renderMoney } from "./render-money.ts"

export const renderSettlement = (settlement: Settlement): SettlementBody => ({
  id: settlement.id,
  merchantWalletId: settlement.walletId,
  walletId: settlement.walletId,
  totalDebits: renderMoney(settlement.totalDebits),
  totalCredits: renderMoney(settlement.totalCredits),
  paymentFees: renderMoney(settlement.paymentFees),
  chargebackFees: renderMoney({ amount: 0n, currency: settlement.paymentFees.currency }),
  createDate: isoDate(settlement.createdAtMs),
  updateDate: isoDate(settlement.createdAtMs)
})

export const renderBalances = (balances: {
  readonly available: ReadonlyArray<Money>
  readonly unsettled: ReadonlyArray<Money>
}): BalancesBody => ({
  available: balances.available.map(renderMoney),
  unsettled: balances.unsettled.map(renderMoney)
})
