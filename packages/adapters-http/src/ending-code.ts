/** The end of a security code whose request came to nothing. */
import type { Cvv } from "@paykernel/core"
import * as Effect from "effect/Effect"

/**
 * A request that was not taken ends with its security code destroyed. The kernel leaves it whole where the same call
 * could be repeated; here a client who repeats it sends the code anew.
 */
export const endingCode =
  (cvv: Cvv | null) =>
  <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.tapError(call, () => Effect.sync(() => cvv?.destroy()))
