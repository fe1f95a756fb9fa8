/** Questions to a server that may be away for a moment: restarting, or behind a connection that has just been cut. */
import type { StoreUnavailable } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { gaveWay, mayComeBack, reasonOf, unavailable } from "./postgres-errors.ts"

export type Read = <A>(act: () => Promise<A>) => Effect.Effect<A, StoreUnavailable>

/** Asks again until `patienceMs` are over. Reading changes nothing, so a lost answer may be asked for again. */
export const reading = (patienceMs: number): Read => asking(patienceMs, (error) => mayComeBack(error) || gaveWay(error))

/** Asks again only where the server has undone what it was asked, for the sake of another transaction. */
export const askingOnce = (patienceMs: number): Read => asking(patienceMs, gaveWay)

const asking = (patienceMs: number, isWorthAsking: (error: Error) => boolean): Read => {
  const ask = <A>(act: () => Promise<A>, untilMs: number, tries: number): Effect.Effect<A, StoreUnavailable> =>
    Effect.catch(asked(act), (error) =>
      isWorthAsking(error) && Date.now() < untilMs
        ? Effect.andThen(Effect.sleep(Math.min(250, 2 ** tries)), ask(act, untilMs, tries + 1))
        : Effect.fail(unavailable(reasonOf(error)))
    )
  return (act) => Effect.suspend(() => ask(act, Date.now() + patienceMs, 1))
}

/** What the caller or this package did wrong is no matter of the server's. */
const asked = <A>(act: () => Promise<A>): Effect.Effect<A, Error> =>
  Effect.catch(
    Effect.tryPromise({ try: act, catch: (error) => error }),
    (error): Effect.Effect<never, Error> =>
      error instanceof Error && !isMistake(error) ? Effect.fail(error) : Effect.die(error)
  )

const isMistake = (error: Error): boolean =>
  error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError
