/**
 * A receiver of webhooks in a process of its own, so that what it takes of processor and memory is not the sender's. It
 * takes every message with a 204 and remembers when each was there; at `/hangs` it never answers.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"

/** What a message was about, and when it was there, in milliseconds since 1970. */
export type Arrival = readonly [subjectId: string, atMs: number]

export type Arrived = {
  readonly count: number
  /** Those that came for the first time. */
  readonly distinct: number
  readonly arrivals: ReadonlyArray<Arrival>
}

export type WebhookReceiver = {
  /** `127.0.0.1:port`. */
  readonly host: string
  /** What came since it was asked last with `forget`. Arrivals are told on that occasion only: they may be many. */
  readonly arrived: (asked?: "forget") => Promise<Arrived>
  readonly close: () => Promise<void>
}

export const openWebhookReceiver = async (): Promise<WebhookReceiver> => {
  const child = fork(import.meta.filename)
  const [host] = await once(child, "message")
  return {
    host: String(host),
    arrived: async (asked) => {
      child.send(asked ?? "look")
      const [answer] = await once(child, "message")
      return answer as Arrived
    },
    close: () => closed(child)
  }
}

const closed = async (child: ChildProcess): Promise<void> => {
  const exit = once(child, "exit")
  child.kill()
  await exit
}

const receive = (): void => {
  let arrivals: Array<Arrival> = []
  let ids = new Set<string>()
  const server = createServer(async (request, response) => {
    const atMs = performance.timeOrigin + performance.now()
    const body = await text(request).catch(() => "")
    if (request.url === "/hangs") return
    ids.add(String(request.headers["webhook-id"]))
    arrivals.push([/"subject":\{"type":"\w+","id":"(?<id>\w+)"/u.exec(body)?.groups?.["id"] ?? "", atMs])
    response.writeHead(204).end()
  })
  process.on("message", (asked) => {
    const isLast = asked === "forget"
    process.send?.({ count: arrivals.length, distinct: ids.size, arrivals: isLast ? arrivals : [] })
    if (!isLast) return
    arrivals = []
    ids = new Set()
  })
  // Nobody else knows it: with who has opened it, it goes.
  process.on("disconnect", () => process.exit())
  server.listen(0, "127.0.0.1", () => process.send?.(`127.0.0.1:${(server.address() as AddressInfo).port}`))
}

if (process.argv[1] === import.meta.filename) receive()
