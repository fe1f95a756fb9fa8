/** Being paid by pull: what a payer is to sign (EIP-3009), and handing in what was signed. */
import { type Deposit, type TransferToSign, transferAuthorizationTypes } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Incoming } from "../front/front.ts"
import {
  allErrors,
  answerData,
  answerKept,
  ask,
  keptData,
  keyed,
  merchantIdOf,
  merchantOf,
  readRequest,
  type Services
} from "./operation.ts"
import { CryptoPaymentRequest, type PresignedBody } from "./pull.schema.ts"
import { meaningOfAmount } from "./read-amount.ts"
import { readAssetAmount } from "./read-asset.ts"
import { renderDeposit } from "./render-intent.ts"
import { renderMoney } from "./render-money.ts"

const decodePayment = Schema.decodeUnknownResult(CryptoPaymentRequest, allErrors)

export type PresignQuery = {
  readonly endUserAddress: string
  readonly paymentIntentId: string
  readonly amount?: string
  readonly currency?: string
}

export const presign = Effect.fnUntraced(function* (
  { kernel }: Services,
  incoming: Incoming,
  { endUserAddress, paymentIntentId, amount: asked }: PresignQuery
) {
  const amount = asked === undefined ? null : yield* readAssetAmount({ amount: asked, currency: "USD" })
  const input = { payerAddress: endUserAddress, amount }
  const id = paymentIntentId.toLowerCase()
  const signing = yield* ask(() => kernel.intents.prepareTransfer(merchantIdOf(incoming), id, input), "presign")
  return answerData(renderTypedData(signing))
})

/** Times are seconds, which fit a number; amounts need not, and are texts. The payer pays no fee of the network. */
const renderTypedData = ({ token, amount, authorization }: TransferToSign): PresignedBody => {
  const { from, to, value, validAfter, validBefore, nonce } = authorization
  const { name, version, chainId, verifyingContract } = token
  return {
    typedData: {
      domain: { name, verifyingContract, version, chainId },
      message: {
        from,
        to,
        value: String(value),
        validAfter: Number(validAfter),
        validBefore: Number(validBefore),
        nonce
      },
      totalAmount: renderMoney(amount),
      feeChargeModel: "merchant",
      types: transferAuthorizationTypes,
      primaryType: "TransferWithAuthorization"
    }
  }
}

export const createCryptoPayment = Effect.fnUntraced(function* (services: Services, incoming: Incoming) {
  const request = yield* readRequest(incoming, decodePayment)
  const amount = yield* readAssetAmount(request.amount)
  const { walletId } = yield* merchantOf(services, incoming)
  const id = request.paymentIntentId.toLowerCase()
  const { metaTxNonce: nonce, signatureValidAfter, signatureValidBefore, rawSignature } = request.protocolMetadata
  const { address: to, chain } = request.destination
  const { address: from } = request.source
  const key = yield* keyed<Deposit>(incoming, {
    idempotencyKey: request.idempotencyKey,
    path: "/v1/payments/crypto",
    fields: {
      paymentIntentId: id,
      amount: meaningOfAmount(amount),
      chain,
      from: from.toLowerCase(),
      to: to.toLowerCase(),
      nonce: nonce.toLowerCase(),
      validAfter: signatureValidAfter,
      validBefore: signatureValidBefore
    },
    answer: (deposit) => keptData(201, renderDeposit(deposit, walletId))
  })
  const validAfter = BigInt(signatureValidAfter)
  const validBefore = BigInt(signatureValidBefore)
  const signed = { from, to, value: amount.amount, validAfter, validBefore, nonce, signature: rawSignature }
  const input = { chain, currency: amount.currency, authorization: signed }
  return answerKept(yield* ask(() => services.kernel.intents.pull(merchantIdOf(incoming), id, input, key), "pull"))
})
