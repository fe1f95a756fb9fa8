/** What the payout network offers, and what it wants to be told with a payment. */
import type { Currency, Money, PartyType } from "@paykernel/core"
import { Money as MoneyRoom } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type FieldError, fieldError, notRequired, required } from "../fields/field-error.ts"
import { json } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import type { JsonObject } from "../front/strict-json.ts"
import { part } from "../json-part.ts"
import {
  allErrors,
  answerData,
  merchantIdOf,
  type Operation,
  readId,
  readRequest,
  type Services
} from "../v1/operation.ts"
import * as codes from "./error-codes.ts"
import { askCpn } from "./operation.ts"
import { cpnInvalid, cpnNotFound } from "./published-error.ts"
import { QuoteRequest } from "./quote.schema.ts"
import { renderOverview, renderQuote, renderRequirements, renderRequirementsV2, renderRoute } from "./render-quote.ts"

export const getOverview = Effect.fnUntraced(function* ({ kernel }: Services) {
  return answerData(renderOverview(yield* askCpn(() => kernel.crossBorder.overview(), "read")))
})

export type RoutesQuery = {
  readonly sourceCurrency: "USDC"
  readonly destinationCountry: string
  readonly destinationCurrency?: Currency
  readonly paymentMethodType?: string
  readonly blockchain?: string
  readonly transactionVersion?: "VERSION_1" | "VERSION_2"
}

export const listRoutes = Effect.fnUntraced(function* ({ kernel }: Services, query: RoutesQuery) {
  const { transactionVersion } = query
  const filter = {
    sourceCurrency: query.sourceCurrency,
    destinationCountry: query.destinationCountry,
    destinationCurrency: query.destinationCurrency ?? null,
    paymentMethod: query.paymentMethodType ?? null,
    blockchain: query.blockchain ?? null,
    transactionVersion: transactionVersion === undefined ? null : versionOf(transactionVersion)
  }
  return answerData((yield* askCpn(() => kernel.crossBorder.routes(filter), "read")).map(renderRoute))
})

const decodeQuote = Schema.decodeUnknownResult(QuoteRequest, allErrors)

/** Takes no key: an offer binds nobody who does not use it. */
export const createQuotes = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const request = yield* readRequest(incoming, decodeQuote, quoteRules)
  const { sourceAmount, destinationAmount, quoteOptions, transactionVersion = "VERSION_1" } = request
  const fixedSide = sourceAmount.amount === undefined ? ("destination" as const) : ("source" as const)
  const asked = {
    fixedSide,
    amount: yield* readAmount(fixedSide, fixedSide === "source" ? sourceAmount : destinationAmount),
    sourceCurrency: sourceAmount.currency,
    destinationCurrency: destinationAmount.currency,
    senderCountry: request.senderCountry,
    destinationCountry: request.destinationCountry,
    paymentMethod: request.paymentMethodType ?? null,
    blockchain: request.blockchain,
    senderType: partyOf(request.senderType),
    recipientType: partyOf(request.recipientType),
    firstParty: quoteOptions?.isFirstParty ?? false,
    transactionVersion: versionOf(transactionVersion)
  }
  const { crossBorder } = services.kernel
  const quotes = yield* Effect.catch(
    askCpn(() => crossBorder.quotes.create(merchantIdOf(incoming), asked), "quote"),
    (error) =>
      Effect.flatMap(error === codes.routeNotSupported ? isForeign(services, asked.blockchain) : no, (foreign) =>
        Effect.fail(foreign ? codes.wrongEnvironment : error)
      )
  )
  return json(201, { data: quotes.map(renderQuote) })
})

const no = Effect.succeed(false)

const mainChains: ReadonlySet<string> = new Set(["SOL", "MATIC", "ETH"])

/** Whether the network knows other chains of this kind only: those of tests, or those of real money. */
const isForeign = ({ kernel }: Services, blockchain: string): Operation<boolean> =>
  Effect.map(
    askCpn(() => kernel.crossBorder.overview(), "read"),
    ({ blockchains }) => !blockchains.some((one) => mainChains.has(one) === mainChains.has(blockchain))
  )

/** One of both amounts, and not both. */
const quoteRules = (body: JsonObject): ReadonlyArray<FieldError> => {
  const hasAmount = (name: string) => part(body[name])["amount"] !== undefined
  const [source, destination] = [hasAmount("sourceAmount"), hasAmount("destinationAmount")]
  if (source && destination) return [fieldError("destinationAmount.amount", notRequired)]
  return source || destination ? [] : [fieldError("sourceAmount.amount", required)]
}

type AmountRequest = { readonly amount?: string; readonly currency: Currency }

const readAmount = (side: "source" | "destination", { amount = "", currency }: AmountRequest): Operation<Money> => {
  const read = MoneyRoom.parse(amount, currency)
  return Result.isSuccess(read) && MoneyRoom.isPositive(read.success)
    ? Effect.succeed(read.success)
    : Effect.fail(cpnInvalid(`${side}Amount.amount`, "must be more than nothing, and no finer than the currency"))
}

const partyOf = (type: "BUSINESS" | "INDIVIDUAL"): PartyType => (type === "BUSINESS" ? "business" : "individual")

const versionOf = (version: "VERSION_1" | "VERSION_2"): 1 | 2 => (version === "VERSION_1" ? 1 : 2)

export const getQuote = Effect.fnUntraced(function* ({ kernel }: Services, incoming: Incoming, quoteId: string) {
  const id = yield* readId(quoteId, cpnNotFound)
  return answerData(renderQuote(yield* askCpn(() => kernel.crossBorder.quotes.get(merchantIdOf(incoming), id), "read")))
})

/** The same fields for both versions of the answer. */
const requirementsOf = ({ kernel }: Services, incoming: Incoming, quoteId: string) =>
  askCpn(() => kernel.crossBorder.requirements(merchantIdOf(incoming), quoteId.toLowerCase()), "quote")

export const getRequirements = (services: Services, incoming: Incoming, quoteId: string) =>
  Effect.map(requirementsOf(services, incoming, quoteId), (fields) => answerData(renderRequirements(fields)))

export const getRequirementsV2 = (services: Services, incoming: Incoming, quoteId: string) =>
  Effect.map(requirementsOf(services, incoming, quoteId), (fields) => answerData(renderRequirementsV2(fields)))
