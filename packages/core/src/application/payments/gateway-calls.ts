/** Calls to the gateway with a deadline of our own: an adapter that hangs must not outlive the lease it runs under. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { GatewayLookup, GatewayReply, GatewayReversal } from "../../attempt/attempt.ts"
import type { CardVerification } from "../../card/card.ts"
import type { AuthenticationOutcome } from "../../payment/payment.ts"
import { type AuthenticationRequest, CardGateway, type GatewayOperation } from "../../ports/card-gateway.ts"

type VerifyRequest = Parameters<CardGateway["Service"]["verifyCard"]>[0]

/** An adapter that cannot even be interrupted is left behind: its place is needed, and nobody listens to it now. */
const withDeadline = <A, Late>(
  timeoutMs: number,
  late: Late,
  call: (gateway: CardGateway["Service"]) => Effect.Effect<A>
): Effect.Effect<A | Late, never, CardGateway> =>
  Effect.flatMap(CardGateway, (gateway) =>
    Effect.flatMap(Effect.forkDetach(Effect.suspend(() => call(gateway))), (calling) =>
      Effect.timeoutOrElse(Fiber.join(calling), {
        duration: timeoutMs,
        orElse: () => {
          calling.interruptUnsafe()
          return Effect.succeed(late)
        }
      })
    )
  )

/** No answer in time says nothing about what happened. */
export const sendToGateway = (
  operation: GatewayOperation,
  timeoutMs: number
): Effect.Effect<GatewayReply, never, CardGateway> =>
  withDeadline(timeoutMs, { _tag: "Unknown", why: "deadline" } as const, (gateway) =>
    gateway.send(operation, timeoutMs)
  )

export const lookUpAtGateway = (key: string, timeoutMs: number): Effect.Effect<GatewayLookup, never, CardGateway> =>
  withDeadline(timeoutMs, { _tag: "Unavailable", why: "deadline" } as const, (gateway) =>
    gateway.lookup(key, timeoutMs)
  )

export const reverseAtGateway = (key: string, timeoutMs: number): Effect.Effect<GatewayReversal, never, CardGateway> =>
  withDeadline(timeoutMs, { _tag: "ReversalUnknown", why: "deadline" } as const, (gateway) =>
    gateway.reverse(key, timeoutMs)
  )

export const verifyAtGateway = (
  card: VerifyRequest,
  timeoutMs: number
): Effect.Effect<CardVerification | undefined, never, CardGateway> =>
  withDeadline(timeoutMs, undefined, (gateway) => gateway.verifyCard(card, timeoutMs))

export const authenticateAtGateway = (
  request: AuthenticationRequest,
  timeoutMs: number
): Effect.Effect<AuthenticationOutcome | undefined, never, CardGateway> =>
  withDeadline(timeoutMs, undefined, (gateway) => gateway.authenticate(request, timeoutMs))
