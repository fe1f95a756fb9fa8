/**
 * One message to another process and what came of it. The card data is in the body and nowhere else; a redirect is not
 * followed, because it would carry the body somewhere else; and no answer is read further than it may be long.
 */
import * as Effect from "effect/Effect"
import { readBody } from "../front/read-body.ts"
import { decodeUtf8 } from "./private-post.ts"
import { authorizationOf, type SharedSecret } from "./shared-secret.ts"

/** As `globalThis.fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Where the other process is, and what proves to it who is calling. */
export type Remote = {
  /** `https:`, or `http:` on this machine. */
  readonly url: string
  readonly secret: SharedSecret
  /** Default: `globalThis.fetch`. */
  readonly fetch?: Fetch
  /** Lets card data and secret travel in the clear to another machine, for a network that encrypts by itself. */
  readonly allowPlainHttp?: boolean
}

export type Arrival =
  /** With status 200, or with 204 and nothing. */
  | { readonly _tag: "Answered"; readonly text: string }
  | { readonly _tag: "Refused"; readonly status: number }
  /** Too long, broken off, or not text. */
  | { readonly _tag: "Unreadable" }
  | { readonly _tag: "Silence"; readonly afterMs: number }
  /** There was no answer to read. `cause` is the runtime's own error. */
  | { readonly _tag: "Failed"; readonly cause: unknown }

/** Sends a body, or asks without one, and ends within the limit whatever the other side does. */
export type Exchange = (body: string | null, timeoutMs: number) => Effect.Effect<Arrival>

/** Throws a `RangeError` on an address to which card data must not be sent, and on a secret that is none. */
export const exchangeWith = (remote: Remote, answerBytesMax: number): Exchange => {
  const url = checkedUrl(remote)
  const authorization = authorizationOf(remote.secret)
  const fetchWith = remote.fetch ?? ((target, init) => fetch(target, init))

  const exchange = async (body: string | null, signal: AbortSignal): Promise<Arrival> => {
    const response = await fetchWith(url, {
      method: body === null ? "GET" : "POST",
      headers: { authorization, accept: "application/json", ...(body === null ? {} : { "content-type": jsonType }) },
      redirect: "manual",
      signal,
      ...(body === null ? {} : { body })
    })
    if (response.status === 200 || response.status === 204) return readAnswer(response, answerBytesMax)
    // Unread, it would keep its connection busy.
    response.body?.cancel().catch(() => undefined)
    return { _tag: "Refused", status: response.status }
  }

  return (body, timeoutMs) =>
    Effect.tryPromise({ try: (signal) => exchange(body, signal), catch: (cause) => cause }).pipe(
      Effect.catch((cause) => Effect.succeed<Arrival>({ _tag: "Failed", cause })),
      Effect.timeoutOrElse({
        duration: timeoutMs,
        orElse: () => Effect.succeed<Arrival>({ _tag: "Silence", afterMs: timeoutMs })
      })
    )
}

/** Why there is no answer, in words for a person. They hold nothing of what was sent or received. */
export const whyNot = (arrival: Exclude<Arrival, { readonly _tag: "Answered" }>): string => {
  switch (arrival._tag) {
    case "Refused":
      return refusals.get(arrival.status) ?? `the gateway server answered with status ${arrival.status}`
    case "Unreadable":
      return "the gateway server's answer is unreadable"
    case "Silence":
      return `no answer of the gateway server within ${arrival.afterMs} ms`
    case "Failed":
      return "the connection to the gateway server failed"
  }
}

const refusals: ReadonlyMap<number, string> = new Map([
  [400, "the gateway server cannot read the message"],
  [401, "the gateway server knows another secret"],
  [409, "the gateway behind the server keeps less than was assumed"],
  [410, "the message was too old for the gateway server, or the clocks differ"],
  [413, "the message is too large for the gateway server"],
  [503, "the gateway server is busy"]
])

const readAnswer = async (response: Response, bytesMax: number): Promise<Arrival> => {
  const bytes = await readBody(response, bytesMax)
  const text = bytes instanceof Uint8Array ? decodeUtf8(bytes) : undefined
  return text === undefined ? { _tag: "Unreadable" } : { _tag: "Answered", text }
}

const jsonType = "application/json"

const checkedUrl = ({ url, allowPlainHttp = false }: Remote): string => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !["http:", "https:"].includes(parsed.protocol)) {
    throw new RangeError("the gateway server's address is not an http(s) URL")
  }
  if (parsed.username !== "" || parsed.password !== "" || parsed.hash !== "") {
    throw new RangeError("the gateway server's address must hold no user, password or fragment")
  }
  if (parsed.protocol === "http:" && !allowPlainHttp && !loopback.test(parsed.hostname)) {
    throw new RangeError("card data must not travel unencrypted: use https, or set allowPlainHttp")
  }
  return parsed.href
}

const loopback = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/u
