/** Amounts as `/v1` writes them. It knows no stablecoins: a USDC balance is a balance of dollars there. */
import type { Money } from "@paykernel/core"
import { Money as MoneyRoom } from "@paykernel/core/domain"
import type { MoneyBody } from "./payment.schema.ts"

/**
 * The decimals of the currency, two for USD. A stablecoin keeps more than two only where they are not zero.
 *
 * @example
 * renderMoney({ amount: 314n, currency: "USD" }) // => { amount: "3.14", currency: "USD" }
 * renderMoney({ amount: 3140000n, currency: "USDC" }) // => { amount: "3.14", currency: "USD" }
 */
export const renderMoney = (money: Money): MoneyBody => {
  const amount = MoneyRoom.format(money)
  const pegged = pegs.get(money.currency)
  return pegged === undefined
    ? { amount, currency: money.currency }
    : { amount: amount.replace(/(\.[0-9]{2}[0-9]*?)0+$/u, "$1"), currency: pegged }
}

const pegs: ReadonlyMap<string, string> = new Map([
  ["USDC", "USD"],
  ["EURC", "EUR"]
])
