/** Asks a payout network what a payment abroad costs, and keeps what it offers: whoever pays names an offer, and no price. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Currency } from "../../money/index.ts"
import { Clock } from "../../ports/clock.ts"
import {
  type OfferedQuote,
  PayoutNetworkUnavailable,
  type PayoutRoute,
  type QuoteRequest
} from "../../ports/payout-network.ts"
import { Store } from "../../ports/store.ts"
import type { Quote } from "../../quote/quote.ts"
import { decide } from "../../quote/quote-decide.ts"
import type { Operations } from "../operations.ts"
import type { MerchantDirectory } from "../payments/merchant-directory.ts"
import { quoteDefinition } from "../storage/cross-border-aggregates.ts"
import type { CreateQuotesFailure, CrossBorderOverview, QuoteNotFound, RouteFilter } from "./cross-border-contract.ts"
import type { CrossBorderDesk } from "./cross-border-desk.ts"
import { decidePart, type Part } from "./cross-border-draft.ts"
import { askForQuotes, requirementsOf, routesOf } from "./network-calls.ts"
import { findQuote } from "./read-cross-border.ts"

export const createQuotes = Effect.fn("paykernel.createQuotes")(function* (
  { callTimeoutMs }: Operations,
  directory: MerchantDirectory,
  desk: CrossBorderDesk,
  merchantId: string,
  request: QuoteRequest
) {
  const merchant = yield* directory.get(merchantId)
  if (merchant.status === "none") return refuse({ _tag: "MerchantNotFound" })
  if (merchant.status === "suspended") return refuse({ _tag: "MerchantIsSuspended" })
  const reply = yield* askForQuotes(desk, request, callTimeoutMs)
  if (reply._tag === "Refused") return refuse({ _tag: "QuoteRefused", why: reply.why })
  const nowMs = (yield* Clock).nowMs()
  const issued = reply.quotes.flatMap((offer) => issue(merchantId, offer, nowMs))
  // Nobody could keep an offer that contradicts itself; where there is no other, the network is as good as away.
  if (issued.length === 0) return yield* new PayoutNetworkUnavailable({ reason: "no offer adds up" })
  yield* keep(issued)
  return Result.succeed<ReadonlyArray<Quote>>(issued.map(({ state }) => state))
})

const refuse = (reason: CreateQuotesFailure): Result.Result<ReadonlyArray<Quote>, CreateQuotesFailure> =>
  Result.fail(reason)

type Issued = Part<Quote, unknown>

const issue = (merchantId: string, { id, terms }: OfferedQuote, nowMs: number): ReadonlyArray<Issued> => {
  const command = { _tag: "IssueQuote", id, merchantId, terms, nowMs } as const
  const absent = { state: quoteDefinition.initial, version: 0 }
  const part = decidePart(quoteDefinition, decide, { merchantId, id }, absent, [command])
  return Result.isSuccess(part) ? [part.success] : []
}

/** Where two offers have one name, the network is at fault, and asking it again may help. */
const keep = Effect.fnUntraced(
  function* (issued: ReadonlyArray<Issued>) {
    yield* (yield* Store).commit({
      idempotency: null,
      aggregates: issued.map(({ write }) => write),
      ledger: [],
      tasks: [],
      lease: null,
      sealed: [],
      erased: []
    })
  },
  Effect.catchTag("VersionConflict", () =>
    Effect.fail(new PayoutNetworkUnavailable({ reason: "an offer is another's by its name" }))
  ),
  Effect.catchTag(["KeyTaken", "LeaseLost"], (error) => Effect.die(error))
)

/** What has to be told with a payment of a quote. */
export const requirementsForQuote = Effect.fn("paykernel.requirementsForQuote")(function* (
  { callTimeoutMs }: Operations,
  desk: CrossBorderDesk,
  merchantId: string,
  quoteId: string
) {
  const found = yield* findQuote(merchantId, quoteId)
  if (Result.isFailure(found)) return Result.fail(found.failure)
  const requirements = yield* requirementsOf(desk, quoteId, callTimeoutMs)
  return requirements === undefined
    ? Result.fail<QuoteNotFound>({ _tag: "QuoteNotFound" })
    : Result.succeed(requirements)
})

export const overviewOf = Effect.fn("paykernel.payoutOverview")(function* (
  { callTimeoutMs }: Operations,
  desk: CrossBorderDesk
) {
  const routes = yield* routesOf(desk, callTimeoutMs)
  const each = <A extends string>(read: (route: PayoutRoute) => A): ReadonlyArray<A> =>
    [...new Set(routes.map(read))].sort()
  return Result.succeed<CrossBorderOverview>({
    sourceCurrencies: each(sourceOf),
    destinationCountries: each(({ destinationCountry }) => destinationCountry),
    destinationCurrencies: each(({ destinationCurrency }) => destinationCurrency),
    paymentMethods: each(({ paymentMethod }) => paymentMethod),
    blockchains: each(({ blockchain }) => blockchain)
  })
})

const sourceOf = ({ sourceLimit }: PayoutRoute): Currency => sourceLimit.min.currency

export const routesFor = Effect.fn("paykernel.payoutRoutes")(function* (
  { callTimeoutMs }: Operations,
  desk: CrossBorderDesk,
  filter: RouteFilter
) {
  const routes = yield* routesOf(desk, callTimeoutMs)
  const { sourceCurrency, destinationCountry, destinationCurrency, paymentMethod, blockchain } = filter
  const { transactionVersion: version } = filter
  return Result.succeed(
    routes.filter(
      (route) =>
        sourceOf(route) === sourceCurrency &&
        route.destinationCountry === destinationCountry &&
        (destinationCurrency === null || route.destinationCurrency === destinationCurrency) &&
        (paymentMethod === null || route.paymentMethod === paymentMethod) &&
        (blockchain === null || route.blockchain === blockchain) &&
        (version === null || route.transactionVersions.includes(version))
    )
  )
})
