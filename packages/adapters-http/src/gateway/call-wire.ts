/**
 * The calls of the port as messages and back. Card data is written down here, where it leaves, and is in redacting
 * types again as soon as it has been read.
 */
import { type CurrencyTable, Cvv, format, type Money, Pan, parse } from "@paykernel/core"
import type { AuthenticationRequest, CardCredentials, CardGateway, GatewayOperation } from "@paykernel/core/effect"
import * as Result from "effect/Result"
import type { CallWire, CardWire, MoneyWire } from "./gateway-wire.ts"

export type VerifyRequest = Parameters<CardGateway["Service"]["verifyCard"]>[0]

/** A call of the port as a value. */
export type GatewayCall =
  | { readonly _tag: "Send"; readonly operation: GatewayOperation }
  | { readonly _tag: "LookUp" | "Reverse"; readonly key: string }
  | { readonly _tag: "VerifyCard"; readonly request: VerifyRequest }
  | { readonly _tag: "Authenticate"; readonly request: AuthenticationRequest }

export const writeCall = (call: GatewayCall, table: CurrencyTable): CallWire => {
  switch (call._tag) {
    case "Send":
      return writeOperation(call.operation, table)
    case "LookUp":
    case "Reverse":
      return { _tag: call._tag, key: call.key }
    case "VerifyCard": {
      const { cardId, merchantId } = call.request
      return { _tag: "VerifyCard", key: cardId, merchantId, card: writeCard(call.request) }
    }
    case "Authenticate": {
      const { key, merchantId, paymentId, amount, card, returnUrl } = call.request
      const shared = { key, merchantId, paymentId, returnUrl }
      return { _tag: "Authenticate", ...shared, amount: writeMoney(amount, table), card: writeCard(card) }
    }
  }
}

/** The call that a message asks for; `undefined` where its card or its amount is none. */
export const readCall = (wire: CallWire, table: CurrencyTable): GatewayCall | undefined => {
  switch (wire._tag) {
    case "Send":
      return readOperation(wire, table)
    case "LookUp":
    case "Reverse":
      return { _tag: wire._tag, key: wire.key }
    case "VerifyCard": {
      const card = readCard(wire.card)
      return card && { _tag: "VerifyCard", request: { ...card, merchantId: wire.merchantId, cardId: wire.key } }
    }
    case "Authenticate": {
      const { key, merchantId, paymentId, returnUrl } = wire
      const card = readCard(wire.card)
      const amount = readMoney(wire.amount, table)
      if (card === undefined || amount === undefined) return undefined
      return { _tag: "Authenticate", request: { key, merchantId, paymentId, amount, card, returnUrl } }
    }
  }
}

/** The security code that came with a call, to be destroyed when the call is over. */
export const cvvOf = (call: GatewayCall): Cvv | null => {
  switch (call._tag) {
    case "Send":
      return call.operation.authorization?.card.cvv ?? null
    case "LookUp":
    case "Reverse":
      return null
    case "VerifyCard":
      return call.request.cvv
    case "Authenticate":
      return call.request.card.cvv
  }
}

export const writeMoney = (amount: Money, table: CurrencyTable): MoneyWire => ({
  amount: format(amount, table),
  currency: amount.currency
})

export const readMoney = ({ amount, currency }: MoneyWire, table: CurrencyTable): Money | undefined => {
  const read = parse(amount, currency, table)
  return Result.isSuccess(read) ? read.success : undefined
}

const writeOperation = (operation: GatewayOperation, table: CurrencyTable): CallWire => {
  const { key, kind, amount, merchantId, paymentId, authorizationKey, authorization } = operation
  const shared = { key, kind, amount: writeMoney(amount, table), merchantId, paymentId, authorizationKey }
  if (authorization === null) return { _tag: "Send", ...shared, authorization: null, ...transferOf(operation) }
  const { card, capture, verificationMethod, eci } = authorization
  return { _tag: "Send", ...shared, authorization: { card: writeCard(card), capture, verificationMethod, eci } }
}

const readOperation = (
  wire: Extract<CallWire, { readonly _tag: "Send" }>,
  table: CurrencyTable
): GatewayCall | undefined => {
  const { key, kind, merchantId, paymentId, authorizationKey, authorization } = wire
  const amount = readMoney(wire.amount, table)
  if (amount === undefined) return undefined
  const shared = { key, kind, amount, merchantId, paymentId, authorizationKey }
  if (authorization === null) {
    return { _tag: "Send", operation: { ...shared, authorization: null, ...transferOf(wire) } }
  }
  const card = readCard(authorization.card)
  return card && { _tag: "Send", operation: { ...shared, authorization: { ...authorization, card } } }
}

const transferOf = ({ transfer }: Pick<GatewayOperation, "transfer">): Pick<GatewayOperation, "transfer"> =>
  transfer === undefined ? {} : { transfer: { reference: transfer.reference } }

const writeCard = ({ pan, cvv, expMonth, expYear, billingDetails }: CardCredentials): CardWire => {
  const { name, city, country, line1, line2, district, postalCode } = billingDetails
  return {
    number: pan.reveal(),
    cvv: cvv === null ? null : cvv.reveal(),
    expMonth,
    expYear,
    billingDetails: { name, city, country, line1, line2, district, postalCode }
  }
}

const readCard = ({ number, cvv, ...rest }: CardWire): CardCredentials | undefined => {
  const pan = Pan.parse(number)
  if (Result.isFailure(pan)) return undefined
  if (cvv === null) return { pan: pan.success, cvv: null, ...rest }
  const code = Cvv.parse(cvv)
  return Result.isSuccess(code) ? { pan: pan.success, cvv: code.success, ...rest } : undefined
}
