/** The fees a merchant gets who has negotiated none, so that a first payment already shows a plausible breakdown. */
import { bps, money } from "../money/index.ts"
import type { FeeSchedule, PercentageFee } from "./fee-schedule.ts"

const cardShare: PercentageFee = {
  kind: "percentage",
  name: "card processing",
  rate: bps(290n),
  rounding: "halfUp"
}

/**
 * Cards in USD at 2.9 % + 0.30, the usual list price for card payments online. Cards in other currencies at 2.9 %,
 * because a fixed part has no meaning outside its currency. Everything else at 1 %. Never more than the payment.
 */
export const defaultFeeSchedule: FeeSchedule = {
  fee: {
    kind: "select",
    rules: [
      {
        when: { method: "card", currency: "USD" },
        fee: { kind: "sum", fees: [cardShare, { kind: "fixed", name: "card payment", amount: money(30n, "USD") }] }
      },
      { when: { method: "card" }, fee: cardShare }
    ],
    otherwise: { kind: "percentage", name: "processing", rate: bps(100n), rounding: "halfUp" }
  },
  onExcess: "limit"
}
