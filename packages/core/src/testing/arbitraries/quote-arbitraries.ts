import * as Result from "effect/Result"
import * as fc from "fast-check"
import { type Money, money } from "../../money/index.ts"
import { type FeeRule, type PricingTerms, priceQuote } from "../../quote/price-quote.ts"
import type {
  EncryptionCertificate,
  FiatSettlementTime,
  PartyType,
  Quote,
  QuoteCommand,
  QuoteEvent,
  QuoteFee,
  QuoteFeeType,
  QuoteStatus,
  QuoteTerms
} from "../../quote/quote.ts"
import { anyMoney, anyRate } from "./money-arbitraries.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

export const anyPartyType = anyOf<PartyType>({ business: true, individual: true })

const anyFeeType = anyOf<QuoteFeeType>({
  tax: true,
  payout_institution: true,
  network_service: true,
  blockchain_gas: true
})

const anyFeeRule: fc.Arbitrary<FeeRule> = fc.record({
  type: anyFeeType,
  fixed: fc.bigInt(0n, 2_000_000n),
  bps: fc.bigInt(0n, 400n)
})

/** Prices of a stablecoin in a few currencies, some of them with no minor unit and some at thousands to one. */
export const anyPricingTerms: fc.Arbitrary<PricingTerms> = fc.record({
  sourceCurrency: fc.constant("USDC" as const),
  destinationCurrency: fc.constantFrom("MXN", "EUR", "COP", "JPY"),
  rate: fc.record({ numerator: fc.bigInt(1n, 5_000_000n), denominator: fc.constantFrom(1n, 7n, 1_000n) }),
  fees: fc.array(anyFeeRule, { maxLength: 3 })
})

/** Of no key: quotes and requests hold certificates, and never use them. */
export const exampleCertificate: EncryptionCertificate = {
  id: "certificate-1",
  domain: "institution.example",
  certificatePem: "",
  jwk: { kty: "EC", crv: "P-256", kid: "1", x: "x", y: "y" }
}

export const anyCertificate: fc.Arbitrary<EncryptionCertificate> = fc.record({
  id: anyId,
  domain: anyText,
  certificatePem: anyText,
  jwk: fc.record({
    kty: fc.constant("EC" as const),
    crv: fc.constant("P-256" as const),
    kid: anyText,
    x: anyText,
    y: anyText
  })
})

export const anyFiatSettlementTime: fc.Arbitrary<FiatSettlementTime> = fc
  .tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 }), anyOf({ minutes: true, hours: true, days: true, weeks: true }))
  .map(([min, more, unit]) => ({ min, max: min + more, unit }))

const conditions = {
  paymentMethod: fc.constantFrom("SPEI", "SEPA", "WIRE"),
  blockchain: fc.constantFrom("ETH", "SOL"),
  senderCountry: fc.constant("US"),
  destinationCountry: fc.constant("MX"),
  senderType: anyPartyType,
  recipientType: anyPartyType,
  firstParty: fc.boolean(),
  transactionVersion: fc.constantFrom(1 as const, 2 as const),
  fiatSettlementTime: anyFiatSettlementTime,
  certificate: anyCertificate
}

const anyFee: fc.Arbitrary<QuoteFee> = fc.record({ type: anyFeeType, amount: anyMoney })

export const anyQuoteFees = fc.record({ breakdown: fc.array(anyFee, { maxLength: 3 }), total: anyMoney })

/** Terms of the right shape, which hardly ever add up. */
export const anyQuoteTerms: fc.Arbitrary<QuoteTerms> = fc.record({
  ...conditions,
  fixedSide: fc.constantFrom("source" as const, "destination" as const),
  source: anyMoney,
  destination: anyMoney,
  rate: anyRate,
  fees: anyQuoteFees,
  expiresAtMs: anyTimeMs,
  fundsDueAtMs: anyTimeMs
})

/** Terms that add up, of a quote that was made at this time and is good for ten milliseconds. */
export const soundQuoteTerms = (atMs: number): fc.Arbitrary<QuoteTerms> =>
  fc
    .record({
      pricing: anyPricingTerms,
      side: fc.constantFrom("source" as const, "destination" as const),
      amount: fc.bigInt(50_000_000n, 10n ** 12n),
      ...conditions,
      // What most uses below are of, so that they come to something.
      blockchain: fc.constant("ETH"),
      senderType: fc.constant("business" as const),
      recipientType: fc.constant("business" as const),
      certificate: fc.constant(exampleCertificate)
    })
    .map(({ pricing, side, amount, ...rest }) => {
      const currency = side === "source" ? pricing.sourceCurrency : pricing.destinationCurrency
      const priced = priceQuote(pricing, side, money(amount, currency))
      const price = Result.isSuccess(priced) ? priced.success : dearest(amount)
      return { ...price, ...rest, expiresAtMs: atMs + 10, fundsDueAtMs: atMs + 20 }
    })

const broken = (terms: QuoteTerms): QuoteTerms => ({ ...terms, destination: money(0n, terms.destination.currency) })

/** In place of a price that the fees would eat: one for one, without any. */
const dearest = (amount: bigint) => {
  const rate = { numerator: 1n, denominator: 1n }
  const source: Money = money(amount * 10_000n, "USDC")
  const fees = { breakdown: [], total: money(0n, "USDC") }
  return { fixedSide: "source" as const, source, destination: money(amount, "MXN"), rate, fees }
}

export const anyQuote: fc.Arbitrary<Quote> = fc
  .tuple(
    anyQuoteTerms,
    fc.record({
      status: anyOf<QuoteStatus>({ none: true, open: true, used: true }),
      id: anyId,
      merchantId: anyId,
      paymentId: orNull(anyId),
      createdAtMs: anyTimeMs,
      updatedAtMs: anyTimeMs
    })
  )
  .map(([terms, rest]) => ({ ...terms, ...rest }))

export const anyQuoteEvent: fc.Arbitrary<QuoteEvent> = fc.oneof(
  fc.record({
    _tag: fc.constant("QuoteIssued" as const),
    id: anyId,
    merchantId: anyId,
    terms: anyQuoteTerms,
    atMs: anyTimeMs
  }),
  fc.record({
    _tag: fc.constantFrom("QuoteUsed" as const, "QuoteReleased" as const),
    paymentId: anyId,
    atMs: anyTimeMs
  })
)

/** Around the time that the quotes of these commands expire. */
const nowMs = fc.constantFrom(1_000, 1_004, 1_009, 1_010, 1_025)

const mostly = <A>(usual: A, other: A): fc.Arbitrary<A> => fc.constantFrom(usual, usual, usual, usual, other)

export const issuedQuote: fc.Arbitrary<QuoteCommand> = soundQuoteTerms(1_000).map((terms) => ({
  _tag: "IssueQuote",
  ...{ id: "quote-1", merchantId: "merchant-1", terms, nowMs: 1_000 }
}))

export const anyQuoteCommand: fc.Arbitrary<QuoteCommand> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      _tag: fc.constant("IssueQuote" as const),
      id: fc.constant("quote-1"),
      merchantId: fc.constant("merchant-1"),
      // One offer of the kind that does not add up is like any other, and slow to make.
      terms: fc.oneof({ arbitrary: soundQuoteTerms(1_000), weight: 5 }, soundQuoteTerms(1_000).map(broken)),
      nowMs
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant("UseQuote" as const),
      paymentId: fc.constantFrom("payment-1", "payment-2"),
      blockchain: mostly("ETH", "SOL"),
      senderType: mostly<PartyType>("business", "individual"),
      recipientType: mostly<PartyType>("business", "individual"),
      nowMs
    })
  },
  fc.record({
    _tag: fc.constant("ReleaseQuote" as const),
    paymentId: fc.constantFrom("payment-1", "payment-2"),
    nowMs
  })
)
