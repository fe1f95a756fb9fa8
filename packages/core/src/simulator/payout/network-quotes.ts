/** What the simulated network offers: a price for every route that fits, good for a while. */
import * as Result from "effect/Result"
import { compare, type Money } from "../../money/index.ts"
import type { OfferedQuote, PayoutRoute, QuoteRefusal, QuoteRequest } from "../../ports/payout-network.ts"
import { priceQuote, type QuotePrice } from "../../quote/price-quote.ts"
import type { EncryptionCertificate } from "../../quote/quote.ts"
import { feesOf, networkRoutes, rateOf, sourceCurrency } from "./network-routes.ts"

export type OfferConditions = {
  readonly nowMs: number
  readonly quoteTtlMs: number
  readonly fundsTtlMs: number
  /** Whether the institution at the end of a route takes payments at present. */
  readonly isOpen: (route: PayoutRoute) => boolean
}

/** Offers, best first: the dearest destination for a fixed source, the cheapest source for a fixed destination. */
export const offersFor = (
  request: QuoteRequest,
  certificate: EncryptionCertificate,
  nextId: () => string,
  on: OfferConditions
): Result.Result<ReadonlyArray<OfferedQuote>, QuoteRefusal> => {
  const rate = rateOf(request.destinationCurrency)
  const routes = networkRoutes.filter((route) => leadsTo(route, request))
  const open = routes.filter(on.isOpen)
  if (rate === undefined || request.sourceCurrency !== sourceCurrency || routes.length === 0) {
    return Result.fail("route_not_supported")
  }
  if (open.length === 0) return Result.fail("institution_not_available")
  const offers = open.flatMap((route): ReadonlyArray<OfferedQuote> => {
    const price = priceOf(request, rate)
    if (price === undefined || !isWithin(route, price)) return []
    return [{ id: nextId(), terms: { ...price, ...conditions(request, route), certificate, ...deadlines(on) } }]
  })
  if (offers.length === 0) return Result.fail("amount_outside_limit")
  const isDestinationFixed = request.fixedSide === "destination"
  return Result.succeed(
    offers.toSorted(({ terms: a }, { terms: b }) =>
      isDestinationFixed ? compare(a.source, b.source) : compare(b.destination, a.destination)
    )
  )
}

const leadsTo = (route: PayoutRoute, request: QuoteRequest): boolean =>
  route.destinationCountry === request.destinationCountry &&
  route.destinationCurrency === request.destinationCurrency &&
  route.blockchain === request.blockchain &&
  route.transactionVersions.includes(request.transactionVersion) &&
  (request.paymentMethod === null || route.paymentMethod === request.paymentMethod)

const priceOf = (
  { fixedSide, amount, destinationCurrency, transactionVersion }: QuoteRequest,
  rate: QuotePrice["rate"]
): QuotePrice | undefined => {
  const pricing = { sourceCurrency, destinationCurrency, rate, fees: feesOf(transactionVersion) } as const
  const priced = priceQuote(pricing, fixedSide, amount)
  return Result.isSuccess(priced) ? priced.success : undefined
}

const isWithin = ({ sourceLimit, destinationLimit }: PayoutRoute, { source, destination }: QuotePrice): boolean =>
  between(source, sourceLimit) && between(destination, destinationLimit)

const between = (amount: Money, { min, max }: { readonly min: Money; readonly max: Money }): boolean =>
  amount.currency === min.currency && amount.amount >= min.amount && amount.amount <= max.amount

const conditions = (request: QuoteRequest, { paymentMethod, blockchain }: PayoutRoute) => ({
  paymentMethod,
  blockchain,
  senderCountry: request.senderCountry,
  destinationCountry: request.destinationCountry,
  senderType: request.senderType,
  recipientType: request.recipientType,
  firstParty: request.firstParty,
  transactionVersion: request.transactionVersion,
  fiatSettlementTime: { min: 1, max: 3, unit: "days" as const }
})

const deadlines = ({ nowMs, quoteTtlMs, fundsTtlMs }: OfferConditions) => ({
  expiresAtMs: nowMs + quoteTtlMs,
  fundsDueAtMs: nowMs + fundsTtlMs
})
