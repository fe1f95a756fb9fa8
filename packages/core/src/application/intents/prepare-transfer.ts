/** Says what a payer has to sign so that an intent is paid: how much, to where, until when, and under which one-time number. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { reckoningOf } from "../../intent/index.ts"
import type { Intent, PayAddress } from "../../intent/intent.ts"
import { isPositive, type Money, subtract } from "../../money/index.ts"
import type { PullToken } from "../../ports/blockchain.ts"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { digestBytes } from "../commit/keyed-digest.ts"
import type { IntentDesk } from "./intent-desk.ts"
import type { PrepareTransferFailure, PrepareTransferInput, PullRefusal, TransferToSign } from "./pull-contract.ts"
import { findIntent } from "./read-intents.ts"

/** How long a payer has to sign, and whoever hands it in to hand it in. */
const validS = 3600n

export const prepareTransfer = Effect.fn("paykernel.prepareTransfer")(function* (
  desk: IntentDesk,
  merchantId: string,
  intentId: string,
  { payerAddress, amount: asked }: PrepareTransferInput
) {
  const found = yield* findIntent(merchantId, intentId)
  if (Result.isFailure(found)) return refuse(found.failure)
  const intent = found.success
  if (!isPayable(intent)) return refuse({ _tag: "IntentNotPayable" })
  const target = pullTargetOf(desk, intent, null)
  if (Result.isFailure(target)) return refuse(target.failure)
  const { at, token } = target.success
  if (desk.blockchain.checkAddress(at.chain, payerAddress, null) !== null)
    return refuse({ _tag: "PayerAddressInvalid" })
  const amount = asked ?? dueOf(intent)
  if (amount === null || !isPositive(amount)) return refuse({ _tag: "PullAmountMissing" })
  if (amount.currency !== intent.currency) return refuse({ _tag: "PullCurrencyMismatch", expected: intent.currency })
  const nowMs = (yield* Clock).nowMs()
  const name = (yield* Ids).next(nowMs)
  const nonce = nonceOf(yield* Digest, name)
  // No lower limit: the chain's clock may be behind ours, and nobody gains by waiting.
  const validBefore = BigInt(Math.floor(nowMs / 1000)) + validS
  const authorization = { from: payerAddress, to: at.address, value: amount.amount, validAfter: 0n, validBefore, nonce }
  return Result.succeed<TransferToSign>({ chain: at.chain, token, amount, authorization })
})

const refuse = (reason: PrepareTransferFailure): Result.Result<TransferToSign, PrepareTransferFailure> =>
  Result.fail(reason)

/** Whether anybody is expected to pay it now. */
export const isPayable = ({ status }: Intent): boolean => status === "pending" || status === "active"

/** Where a pull of an intent goes, and by which token. `chain`: `null` takes the first of its chains that has one. */
export const pullTargetOf = (
  { blockchain }: IntentDesk,
  { methods, currency }: Intent,
  chain: string | null
): Result.Result<{ readonly at: PayAddress; readonly token: PullToken }, PullRefusal> => {
  for (const { address: at } of methods) {
    if (at === null || (chain !== null && at.chain !== chain)) continue
    const { pullTokens = [] } = blockchain.chains.find((one) => one.chain === at.chain) ?? {}
    const token = pullTokens.find((one) => one.currency === currency)
    if (token !== undefined) return Result.succeed({ at, token })
  }
  return Result.fail({ _tag: "PullNotSupported" })
}

/** What is confirming is on its way already. */
const dueOf = (intent: Intent): Money | null =>
  intent.amount === null ? null : subtract(reckoningOf(intent).due, intent.confirming.total)

/** 32 bytes that nobody can guess and that never come again. */
const nonceOf = (digest: Digest["Service"], name: string): string => {
  const bytes = ["first", "second"].flatMap((half) => [
    ...digestBytes(digest.of("gateway-key", `authorization nonce ${half} ${name}`))
  ])
  return `0x${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`
}
