/** Adding money, beside adding bare bigints and making an object for the sum. */
import { add, type Money, money } from "@paykernel/core"
import { compare, printTable } from "./measure.ts"

const operations = 5_000_000

export const benchMoney = async (): Promise<void> => {
  const prices = Array.from({ length: 1024 }, (_, at) => BigInt(at * 37 + 1))
  const moneys = prices.map((amount) => money(amount, "USD"))
  const rows = await compare([
    {
      name: "bigint + bigint, nothing else",
      run: () => {
        let sum = 0n
        for (let at = 0; at < operations; at++) sum = (sum & 0xffffn) + (prices[at & 1023] ?? 0n)
        return sum >= 0n ? operations : 0
      }
    },
    {
      name: "add(money, money)",
      run: () => {
        let sum: Money<"USD"> = money(0n, "USD")
        for (let at = 0; at < operations; at++) {
          const price = moneys[at & 1023]
          if (price !== undefined) sum = add({ amount: sum.amount & 0xffffn, currency: "USD" }, price)
        }
        return sum.amount >= 0n ? operations : 0
      }
    }
  ])
  printTable("Money: addition", rows)
}
