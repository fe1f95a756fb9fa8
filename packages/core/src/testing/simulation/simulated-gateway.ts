/**
 * The bank and the way to it. The bank is the simulator's own, with its own book, which is the truth that everything is
 * compared with in the end; each call meets a trouble of its own.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { GatewayLookup, GatewayReply, GatewayReversal } from "../../attempt/attempt.ts"
import type { CardGateway, GatewayOperation } from "../../ports/card-gateway.ts"
import type { PortCall } from "../../ports/fault-points.ts"
import type { SandboxGateway } from "../../simulator/sandbox-gateway.ts"
import type { Actor } from "./agenda.ts"
import { type Cross, crossingOf, type Surroundings } from "./process.ts"
import type { Safety } from "./safety.ts"
import { virtualRuntime } from "./virtual-runtime.ts"
import type { GatewayTrouble, Weather } from "./weather.ts"

export type GatewayGrounds = Surroundings & {
  readonly bank: SandboxGateway
  readonly weather: Weather
  /** Told when a message reaches the bank's line, and of what was answered about a key. */
  readonly asked: (call: "send" | "lookup" | "reverse", key: string, trouble: GatewayTrouble, by: Actor) => void
  /** Whether the bank has never heard of the key. */
  readonly isNew: (key: string) => boolean
  readonly sent: (operation: GatewayOperation, by: Actor) => void
  readonly answered: Safety["answered"]
}

type Service = CardGateway["Service"]

export const gatewayOf = (world: GatewayGrounds, actor: Actor): Service => {
  const { bank } = world
  const cross = crossingOf(world, actor)
  const moving = <A extends GatewayReply | GatewayLookup | GatewayReversal>(
    call: "send" | "lookup" | "reverse",
    key: string,
    effect: Effect.Effect<A>,
    refused: A,
    poison?: Effect.Effect<unknown>
  ): Effect.Effect<A> =>
    traverse(world, cross, `gateway.${call}`, key, (trouble, deliver) => {
      world.asked(call, key, trouble, actor)
      const tell = (exit: Exit.Exit<A>): void => {
        if (Exit.isSuccess(exit)) world.answered(call, key, exit.value)
        deliver(exit)
      }
      if (trouble === "refused") return tell(Exit.succeed(refused))
      if (trouble === "declined" && poison !== undefined && world.isNew(key)) {
        // A key that was reversed before it came is one that the bank will decline for good.
        bank.setMode("normal", 1)
        return outside(world, poison, () => {
          bank.setMode("normal", 1)
          outside(world, effect, tell)
        })
      }
      bank.setMode(trouble === "declined" ? "normal" : trouble, 1)
      outside(world, effect, tell)
    })
  return {
    ...bank.gateway,
    send: (operation, timeoutMs) =>
      Effect.suspend(() => {
        world.sent(operation, actor)
        const { key } = operation
        const poison = operation.kind === "authorize" ? undefined : bank.gateway.reverse(key, timeoutMs)
        return moving<GatewayReply>("send", key, bank.gateway.send(operation, timeoutMs), notSent, poison)
      }),
    lookup: (key, timeoutMs) =>
      moving<GatewayLookup>("lookup", key, bank.gateway.lookup(key, timeoutMs), {
        _tag: "Unavailable",
        why: "refused"
      }),
    reverse: (key, timeoutMs) =>
      moving<GatewayReversal>("reverse", key, bank.gateway.reverse(key, timeoutMs), {
        _tag: "ReversalUnknown",
        why: "refused"
      }),
    verifyCard: (card, timeoutMs) =>
      question(world, cross, "gateway.verifyCard", card.cardId, bank.gateway.verifyCard(card, timeoutMs)),
    authenticate: (request, timeoutMs) =>
      question(world, cross, "gateway.authenticate", request.key, bank.gateway.authenticate(request, timeoutMs))
  }
}

const notSent: GatewayReply = { _tag: "NotSent", why: "refused" }

const question = <A>(
  world: GatewayGrounds,
  cross: Cross,
  call: PortCall,
  note: string,
  effect: Effect.Effect<A | undefined>
): Effect.Effect<A | undefined> =>
  traverse(world, cross, call, note, (trouble, deliver) => {
    if (trouble === "refused" || trouble === "declined") return deliver(Exit.succeed(undefined))
    world.bank.setMode(trouble, 1)
    outside(world, effect, deliver)
  })

/** A call under the trouble that the weather has for it. */
const traverse = <A>(
  world: GatewayGrounds,
  cross: Cross,
  call: PortCall,
  note: string,
  perform: (trouble: GatewayTrouble, deliver: (exit: Exit.Exit<A>) => void) => void
): Effect.Effect<A> =>
  cross(call, note, world.weather.gateway.slow, (deliver) => {
    const { troubles, rate } = world.weather.gateway
    const fitting = troubles.filter((one) => one === "refused" || isForLookups(one) === (call === "gateway.lookup"))
    const trouble = world.dice.chance(rate) ? (world.dice.any(fitting) ?? "normal") : "normal"
    world.trace.note(trouble)
    const changes = call === "gateway.send" || call === "gateway.reverse" || call === "gateway.authenticate"
    if (changes && lostAnswers.has(trouble)) world.coverage.struck(`${call}: answer lost`)
    if (changes && lostRequests.has(trouble)) world.coverage.struck(`${call}: request lost`)
    perform(trouble, deliver)
  })

const isForLookups = (trouble: GatewayTrouble): boolean => trouble === "lookup-stale" || trouble === "lookup-down"

const lostAnswers: ReadonlySet<GatewayTrouble> = new Set(["execute-drop", "error-after", "late"])
const lostRequests: ReadonlySet<GatewayTrouble> = new Set(["drop-before", "error-before"])

/** Runs at the bank's side, which goes on when the process that asked is gone. */
export const outside = <A, E>(
  world: Surroundings,
  effect: Effect.Effect<A, E>,
  then: (exit: Exit.Exit<A, E>) => void
): void => {
  const fiber = Effect.runForkWith(virtualRuntime(world.agenda, world.outside))(effect)
  fiber.addObserver(then)
}
