/**
 * The card of a direct payment, as it was sent or as a wallet gives it; `null` where it is paid by bank transfer. Digits
 * become redacting values at once.
 */
import { Cvv, Pan } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type FieldError, fieldError, required } from "../fields/field-error.ts"
import type { JsonObject } from "../front/strict-json.ts"
import type { CreateDirectPayment } from "./direct-payment.schema.ts"
import type { Operation, Services } from "./operation.ts"
import { invalidCard, invalidCvv, invalidRequest } from "./published-error.ts"
import type { WalletCard, WalletKind } from "./wallets.ts"

export type SentCard = WalletCard & {
  /** `null` where a wallet has vouched for the holder. */
  readonly cvv: Cvv | null
}

/** What each payment method needs. */
export const methodRules = (body: JsonObject): ReadonlyArray<FieldError> =>
  neededFor(body["payment_method"])
    .filter((name) => body[name] === undefined)
    .map((name) => fieldError(name, required))

const neededFor = (method: unknown): ReadonlyArray<string> => {
  if (method === "card") return ["card_number", "expiry_month", "expiry_year", "cvv"]
  return method === "apple_pay" || method === "google_pay" ? ["token"] : []
}

export const readCard = (
  services: Services,
  merchantId: string,
  request: CreateDirectPayment
): Operation<SentCard | null> => {
  const { payment_method: method } = request
  switch (method) {
    case "card":
      return typedCard(request)
    case "apple_pay":
    case "google_pay":
      return walletCard(services, merchantId, method, request.token ?? "")
    case "bank_transfer":
      return Effect.succeed(null)
  }
}

const notEnabled = (method: string) => Effect.fail(invalidRequest(`${method} is not enabled for this merchant.`))

const typedCard = (request: CreateDirectPayment): Operation<SentCard> => {
  const pan = Pan.parse(request.card_number ?? "")
  if (Result.isFailure(pan)) return Effect.fail(invalidCard)
  const cvv = Cvv.parse(request.cvv ?? "")
  if (Result.isFailure(cvv)) return Effect.fail(invalidCvv)
  const { expiry_month: expMonth = 0, expiry_year: expYear = 0 } = request
  return Effect.succeed({
    pan: pan.success,
    cvv: cvv.success,
    expMonth: wholeOf(expMonth),
    expYear: wholeOf(expYear)
  })
}

const wholeOf = (given: string | number): number => (typeof given === "number" ? given : Number.parseInt(given, 10))

const walletCard = (
  { wallets }: Services,
  merchantId: string,
  kind: WalletKind,
  token: string
): Operation<SentCard> => {
  if (wallets === null) return notEnabled(kind)
  return Effect.flatMap(
    Effect.promise(() => wallets.open(kind, token, merchantId)),
    (opened) =>
      opened.ok
        ? Effect.succeed({ ...opened.card, cvv: null })
        : Effect.fail(invalidRequest("token could not be read as a payment token of this wallet."))
  )
}
