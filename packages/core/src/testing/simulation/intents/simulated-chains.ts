/**
 * The chains and whoever tells rates, as processes reach them. The chains are the simulator's own, with a book of their own
 * that is the truth; each call meets a trouble of its own.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import {
  type Blockchain,
  BlockchainUnavailable,
  type RefundOperation,
  type TransferLookup
} from "../../../ports/blockchain.ts"
import { type ExchangeRates, ExchangeRatesUnavailable } from "../../../ports/exchange-rate.ts"
import type { PortCall } from "../../../ports/fault-points.ts"
import type { ChainMode } from "../../../simulator/chain/chain-mode.ts"
import type { SimulatedBlockchain } from "../../../simulator/chain/simulated-blockchain.ts"
import type { Actor } from "../agenda.ts"
import { crossingOf, type Surroundings } from "../process.ts"
import { outside } from "../simulated-gateway.ts"
import { meetTrouble } from "../troubles.ts"
import { runAtOnce } from "../virtual-runtime.ts"
import type { Weather } from "../weather.ts"

export type Roads = Surroundings & { readonly weather: Weather }

export type ChainEars = {
  /** Told when a refund is about to leave a process, which has so long for it. */
  readonly leaving: (operation: RefundOperation, timeoutMs: number) => void
  /** Told of what was answered about a refund, whether or not anybody is left to hear it. */
  readonly answered: (key: string, lookup: TransferLookup) => void
}

/** The troubles that each kind of call can meet. */
const troublesOf = {
  transfer: ["down", "drop-before", "execute-drop", "late"],
  look: ["down", "stale", "restless"],
  lookup: ["down", "stale"],
  question: ["down"]
} as const satisfies { readonly [kind: string]: ReadonlyArray<ChainMode> }

export const blockchainOf = (
  world: Roads,
  actor: Actor,
  chains: SimulatedBlockchain,
  ears: ChainEars
): Blockchain["Service"] => {
  const own = chains.blockchain
  const traverse = traversing(world, actor, chains)
  return {
    ...own,
    deriveAddress: (request) =>
      traverse("blockchain.deriveAddress", request.reference, "transfer", own.deriveAddress(request), (trouble) =>
        trouble === "drop-before" ? lost : Effect.andThen(own.deriveAddress(request), lost)
      ),
    depositsAt: (query) => traverse("blockchain.depositsAt", query.address, "look", own.depositsAt(query)),
    sendRefund: (operation, timeoutMs) =>
      Effect.suspend(() => {
        ears.leaving(operation, timeoutMs)
        return traverse("blockchain.sendRefund", operation.key, "transfer", own.sendRefund(operation, timeoutMs))
      }),
    lookupRefund: (key, timeoutMs) =>
      traverse(
        "blockchain.lookupRefund",
        key,
        "lookup",
        Effect.tap(own.lookupRefund(key, timeoutMs), (lookup) => Effect.sync(() => ears.answered(key, lookup)))
      ),
    submitAuthorization: (operation, timeoutMs) =>
      traverse(
        "blockchain.submitAuthorization",
        operation.key,
        "transfer",
        own.submitAuthorization(operation, timeoutMs)
      ),
    lookupAuthorization: (key, timeoutMs) =>
      traverse("blockchain.lookupAuthorization", key, "lookup", own.lookupAuthorization(key, timeoutMs)),
    quoteNetworkFee: (chain, currency) =>
      traverse("blockchain.quoteNetworkFee", chain, "question", own.quoteNetworkFee(chain, currency))
  }
}

const lost = Effect.suspend(() => Effect.fail(new BlockchainUnavailable({ reason: "no answer" })))

/** A call under the trouble that the weather has for it. `struck`: what becomes of one that the chains' line knows not how to lose. */
const traversing = (world: Roads, actor: Actor, chains: SimulatedBlockchain) => {
  const cross = crossingOf(world, actor)
  return <A, E>(
    call: PortCall,
    note: string,
    kind: keyof typeof troublesOf,
    effect: Effect.Effect<A, E>,
    struck?: (trouble: ChainMode) => Effect.Effect<A, E>
  ): Effect.Effect<A, E> =>
    cross(call, note, world.weather.chains.slow, (deliver) => {
      const { trouble, fault } = meetTrouble(world, call, world.weather.chains, troublesOf[kind])
      const isLost = struck !== undefined && fault !== undefined && trouble !== "down"
      chains.setMode(isLost ? "normal" : trouble, 1)
      outside(world, isLost ? struck(trouble) : effect, deliver)
    })
}

export const ratesOf = (world: Roads, actor: Actor, rates: ExchangeRates["Service"]): ExchangeRates["Service"] => {
  const cross = crossingOf(world, actor)
  return {
    pairs: rates.pairs,
    quote: (pair) =>
      cross("rates.quote", `${pair.base}-${pair.counter}`, world.weather.services.slow, (deliver) => {
        if (!world.dice.chance(world.weather.services.unavailable)) return deliver(runAtOnce(rates.quote(pair)))
        world.coverage.struck("rates.quote: unavailable")
        deliver(Exit.fail(new ExchangeRatesUnavailable({ reason: "weather" })))
      })
  }
}
