/** Registers merchants and changes their terms. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { decide } from "../../merchant/index.ts"
import type { MerchantCommand } from "../../merchant/merchant.ts"
import { Clock } from "../../ports/clock.ts"
import { transact } from "../commit/transact.ts"
import { merchantDefinition } from "../storage/aggregates.ts"
import type { MerchantDirectory } from "./merchant-directory.ts"

type WithoutTime<C> = C extends MerchantCommand ? Omit<C, "nowMs"> : never

/** A merchant command; the time is added here. */
export type MerchantChange = WithoutTime<MerchantCommand>

export const changeMerchant = Effect.fn("paykernel.changeMerchant")(function* (
  directory: MerchantDirectory,
  merchantId: string,
  change: MerchantChange
) {
  const nowMs = (yield* Clock).nowMs()
  const command = { ...change, nowMs } as MerchantCommand
  const decided = yield* transact({
    definition: merchantDefinition,
    merchantId,
    id: merchantId,
    decide: (merchant) => decide(merchant, command)
  })
  directory.forget(merchantId)
  return Result.map(decided, ({ state }) => state)
})

export const presentMerchant = Effect.fnUntraced(function* (directory: MerchantDirectory, merchantId: string) {
  const merchant = yield* directory.get(merchantId)
  return merchant.status === "none" ? Result.fail({ _tag: "MerchantNotFound" as const }) : Result.succeed(merchant)
})
