/** Nobody who names an address for us to call gets at what stands around us: not a byte, at any attempt. */
import type { WebhookAnswer } from "@paykernel/core/effect"
import { dnsResolve, nodeWebhookSender, type Resolve, type WebhookSenderOptions } from "@paykernel/webhooks/node"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { hostileUrls } from "./hostile-urls.ts"
import { type DnsRecord, nameServer, type Zone } from "./name-server.ts"
import { answering, receiverOnConnect, receiverThat } from "./scripted-receiver.ts"

const isDeep = process.env["PAYKERNEL_DEEP"] === "1"

const refused = { _tag: "Unanswered", why: "address_refused" }

const sending = (options: WebhookSenderOptions) => {
  const sender = nodeWebhookSender(options)
  const post = (url: string): Promise<WebhookAnswer> =>
    Effect.runPromise(sender.post({ url, headers: {}, body: "{}", timeoutMs: 2_000 }))
  return { ...sender, send: post }
}

/**
 * Listens on IPv4 and IPv6 of this machine at one port; and where the metadata of clouds are served, on a machine that
 * has that address, such as after `ip address add 169.254.169.254/32 dev lo`.
 */
const sinks = async () => {
  const v4 = await receiverOnConnect()
  const others = ["::1", "169.254.169.254"].map((host) =>
    receiverOnConnect(undefined, host, v4.port).catch(() => undefined)
  )
  const all = [v4, ...(await Promise.all(others))]
  const reached = (): number => all.reduce((sum, sink) => sum + (sink?.sockets.length ?? 0), 0)
  return { port: v4.port, reached }
}

describe("addresses that only look harmless", () => {
  it("are more than 400, and none is called", async () => {
    const { port, reached } = await sinks()
    const here: Resolve = async () => ["127.0.0.1", "::1"]
    const { vet, send } = sending({ ports: [443, port], resolve: here })
    const urls = hostileUrls(port)
    expect(urls.length).toBeGreaterThan(600)
    for (const url of urls) expect(await send(url), url).toEqual(refused)
    expect(reached()).toBe(0)
    // Those that are not refused by their text are names that resolve to this machine.
    const passed = urls.filter((url) => vet(url) === null).map((url) => new URL(url).hostname)
    expect(passed.filter((host) => !/\.example\.?$/u.test(host))).toEqual([])
  })

  it("would have been, were it allowed: the sinks are there", async () => {
    const { port, reached } = await sinks()
    const allowHosts = [`localtest.example:${port}`, `127.0.0.1:${port}`]
    const { send } = sending({ allowHosts, resolve: async () => ["127.0.0.1"], connectTimeoutMs: 100 })
    for (const url of [`https://localtest.example:${port}/`, `https://127.1:${port}/`]) {
      expect(await send(url)).toEqual({ _tag: "Unanswered", why: "timed_out" })
    }
    expect(reached()).toBe(2)
  })
})

/** Public, and of a network that routes nowhere. */
const nowhere: DnsRecord = { type: "A", octets: [25, 25, 25, 25] }
const nowhereV6: DnsRecord = { type: "AAAA", groups: [0x2620, 0xfe, 0, 0, 0, 0, 0xdead, 1] }
const here: DnsRecord = { type: "A", octets: [127, 0, 0, 1] }
const hereV6: DnsRecord = { type: "AAAA", groups: [0, 0, 0, 0, 0, 0, 0, 1] }
const mapped: DnsRecord = { type: "AAAA", groups: [0, 0, 0, 0, 0, 0xffff, 0x7f00, 1] }
const translated: DnsRecord = { type: "AAAA", groups: [0x64, 0xff9b, 0, 0, 0, 0, 0x7f00, 1] }
const metadata: DnsRecord = { type: "A", octets: [169, 254, 169, 254] }
const alias = (target: string): DnsRecord => ({ type: "CNAME", target })

const only = (...records: ReadonlyArray<DnsRecord>): Zone => {
  const [cname] = records.filter(({ type }) => type === "CNAME")
  return (_, type) => [...(cname === undefined ? [] : [cname]), ...records.filter((record) => record.type === type)]
}

describe("a name whose owner decides what it resolves to", () => {
  it.each<[string, Zone]>([
    ["this machine", only(here)],
    ["this machine in IPv6", only(hereV6)],
    ["a public address and this machine", only(nowhere, here)],
    ["this machine and a public address", only(here, nowhere)],
    ["a public address in IPv4, this machine in IPv6", only(nowhere, hereV6)],
    ["a public address in IPv6, this machine in IPv4", only(nowhereV6, here)],
    ["this machine as IPv6", only(mapped)],
    ["this machine behind a translator", only(translated)],
    ["a metadata service", only(metadata)],
    ["another name of this machine", only(alias("localhost"), here)],
    ["another name, and a public address beside it", only(alias("inner.example"), nowhere, hereV6)]
  ])("leads nowhere when it is %s", async (_, zone) => {
    const { port, reached } = await sinks()
    const { send } = sending({ ports: [port], resolve: dnsResolve([await nameServer(zone)]) })
    expect(await send(`https://rebound.example:${port}/`)).toEqual(refused)
    expect(reached()).toBe(0)
  })

  it("leads nowhere when it was public until now", async () => {
    const { port, reached } = await sinks()
    const zone: Zone = (_, type, turn) => (type === "AAAA" ? [] : [turn === 1 ? nowhere : here])
    const resolve = dnsResolve([await nameServer(zone)])
    const { vet, send } = sending({ ports: [port], resolve, connectTimeoutMs: 100 })
    const url = `https://rebound.example:${port}/`
    expect(vet(url)).toBeNull()
    expect((await send(url))._tag).toBe("Unanswered")
    expect(await send(url)).toEqual(refused)
    expect(await send(url)).toEqual(refused)
    expect(reached()).toBe(0)
  })

  it("is looked up once an attempt: nothing lies between judging an address and connecting to it", async () => {
    const { port, reached } = await sinks()
    let count = 0
    const resolve: Resolve = async () => (++count % 2 === 1 ? ["25.25.25.25"] : ["127.0.0.1"])
    const { send } = sending({ ports: [port], resolve, connectTimeoutMs: 20 })
    for (let at = 1; at <= 20; at++) {
      const answer = await send(`https://rebound.example:${port}/`)
      expect(count).toBe(at)
      if (at % 2 === 0) expect(answer).toEqual(refused)
    }
    expect(reached()).toBe(0)
  })

  it("is refused in every race of its addresses", async () => {
    const { port, reached } = await sinks()
    const others = ["25.25.25.25", "2620:fe::dead:1", "1.1.1.1", "2a00:1450:4001::1"]
    const own = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "fd00::1", "169.254.169.254"]
    let turn = 0
    const resolve: Resolve = async () => {
      const place = ++turn % (others.length + 1)
      return [...others.slice(0, place), own[turn % own.length] ?? "", ...others.slice(place)]
    }
    const { send } = sending({ ports: [port], resolve })
    const races = isDeep ? 5_000 : 500
    const batch = (size: number) => Promise.all(Array.from({ length: size }, () => send(`https://a.example:${port}/`)))
    for (let at = 0; at < races; at += 50)
      expect(new Set((await batch(50)).map(({ _tag }) => _tag))).toEqual(new Set(["Unanswered"]))
    expect(turn).toBe(races)
    expect(reached()).toBe(0)
  })

  it("is not found when its server is silent, says that there is none, or answers with nothing", async () => {
    for (const answer of ["silence", "no such name", []] as const) {
      const resolve = dnsResolve([await nameServer(() => answer)])
      const { send } = sending({ resolve, connectTimeoutMs: 300 })
      const why = answer === "silence" ? "timed_out" : "name_not_found"
      expect(await send("https://gone.example/")).toEqual({ _tag: "Unanswered", why })
    }
  })
})

describe("hosts that are allowed by name", () => {
  it("are called over http and at private addresses, at their port and no other", async () => {
    const receiver = await receiverThat(answering("200 OK"))
    const other = await receiverOnConnect()
    const { vet, send } = sending({ allowHosts: [`127.0.0.1:${receiver.port}`, `LOCALHOST:${receiver.port}`] })
    for (const host of ["127.0.0.1", "127.1", "localhost"]) {
      expect(await send(`http://${host}:${receiver.port}/`), host).toMatchObject({ status: 200 })
    }
    expect(vet(`http://127.0.0.1:${other.port}/`)).toBe("scheme_not_allowed")
    expect(vet(`https://127.0.0.1:${other.port}/`)).toBe("port_not_allowed")
    expect(vet(`http://127.0.0.2:${receiver.port}/`)).toBe("scheme_not_allowed")
    expect(vet(`http://user@127.0.0.1:${receiver.port}/`)).toBe("credentials_not_allowed")
    expect(vet(`ftp://127.0.0.1:${receiver.port}/`)).toBe("scheme_not_allowed")
    expect(await send(`http://127.0.0.1:${other.port}/`)).toEqual(refused)
    expect(other.sockets).toHaveLength(0)
  })

  it("are named with their port, or not at all", () => {
    for (const host of ["127.0.0.1", "http://127.0.0.1:9000", "127.0.0.1:0", "127.0.0.1:70000", ":9000", "*:9000/"]) {
      expect(() => nodeWebhookSender({ allowHosts: [host] }), host).toThrow(TypeError)
    }
    expect(() => nodeWebhookSender({ ports: [0] })).toThrow(TypeError)
    expect(nodeWebhookSender({ allowHosts: ["[::1]:9000"] }).vet("http://[0:0::1]:9000/")).toBeNull()
  })
})
