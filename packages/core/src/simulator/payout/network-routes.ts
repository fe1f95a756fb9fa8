/** Where the simulated network pays out to, at which rates, and for what. Made up, and of a credible size. */
import { type Currency, convert, money, type Rational } from "../../money/index.ts"
import type { PayoutRoute } from "../../ports/payout-network.ts"
import type { FeeRule } from "../../quote/price-quote.ts"
import type { TransactionVersion } from "../../quote/quote.ts"

type Destination = {
  readonly country: string
  readonly currency: Currency
  readonly methods: ReadonlyArray<string>
  /** For one dollar, in ten-thousandths. */
  readonly rate: bigint
}

const euroCountries = [
  ...["AT", "BE", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE"],
  ...["IT", "LT", "LU", "MT", "NL", "PT", "SK"]
]

const destinations: ReadonlyArray<Destination> = [
  { country: "BR", currency: "BRL", methods: ["PIX"], rate: 54_000n },
  { country: "CN", currency: "CNY", methods: ["CIPS"], rate: 71_000n },
  { country: "CO", currency: "COP", methods: ["BANK-TRANSFER", "NEQUI"], rate: 39_000_000n },
  { country: "GB", currency: "GBP", methods: ["FPS"], rate: 7_500n },
  { country: "HK", currency: "HKD", methods: ["FPS", "CHATS"], rate: 77_800n },
  { country: "IN", currency: "INR", methods: ["IMPS", "NEFT"], rate: 870_000n },
  { country: "MX", currency: "MXN", methods: ["SPEI"], rate: 170_500n },
  { country: "NG", currency: "NGN", methods: ["BANK-TRANSFER"], rate: 15_000_000n },
  { country: "US", currency: "USD", methods: ["WIRE", "FEDWIRE"], rate: 10_000n },
  ...euroCountries.map((country): Destination => ({ country, currency: "EUR", methods: ["SEPA"], rate: 8_700n }))
]

/** Test networks alone: nothing of what is simulated is worth anything. What is sent there stays there. */
export const networkChains: ReadonlyMap<string, string> = new Map([
  ["ETH-SEPOLIA", "0xC75c3E371d617B3E60Db1b6f3Fa2f0689562e5A7"],
  ["MATIC-AMOY", "0xC75c3E371d617B3E60Db1b6f3Fa2f0689562e5A7"],
  ["SOL-DEVNET", "AgsMTnbZDqh3iwC5fyfhbRq76CZknQjRKix2qhEwStCt"]
])

/** A mixer's, on sanctions lists until 2025: a name that everybody knows, for trying what becomes of such senders. */
export const sanctionedAddress = "0x8589427373D6D84E98730D7795D8f6f8731FDA16"

export const sourceCurrency = "USDC"

const sourceLimit = { min: money(1_000_000n, "USDC"), max: money(1_000_000_000_000n, "USDC") }

/** Major units of a currency for one of the source; `undefined`: the network does not pay it out. */
export const rateOf = (currency: Currency): Rational | undefined => {
  const destination = destinations.find((one) => one.currency === currency)
  return destination === undefined ? undefined : { numerator: destination.rate, denominator: 10_000n }
}

/** The gas is part of the price where the network pays it. */
export const feesOf = (version: TransactionVersion): ReadonlyArray<FeeRule> => [
  { type: "payout_institution", fixed: 240_000n, bps: 10n },
  { type: "network_service", fixed: 0n, bps: 5n },
  ...(version === 2 ? [{ type: "blockchain_gas", fixed: 50_000n, bps: 0n } as const] : [])
]

/** Every way to every destination. */
export const networkRoutes: ReadonlyArray<PayoutRoute> = destinations.flatMap(({ country, currency, methods, rate }) =>
  methods.flatMap((paymentMethod) =>
    [...networkChains].map(([blockchain, settlementAddress]): PayoutRoute => {
      const exact = { numerator: rate, denominator: 10_000n }
      return {
        destinationCountry: country,
        destinationCurrency: currency,
        paymentMethod,
        blockchain,
        transactionVersions: [1, 2],
        sourceLimit,
        destinationLimit: {
          min: convert(sourceLimit.min, currency, exact, "up"),
          max: convert(sourceLimit.max, currency, exact, "down")
        },
        settlementAddress
      }
    })
  )
)
