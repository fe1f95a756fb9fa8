/** Lets a fetch handler stand in Node's own server, and in the frameworks on top of it. */
import type { IncomingMessage, ServerResponse } from "node:http"

/**
 * A request of Node's server as a `Request`, its body unread. Its address is left out: whoever routes has judged it.
 * Throws a `TypeError` where the body was read before, because what was signed is then gone.
 */
export const nodeRequest = (incoming: IncomingMessage): Request => {
  const { method = "GET" } = incoming
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headersDistinct)) {
    for (const one of value ?? []) headers.append(name, one)
  }
  if (method === "GET" || method === "HEAD") return new Request(address, { method, headers })
  if (incoming.readableDidRead) throw new TypeError("the body was read before: put the receiver before body parsers")
  // Sent while it is still being received, which a request has to say (Fetch §5.4).
  const init = { method, headers, body: bodyOf(incoming), duplex: "half" }
  return new Request(address, init)
}

/**
 * Read as it is asked for. What nobody asks for, and what is left of a body that was given up, Node lets pass by: the
 * next request of the connection comes behind it.
 */
const bodyOf = (incoming: IncomingMessage): ReadableStream<Uint8Array> => {
  let chunks: AsyncIterator<Uint8Array> | undefined
  return new ReadableStream(
    {
      pull: async (controller) => {
        chunks ??= incoming.iterator({ destroyOnReturn: false })
        const { done, value } = await chunks.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      },
      cancel: async () => {
        // As long as it is being iterated, it does not flow.
        await chunks?.return?.()
        incoming.resume()
      }
    },
    { highWaterMark: 0 }
  )
}

const address = "http://receiver.invalid/"

/**
 * A handler for `http.createServer` and for Express. Errors go to `next` where there is one; otherwise the answer is
 * 500 and the error a warning of the process.
 */
export const nodeListener =
  (handle: (request: Request) => Promise<Response>) =>
  async (incoming: IncomingMessage, outgoing: ServerResponse, next?: (error: unknown) => void): Promise<void> => {
    try {
      const response = await handle(nodeRequest(incoming))
      outgoing.statusCode = response.status
      outgoing.setHeaders(response.headers)
      // What is left of a body that was refused is not waited for.
      if (!incoming.complete) outgoing.setHeader("connection", "close")
      outgoing.end(Buffer.from(await response.arrayBuffer()))
    } catch (error) {
      if (next !== undefined) return next(error)
      process.emitWarning(error instanceof Error ? error : String(error))
      outgoing.statusCode = 500
      outgoing.end()
    }
  }
