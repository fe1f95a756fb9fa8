import { execFile } from "node:child_process"
import { createServer as createTlsServer } from "node:tls"
import type { WebhookAnswer, WebhookPost } from "@paykernel/core/effect"
import { generateSnsKey } from "@paykernel/webhooks"
import { nodeWebhookSender, type WebhookSenderOptions } from "@paykernel/webhooks/node"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it, onTestFinished } from "vitest"
import { answering, receiverOnConnect, receiverThat, type ScriptedReceiver } from "./scripted-receiver.ts"

const body = '{"event":"payment.succeeded","note":"grüße"}'

const postTo = (url: string, change: Partial<WebhookPost> = {}): WebhookPost => ({
  url,
  headers: { "content-type": "application/json", "webhook-id": "msg_1" },
  body,
  timeoutMs: 5_000,
  ...change
})

const send = (post: WebhookPost, options: WebhookSenderOptions): Promise<WebhookAnswer> =>
  Effect.runPromise(nodeWebhookSender(options).post(post))

/** One attempt at a receiver of this machine, which is allowed by name. */
const attempt = ({ port }: ScriptedReceiver, change: Partial<WebhookPost> = {}, options: WebhookSenderOptions = {}) =>
  send(postTo(`http://127.0.0.1:${port}/hooks?key=1`, change), { allowHosts: [`127.0.0.1:${port}`], ...options })

const unanswered = (why: string) => ({ _tag: "Unanswered", why })

describe("a receiver that answers", () => {
  it("gets one POST with the body byte for byte, and its answer is told", async () => {
    const receiver = await receiverThat(answering("200 OK", ["x-one: 1", "X-Two: 2"], "taken, grüße"))
    expect(await attempt(receiver)).toEqual({
      _tag: "Answered",
      status: 200,
      headers: [
        ["x-one", "1"],
        ["x-two", "2"],
        ["content-length", "14"]
      ],
      bodyStart: "taken, grüße",
      retryAfterMs: null
    })
    const [head = "", sent = ""] = receiver.bytes().split("\r\n\r\n")
    expect(Buffer.from(sent, "latin1").toString("utf8")).toBe(body)
    expect(head.split("\r\n")).toEqual([
      "POST /hooks?key=1 HTTP/1.1",
      "content-type: application/json",
      "webhook-id: msg_1",
      `host: 127.0.0.1:${receiver.port}`,
      `content-length: ${Buffer.byteLength(body)}`,
      "connection: close"
    ])
  })

  it.each(["204 No Content", "400 Bad Request", "401 Unauthorized", "410 Gone", "500 Oh", "503 Later"])(
    "%s is answered, whatever it means",
    async (status) => {
      const receiver = await receiverThat(answering(status))
      expect(await attempt(receiver)).toMatchObject({ _tag: "Answered", status: Number.parseInt(status, 10) })
    }
  )

  it.each([
    ["120", 120_000],
    ["0", 0],
    ["999999999", 86_400_000],
    ["Sat, 21 Nov 2026 10:00:00 GMT", 0],
    ["Fri, 31 Dec 2100 10:00:00 GMT", 86_400_000],
    ["-1", null],
    ["1.5", null],
    ["soon", null],
    ["Sat, 21 Nov", null],
    ["", null]
  ])("asks with Retry-After: %s to be left alone for %s ms", async (value, expected) => {
    const receiver = await receiverThat(answering("429 Too Many Requests", [`Retry-After: ${value}`]))
    const answer = await attempt(receiver)
    expect(answer._tag === "Answered" && answer.retryAfterMs).toBe(expected)
  })

  it("is not asked twice: a redirect is its answer, wherever it leads", async () => {
    const sink = await receiverOnConnect()
    for (const status of ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]) {
      const receiver = await receiverThat(answering(status, [`location: http://127.0.0.1:${sink.port}/`]))
      const allowHosts = [`127.0.0.1:${receiver.port}`, `127.0.0.1:${sink.port}`]
      const answer = await attempt(receiver, {}, { allowHosts })
      expect(answer).toMatchObject({ _tag: "Answered", status: Number.parseInt(status, 10) })
    }
    expect(sink.sockets).toHaveLength(0)
  })

  it("has its connection closed, and gets a new one next time", async () => {
    const receiver = await receiverThat((socket) =>
      // Would like to be kept.
      socket.write("HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n")
    )
    await attempt(receiver)
    await attempt(receiver)
    await receiver.idle()
    expect(receiver.sockets).toHaveLength(2)
  })

  it("may say a lot: headers are counted and cut, a body is shown in its beginning", async () => {
    const many = Array.from({ length: 50 }, (_, at) => `x-${at}: ${"v".repeat(at === 0 ? 300 : 1)}`)
    const receiver = await receiverThat(answering("200 OK", many, "ü".repeat(3_000)))
    const answer = await attempt(receiver)
    if (answer._tag !== "Answered") throw new Error("answered")
    expect(answer.headers).toHaveLength(32)
    expect(answer.headers[0]).toEqual(["x-0", "v".repeat(256)])
    expect(answer.bodyStart).toBe("ü".repeat(1024))
  })

  it("may end its body by closing the connection, or send it in chunks", async () => {
    const large = "x".repeat(50_000)
    for (const text of [
      "HTTP/1.1 200 OK\r\n\r\ntaken",
      `HTTP/1.1 200 OK\r\n\r\ntaken${large}`,
      "HTTP/1.0 200 OK\r\n\r\ntaken",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nta\r\n3\r\nken\r\n0\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ntaken"
    ]) {
      const receiver = await receiverThat((socket) => socket.end(text))
      const answer = await attempt(receiver)
      expect(answer._tag === "Answered" && answer.bodyStart.slice(0, 5), text.slice(0, 60)).toBe("taken")
    }
  })

  it("may send a body that is no text", async () => {
    const receiver = await receiverThat((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n")
      socket.end(Buffer.of(0xff, 0xfe, 0x00, 0x41))
    })
    expect(await attempt(receiver)).toMatchObject({ bodyStart: "\ufffd\ufffd\u0000A" })
  })
})

describe("a receiver that does not answer", () => {
  const slowly = { timeoutMs: 300 }

  it("says nothing: the deadline ends it, and the connection", async () => {
    const receiver = await receiverThat(() => undefined)
    expect(await attempt(receiver, slowly)).toEqual(unanswered("timed_out"))
    await receiver.idle()
  })

  it("drips a head: the deadline is for all of it", async () => {
    const receiver = await receiverThat((socket) => drip(socket, "HTTP/1.1 200 OK\r\nx-slow: "))
    expect(await attempt(receiver, slowly)).toEqual(unanswered("timed_out"))
    await receiver.idle()
  })

  it("drips a body: the deadline is for that too", async () => {
    const receiver = await receiverThat((socket) => drip(socket, "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n"))
    expect(await attempt(receiver, slowly)).toEqual(unanswered("timed_out"))
    await receiver.idle()
  })

  it("promises to go on for ever (100, 102, 103)", async () => {
    const receiver = await receiverThat((socket) => drip(socket, "", "HTTP/1.1 102 Processing\r\n\r\n"))
    expect(await attempt(receiver, slowly)).toEqual(unanswered("timed_out"))
  })

  it("never takes up the encryption: the time for connecting ends it", async () => {
    const receiver = await receiverOnConnect()
    const options = { allowHosts: [`127.0.0.1:${receiver.port}`], connectTimeoutMs: 200 }
    expect(await send(postTo(`https://127.0.0.1:${receiver.port}/`), options)).toEqual(unanswered("timed_out"))
    await receiver.idle()
  })

  it("resets the connection, before or after it was sent something", async () => {
    const after = await receiverThat((socket) => socket.resetAndDestroy())
    expect(await attempt(after)).toEqual(unanswered("connection_lost"))
    const before = await receiverOnConnect((socket) => socket.resetAndDestroy())
    // The reset may be here before the connection is known to be.
    expect(["connection_lost", "connection_failed"].map(unanswered)).toContainEqual(await attempt(before))
  })

  it("hangs up, at once or within its answer", async () => {
    for (const text of ["", "HTTP/1.1 200 OK\r\nx-a", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"]) {
      const receiver = await receiverThat((socket) => socket.end(text))
      expect(await attempt(receiver), text).toEqual(unanswered("connection_lost"))
    }
  })

  it("speaks something else", async () => {
    const large = `HTTP/1.1 200 OK\r\nx-large: ${"v".repeat(20_000)}\r\n\r\n`
    const twoLengths = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\nx"
    const noChunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"
    for (const text of [
      "SSH-2.0-OpenSSH_9.9\r\n",
      "\u0000\u0001\u0002",
      "HTTP/9.9 200 OK\r\n\r\n",
      large,
      twoLengths,
      noChunk
    ]) {
      const receiver = await receiverThat((socket) => socket.end(text))
      expect(await attempt(receiver), text.slice(0, 40)).toEqual(unanswered("answer_malformed"))
    }
  })

  it("wants to change the protocol", async () => {
    const receiver = await receiverThat((socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")
    )
    expect((await attempt(receiver, slowly))._tag).toBe("Unanswered")
    await receiver.idle()
  })

  it("is not there", async () => {
    const receiver = await receiverOnConnect()
    const allowHosts = ["127.0.0.1:1", `127.0.0.1:${receiver.port}`]
    expect(await send(postTo("http://127.0.0.1:1/"), { allowHosts })).toEqual(unanswered("connection_failed"))
    const nowhere = { resolve: async () => [] }
    expect(await send(postTo("https://shop.example/"), nowhere)).toEqual(unanswered("name_not_found"))
  })

  it("sends a body without end: what is read of it is bounded, and so is what can be sent", async () => {
    let written = 0
    const receiver = await receiverThat((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n")
      const more = (): void => {
        while (!socket.destroyed && socket.write("x".repeat(16_384))) written += 16_384
      }
      socket.on("drain", more)
      more()
    })
    const answer = await attempt(receiver)
    expect(answer).toMatchObject({ _tag: "Answered", status: 200, bodyStart: "x".repeat(1024) })
    await receiver.idle()
    expect(written).toBeLessThan(20_000_000)
  })
})

const drip = (socket: import("node:net").Socket, start: string, drop = "x"): void => {
  socket.write(start)
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(drop)), 10)
  onTestFinished(() => clearInterval(timer))
}

describe("encryption", () => {
  it("is not given up for garbage, nor for a certificate of nobody", async () => {
    const garbage = await receiverOnConnect((socket) => socket.write("HTTP/1.1 200 OK\r\n\r\n"))
    const options = { allowHosts: [`127.0.0.1:${garbage.port}`] }
    expect(await send(postTo(`https://127.0.0.1:${garbage.port}/`), options)).toEqual(unanswered("tls_failed"))

    const { port, requests } = await tlsReceiver("hooks.example")
    const stranger = { allowHosts: [`hooks.example:${port}`], resolve: async () => ["127.0.0.1"] }
    expect(await send(postTo(`https://hooks.example:${port}/`), stranger)).toEqual(unanswered("tls_failed"))
    expect(requests()).toBe("")
  })

  it("is with the named host: its name is sent ahead, and stands in the certificate", async () => {
    const { port, certificate, requests, names } = await tlsReceiver("hooks.example")
    const options = { allowHosts: [`hooks.example:${port}`, `other.example:${port}`], ca: [certificate] }
    const sender = { ...options, resolve: async () => ["127.0.0.1"] }
    expect(await send(postTo(`https://hooks.example:${port}/a`), sender)).toMatchObject({ status: 200 })
    expect(requests()).toContain(`host: hooks.example:${port}\r\n`)
    expect(await send(postTo(`https://other.example:${port}/b`), sender)).toEqual(unanswered("tls_failed"))
    expect(requests()).not.toContain("/b")
    expect(names[0]).toBe("hooks.example")
  })
})

const tlsReceiver = async (commonName: string) => {
  const nowMs = Date.now() - 60_000
  const { signing, certificate } = await generateSnsKey({ commonName, nowMs, validMs: 3_600_000 })
  const key = `-----BEGIN PRIVATE KEY-----\n${signing}\n-----END PRIVATE KEY-----\n`
  const names: Array<string> = []
  let requests = ""
  const server = createTlsServer({ key, cert: certificate }, (socket) => {
    if (typeof socket.servername === "string") names.push(socket.servername)
    socket.on("error", () => undefined)
    socket.on("data", (chunk: Buffer) => {
      requests += chunk.toString("latin1")
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    })
  })
  server.on("tlsClientError", () => undefined)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("a receiver has a port")
  return { port: address.port, certificate, requests: () => requests, names }
}

describe("an attempt", () => {
  it("that is called off closes its connection", async () => {
    const receiver = await receiverThat(() => undefined)
    const sender = nodeWebhookSender({ allowHosts: [`127.0.0.1:${receiver.port}`] })
    const fiber = Effect.runFork(sender.post(postTo(`http://127.0.0.1:${receiver.port}/`)))
    while (receiver.bytes() === "") await new Promise((resolve) => setTimeout(resolve, 5))
    await Effect.runPromise(Fiber.interrupt(fiber))
    await receiver.idle()
    expect(receiver.sockets).toHaveLength(1)
  })

  it("goes straight to the receiver, whatever proxies the environment names", async () => {
    const proxy = await receiverOnConnect()
    const receiver = await receiverThat(answering("200 OK"))
    const program = `
      import { nodeWebhookSender } from "@paykernel/webhooks/node"
      import * as Effect from "effect/Effect"
      const url = "http://127.0.0.1:${receiver.port}/"
      const sender = nodeWebhookSender({ allowHosts: ["127.0.0.1:${receiver.port}"] })
      const post = { url, headers: {}, body: "{}", timeoutMs: 5000 }
      console.log((await Effect.runPromise(sender.post(post))).status)`
    const proxies = Object.fromEntries(
      ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap((name) =>
        [name, name.toLowerCase()].map((one) => [one, `http://127.0.0.1:${proxy.port}`])
      )
    )
    const env = { ...process.env, ...proxies, NODE_USE_ENV_PROXY: "1", NO_PROXY: "", no_proxy: "" }
    const args = ["--conditions=source", "--input-type=module", "--eval", program]
    const status = await new Promise<string>((resolve, reject) =>
      execFile(process.execPath, args, { cwd: import.meta.dirname, env }, (error, out) =>
        error === null ? resolve(out.trim()) : reject(error)
      )
    )
    expect(status).toBe("200")
    expect(proxy.sockets).toHaveLength(0)
  })

  it("cannot be given a header that would end the head", async () => {
    const receiver = await receiverThat(answering("200 OK"))
    const attacked = attempt(receiver, { headers: { "x-a": "1\r\nx-b: 2" } })
    await expect(attacked).rejects.toThrow(TypeError)
    expect(receiver.bytes()).toBe("")
  })
})
