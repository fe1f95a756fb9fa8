/** Making cross-border payments, looking at them, and at what was given back of them. */
import type { CrossBorderView, EncryptedInput } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Incoming } from "../front/front.ts"
import { linkHeader, type PageQuery, pageRequest } from "../v1/list-page.ts"
import {
  addressOf,
  allErrors,
  answerData,
  answerKept,
  keptData,
  merchantIdOf,
  readId,
  readRequest,
  type Services
} from "../v1/operation.ts"
import { askCpn, cpnKeyed, type PaymentPath } from "./operation.ts"
import { CreatePaymentRequest } from "./payment.schema.ts"
import { cpnNotFound } from "./published-error.ts"
import { renderPayment, renderRefund } from "./render-payment.ts"

const decodePayment = Schema.decodeUnknownResult(CreatePaymentRequest, allErrors)

export const createPayment = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const request = yield* readRequest(incoming, decodePayment)
  const { idempotencyKey, travelRuleData, beneficiaryAccountData, beneficiaryRefId, refCode, ...rest } = request
  const details = {
    ...rest,
    quoteId: request.quoteId.toLowerCase(),
    useCase: useCases[request.useCase],
    beneficiaryRefId: beneficiaryRefId ?? null,
    refCode: refCode ?? null
  }
  const travelRule = readEncrypted(travelRuleData)
  const beneficiaryAccount = readEncrypted(beneficiaryAccountData)
  const key = yield* cpnKeyed<CrossBorderView>(incoming, {
    idempotencyKey,
    path: "/v1/cpn/payments",
    // Whoever encrypts anew says the same in another text.
    fields: { ...details, travelRule: travelRule.version, beneficiaryAccount: beneficiaryAccount.version },
    answer: (view) => keptData(201, renderPayment(view))
  })
  const input = { ...details, travelRule, beneficiaryAccount }
  const { payments } = services.kernel.crossBorder
  return answerKept(yield* askCpn(() => payments.create(merchantIdOf(incoming), input, key), "payment"))
})

const useCases = { B2B: "b2b", B2C: "b2c", C2B: "c2b", C2C: "c2c" } as const

type EncryptedData = (typeof CreatePaymentRequest.Type)["travelRuleData"]

/** Whether it is a JWE, and one that the network opens, is for the kernel and the network to say. */
const readEncrypted = (given: EncryptedData): EncryptedInput =>
  typeof given === "string" ? { version: null, jwe: given } : { version: given.version, jwe: given.data }

export const getPayment = Effect.fnUntraced(function* ({ kernel }: Services, incoming: Incoming, path: PaymentPath) {
  const id = yield* readId(path.paymentId, cpnNotFound)
  const view = yield* askCpn(() => kernel.crossBorder.payments.get(merchantIdOf(incoming), id), "read")
  return answerData(renderPayment(view))
})

export type PaymentsQuery = PageQuery & {
  readonly status?: string
  readonly customerRefId?: string
  readonly refCode?: string
}

export const listPayments = Effect.fnUntraced(function* (services: Services, incoming: Incoming, query: PaymentsQuery) {
  const request = yield* pageRequest(query, services.nowMs())
  const { status, customerRefId, refCode } = query
  const where = {
    ...(status === undefined ? {} : { status: status.toLowerCase() }),
    ...(customerRefId === undefined ? {} : { customerRefId }),
    ...(refCode === undefined ? {} : { refCode })
  }
  const { payments } = services.kernel.crossBorder
  const page = yield* askCpn(() => payments.list(merchantIdOf(incoming), { ...request, where }), "read")
  const items = page.items.map(({ payment }) => payment)
  const link = linkHeader(addressOf(services, incoming), query, request, { ...page, items })
  return answerData(page.items.map(renderPayment), { link })
})

export type RefundPath = PaymentPath & { readonly refundId: string }

export const getRefund = Effect.fnUntraced(function* ({ kernel }: Services, incoming: Incoming, path: RefundPath) {
  const paymentId = yield* readId(path.paymentId, cpnNotFound)
  const id = yield* readId(path.refundId, cpnNotFound)
  const { refunds } = kernel.crossBorder
  return answerData(renderRefund(yield* askCpn(() => refunds.get(merchantIdOf(incoming), paymentId, id), "read")))
})
