/** The on-chain transactions of cross-border payments: making one to sign, handing it in, and overtaking it. */
import type { OnchainTransaction } from "@paykernel/core"
import { CrossBorder } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { fieldError } from "../fields/field-error.ts"
import { json } from "../front/answer.ts"
import type { Incoming } from "../front/front.ts"
import {
  allErrors,
  answerData,
  answerKept,
  keptData,
  merchantIdOf,
  type Operation,
  readId,
  readRequest,
  type Services
} from "../v1/operation.ts"
import { invalidEntity, type PublishedError } from "../v1/published-error.ts"
import * as codes from "./error-codes.ts"
import { askCpn, cpnKeyed, type PaymentPath, type TransactionPath } from "./operation.ts"
import { cpnNotFound } from "./published-error.ts"
import { renderTransaction } from "./render-transaction.ts"
import {
  AccelerateRequest,
  CreateTransactionRequest,
  CreateTransactionV2Request,
  metadataLengthMax,
  SubmitTransactionRequest
} from "./transaction.schema.ts"

const decodeCreate = Schema.decodeUnknownResult(CreateTransactionRequest, allErrors)
const decodeCreateV2 = Schema.decodeUnknownResult(CreateTransactionV2Request, allErrors)
const decodeAccelerate = Schema.decodeUnknownResult(AccelerateRequest, allErrors)
const decodeSubmit = Schema.decodeUnknownResult(SubmitTransactionRequest, allErrors)

type Version = OnchainTransaction["version"]

/** Each version has routes of its own. */
const routes = { 1: "/v1", 2: "/v2" } as const

export const createTransaction = Effect.fnUntraced(function* (
  services: Services,
  incoming: Incoming,
  path: PaymentPath
) {
  const { idempotencyKey, senderAccountType } = yield* readRequest(incoming, decodeCreate)
  return yield* create(services, incoming, path, { version: 1, idempotencyKey, meaning: { senderAccountType } })
})

export const createTransactionV2 = Effect.fnUntraced(function* (
  services: Services,
  incoming: Incoming,
  path: PaymentPath
) {
  const { idempotencyKey, metadata = {} } = yield* readRequest(incoming, decodeCreateV2)
  const text = JSON.stringify(metadata)
  if (text.length > metadataLengthMax) return yield* Effect.fail(metadataTooLong)
  return yield* create(services, incoming, path, { version: 2, idempotencyKey, meaning: { metadata: text } })
})

const metadataTooLong = invalidEntity([
  fieldError("metadata", { error: "length_outside_bounds", says: `must be at most ${metadataLengthMax} characters` })
])

type Creation = {
  readonly version: Version
  readonly idempotencyKey: string
  readonly meaning: { readonly senderAccountType: string } | { readonly metadata: string }
}

const create = Effect.fnUntraced(function* (
  services: Services,
  incoming: Incoming,
  path: PaymentPath,
  { version, idempotencyKey, meaning }: Creation
) {
  const paymentId = yield* readId(path.paymentId, codes.paymentNotFound)
  const key = yield* cpnKeyed<OnchainTransaction>(incoming, {
    idempotencyKey,
    path: `${routes[version]}/cpn/payments/${paymentId}/transactions`,
    fields: meaning,
    answer: (transaction) => keptData(201, renderTransaction(transaction))
  })
  const input = { version, metadata: "metadata" in meaning ? meaning.metadata : null }
  const { transactions } = services.kernel.crossBorder
  const created = askCpn(() => transactions.create(merchantIdOf(incoming), paymentId, input, key), "transaction")
  return answerKept(yield* saidPrecisely(services, incoming, paymentId, created))
})

export const accelerate = Effect.fnUntraced(function* (services: Services, incoming: Incoming, path: PaymentPath) {
  const { idempotencyKey } = yield* readRequest(incoming, decodeAccelerate)
  const paymentId = yield* readId(path.paymentId, codes.paymentNotFound)
  const key = yield* cpnKeyed<OnchainTransaction>(incoming, {
    idempotencyKey,
    path: `/v1/cpn/payments/${paymentId}/transactions/accelerate`,
    fields: {},
    answer: (transaction) => keptData(201, renderTransaction(transaction))
  })
  const { transactions } = services.kernel.crossBorder
  const created = askCpn(() => transactions.accelerate(merchantIdOf(incoming), paymentId, key), "transaction")
  return answerKept(yield* saidPrecisely(services, incoming, paymentId, created))
})

/** That a payment takes no transaction has codes of its own, by what it waits for or how it ended. */
const saidPrecisely = <A>(
  { kernel }: Services,
  incoming: Incoming,
  paymentId: string,
  asked: Operation<A>
): Operation<A> =>
  Effect.catch(asked, (error) => {
    if (error !== codes.invalidPaymentStatus) return Effect.fail(error)
    const found = askCpn(() => kernel.crossBorder.payments.get(merchantIdOf(incoming), paymentId), "transaction")
    return Effect.flatMap(found, ({ payment: { failureCode }, activeRfi }): Operation<A> => {
      if (activeRfi !== null) return Effect.fail(codes.rfiPending)
      const reason = failureCode === null ? undefined : CrossBorder.failureReasonOf(failureCode)
      return Effect.fail((reason && endings[reason]) ?? error)
    })
  })

type Reason = ReturnType<typeof CrossBorder.failureReasonOf>

const endings: { readonly [reason in Reason]?: PublishedError } = {
  rfi_verification_failed: codes.rfiRejected,
  travel_rule_failed: codes.complianceRejected,
  compliance_check_failed: codes.complianceRejected,
  payment_expired: codes.paymentExpired
}

export const getTransaction = Effect.fnUntraced(function* (
  { kernel }: Services,
  incoming: Incoming,
  path: TransactionPath,
  version: Version
) {
  const paymentId = yield* readId(path.paymentId, cpnNotFound)
  const id = yield* readId(path.transactionId, cpnNotFound)
  const { transactions } = kernel.crossBorder
  const transaction = yield* askCpn(() => transactions.get(merchantIdOf(incoming), paymentId, id), "read")
  if (transaction.version !== version) return yield* Effect.fail(cpnNotFound)
  return answerData(renderTransaction(transaction))
})

/** Takes no key: the same signed transaction again is the same submission. */
export const submitTransaction = Effect.fnUntraced(function* (
  { kernel }: Services,
  incoming: Incoming,
  path: TransactionPath,
  version: Version
) {
  const { signedTransaction } = yield* readRequest(incoming, decodeSubmit)
  const paymentId = yield* readId(path.paymentId, codes.paymentNotFound)
  const id = yield* readId(path.transactionId, codes.transactionNotFound)
  const { transactions } = kernel.crossBorder
  const merchantId = merchantIdOf(incoming)
  const known = yield* askCpn(() => transactions.get(merchantId, paymentId, id), "transaction")
  if (known.version !== version) return yield* Effect.fail(codes.transactionNotFound)
  const submitted = yield* askCpn(
    () => transactions.submit(merchantId, paymentId, id, { signedTransaction }),
    "transaction"
  )
  return json(version === 1 ? 201 : 200, { data: renderTransaction(submitted) })
})
