/**
 * Cross-border payments as an originating institution makes them: quotes, answers that are checked and encrypted before
 * they leave, transactions that its own signer signs, and what the network asks and gives back.
 */
import type { PaymentBody, RefundBody } from "../cpn/payment.schema.ts"
import type { ConfigurationOverview, QuoteBody, QuoteRequest, RequirementsV2, RouteBody } from "../cpn/quote.schema.ts"
import type { RfiBody } from "../cpn/rfi.schema.ts"
import type { TicketBody, TicketRequest } from "../cpn/ticket.schema.ts"
import { type Answer, type AnswerPart, andThen, answered, failed } from "./answer.ts"
import { type ApiOptions, apiCaller, type CallApi, path, type Query } from "./call-api.ts"
import { faultyFields } from "./check-answer.ts"
import { type AnswerFields, encryptFields, encryptJson } from "./encrypt.ts"
import { type Transactions, transactionsOver } from "./fund-payment.ts"
import { type Document, documentForm, fileProblem } from "./rfi-files.ts"

export type RoutesQuery = {
  readonly sourceCurrency: "USDC"
  readonly destinationCountry: string
  readonly destinationCurrency?: string
  readonly paymentMethodType?: string
  readonly blockchain?: string
  readonly transactionVersion?: "VERSION_1" | "VERSION_2"
}

export type PaymentFilters = {
  readonly status?: PaymentBody["status"]
  readonly customerRefId?: string
  readonly refCode?: string
  readonly from?: string
  readonly to?: string
  readonly pageAfter?: string
  readonly pageBefore?: string
  readonly pageSize?: string
}

export type CreatePayment = {
  /** A UUID. The same one again is the same payment. */
  readonly idempotencyKey: string
  /** What was chosen of the offers. Sender, recipient and chain are its own. */
  readonly quote: QuoteBody
  /** Who pays whom, by the names of the requirements. */
  readonly travelRule: AnswerFields
  readonly beneficiaryAccount: AnswerFields
  readonly senderAddress: string
  /** On the same chain. */
  readonly refundAddress: string
  /** `PMT001` to `PMT030`. */
  readonly reasonForPayment: string
  readonly customerRefId: string
  readonly beneficiaryRefId?: string
  readonly refCode?: string
}

export type AnswerRfi = { readonly fields: AnswerFields; readonly documents: ReadonlyArray<Document> }

export type CrossBorderClient = {
  readonly overview: () => Promise<Answer<typeof ConfigurationOverview.Type>>
  readonly routes: (query: RoutesQuery) => Promise<Answer<ReadonlyArray<RouteBody>>>
  readonly quotes: {
    /** Best first. One of the two amounts has a number, and is fixed by that. */
    readonly create: (request: QuoteRequest) => Promise<Answer<ReadonlyArray<QuoteBody>>>
    readonly get: (quoteId: string) => Promise<Answer<QuoteBody>>
  }
  /** What has to be told with a payment of a quote, as JSON Schema. */
  readonly requirements: (quoteId: string) => Promise<Answer<typeof RequirementsV2.Type>>
  readonly payments: {
    /** Holds both answers against the requirements, encrypts them for the quote's certificate, and sends them. */
    readonly create: (payment: CreatePayment) => Promise<Answer<PaymentBody>>
    readonly get: (paymentId: string) => Promise<Answer<PaymentBody>>
    readonly list: (filters?: PaymentFilters) => Promise<Answer<ReadonlyArray<PaymentBody>>>
  }
  readonly transactions: Transactions
  readonly rfis: {
    readonly get: (paymentId: string, rfiId: string) => Promise<Answer<RfiBody>>
    /** Checks fields and documents, encrypts all of them for the request's certificate, uploads and submits. */
    readonly answer: (rfi: RfiBody, answer: AnswerRfi) => Promise<Answer<RfiBody>>
  }
  readonly refunds: {
    readonly get: (paymentId: string, refundId: string) => Promise<Answer<RefundBody>>
  }
  readonly tickets: { readonly create: (ticket: typeof TicketRequest.Type) => Promise<Answer<TicketBody>> }
}

/**
 * A client of the API. Its functions answer with a value or with what stood in the way, and reject on nothing but defects
 * and a signer that throws.
 *
 * @example
 * const client = crossBorderClient({ baseUrl: "https://payments.example", apiKey, fetch })
 * const offers = await client.quotes.create(request)
 * offers.ok // => true
 */
export const crossBorderClient = (options: ApiOptions): CrossBorderClient => {
  const call = apiCaller(options)
  const get = <A>(where: string, query: Query = {}): Promise<Answer<A>> => call({ method: "GET", path: where, query })
  const post = <A>(where: string, body: object): Promise<Answer<A>> => call({ method: "POST", path: where, body })
  const requirements: CrossBorderClient["requirements"] = (quoteId) => get("/v2/cpn/payments/requirements", { quoteId })

  return {
    overview: () => get("/v1/cpn/configurations/overview"),
    routes: (query) => get("/v1/cpn/configurations/routes", { ...query }),
    quotes: {
      create: (request) => post("/v1/cpn/quotes", request),
      get: (quoteId) => get(path`/v1/cpn/quotes/${quoteId}`)
    },
    requirements,
    payments: {
      create: (payment) =>
        andThen(requirements(payment.quote.id), (asked) =>
          andThen(encryptedPayment(payment, asked), (body) => post("/v1/cpn/payments", body))
        ),
      get: (paymentId) => get(path`/v1/cpn/payments/${paymentId}`),
      list: (filters = {}) => get("/v1/cpn/payments", { ...filters })
    },
    transactions: transactionsOver(call),
    rfis: {
      get: (paymentId, rfiId) => get(path`/v1/cpn/payments/${paymentId}/rfis/${rfiId}`),
      answer: (rfi, answer) => answerRfi(call, rfi, answer)
    },
    refunds: { get: (paymentId, refundId) => get(path`/v1/cpn/payments/${paymentId}/refunds/${refundId}`) },
    tickets: { create: (ticket) => post("/v1/cpn/supportTickets", ticket) }
  }
}

const letters = { BUSINESS: "B", INDIVIDUAL: "C" } as const

const encryptedPayment = async (payment: CreatePayment, asked: typeof RequirementsV2.Type): Promise<Answer<object>> => {
  const { quote, travelRule, beneficiaryAccount, ...told } = payment
  const problem =
    notAsRequired("travelRule", faultyFields(asked.travelRule, travelRule)) ??
    notAsRequired("beneficiaryAccount", faultyFields(asked.beneficiaryAccount, beneficiaryAccount))
  if (problem !== undefined) return problem
  const encrypted = async (version: number, fields: AnswerFields) => ({
    version,
    data: await encryptFields(quote.certificate, fields)
  })
  return answered({
    ...told,
    quoteId: quote.id,
    blockchain: quote.blockchain,
    useCase: `${letters[quote.senderType]}2${letters[quote.recipientType]}`,
    travelRuleData: await encrypted(asked.travelRule.version, travelRule),
    beneficiaryAccountData: await encrypted(asked.beneficiaryAccount.version, beneficiaryAccount)
  })
}

const notAsRequired = (part: AnswerPart, fields: ReadonlyArray<string>): Answer<never> | undefined =>
  fields.length === 0 ? undefined : failed({ _tag: "AnswerNotAsRequired", part, fields })

/** Documents first: an answer that lacks one is not taken. */
const answerRfi = async (call: CallApi, rfi: RfiBody, { fields, documents }: AnswerRfi): Promise<Answer<RfiBody>> => {
  const { id, paymentId, certificate, fieldRequirements } = rfi
  const problem = notAsRequired("rfi", faultyFields(fieldRequirements, fields))
  if (problem !== undefined) return problem
  const unfit = fileProblem(rfi, documents)
  if (unfit !== undefined) return failed(unfit)
  for (const document of documents) {
    const body = await documentForm(rfi, document)
    const sent = await call({ method: "POST", path: path`/v1/cpn/payments/${paymentId}/rfis/${id}/files`, body })
    if (!sent.ok) return sent
  }
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const data = await encryptJson(certificate, given)
  return call({
    method: "POST",
    path: path`/v1/cpn/payments/${paymentId}/rfis/${id}/submit`,
    body: { rfi: { version: fieldRequirements.version, data } }
  })
}
