/**
 * A card gateway that lives in another process: several nodes share one connection to a bank, and card data leaves each
 * of them towards one place only. Whatever is not a complete answer about the very call that was made is unknown.
 */
import { type CurrencyTable, currencies as standardCurrencies, systemClock } from "@paykernel/core"
import type { Attempt } from "@paykernel/core/domain"
import type { CardGateway } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { readLookup, readReply } from "./answer-wire.ts"
import { type GatewayCall, writeCall } from "./call-wire.ts"
import { isFailedConnection } from "./failed-connection.ts"
import * as Codec from "./gateway-wire.schema.ts"
import { type CallWire, type GatewayAnswer, type GatewayDescription, wireVersion } from "./gateway-wire.ts"
import { type Arrival, type Exchange, exchangeWith, type Remote, whyNot } from "./remote.ts"

export type HttpGatewayOptions = Remote & {
  /** What the server says of its gateway: see `gatewayDescription`. It refuses callers who build on more. */
  readonly capabilities: Attempt.GatewayCapabilities
  /** Default `http`. */
  readonly name?: string
  /** Dates each message; servers refuse old ones. Default: the system's. */
  readonly clock?: { readonly nowMs: () => number }
  /** Needed on both ends where there are currencies of one's own. */
  readonly currencies?: CurrencyTable
  /**
   * Whether an error of `fetch` proves that nothing was sent. Default: Node's errors of a connection that could not be
   * made. A `fetch` of one's own that repeats requests must answer `false`.
   */
  readonly provesNotSent?: (cause: unknown) => boolean
  /** Longest answer that is read. Default 64 KiB. */
  readonly answerBytesMax?: number
}

/**
 * A gateway that asks a `gatewayHandler`. Throws a `RangeError` on an address that card data must not be sent to.
 *
 * @example
 * const gateway = httpGateway({ url: "https://bank.internal/gateway", secret, capabilities, fetch: unreachable })
 * await Effect.runPromise(gateway.lookup("a-key", 1000))
 * // => { _tag: "Unavailable", why: "the connection to the gateway server failed" }
 */
export const httpGateway = (options: HttpGatewayOptions): CardGateway["Service"] => {
  const { capabilities, name = "http", provesNotSent = isFailedConnection } = options
  const table = options.currencies ?? standardCurrencies
  const ask = askOver(options, table)
  return {
    name,
    capabilities,
    send: (operation, timeoutMs) =>
      Effect.map(ask({ _tag: "Send", operation }, timeoutMs, Codec.decodeSendAnswer), (said): Attempt.GatewayReply => {
        if (said._tag === "Nothing") return { _tag: provesNotSent(said.cause) ? "NotSent" : "Unknown", why: said.why }
        return readReply(said.answer, table) ?? { _tag: "Unknown", why: unreadable }
      }),
    lookup: (key, timeoutMs) =>
      Effect.map(ask({ _tag: "LookUp", key }, timeoutMs, Codec.decodeLookupAnswer), (said): Attempt.GatewayLookup => {
        if (said._tag === "Nothing") return { _tag: "Unavailable", why: said.why }
        return readLookup(said.answer, table) ?? { _tag: "Unavailable", why: unreadable }
      }),
    reverse: (key, timeoutMs) =>
      Effect.map(ask({ _tag: "Reverse", key }, timeoutMs, Codec.decodeReversalAnswer), (said) =>
        said._tag === "Nothing" ? { _tag: "ReversalUnknown", why: said.why } : said.answer
      ),
    verifyCard: (request, timeoutMs) =>
      Effect.map(ask({ _tag: "VerifyCard", request }, timeoutMs, Codec.decodeVerificationAnswer), answerOrNone),
    authenticate: (request, timeoutMs) =>
      Effect.map(ask({ _tag: "Authenticate", request }, timeoutMs, Codec.decodeAuthenticationAnswer), answerOrNone)
  }
}

/**
 * What a server says of its gateway, asked before a kernel is made. Rejects with an `Error` that says in words why
 * there is no answer; nothing is tried again.
 */
export const gatewayDescription = async (
  remote: Remote,
  timeoutMs: number
): Promise<Pick<GatewayDescription, "name" | "capabilities">> => {
  const arrival = await Effect.runPromise(exchangeWith(remote, answerBytesMaxDefault)(null, timeoutMs))
  if (arrival._tag !== "Answered") {
    throw new Error(whyNot(arrival), arrival._tag === "Failed" ? { cause: arrival.cause } : {})
  }
  const description = Codec.decodeDescription(arrival.text)
  if (description === undefined) throw new Error(unreadable)
  const { name, capabilities } = description
  return { name, capabilities }
}

const answerBytesMaxDefault = 64 * 1024
const unreadable = whyNot({ _tag: "Unreadable" })

/** `cause` is an error of `fetch`, and `undefined` where something was received. */
type Nothing = { readonly _tag: "Nothing"; readonly why: string; readonly cause: unknown }
type Said<A extends GatewayAnswer> = { readonly _tag: "Said"; readonly answer: A["answer"] } | Nothing

type Ask = <A extends GatewayAnswer>(
  call: GatewayCall,
  timeoutMs: number,
  decode: Codec.Decode<A>
) => Effect.Effect<Said<A>>

const askOver = (options: HttpGatewayOptions, table: CurrencyTable): Ask => {
  const exchange: Exchange = exchangeWith(options, options.answerBytesMax ?? answerBytesMaxDefault)
  const clock = options.clock ?? systemClock
  return (call, timeoutMs, decode) =>
    Effect.suspend(() => {
      const wire = writeCall(call, table)
      const body = Codec.encodeMessage({
        version: wireVersion,
        sentAtMs: Math.max(0, Math.floor(clock.nowMs())),
        timeoutMs: Math.max(0, Math.floor(timeoutMs)),
        assumes: options.capabilities,
        call: wire
      })
      return Effect.map(exchange(body, timeoutMs), (arrival) => saidAbout(wire, arrival, decode))
    })
}

/** An answer counts only if it is about the very call that was made. */
const saidAbout = <A extends GatewayAnswer>(call: CallWire, arrival: Arrival, decode: Codec.Decode<A>): Said<A> => {
  if (arrival._tag !== "Answered") {
    return { _tag: "Nothing", why: whyNot(arrival), cause: arrival._tag === "Failed" ? arrival.cause : undefined }
  }
  const said = decode(arrival.text)
  if (said === undefined) return { _tag: "Nothing", why: unreadable, cause: undefined }
  if (said.key === call.key) return { _tag: "Said", answer: said.answer }
  return { _tag: "Nothing", why: "the gateway server answered about another key", cause: undefined }
}

const answerOrNone = <Value>(
  said: { readonly _tag: "Said"; readonly answer: Value | null } | Nothing
): Value | undefined => (said._tag === "Said" ? (said.answer ?? undefined) : undefined)
