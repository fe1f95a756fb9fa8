/**
 * node:http in front of a fetch handler. Bodies stream both ways; every wait on a client has an end, and so has the
 * number of clients.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { isIPv6 } from "node:net"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { noteConnection } from "./client-address.ts"

export type Handler = (request: Request) => Promise<Response>

export type HttpOptions = {
  readonly host: string
  readonly port: number
  readonly handle: Handler
  /** A defect of the handler. The client was told that something went wrong, and nothing more. */
  readonly onDefect: (cause: unknown) => void
  readonly limits?: Partial<HttpLimits>
}

export type HttpLimits = {
  readonly headersTimeoutMs: number
  /** Headers and body together. */
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  readonly headersBytesMax: number
  readonly connectionsMax: number
}

export const httpLimits: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 5_000,
  headersBytesMax: 16 * 1024,
  connectionsMax: 1024
}

export type HttpServer = {
  /** `http://host:port`, as it is bound. */
  readonly address: string
  /** Takes no more connections, lets requests under way finish for so long, then cuts what is left. */
  readonly close: (graceMs: number) => Promise<void>
}

const nodeOptions = (limits: HttpLimits) => ({
  headersTimeout: limits.headersTimeoutMs,
  requestTimeout: limits.requestTimeoutMs,
  keepAliveTimeout: limits.keepAliveTimeoutMs,
  maxHeaderSize: limits.headersBytesMax,
  // The timeouts are looked at only this often.
  connectionsCheckingInterval: 500
})

/** Listens; rejects with the system's error where it cannot. */
export const listen = async (options: HttpOptions): Promise<HttpServer> => {
  const { host, port, handle, onDefect } = options
  const limits = { ...httpLimits, ...options.limits }
  let stopping = false
  let origin = ""
  const server = createServer(nodeOptions(limits), (incoming, outgoing) => {
    if (stopping) outgoing.shouldKeepAlive = false
    answer(incoming, outgoing, origin, handle).catch((cause: unknown) => {
      // A client that went away is its own business.
      if (!incoming.socket.destroyed) onDefect(cause)
      if (outgoing.headersSent) outgoing.destroy()
      else sendText(outgoing, 500, { code: -1, message: "Something went wrong." })
    })
    outgoing.once("close", () => {
      if (stopping) server.closeIdleConnections()
    })
  })
  server.maxConnections = limits.connectionsMax
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, () => {
      server.off("error", reject)
      resolve()
    })
  })
  origin = originOf(server, host)
  return {
    address: origin,
    close: (graceMs) => {
      stopping = true
      return closed(server, graceMs)
    }
  }
}

/** Nobody can be reached at a wildcard, so it is this machine that is named instead. */
const reachable: { readonly [wildcard: string]: string | undefined } = { "0.0.0.0": "127.0.0.1", "::": "::1" }

const originOf = (server: Server, host: string): string => {
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const name = reachable[host] ?? host
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`
}

const closed = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })

const answer = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  origin: string,
  handle: Handler
): Promise<void> => {
  const left = new AbortController()
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) left.abort()
  })
  const body = streamOf(incoming)
  const request = requestOf(incoming, origin, body, left.signal)
  if (request === undefined) return sendText(outgoing, 400, { code: 400, message: "Bad request." })
  noteConnection(request, incoming.socket.remoteAddress)
  await send(outgoing, await handle(request), incoming.method === "HEAD")
  body.leave()
}

/** Methods that fetch forbids, and targets that are no path, make no request. */
const requestOf = (
  incoming: IncomingMessage,
  origin: string,
  body: IncomingBody,
  signal: AbortSignal
): Request | undefined => {
  const { method = "GET", url: target = "/", rawHeaders } = incoming
  if (!target.startsWith("/")) return undefined
  try {
    const headers = new Headers()
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "")
    const hasBody = method !== "GET" && method !== "HEAD"
    return new Request(urlOf(incoming.headers.host, origin, target), {
      method,
      headers,
      signal,
      ...(hasBody ? { body: body.stream, duplex: "half" } : {})
    })
  } catch {
    return undefined
  }
}

/** The name that the client used, so that links lead back the same way; ours where it used none. */
const urlOf = (host: string | undefined, origin: string, target: string): string => {
  const named = `http://${host ?? ""}`
  const usable = host !== undefined && URL.canParse(named) && new URL(named).pathname === "/"
  return (usable ? named : origin) + target
}

type IncomingBody = {
  readonly stream: ReadableStream<Uint8Array>
  /** Whatever is still to come is read and dropped, so that the connection can serve the next request. */
  readonly leave: () => void
}

/** Node's own adapter would cut the connection when a handler answers without having read everything. */
const streamOf = (incoming: IncomingMessage): IncomingBody => {
  let open = true
  const leave = (): void => {
    open = false
    incoming.resume()
  }
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const end = (act: () => void): void => {
        if (open) act()
        open = false
      }
      incoming.on("data", (chunk: Uint8Array) => {
        if (!open) return
        controller.enqueue(new Uint8Array(chunk))
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause()
      })
      incoming.once("end", () => end(() => controller.close()))
      incoming.once("error", (cause) => end(() => controller.error(cause)))
      incoming.once("close", () => end(() => controller.error(new Error("the client left"))))
      incoming.pause()
    },
    pull: () => {
      incoming.resume()
    },
    cancel: leave
  })
  return { stream, leave }
}

const send = async (outgoing: ServerResponse, response: Response, headOnly: boolean): Promise<void> => {
  const headers = [...response.headers].filter(([name]) => name !== "set-cookie").flat()
  for (const cookie of response.headers.getSetCookie()) headers.push("set-cookie", cookie)
  outgoing.writeHead(response.status, headers)
  if (headOnly || response.body === null) {
    outgoing.end()
    return
  }
  // A client that leaves while it is being answered is no failure of the server.
  await pipeline(Readable.from(response.body), outgoing).catch(() => {})
}

const sendText = (outgoing: ServerResponse, status: number, body: { code: number; message: string }): void => {
  const text = JSON.stringify(body)
  outgoing.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
  outgoing.end(text)
}
