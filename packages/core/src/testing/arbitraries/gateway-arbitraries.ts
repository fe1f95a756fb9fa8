/**
 * Gateways that misbehave, call by call, over any gateway that does not: one's own, or the sandbox. The gateway behind
 * tells the truth, so what really happened can be compared with what was believed.
 */
import * as Effect from "effect/Effect"
import type * as fc from "fast-check"
import type { GatewayReply } from "../../attempt/attempt.ts"
import type { CardGateway } from "../../ports/card-gateway.ts"
import { anyOf } from "./text-arbitraries.ts"

/** What becomes of one call. */
export type GatewayBehaviour =
  | "honest"
  /** The message is lost on its way there: no effect, no answer. */
  | "lostBefore"
  /** Executed, and the answer is lost. */
  | "lostAfter"
  /** Refused before a byte has left. */
  | "notSent"
  /** Executed, and the answer names another amount. */
  | "wrongEcho"
  /** Executed twice over, as a repeated message would be. */
  | "repeated"

/** Shrinks towards honesty. */
export const anyGatewayBehaviour: fc.Arbitrary<GatewayBehaviour> = anyOf<GatewayBehaviour>({
  honest: true,
  lostBefore: true,
  lostAfter: true,
  notSent: true,
  wrongEcho: true,
  repeated: true
})

/**
 * A gateway whose calls fare as `behaviours` say, one after the other; after the last all are honest. Look-ups and
 * reversals that are lost answer that nothing is known, as the port wants it.
 *
 * @example
 * const lossy = misbehaving(gateway, ["lostBefore"])
 * await Effect.runPromise(lossy.lookup("k", 1_000)) // => { _tag: "Unavailable", why: "lost on its way" }
 */
export const misbehaving = (
  gateway: CardGateway["Service"],
  behaviours: ReadonlyArray<GatewayBehaviour>
): CardGateway["Service"] => {
  let calls = 0
  const behaving = <A>(as: { readonly [B in GatewayBehaviour]: Effect.Effect<A> }): Effect.Effect<A> =>
    Effect.suspend(() => as[behaviours[calls++] ?? "honest"])
  const asking = <A>(honest: Effect.Effect<A>, nothing: A) => {
    const lost = Effect.succeed(nothing)
    const lostAfter = Effect.as(honest, nothing)
    return behaving({ honest, lostBefore: lost, notSent: lost, lostAfter, wrongEcho: honest, repeated: twice(honest) })
  }
  return {
    ...gateway,
    send: (operation, timeoutMs) => {
      const honest = gateway.send(operation, timeoutMs)
      const lost: GatewayReply = { _tag: "Unknown", why: "lost on its way" }
      return behaving<GatewayReply>({
        honest,
        lostBefore: Effect.succeed(lost),
        lostAfter: Effect.as(honest, lost),
        notSent: Effect.succeed({ _tag: "NotSent", why: "refused" }),
        wrongEcho: Effect.map(honest, otherAmount),
        repeated: twice(honest)
      })
    },
    lookup: (key, timeoutMs) => asking(gateway.lookup(key, timeoutMs), { _tag: "Unavailable", why: "lost on its way" }),
    reverse: (key, timeoutMs) =>
      asking(gateway.reverse(key, timeoutMs), { _tag: "ReversalUnknown", why: "lost on its way" })
  }
}

const twice = <A>(effect: Effect.Effect<A>): Effect.Effect<A> => Effect.andThen(effect, effect)

const otherAmount = (reply: GatewayReply): GatewayReply =>
  reply._tag === "Approved" ? { ...reply, amount: { ...reply.amount, amount: reply.amount.amount + 1n } } : reply
