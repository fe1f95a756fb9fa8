/** Real HTTP for tests: a fetch handler behind node:http, and a listener that may answer whatever it likes. */
import { once } from "node:events"
import { createServer, type RequestListener, type Server } from "node:http"
import { Readable } from "node:stream"

export type TestServer = {
  readonly url: string
  /** Connections are cut, whatever is under way. */
  readonly close: () => Promise<void>
}

export const listen = async (listener: RequestListener): Promise<TestServer> => {
  const server = createServer(listener)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return { url: urlOf(server), close: () => closed(server) }
}

export const serve = (handle: (request: Request) => Promise<Response>): Promise<TestServer> =>
  listen(async (incoming, outgoing) => {
    const headers = new Headers()
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value))
    const takesBody = incoming.method === "POST"
    const body = takesBody ? { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: "half" } : {}
    const request = new Request(`http://test${incoming.url}`, { method: incoming.method ?? "GET", headers, ...body })
    const response = await handle(request)
    outgoing.writeHead(response.status, [...response.headers].flat())
    outgoing.end(Buffer.from(await response.arrayBuffer()))
  })

/** An address at which nobody listens any more. */
export const closedAddress = async (): Promise<string> => {
  const { url, close } = await listen(() => {})
  await close()
  return url
}

const urlOf = (server: Server): string => {
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  return `http://127.0.0.1:${address.port}/gateway`
}

const closed = async (server: Server): Promise<void> => {
  const gone = once(server, "close")
  server.close()
  server.closeAllConnections()
  await gone
}
