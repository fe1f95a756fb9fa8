/**
 * The line between the kernel's side and the simulated network: it loses, delays, doubles and lags, as the mode says. What
 * was sent goes on by itself: a caller who hangs up does not stop it.
 */
import type * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { inTurn } from "./in-turn.ts"
import type { NetworkMode } from "./network-mode.ts"

export type NetworkLineOptions = {
  /** How the next call is treated. */
  readonly draw: () => NetworkMode
  /** When a late message is executed. */
  readonly lateMs: number
  /** How far stale look-ups lag behind. */
  readonly lookupLagMs: number
}

/** What came of a message: an answer, or not even a message. */
export type Sent<A> =
  | { readonly _tag: "Answered"; readonly answer: A }
  | { readonly _tag: "Unknown"; readonly why: string }
  | { readonly _tag: "NotSent"; readonly why: string }

/** What was seen, or that nothing could be. */
export type Seen<A> =
  | { readonly _tag: "Seen"; readonly view: A }
  | { readonly _tag: "Unavailable"; readonly why: string }

export type NetworkLine = {
  /** A message about what has this key. Ends within `timeoutMs`. */
  readonly send: <A>(key: string, execute: () => Promise<A>, timeoutMs: number) => Effect.Effect<Sent<A>>
  /** A look at what has this key, as it was `lagMs` ago; `undefined`: too young to be seen with that lag. */
  readonly look: <A>(key: string, view: (lagMs: number) => A | undefined) => Effect.Effect<Seen<A>>
  /** A question that changes nothing that anybody relies on. Fails where nobody is reached. */
  readonly ask: <A>(question: () => Promise<A>) => Effect.Effect<A, string>
  /** What somebody does at the network itself, in turn with all that is sent to it. */
  readonly command: <A>(work: () => Promise<A>) => Effect.Effect<A, Cause.UnknownError>
  /** Waits until nothing is on its way any more. */
  readonly drain: Effect.Effect<void>
}

export const networkLine = ({ draw, lateMs, lookupLagMs }: NetworkLineOptions): NetworkLine => {
  const underway = new Map<Fiber.Fiber<unknown>, string>()
  const inLine = inTurn()

  /** Goes on, whether or not its caller waits for the end. */
  const launch = Effect.fnUntraced(function* <A>(key: string, journey: Effect.Effect<A>) {
    const arrived = Deferred.makeUnsafe<A>()
    const fiber = yield* Effect.forkDetach(Effect.onExit(journey, (exit) => Deferred.done(arrived, exit)))
    underway.set(fiber, key)
    fiber.addObserver(() => underway.delete(fiber))
    return Deferred.await(arrived)
  })

  /** One at a time, so that of two that want the same thing one is first. What fails here is in doubt for the caller. */
  const executing = <A>(execute: () => Promise<A>): Effect.Effect<Sent<A>> =>
    Effect.tryPromise(() => inLine(execute)).pipe(
      Effect.map((answer): Sent<A> => ({ _tag: "Answered", answer })),
      Effect.catch(() => Effect.succeed<Sent<A>>(notWritten))
    )

  const send: NetworkLine["send"] = Effect.fnUntraced(function* <A>(
    key: string,
    execute: () => Promise<A>,
    timeoutMs: number
  ) {
    const mode = draw()
    if (mode === "down") return { _tag: "NotSent", why: "the network refuses connections" } as const
    if (mode === "drop-before") return yield* silence(timeoutMs)
    const once = executing(execute)
    const journey = mode === "late" ? Effect.andThen(Effect.sleep(lateMs), once) : once
    const arrival = yield* launch(key, mode === "duplicate" ? Effect.andThen(journey, once) : journey)
    if (mode === "late") return noAnswer
    if (mode === "execute-drop") return yield* Effect.as(arrival, noAnswer)
    return yield* Effect.timeoutOrElse(arrival, { duration: timeoutMs, orElse: () => Effect.succeed(noAnswer) })
  })

  const look: NetworkLine["look"] = <A>(key: string, view: (lagMs: number) => A | undefined) =>
    Effect.sync((): Seen<A> => {
      const mode = draw()
      if (mode === "down") return { _tag: "Unavailable", why: "not reached" }
      // Whoever sees nothing of it yet must not say that there is nothing.
      if ([...underway.values()].includes(key)) return { _tag: "Unavailable", why: "a message about it is on its way" }
      const seen = view(mode === "stale" ? lookupLagMs : 0)
      return seen === undefined ? { _tag: "Unavailable", why: "not seen yet" } : { _tag: "Seen", view: seen }
    })

  const ask: NetworkLine["ask"] = (question) =>
    Effect.suspend(() =>
      draw() === "down"
        ? Effect.fail("not reached")
        : Effect.tryPromise({ try: () => inLine(question), catch: () => notWritten.why })
    )

  const drain: Effect.Effect<void> = Effect.suspend(() =>
    underway.size === 0 ? Effect.void : Effect.andThen(Fiber.awaitAll([...underway.keys()]), drain)
  )

  return { send, look, ask, command: (work) => Effect.tryPromise(() => inLine(work)), drain }
}

const noAnswer = { _tag: "Unknown", why: "no answer in time" } as const
const notWritten = { _tag: "Unknown", why: "the network could not write it down" } as const

/** Nobody answers; whoever waits need not wait for all of his time to know it. */
const silence = (timeoutMs: number) => Effect.as(Effect.sleep(Math.min(timeoutMs, 50)), noAnswer)
