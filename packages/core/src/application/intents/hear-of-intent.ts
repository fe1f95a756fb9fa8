/** Somebody says that something happened at an intent's address. It is only a wake-up: the chain is asked. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Operations } from "../operations.ts"
import type { IntentDesk } from "./intent-desk.ts"
import { lookForDeposits } from "./look-for-deposits.ts"
import { findIntent } from "./read-intents.ts"
import { recheckRefund } from "./run-refund-transfer.ts"

/** Looks at once, also after the monitoring window; and at refunds whose end is not known. */
export const hearOfIntent = Effect.fn("paykernel.hearOfIntent")(
  function* (operations: Operations, desk: IntentDesk, merchantId: string, id: string) {
    const found = yield* findIntent(merchantId, id)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    yield* Effect.catchTag(
      lookForDeposits(operations, desk, merchantId, id, Effect.void),
      // What cannot be credited is tried again by the watch, which says so to the operator: it is no news to who woke us.
      ["SightingRefused", "PairNotTraded"],
      () => Effect.void
    )
    for (const refundId of found.success.refundIds) yield* recheckRefund(operations, desk, merchantId, refundId)
    return yield* findIntent(merchantId, id)
  },
  Effect.catchTag("LeaseLost", (error) => Effect.die(error))
)
