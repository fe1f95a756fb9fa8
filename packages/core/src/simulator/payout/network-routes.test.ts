/** What the sandbox promises of where money can be sent: whoever tries it out relies on every route. */
import { expect, it } from "vitest"
import { money } from "../../money/index.ts"
import { networkRoutes, rateOf } from "./network-routes.ts"

const chains = ["ETH-SEPOLIA", "MATIC-AMOY", "SOL-DEVNET"]

const methods = new Map(networkRoutes.map((route) => [`${route.destinationCountry} ${route.paymentMethod}`, route]))

it("there is a way to each of these countries, by each of these methods, over every chain", () => {
  const euros = "AT BE CY DE EE ES FI FR GR HR IE IT LT LU MT NL PT SK"
    .split(" ")
    .map((country) => `${country} SEPA EUR`)
  const others = [
    ...["BR PIX BRL", "CN CIPS CNY", "CO BANK-TRANSFER COP", "CO NEQUI COP", "GB FPS GBP", "HK FPS HKD"],
    ...["HK CHATS HKD", "IN IMPS INR", "IN NEFT INR", "MX SPEI MXN", "NG BANK-TRANSFER NGN", "US WIRE USD"],
    "US FEDWIRE USD"
  ]
  const shown = networkRoutes.map(
    (route) =>
      `${route.destinationCountry} ${route.paymentMethod} ${route.destinationCurrency} over ${route.blockchain}`
  )
  expect(shown).toEqual([...others, ...euros].flatMap((way) => chains.map((chain) => `${way} over ${chain}`)))
  for (const { transactionVersions, sourceLimit } of networkRoutes) {
    expect(transactionVersions).toEqual([1, 2])
    expect(sourceLimit).toEqual({ min: money(1_000_000n, "USDC"), max: money(1_000_000_000_000n, "USDC") })
  }
})

it.each([
  ["BR PIX", money(540n, "BRL"), money(540_000_000n, "BRL")],
  ["CN CIPS", money(710n, "CNY"), money(710_000_000n, "CNY")],
  ["CO NEQUI", money(390_000n, "COP"), money(390_000_000_000n, "COP")],
  ["GB FPS", money(75n, "GBP"), money(75_000_000n, "GBP")],
  ["HK CHATS", money(778n, "HKD"), money(778_000_000n, "HKD")],
  ["IN NEFT", money(8_700n, "INR"), money(8_700_000_000n, "INR")],
  ["MX SPEI", money(1_705n, "MXN"), money(1_705_000_000n, "MXN")],
  ["NG BANK-TRANSFER", money(150_000n, "NGN"), money(150_000_000_000n, "NGN")],
  ["US WIRE", money(100n, "USD"), money(100_000_000n, "USD")],
  ["DE SEPA", money(87n, "EUR"), money(87_000_000n, "EUR")]
])("%s pays out what one dollar to a million is worth", (way, min, max) => {
  expect(methods.get(way)?.destinationLimit).toEqual({ min, max })
})

it("has no rate for what it does not pay out", () => {
  expect(rateOf("JPY")).toBe(undefined)
  expect(rateOf("EUR")).toEqual({ numerator: 8_700n, denominator: 10_000n })
})
