/** What the wire calls dollars and euros moves on chains as stablecoins. Amounts of them are read in the asset's decimals. */
import type { Currency, Money } from "@paykernel/core"
import { Money as MoneyRoom } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Operation } from "./operation.ts"
import type { MoneyBody } from "./payment.schema.ts"
import { invalidAmount, unsupportedCurrency } from "./published-error.ts"

const assets: { readonly [currency: string]: Currency } = { USD: "USDC", EUR: "EURC", BTC: "BTC", ETH: "ETH" }

/**
 * The asset that a currency of the wire is sent as.
 *
 * @example
 * assetOf("USD") // => "USDC"
 */
export const assetOf = (currency: string): Currency | undefined =>
  Object.hasOwn(assets, currency) ? assets[currency] : undefined

export const readAsset = (currency: string): Operation<Currency> => {
  const asset = assetOf(currency)
  return asset === undefined ? Effect.fail(unsupportedCurrency) : Effect.succeed(asset)
}

/** More than nothing, and no finer than the asset. */
export const readAssetAmount = ({ amount, currency }: MoneyBody): Operation<Money> => {
  const asset = assetOf(currency)
  if (asset === undefined) return Effect.fail(unsupportedCurrency)
  const read = MoneyRoom.parse(amount, asset)
  return Result.isSuccess(read) && MoneyRoom.isPositive(read.success)
    ? Effect.succeed(read.success)
    : Effect.fail(invalidAmount)
}
