import * as fc from "fast-check"
import type {
  Credit,
  Deposit,
  DepositCommand,
  DepositEvent,
  DepositOrigin,
  DepositStanding,
  DepositStatus
} from "../../deposit/deposit.ts"
import { noFee } from "../../fees/index.ts"
import { bps, type Currency, rational } from "../../money/index.ts"
import { anyCurrency, anyMoney, anyRate, moneyIn } from "./money-arbitraries.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

const anyBlock = fc.record({ height: fc.nat(), hash: anyText })

/** In lowest terms, as rates are made. */
const anyReducedRate = anyRate.map(({ numerator, denominator }) => {
  const made = rational(numerator, denominator)
  return made._tag === "Success" ? made.success : { numerator: 1n, denominator: 1n }
})

const anyCredit: fc.Arbitrary<Credit> = fc.record({
  amount: anyMoney,
  fee: anyMoney,
  net: anyMoney,
  settled: anyMoney,
  rate: orNull(fc.record({ quoteId: anyText, rate: anyReducedRate }))
})

const origin = {
  id: anyId,
  merchantId: anyId,
  walletId: orNull(fc.constant("1000")),
  intentId: anyId,
  chain: fc.constantFrom("ETH", "BTC"),
  transactionHash: anyText,
  outputIndex: fc.nat({ max: 50 }),
  address: anyText,
  addressTag: orNull(anyText),
  settlementCurrency: anyCurrency,
  fromAddresses: fc.array(anyText, { maxLength: 2 }),
  late: fc.boolean(),
  firstSeenAtMs: anyTimeMs
}

/** A deposit in any state, whether or not a history leads to it. */
export const anyDeposit: fc.Arbitrary<Deposit> = fc.record({
  status: anyOf<DepositStatus>({ none: true, seen: true, confirming: true, final: true, dropped: true }),
  ...origin,
  amount: anyMoney,
  block: orNull(anyBlock),
  replacedBy: orNull(anyText),
  credit: orNull(anyCredit),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

export const anyDepositEvent: fc.Arbitrary<DepositEvent> = fc.oneof(
  fc.record({ _tag: fc.constant("DepositSeen" as const), ...origin, amount: anyMoney, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("DepositIncluded" as const), block: anyBlock, atMs: anyTimeMs }),
  fc.record({
    _tag: fc.constantFrom("DepositReturnedToPool" as const, "DepositSeenAgain" as const),
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constant("DepositDropped" as const), replacedBy: orNull(anyText), atMs: anyTimeMs }),
  fc.record({
    _tag: fc.constant("DepositFinalized" as const),
    block: anyBlock,
    credit: anyCredit,
    atMs: anyTimeMs
  })
)

/** The first output of a transaction to the address of an intent, settled in a currency. */
export const depositOrigin = (settlementCurrency: Currency = "USDC"): DepositOrigin => ({
  id: "d-1",
  merchantId: "m-1",
  walletId: null,
  intentId: "i-1",
  chain: "ETH",
  transactionHash: "0xabc",
  outputIndex: 0,
  address: "0xdef",
  addressTag: null,
  settlementCurrency,
  fromAddresses: ["0x123"],
  late: false,
  firstSeenAtMs: 1
})

const onePercent = { kind: "percentage", name: "blockchain", rate: bps(100n), rounding: "halfUp" } as const

const terms = fc.record({
  feeSchedule: fc.constantFrom(onePercent, noFee).map((fee) => ({ fee, onExcess: "limit" as const })),
  rate: orNull(fc.record({ quoteId: fc.constant("q-1"), rate: anyReducedRate }))
})

const someBlock = fc.constantFrom({ height: 7, hash: "b-7" }, { height: 8, hash: "b-8" }, { height: 7, hash: "b-7'" })

/** How a chain may show a transaction that is not final. */
export const anyPassingStanding: fc.Arbitrary<DepositStanding> = fc.oneof(
  fc.record({ _tag: fc.constant("Waiting" as const) }),
  fc.record({ _tag: fc.constant("InBlock" as const), block: someBlock }),
  fc.record({ _tag: fc.constant("Gone" as const), replacedBy: orNull(fc.constant("0xother")) })
)

const anyStanding: fc.Arbitrary<DepositStanding> = fc.oneof(
  { arbitrary: anyPassingStanding, weight: 4 },
  fc.record({ _tag: fc.constant("Final" as const), block: someBlock, terms })
)

/** Sightings of one deposit, and now and then of another under its name, or of another amount. */
export const anyDepositCommand: fc.Arbitrary<DepositCommand> = fc.record({
  _tag: fc.constant("RecordSighting" as const),
  origin: fc.oneof(
    { arbitrary: fc.constantFrom(depositOrigin("USDC"), depositOrigin("EURC")), weight: 9 },
    fc.constant({ ...depositOrigin(), outputIndex: 1 })
  ),
  amount: fc.oneof(
    { arbitrary: fc.constant({ amount: 1_000_000n, currency: "USDC" as const }), weight: 9 },
    moneyIn("USDC", -1n, 5n)
  ),
  standing: anyStanding,
  nowMs: fc.nat({ max: 100 })
})
