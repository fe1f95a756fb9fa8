/**
 * What a node makes of a gateway server that is gone, slow, confused or somebody else. Nothing but a whole answer about
 * the call itself may count, every call ends in time, and card data goes nowhere but to the server.
 */
import { once } from "node:events"
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http"
import { gzipSync } from "node:zlib"
import { type Fetch, type HttpGatewayOptions, httpGateway } from "@paykernel/adapters-http/gateway"
import type { CardGateway } from "@paykernel/core/effect"
import * as Redacted from "effect/Redacted"
import { afterEach, describe, expect, it } from "vitest"
import { authorizationOf, canaryCvv, canaryPan, capabilities, cardOf, run, secret } from "./bank.ts"
import { closedAddress, listen, type TestServer } from "./http-server.ts"

const opened: Array<TestServer> = []

afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

const listening = async (listener: RequestListener): Promise<string> => {
  const server = await listen(listener)
  opened.push(server)
  return server.url
}

const open = (url: string, options: Partial<HttpGatewayOptions> = {}) =>
  httpGateway({ url, secret, capabilities, ...options })

const shortMs = 250

/** All five calls, and what a kernel may conclude from them. */
const everyCall = async (gateway: CardGateway["Service"], timeoutMs = shortMs) => {
  const card = { ...cardOf(), merchantId: "merchant-1", cardId: "card-1" }
  const { merchantId, paymentId, amount } = authorizationOf("auth")
  const request = { key: "3ds", merchantId, paymentId, amount, card, returnUrl: "https://shop.example/back" }
  const [sent, found, undone, verified, authenticated] = await Promise.all([
    run(gateway.send(authorizationOf("auth"), timeoutMs)),
    run(gateway.lookup("auth", timeoutMs)),
    run(gateway.reverse("auth", timeoutMs)),
    run(gateway.verifyCard(card, timeoutMs)),
    run(gateway.authenticate(request, timeoutMs))
  ])
  return { sent, found, undone, verified, authenticated }
}

const nothingKnown = {
  sent: { _tag: "Unknown" },
  found: { _tag: "Unavailable" },
  undone: { _tag: "ReversalUnknown" },
  verified: undefined,
  authenticated: undefined
}

const approval = {
  version: 1,
  call: "Send",
  key: "auth",
  answer: {
    _tag: "Approved",
    reference: "gw_1",
    amount: { amount: "10.00", currency: "USD" },
    avs: "Y",
    cvv: "pass"
  }
}

const answering =
  (body: string | Uint8Array, headers: Record<string, string> = {}, status = 200): RequestListener =>
  (incoming, outgoing) => {
    incoming.resume()
    outgoing.writeHead(status, { "content-type": "application/json", ...headers })
    outgoing.end(body)
  }

const saying = (value: unknown): RequestListener => answering(JSON.stringify(value))

describe("a whole answer", () => {
  it("is taken as it is", async () => {
    const gateway = open(await listening(saying(approval)))
    const { amount } = authorizationOf("auth")
    const said = { _tag: "Approved", reference: "gw_1", amount, avs: "Y", cvv: "pass" }
    expect(await run(gateway.send(authorizationOf("auth"), 5000))).toEqual(said)
  })

  it("about another amount is handed on, for the kernel to compare", async () => {
    const amount = { amount: "10.01", currency: "USD" }
    const gateway = open(await listening(saying({ ...approval, answer: { ...approval.answer, amount } })))
    const said = { _tag: "Approved", amount: { amount: 1001n, currency: "USD" } }
    expect(await run(gateway.send(authorizationOf("auth"), 5000))).toMatchObject(said)
  })
})

describe("an answer that is none", () => {
  const { answer } = approval
  const amountOf = (amount: unknown, currency: unknown = "USD") =>
    saying({ ...approval, answer: { ...answer, amount: { amount, currency } } })

  it.each<[string, RequestListener]>([
    ["nothing at all", answering("")],
    ["a web page", answering("<html><body>Welcome", { "content-type": "text/html" })],
    ["half of an answer", answering(JSON.stringify(approval).slice(0, -5))],
    ["an answer and more", answering(`${JSON.stringify(approval)}{}`)],
    ["bytes that are no text", answering(Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d))],
    ["a number", answering("7")],
    ["another key", saying({ ...approval, key: "another" })],
    ["another call", saying({ ...approval, call: "Capture" })],
    ["another version", saying({ ...approval, version: 2 })],
    ["a member that nobody knows", saying({ ...approval, partly: true })],
    ["a verdict with a member that nobody knows", saying({ ...approval, answer: { ...answer, partly: true } })],
    ["a verdict without an amount", saying({ ...approval, answer: { ...answer, amount: undefined } })],
    ["a verdict without a reference", saying({ ...approval, answer: { ...answer, reference: "" } })],
    ["an amount that is a number", amountOf(10)],
    ["an amount that is no number", amountOf("ten")],
    ["an amount with more decimals than the currency has", amountOf("10.000")],
    ["an amount without end", amountOf("9".repeat(60_000))],
    ["an amount of no known currency", amountOf("10.00", "???")],
    ["a verdict that nobody knows", saying({ ...approval, answer: { _tag: "Maybe", why: "" } })],
    ["no verdict", saying({ ...approval, answer: null })],
    ["an answer that is too long", answering(JSON.stringify(approval).padEnd(65_537))],
    [
      "a long answer that is small on the wire",
      answering(gzipSync("7".padEnd(50_000_000)), { "content-encoding": "gzip" })
    ],
    ["broken compression", answering("not gzip", { "content-encoding": "gzip" })],
    ["an approval with status 201", answering(JSON.stringify(approval), {}, 201)],
    ["an approval with status 500", answering(JSON.stringify(approval), {}, 500)],
    ["status 204", (_, outgoing) => void outgoing.writeHead(204).end()],
    ["status 401", answering("", {}, 401)],
    ["status 404", answering("", {}, 404)],
    ["status 502 of a proxy", answering("<html>Bad gateway", {}, 502)],
    ["status 503", answering("", { "retry-after": "1" }, 503)]
  ])("%s: nothing is known", async (_, listener) => {
    expect(await everyCall(open(await listening(listener)), 5000)).toMatchObject(nothingKnown)
  })
})

describe("a server that is not there", () => {
  it("refuses the connection: nothing was sent, and only a sending is told so", async () => {
    const gateway = open(await closedAddress())
    const sent = { _tag: "NotSent", why: "the connection to the gateway server failed" }
    expect(await everyCall(gateway, 5000)).toMatchObject({ ...nothingKnown, sent })
  })

  it("given a fetch that may have tried before, then even a refused connection proves nothing", async () => {
    const gateway = open(await closedAddress(), { provesNotSent: () => false })
    expect(await run(gateway.send(authorizationOf("auth"), 5000))).toMatchObject({ _tag: "Unknown" })
  })

  it.each<[string, RequestListener]>([
    ["hangs up on a message", (incoming) => void incoming.socket.destroy()],
    ["hangs up when it has read it", (incoming) => void incoming.resume().on("end", () => incoming.socket.destroy())],
    [
      "dies in the middle of its answer",
      (incoming, outgoing) => {
        incoming.resume()
        const text = JSON.stringify(approval)
        outgoing.writeHead(200, { "content-length": text.length })
        outgoing.write(text.slice(0, 60), () => incoming.socket.destroy())
      }
    ],
    [
      "dies before the last chunk of a whole answer",
      (incoming, outgoing) => {
        incoming.resume()
        outgoing.writeHead(200)
        outgoing.write(JSON.stringify(approval), () => incoming.socket.destroy())
      }
    ],
    ["speaks no HTTP", (incoming) => void incoming.socket.end("+OK ready\r\n")]
  ])("%s: the message may have arrived", async (_, listener) => {
    expect(await everyCall(open(await listening(listener)), 5000)).toMatchObject(nothingKnown)
  })
})

describe("a server that takes its time", () => {
  const patience = 2000

  const inTime = async (gateway: CardGateway["Service"]) => {
    const startedAtMs = performance.now()
    expect(await everyCall(gateway)).toMatchObject(nothingKnown)
    expect(performance.now() - startedAtMs).toBeLessThan(patience)
  }

  it("never answers: every call ends in time, and hangs up", async () => {
    const gone: Array<Promise<unknown>> = []
    const url = await listening((incoming) => void gone.push(once(incoming.socket, "close")))
    await inTime(open(url))
    expect(gone).toHaveLength(5)
    await Promise.all(gone)
  })

  it("answers drop by drop, without end: every call ends in time", async () => {
    const drip = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
      incoming.resume()
      outgoing.writeHead(200)
      const timer = setInterval(() => outgoing.write(" "), 20)
      outgoing.on("close", () => clearInterval(timer))
    }
    await inTime(open(await listening(drip)))
  })

  it("never stops: no more is read than an answer may be long", async () => {
    let sent = 0
    const url = await listening((incoming, outgoing) => {
      incoming.resume()
      outgoing.writeHead(200)
      const pour = (): void => {
        while (!outgoing.destroyed && outgoing.write(" ".repeat(65_536))) sent += 65_536
      }
      outgoing.on("drain", pour)
      pour()
    })
    const gateway = open(url)
    expect(await run(gateway.send(authorizationOf("auth"), 10_000))).toMatchObject({ _tag: "Unknown" })
    expect(sent).toBeLessThan(50_000_000)
  })

  it("is called through a fetch that will not be stopped: every call ends in time", async () => {
    await inTime(open("https://bank.example/", { fetch: () => new Promise(() => {}) }))
  })

  it.each<[string, Fetch]>([
    [
      "throws",
      () => {
        throw new Error("no")
      }
    ],
    ["rejects with a word", () => Promise.reject("no")],
    ["rejects with nothing", () => Promise.reject(undefined)]
  ])("is called through a fetch that %s: nothing is known", async (_, fetch) => {
    expect(await everyCall(open("https://bank.example/", { fetch }))).toMatchObject(nothingKnown)
  })
})

describe("card data", () => {
  it("does not follow a redirect to somewhere else", async () => {
    let followed = 0
    const elsewhere = await listening((incoming, outgoing) => {
      followed++
      saying(approval)(incoming, outgoing)
    })
    for (const status of [301, 302, 303, 307, 308]) {
      const gateway = open(await listening(answering("", { location: elsewhere }, status)))
      expect(await everyCall(gateway, 5000)).toMatchObject(nothingKnown)
    }
    expect(followed).toBe(0)
  })

  it("travels in the body, and stands in no address, header, reason or rendering", async () => {
    const seen: Array<{ readonly head: string; readonly body: string }> = []
    const url = await listening((incoming, outgoing) => {
      let body = ""
      incoming.on("data", (chunk) => {
        body += chunk
      })
      incoming.on("end", () => {
        seen.push({ head: `${incoming.url} ${incoming.rawHeaders.join(" ")}`, body })
        outgoing.writeHead(500).end()
      })
    })
    const gateway = open(url)
    const outcomes = JSON.stringify(await everyCall(gateway, 5000))
    expect(seen.filter(({ body }) => body.includes(canaryPan))).toHaveLength(3)
    for (const text of [outcomes, String(gateway), JSON.stringify(gateway), ...seen.map(({ head }) => head)]) {
      expect(text).not.toContain(canaryPan)
      expect(text).not.toContain(canaryCvv)
    }
    expect(outcomes).not.toContain(Redacted.value(secret))
  })

  it.each([
    ["http://bank.example/gateway", /unencrypted/u],
    ["http://127.0.0.1.bank.example/gateway", /unencrypted/u],
    ["http://localhost.bank.example/gateway", /unencrypted/u],
    ["ftp://bank.example/gateway", /http/u],
    ["bank.example", /http/u],
    ["", /http/u],
    ["https://user:word@bank.example/gateway", /password/u],
    ["https://bank.example/gateway#there", /fragment/u]
  ])("is not sent to %j", (url, why) => {
    expect(() => open(url)).toThrow(RangeError)
    expect(() => open(url)).toThrow(why)
  })

  it.each(["https://bank.example/gateway", "http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost/"])(
    "may be sent to %j",
    (url) => {
      expect(open(url).name).toBe("http")
    }
  )

  it("may be sent in the clear where the host says so", () => {
    expect(open("http://bank.internal/", { allowPlainHttp: true }).capabilities).toEqual(capabilities)
  })

  it("is not sent under a secret that could be guessed, and the refusal does not tell it", () => {
    for (const weak of ["", "short", "a secret with spaces in it, of some length", "x".repeat(257)]) {
      const attempt = () => open("https://bank.example/", { secret: Redacted.make(weak) })
      expect(attempt).toThrow(RangeError)
      expect(attempt).toThrow(/^a shared secret is 32 to 256 visible ASCII characters$/u)
    }
  })
})
