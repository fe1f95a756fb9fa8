/** The piece between sockets and the fetch handler, with clients that behave and clients that do not. */
import { connect } from "node:net"
import { pause } from "@paykernel/four-books/polling"
import { afterEach, describe, expect, it } from "vitest"
import { clientAddressFrom } from "../src/client-address.ts"
import { type Handler, type HttpLimits, type HttpServer, listen } from "../src/node-http.ts"

let server: HttpServer | undefined
const defects: Array<unknown> = []

const serve = async (handle: Handler, limits: Partial<HttpLimits> = {}): Promise<string> => {
  defects.length = 0
  server = await listen({ host: "127.0.0.1", port: 0, handle, onDefect: (cause) => defects.push(cause), limits })
  return server.address
}

afterEach(async () => {
  await server?.close(0)
})

/** Sends these bytes, piece by piece, and gives all that comes back until the server closes. */
const raw = (address: string, pieces: ReadonlyArray<string>, gapMs = 0): Promise<string> =>
  new Promise((resolve, reject) => {
    let received = ""
    const socket = connect(Number(new URL(address).port), "127.0.0.1", async () => {
      for (const piece of pieces) {
        if (!socket.writable) return
        socket.write(piece)
        if (gapMs > 0) await pause(gapMs)
      }
    })
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1")
    })
    socket.on("close", () => resolve(received))
    socket.on("error", (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ECONNRESET" && cause.code !== "EPIPE") reject(cause)
    })
  })

const statusOf = (answer: string): string => /^HTTP\/1\.1 (\d{3})/u.exec(answer)?.[1] ?? "none"

describe("a request", () => {
  it("arrives with method, target, headers and body, and its answer goes back", async () => {
    const address = await serve(async (request) => {
      const { pathname, search } = new URL(request.url)
      const said = [request.method, pathname, search, request.headers.get("x-said"), await request.text()]
      return Response.json(said, { status: 201, headers: { "x-answer": "yes" } })
    })
    const answer = await fetch(`${address}/a/b?c=1&c=2`, { method: "PUT", headers: { "x-said": "so" }, body: "body" })
    expect([answer.status, answer.headers.get("x-answer")]).toEqual([201, "yes"])
    expect(await answer.json()).toEqual(["PUT", "/a/b", "?c=1&c=2", "so", "body"])
  })

  it("is known by where it came from, and by a header only where one is trusted, and by its last address", async () => {
    const [plain, proxied] = [clientAddressFrom(null), clientAddressFrom("x-forwarded-for")]
    const address = await serve(async (request) => Response.json([plain(request), proxied(request)]))
    const told = async (forwarded?: string) => {
      const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded }
      return (await fetch(address, { headers })).json()
    }
    expect(await told()).toEqual(["127.0.0.1", null])
    expect(await told("198.51.100.7")).toEqual(["127.0.0.1", "198.51.100.7"])
    expect(await told("10.9.8.7, 2001:db8::9")).toEqual(["127.0.0.1", "2001:db8::9"])
    for (const forged of ["unknown", "198.51.100.7, ", "198.51.100.7:80", "<script>"]) {
      expect(await told(forged)).toEqual(["127.0.0.1", null])
    }
  })

  it("with two slashes stays on this host, and one for a whole address is refused", async () => {
    const address = await serve(async (request) => new Response(new URL(request.url).host))
    const head = `Host: ${new URL(address).host}\r\nConnection: close\r\n\r\n`
    expect(await raw(address, [`GET //evil.example/x HTTP/1.1\r\n${head}`])).toContain(new URL(address).host)
    expect(statusOf(await raw(address, [`GET http://evil.example/ HTTP/1.1\r\n${head}`]))).toBe("400")
    expect(statusOf(await raw(address, [`TRACE / HTTP/1.1\r\n${head}`]))).toBe("400")
  })

  it("for the head of something gets no body", async () => {
    const address = await serve(async () => new Response("body", { headers: { "content-length": "4" } }))
    const answer = await fetch(address, { method: "HEAD" })
    expect([answer.status, answer.headers.get("content-length"), await answer.text()]).toEqual([200, "4", ""])
  })

  it("of any size passes through, in and out at the same time", async () => {
    const address = await serve(async (request) => new Response(request.body))
    const pieces = Array.from({ length: 200 }, (_, nth) => `${nth} `.repeat(500))
    const answer = await fetch(address, { method: "POST", body: new Blob(pieces) })
    expect(await answer.text()).toBe(pieces.join(""))
  })

  it("that is answered before it was read leaves the connection usable", async () => {
    const address = await serve(async () => new Response("enough", { status: 413 }))
    const large = "x".repeat(300_000)
    const post = `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${large.length}\r\n\r\n${large}`
    const last = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    expect((await raw(address, [post, last])).match(/HTTP\/1\.1 413/gu)).toHaveLength(2)
  })

  it("on which the handler fails is answered with 500 and told to nobody but the log", async () => {
    const address = await serve(async () => {
      throw new Error("a secret of the handler")
    })
    const answer = await fetch(address)
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain("secret")
    expect(defects).toEqual([new Error("a secret of the handler")])
  })

  it("that is given up by its client is given up by the handler, and is no defect", async () => {
    const seen = Promise.withResolvers<boolean>()
    const address = await serve(async (request) => {
      request.signal.addEventListener("abort", () => seen.resolve(true))
      await seen.promise
      return new Response("too late")
    })
    const leaving = new AbortController()
    const call = fetch(address, { signal: leaving.signal }).catch(() => "gone")
    await pause(50)
    leaving.abort()
    expect([await call, await seen.promise]).toEqual(["gone", true])
    expect(defects).toEqual([])
  })
})

describe("a client that wears the server out", () => {
  it.each([
    ["with headers that do not end", ["GET / HTTP/1.1\r\nHost: h\r\n", "x-a: b\r\n", "x-a: b\r\n"], "408"],
    ["with a body that does not end", ["POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n", "x", "x"], "408"],
    ["with headers beyond all measure", [`GET / HTTP/1.1\r\nHost: h\r\nx-a: ${"b".repeat(20_000)}\r\n\r\n`], "431"],
    ["with what is no HTTP", ["\u0016\u0003\u0001\r\n\r\n"], "400"],
    [
      "with two lengths",
      ["POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
      "400"
    ]
  ])("%s is turned away", async (_how, pieces, status) => {
    const address = await serve(async (request) => new Response(await request.text()), {
      headersTimeoutMs: 300,
      requestTimeoutMs: 600
    })
    expect(statusOf(await raw(address, pieces, 100))).toBe(status)
    expect((await fetch(address)).status).toBe(200)
  })

  it("by many connections leaves those that it has, and gets no more", async () => {
    const address = await serve(async () => new Response("ok"), { connectionsMax: 3, keepAliveTimeoutMs: 200 })
    const port = Number(new URL(address).port)
    const sockets = Array.from({ length: 3 }, () => connect(port, "127.0.0.1"))
    await pause(50)
    expect(await raw(address, ["GET / HTTP/1.1\r\nHost: h\r\n\r\n"])).toBe("")
    for (const socket of sockets) socket.destroy()
    await pause(50)
    expect((await fetch(address)).status).toBe(200)
  })
})

describe("when it closes", () => {
  it("lets what is under way finish and takes nothing new", async () => {
    const finish = Promise.withResolvers<void>()
    const address = await serve(async () => {
      await finish.promise
      return new Response("done")
    })
    const call = fetch(address)
    await pause(50)
    const closed = server?.close(5_000)
    await expect(fetch(address)).rejects.toThrow()
    finish.resolve()
    expect(await (await call).text()).toBe("done")
    await closed
  })

  it("cuts what will not finish", async () => {
    const address = await serve(() => new Promise(() => {}))
    const call = fetch(address).catch(() => "cut")
    await pause(50)
    await server?.close(100)
    expect(await call).toBe("cut")
  })
})
