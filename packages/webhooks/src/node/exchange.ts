/**
 * One POST over one connection of its own, which is closed afterwards whatever happens. The receiver is a stranger: it
 * may be slow, endless or no HTTP server at all, and none of that takes more than the deadline and a few kilobytes.
 */
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http"
import { request as httpsRequest, Agent as TlsAgent } from "node:https"
import type { LookupFunction } from "node:net"
import { getCACertificates } from "node:tls"
import { AddressNotPublic, NameNotFound } from "./guarded-look-up.ts"

export type Exchange = {
  readonly url: URL
  readonly headers: { readonly [name: string]: string }
  readonly body: string
  readonly timeoutMs: number
  /** For the connection, its encryption included. */
  readonly connectTimeoutMs: number
  /** How much of the answer's body is read before the connection is closed. */
  readonly answerBytesMax: number
  readonly lookUp: (name: string) => Promise<ReadonlyArray<{ readonly address: string; readonly family: number }>>
  readonly agents: Agents
}

export type ExchangeOutcome =
  | { readonly _tag: "Answered"; readonly head: IncomingMessage; readonly bodyStart: Buffer }
  | {
      readonly _tag: "Unanswered"
      readonly why:
        | "address_refused"
        | "name_not_found"
        | "connection_failed"
        | "tls_failed"
        | "connection_lost"
        | "timed_out"
        | "answer_malformed"
    }

export type Agents = { readonly http: Agent; readonly https: TlsAgent }

/**
 * No connection is kept and no proxy is asked, whatever the environment says. `ca`: authorities beside the known ones.
 */
export const agentsFor = (ca: ReadonlyArray<string> | undefined): Agents => ({
  http: new Agent({ keepAlive: false }),
  https: new TlsAgent({ keepAlive: false, ...(ca === undefined ? {} : { ca: [...getCACertificates(), ...ca] }) })
})

/** Begins, and gives the way to call it off. `done` is called once, unless it was called off. */
export const exchange = (options: Exchange, done: (outcome: ExchangeOutcome) => void): (() => void) => {
  let phase: Phase = "connecting"
  let isOver = false
  const end = (outcome: ExchangeOutcome | undefined): void => {
    if (isOver) return
    isOver = true
    clearTimeout(deadline)
    clearTimeout(connecting)
    request.destroy()
    if (outcome !== undefined) done(outcome)
  }
  const unanswered = (why: Extract<ExchangeOutcome, { _tag: "Unanswered" }>["why"]): void =>
    end({ _tag: "Unanswered", why })
  const lookup: LookupFunction = (name, { all }, callback) => {
    options.lookUp(name).then(
      (addresses) => {
        const [first] = addresses
        if (all === true) callback(null, [...addresses])
        else callback(null, first?.address ?? "", first?.family)
      },
      (error: Error) => callback(error, "", 0)
    )
  }

  const request = newRequest(options, lookup)
  const deadline = setTimeout(() => unanswered("timed_out"), options.timeoutMs)
  const connecting = setTimeout(() => unanswered("timed_out"), options.connectTimeoutMs)
  const isTls = options.url.protocol === "https:"
  request.on("socket", (socket) => {
    socket.once("connect", () => {
      phase = isTls ? "securing" : "exchanging"
      if (!isTls) clearTimeout(connecting)
    })
    socket.once("secureConnect", () => {
      phase = "exchanging"
      clearTimeout(connecting)
    })
  })
  request.on("error", (error) => unanswered(reasonOf(error, phase)))
  // Whatever closes the connection without an answer or an error, such as a change of protocol.
  const lost = (): void => unanswered("connection_lost")
  request.on("close", lost)
  request.on("response", (head) => {
    // A body may end by the connection being closed, and is read to its end after that.
    request.off("close", lost)
    head.on("close", lost)
    readBody(head, options.answerBytesMax, (bodyStart) => end({ _tag: "Answered", head, bodyStart }))
  })
  request.end(options.body)
  return () => end(undefined)
}

type Phase = "connecting" | "securing" | "exchanging"

const newRequest = ({ url, headers, body, agents }: Exchange, lookup: LookupFunction): ClientRequest => {
  const isTls = url.protocol === "https:"
  const hostname = url.hostname.replace(/^\[(?<address>.*)\]$/u, "$<address>")
  const options: RequestOptions = {
    method: "POST",
    hostname,
    port: url.port === "" ? (isTls ? 443 : 80) : url.port,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host, "content-length": Buffer.byteLength(body), connection: "close" },
    lookup,
    maxHeaderSize: 16 * 1024,
    insecureHTTPParser: false
  }
  if (!isTls) return httpRequest({ ...options, agent: agents.http })
  // A certificate is made out to the name without the dot of the root.
  const name = hostname.replace(/\.$/u, "")
  const servername = hostname === url.hostname && !/^[\d.]+$/u.test(hostname) ? { servername: name } : {}
  return httpsRequest({ ...options, ...servername, agent: agents.https })
}

const reasonOf = (error: Error, phase: Phase) => {
  if (error instanceof AddressNotPublic) return "address_refused"
  if (error instanceof NameNotFound) return "name_not_found"
  if (phase === "connecting") return "connection_failed"
  if (phase === "securing") return "tls_failed"
  return "code" in error && String(error.code).startsWith("HPE_") ? "answer_malformed" : "connection_lost"
}

/** What is shown of a body. The rest is read, because a receiver that is cut off would count it as a failure. */
const keptBytes = 4096

const readBody = (head: IncomingMessage, bytesMax: number, done: (start: Buffer) => void): void => {
  const start: Array<Buffer> = []
  let size = 0
  head.on("data", (chunk: Buffer) => {
    if (size < keptBytes) start.push(chunk.subarray(0, keptBytes - size))
    size += chunk.length
    if (size > bytesMax) done(Buffer.concat(start))
  })
  head.on("end", () => done(Buffer.concat(start)))
  // That it is closed before its end tells of a body that broke off.
  head.on("error", () => undefined)
}
