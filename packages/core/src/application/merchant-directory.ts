/** Merchants change seldom and are needed by every request, so each is remembered for a moment. */
import * as Effect from "effect/Effect"
import type { Merchant } from "../merchant/merchant.ts"
import { Clock } from "../ports/clock.ts"
import type { Store, StoreUnavailable } from "../ports/store.ts"
import { merchantDefinition } from "./aggregates.ts"
import { load } from "./repository.ts"

export type MerchantDirectory = {
  /** A merchant that does not exist has the status `none`. */
  readonly get: (merchantId: string) => Effect.Effect<Merchant, StoreUnavailable, Store | Clock>
  readonly forget: (merchantId: string) => void
}

/** A change made by another process is seen after at most `rememberMs`. */
export const merchantDirectory = (rememberMs = 1000, entriesMax = 10_000): MerchantDirectory => {
  const remembered = new Map<string, { readonly merchant: Merchant; readonly untilMs: number }>()
  return {
    get: (merchantId) =>
      Effect.flatMap(Clock, (clock) => {
        const nowMs = clock.nowMs()
        const known = remembered.get(merchantId)
        // A clock that was moved back must not make a memory last longer.
        if (known !== undefined && known.untilMs > nowMs && known.untilMs <= nowMs + rememberMs) {
          return Effect.succeed(known.merchant)
        }
        return Effect.map(load(merchantDefinition, merchantId, merchantId), ({ state }) => {
          if (state.status === "none") return state
          if (remembered.size >= entriesMax) remembered.clear()
          remembered.set(merchantId, { merchant: state, untilMs: nowMs + rememberMs })
          return state
        })
      }),
    forget: (merchantId) => {
      remembered.delete(merchantId)
    }
  }
}
