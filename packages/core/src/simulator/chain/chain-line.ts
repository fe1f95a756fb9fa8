/**
 * The line between the kernel's side and the simulated chains: it takes time, loses, delays and lags, as the mode says.
 * What was sent goes on by itself: a caller who hangs up does not stop it.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import {
  BlockchainUnavailable,
  type DepositPage,
  type DepositQuery,
  type TransferLookup,
  type TransferReply,
  type TransferStanding
} from "../../ports/blockchain.ts"
import { type ChainDesk, ChainJournalFailed } from "./chain-desk.ts"
import type { ChainMode } from "./chain-mode.ts"
import { depthOf } from "./chain-view.ts"

export type ChainLineTimes = {
  readonly latencyMs: number
  readonly lateMs: number
  readonly maxInFlightMs: number
  readonly lookupLagMs: number
}

export type ChainLineOptions = ChainLineTimes & {
  readonly desk: ChainDesk
  /** How the next call is treated. */
  readonly draw: () => ChainMode
  readonly random: () => number
}

export type ChainLine = {
  readonly read: <A>(ask: (desk: ChainDesk) => Promise<A>) => Effect.Effect<A, BlockchainUnavailable>
  readonly look: (query: DepositQuery) => Effect.Effect<DepositPage, BlockchainUnavailable>
  readonly send: (
    execute: (desk: ChainDesk) => Promise<TransferStanding>,
    timeoutMs: number
  ) => Effect.Effect<TransferReply>
  readonly lookUp: (kind: "refund" | "pull", key: string, timeoutMs: number) => Effect.Effect<TransferLookup>
  readonly drain: Effect.Effect<void>
}

export const chainLine = (options: ChainLineOptions): ChainLine => {
  const { desk, draw, latencyMs, lookupLagMs } = options
  const underway = new Set<Fiber.Fiber<unknown>>()
  const pause = latencyMs > 0 ? Effect.sleep(latencyMs) : Effect.void

  const read: ChainLine["read"] = (ask) =>
    Effect.suspend(() =>
      draw() === "down"
        ? unreachable
        : Effect.andThen(
            pause,
            asking(() => ask(desk))
          )
    )

  const look: ChainLine["look"] = Effect.fnUntraced(function* (query) {
    const mode = draw()
    if (mode === "down") return yield* unreachable
    yield* pause
    if (mode === "restless") yield* asking(() => unsettle(options, query.chain))
    return yield* asking(() => desk.deposits(query, mode === "stale" ? lookupLagMs : 0))
  })

  const drain: Effect.Effect<void> = Effect.suspend(() =>
    underway.size === 0 ? Effect.void : Effect.andThen(Fiber.awaitAll([...underway]), drain)
  )

  /** Goes on, whether or not its caller waits for the end. */
  const launch = Effect.fnUntraced(function* <A>(journey: Effect.Effect<A>) {
    const arrived = Deferred.makeUnsafe<A>()
    const fiber = yield* Effect.forkDetach(Effect.onExit(journey, (exit) => Deferred.done(arrived, exit)))
    underway.add(fiber)
    fiber.addObserver(() => underway.delete(fiber))
    return Deferred.await(arrived)
  })

  const send: ChainLine["send"] = Effect.fnUntraced(function* (execute, timeoutMs) {
    const mode = draw()
    if (mode === "down") return { _tag: "NotSent", why: "the chain's node refuses connections" } as const
    if (mode === "drop-before") return yield* silence(timeoutMs)
    const journey = Effect.andThen(
      mode === "late" ? Effect.sleep(options.lateMs) : pause,
      executing(() => execute(desk))
    )
    const arrival = yield* launch(journey)
    if (mode === "late" || mode === "execute-drop") {
      if (mode === "execute-drop") yield* arrival
      return unknown
    }
    return yield* Effect.timeoutOrElse(arrival, { duration: timeoutMs, orElse: () => Effect.succeed(unknown) })
  })

  const lookUp: ChainLine["lookUp"] = (kind, key, timeoutMs) =>
    Effect.suspend(() => {
      const mode = draw()
      if (mode === "down") return Effect.succeed<TransferLookup>({ _tag: "Unavailable", why: "not reached" })
      const lookup = asking(() => desk.lookUp(kind, key, mode === "stale" ? lookupLagMs : 0))
      return Effect.andThen(pause, lookup).pipe(
        Effect.catchTag("BlockchainUnavailable", ({ reason }) =>
          Effect.succeed<TransferLookup>({ _tag: "Unavailable", why: reason })
        ),
        Effect.timeoutOrElse({
          duration: timeoutMs,
          orElse: () => Effect.succeed<TransferLookup>({ _tag: "Unavailable", why: "no answer in time" })
        })
      )
    })

  return { read, look, send, lookUp, drain }
}

const unknown: TransferReply = { _tag: "Unknown", why: "no answer in time" }

/** Nobody answers; whoever waits need not wait for all of his time to know it. */
const silence = (timeoutMs: number): Effect.Effect<TransferReply> =>
  Effect.as(Effect.sleep(Math.min(timeoutMs, 50)), unknown)

const unreachable = Effect.suspend(() => Effect.fail(new BlockchainUnavailable({ reason: "not reached" })))

/** A failed book is weather to whoever asks; anything else that is thrown is the caller's mistake, and a defect. */
const asking = <A>(ask: () => Promise<A>): Effect.Effect<A, BlockchainUnavailable> =>
  Effect.tryPromise({ try: ask, catch: (cause) => cause }).pipe(
    Effect.catch((cause) =>
      cause instanceof ChainJournalFailed
        ? Effect.fail(new BlockchainUnavailable({ reason: "the book cannot be written" }))
        : Effect.die(cause)
    )
  )

const executing = (execute: () => Promise<TransferStanding>): Effect.Effect<TransferReply> =>
  Effect.catchTag(asking(execute), "BlockchainUnavailable", ({ reason }) =>
    Effect.succeed<TransferReply>({ _tag: "Unknown", why: reason })
  )

/** How long what a restless chain drops stays away. */
const awayMs = 1000

/** Replaces some of the newest blocks; what was in them stays, moves on, or is gone for a while. */
const unsettle = async ({ desk, random }: ChainLineOptions, chain: string): Promise<void> => {
  const depth = Math.floor(random() * depthOf(chain))
  const drawn = Math.floor(random() * 3)
  if (drawn === 2) {
    await desk.reorganise({ chain, depth, fate: { fate: "dropped", returnsAfterMs: awayMs } })
  } else {
    await desk.reorganise({ chain, depth, fate: { fate: drawn === 0 ? "kept" : "moved" } })
  }
}
