/**
 * Serves a card gateway to other processes. It holds the one connection to the bank, and is strict about what it hands
 * on: only what the holder of a secret asks, what it understands whole, and what somebody still waits for.
 */
import { type CurrencyTable, currencies as standardCurrencies, systemClock } from "@paykernel/core"
import type { CardGateway } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { busy, turnstile } from "../turnstile.ts"
import { writeAuthentication, writeLookup, writeReply, writeReversal, writeVerification } from "./answer-wire.ts"
import { cvvOf, type GatewayCall, readCall } from "./call-wire.ts"
import { isInTime, keeps, type TravelBounds, withTravel } from "./gateway-capabilities.ts"
import { decodeRequest, encodeMessage } from "./gateway-wire.schema.ts"
import { type GatewayAnswer, type GatewayRequest, wireVersion } from "./gateway-wire.ts"
import { message, readPost, refusal, unauthorized } from "./private-post.ts"
import { type AcceptedSecrets, secretVerifier } from "./shared-secret.ts"

export type GatewayLimits = TravelBounds & {
  readonly bodyBytesMax: number
  /** Calls at the gateway at a time. */
  readonly callsMax: number
  /** Calls that wait for their turn. */
  readonly waitingMax: number
  /** Longest that a caller may have a call last. */
  readonly timeoutMaxMs: number
}

export type GatewayHandlerOptions = {
  readonly gateway: CardGateway["Service"]
  readonly secret: AcceptedSecrets
  /** Tells how old a message is. Default: the system's. */
  readonly clock?: { readonly nowMs: () => number }
  /** Needed on both ends where there are currencies of one's own. */
  readonly currencies?: CurrencyTable
  /** Defaults: 5 s of travel, clocks 1 s apart, 64 KiB, 256 calls and 1024 waiting, 60 s. */
  readonly limits?: Partial<GatewayLimits>
  /** Told of every bug that became a 500. The error may hold anything, so mind where it is written. Must not throw. */
  readonly onDefect?: (error: unknown) => void
}

export type GatewayHandler = {
  /** Answers every request; it never rejects. The path is the host's to choose. */
  readonly fetch: (request: Request) => Promise<Response>
}

const limitDefaults: GatewayLimits = {
  travelMaxMs: 5000,
  clockSkewMaxMs: 1000,
  bodyBytesMax: 64 * 1024,
  callsMax: 256,
  waitingMax: 1024,
  timeoutMaxMs: 60_000
}

/**
 * A handler for the calls of `httpGateway`. GET answers what the gateway can do, POST makes one call. A call that was
 * handed on is brought to its end, whether or not the caller still listens.
 *
 * @example
 * const { fetch } = gatewayHandler({ gateway, secret })
 * const stranger = await fetch(new Request("http://localhost/gateway"))
 * stranger.status // => 401
 */
export const gatewayHandler = (options: GatewayHandlerOptions): GatewayHandler => {
  const server = openServer(options)
  return {
    fetch: async (request) => {
      try {
        return await serve(server, request)
      } catch (error) {
        options.onDefect?.(error)
        return refusal(500)
      }
    }
  }
}

type Server = ReturnType<typeof openServer>

const openServer = (options: GatewayHandlerOptions) => {
  const limits = { ...limitDefaults, ...options.limits }
  return {
    gateway: options.gateway,
    limits,
    nowMs: (options.clock ?? systemClock).nowMs,
    table: options.currencies ?? standardCurrencies,
    capabilities: withTravel(options.gateway.capabilities, limits),
    isHolder: secretVerifier(options.secret),
    admit: turnstile({ running: limits.callsMax, waiting: limits.waitingMax })
  }
}

const serve = async (server: Server, request: Request): Promise<Response> => {
  if (!server.isHolder(request.headers.get("authorization"))) return unauthorized()
  if (request.method === "GET") {
    const { capabilities, gateway } = server
    return message(encodeMessage({ version: wireVersion, name: gateway.name, capabilities }))
  }
  if (request.method !== "POST") return refusal(405, { allow: "GET, POST" })
  const text = await readPost(request, server.limits.bodyBytesMax)
  if (typeof text !== "string") return text
  const asked = decodeRequest(text)
  if (asked === undefined) return refusal(400)
  if (!keeps(server.capabilities, asked.assumes)) return refusal(409)
  const call = readCall(asked.call, server.table)
  if (call === undefined) return refusal(400)
  const answered = await server.admit(() => answerInTime(server, asked, call))
  if (answered !== busy) return answered
  cvvOf(call)?.destroy()
  // It was not handed on, which is worth saying: a message that was not sent may be sent again at once.
  return call._tag === "Send" ? message(encodeMessage(notSent(asked.call.key))) : refusal(503, { "retry-after": "1" })
}

const notSent = (key: string): GatewayAnswer => ({
  version: wireVersion,
  call: "Send",
  key,
  answer: { _tag: "NotSent", why: "the gateway server is busy" }
})

/** Looks at the time last of all: a message grows old while it waits. */
const answerInTime = async (server: Server, asked: GatewayRequest, call: GatewayCall): Promise<Response> => {
  const cvv = cvvOf(call)
  if (!isInTime(asked.sentAtMs, server.nowMs(), server.limits)) {
    cvv?.destroy()
    return refusal(410)
  }
  const timeoutMs = Math.min(asked.timeoutMs, server.limits.timeoutMaxMs)
  const answering = Effect.ensuring(
    // A gateway that throws instead of dying is a defect like any other.
    Effect.suspend(() => answerOf(server, asked.call.key, call, timeoutMs)),
    Effect.sync(() => cvv?.destroy())
  )
  const answer = await Effect.runPromise(within(timeoutMs + graceMs, answering))
  return answer === undefined ? refusal(504) : message(encodeMessage(answer))
}

/** By then no caller is left. */
const graceMs = 1000

/** A gateway that keeps no time is left to itself: its place is needed. */
const within = <A>(limitMs: number, effect: Effect.Effect<A>): Effect.Effect<A | undefined> =>
  Effect.flatMap(Effect.forkDetach(effect), (running) =>
    Effect.timeoutOrElse(Fiber.join(running), { duration: limitMs, orElse: () => Effect.succeed(undefined) })
  )

const answerOf = (
  { gateway, table }: Server,
  key: string,
  call: GatewayCall,
  timeoutMs: number
): Effect.Effect<GatewayAnswer> => {
  const about = { version: wireVersion, key } as const
  switch (call._tag) {
    case "Send":
      return Effect.map(gateway.send(call.operation, timeoutMs), (reply) => {
        return { ...about, call: "Send", answer: writeReply(reply, table) }
      })
    case "LookUp":
      return Effect.map(gateway.lookup(key, timeoutMs), (lookup) => {
        return { ...about, call: "LookUp", answer: writeLookup(lookup, table) }
      })
    case "Reverse":
      return Effect.map(gateway.reverse(key, timeoutMs), (reversal) => {
        return { ...about, call: "Reverse", answer: writeReversal(reversal) }
      })
    case "VerifyCard":
      return Effect.map(gateway.verifyCard(call.request, timeoutMs), (verification) => {
        return { ...about, call: "VerifyCard", answer: writeVerification(verification) }
      })
    case "Authenticate":
      return Effect.map(gateway.authenticate(call.request, timeoutMs), (outcome) => {
        return { ...about, call: "Authenticate", answer: writeAuthentication(outcome) }
      })
  }
}
