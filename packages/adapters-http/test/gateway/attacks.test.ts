/**
 * What a gateway server lets through. Without the secret nothing is read; what is not understood whole is not handed
 * on; a message that nobody waits for any more does nothing; and no refusal repeats what it refuses.
 */
import { gatewayHandler, httpGateway } from "@paykernel/adapters-http/gateway"
import type { CardGateway, GatewayOperation } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { authorizationOf, canaryCvv, canaryPan, captureOf, cardOf, openBank, otherSecret, run, secret } from "./bank.ts"

type Options = Parameters<typeof gatewayHandler>[0]

/** A server with a bank behind it, and a caller who is directly connected to it. */
const open = (options: Partial<Options> = {}) => {
  const bank = openBank()
  const calls: Array<string> = []
  const gateway: CardGateway["Service"] = {
    ...bank.gateway,
    send: (operation, timeoutMs) => {
      calls.push(operation.key)
      return bank.gateway.send(operation, timeoutMs)
    }
  }
  const clock = { now: Date.now(), nowMs: () => clock.now }
  const defects: Array<unknown> = []
  const onDefect = (error: unknown) => void defects.push(error)
  const handler = gatewayHandler({ gateway, secret, clock, onDefect, ...options })
  return { ...handler, bank, calls, clock, defects }
}

const url = "https://bank.internal/gateway"
const bearer = `Bearer ${Redacted.value(secret)}`

const capabilities = { ...openBank().gateway.capabilities, maxInFlightMs: 11_000 }

const callerOf = (world: ReturnType<typeof open>, more: Partial<Parameters<typeof httpGateway>[0]> = {}) =>
  httpGateway({
    url,
    secret,
    capabilities,
    clock: world.clock,
    fetch: (target, init) => world.fetch(new Request(target, init)),
    ...more
  })

/** The body of a real call. */
const bodyOf = async (operation: GatewayOperation = authorizationOf("auth")): Promise<string> => {
  let body = ""
  const capturing = httpGateway({
    url,
    secret,
    capabilities,
    fetch: async (_, init) => {
      body = String(init.body)
      return new Response()
    }
  })
  await run(capturing.send(operation, 1000))
  return body
}

const post = (body: BodyInit, headers: Record<string, string> = {}): Request =>
  new Request(url, {
    method: "POST",
    headers: { authorization: bearer, "content-type": "application/json", ...headers },
    body,
    ...(body instanceof ReadableStream ? { duplex: "half" } : {})
  })

const endless = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(10_000).fill(0x20)) })

describe("a stranger", () => {
  it.each([
    ["no secret", {}],
    ["another secret", { authorization: `Bearer ${Redacted.value(otherSecret)}` }],
    ["half of the secret", { authorization: bearer.slice(0, -8) }],
    ["the secret and more", { authorization: `${bearer}x` }],
    ["the secret as a password", { authorization: bearer.replace("Bearer", "Basic") }],
    ["two secrets", { authorization: `${bearer}, ${bearer}` }],
    ["an empty secret", { authorization: "Bearer " }]
  ])("with %s is refused before a byte is read, whatever he asks", async (_, headers) => {
    const { fetch, calls } = open()
    let pulled = 0
    const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 })
    const streaming = { body, duplex: "half" }
    for (const request of [
      new Request(url, { method: "POST", headers: { ...headers, "content-type": "application/json" }, ...streaming }),
      new Request(url, { headers }),
      new Request(url, { method: "DELETE", headers })
    ]) {
      const response = await fetch(request)
      expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"])
      expect(await response.text()).toBe("")
    }
    expect([pulled, calls]).toEqual([0, []])
  })

  it("is let in under each secret while one is being replaced, and under no other", async () => {
    const world = open({ secret: [otherSecret, secret] })
    for (const [one, told] of [
      [secret, "Approved"],
      [otherSecret, "Approved"],
      [Redacted.make("somebody-elses-secret-altogether-3"), "Unknown"]
    ] as const) {
      const caller = callerOf(world, { secret: one })
      expect(await run(caller.send(authorizationOf("auth"), 1000))).toMatchObject({ _tag: told })
    }
  })

  it("cannot be let in for want of a secret", () => {
    expect(() => open({ secret: [] })).toThrow(RangeError)
    expect(() => open({ secret: Redacted.make("") })).toThrow(RangeError)
  })
})

describe("a message that is not understood", () => {
  type Alteration = { readonly [member: string]: unknown }

  const altered = async (message: Alteration, call: Alteration = {}) => {
    const original = JSON.parse(await bodyOf()) as { readonly call: Alteration }
    return post(JSON.stringify({ ...original, call: { ...original.call, ...call }, ...message }))
  }
  const withCall = (call: Alteration) => altered({}, call)
  const withCard = async (change: Alteration) => {
    const { call } = JSON.parse(await bodyOf()) as { readonly call: { readonly authorization: { card: Alteration } } }
    const { authorization } = call
    return withCall({ authorization: { ...authorization, card: { ...authorization.card, ...change } } })
  }

  it.each<[string, number, () => Promise<Request>]>([
    ["of another kind", 415, async () => post(await bodyOf(), { "content-type": "text/plain" })],
    ["that is compressed", 415, async () => post(await bodyOf(), { "content-encoding": "gzip" })],
    ["that says it is too long", 413, async () => post("{}", { "content-length": "65537" })],
    ["that is too long without saying so", 413, async () => post(endless())],
    ["that is empty", 400, async () => post("")],
    ["that is no JSON", 400, async () => post("{")],
    ["that is no text", 400, async () => post(Uint8Array.of(0xff, 0xfe))],
    ["that goes on", 400, async () => post(`${await bodyOf()} {}`)],
    ["of another version", 400, () => altered({ version: 2 })],
    ["without a time", 400, () => altered({ sentAtMs: undefined })],
    ["with a member that nobody knows", 400, () => altered({ partly: true })],
    ["with a call that nobody knows", 400, () => withCall({ _tag: "Give" })],
    ["about a call with a member that nobody knows", 400, () => withCall({ twice: true })],
    ["with a key of many lines", 400, () => withCall({ key: "a\nb" })],
    ["without a key", 400, () => withCall({ key: "" })],
    ["with an amount that is a number", 400, () => withCall({ amount: { amount: 10, currency: "USD" } })],
    ["with an amount that is none", 400, () => withCall({ amount: { amount: "1e3", currency: "USD" } })],
    ["in a currency that is none", 400, () => withCall({ amount: { amount: "1.00", currency: "usd" } })],
    ["with a card number that is none", 400, () => withCard({ number: "4007400000000008" })],
    ["with a card number in groups", 400, () => withCard({ number: "4007 4000 0000 0007" })],
    ["with a security code that is none", 400, () => withCard({ cvv: `${canaryCvv}1` })],
    ["with a card that has a member that nobody knows", 400, () => withCard({ pin: "0000" })]
  ])("%s is refused with %i, repeats nothing, and does nothing", async (_, status, request) => {
    const { fetch, calls, defects } = open()
    const response = await fetch(await request())
    expect(response.status).toBe(status)
    expect(await response.text()).toBe("")
    const headers = JSON.stringify([...response.headers])
    for (const canary of [canaryPan, canaryCvv, "Lovelace"]) expect(headers).not.toContain(canary)
    expect([calls, defects]).toEqual([[], []])
  })

  it.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("and neither is %s", async (method) => {
    const response = await open().fetch(new Request(url, { method, headers: { authorization: bearer } }))
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, POST"])
  })

  it("while the same message untouched is executed", async () => {
    const { fetch, calls, bank } = open()
    const response = await fetch(post(await bodyOf()))
    expect(response.status).toBe(200)
    expect(response.headers.get("cache-control")).toBe("no-store")
    expect([calls, bank.journal().length]).toEqual([["auth"], 1])
  })
})

describe("a message from another time", () => {
  it.each([
    ["just in time", 5000, "Approved"],
    ["too old", 5001, "Unknown"],
    ["of a clock a little ahead", -1000, "Approved"],
    ["of a clock far ahead", -1001, "Unknown"]
  ])("%s, by %i ms: %s", async (_, lateMs, told) => {
    const world = open()
    const caller = callerOf(world, { clock: { nowMs: () => world.clock.now - lateMs } })
    expect(await run(caller.send(authorizationOf("auth"), 1000))).toMatchObject({ _tag: told })
    expect(world.bank.journal()).toHaveLength(told === "Approved" ? 1 : 0)
  })

  it("that grew old while it waited for its turn does nothing", async () => {
    let release = (): void => {}
    const first = new Promise<void>((resolve) => {
      release = resolve
    })
    const bank = openBank()
    const gateway: CardGateway["Service"] = {
      ...bank.gateway,
      lookup: () =>
        Effect.as(
          Effect.promise(() => first),
          { _tag: "AbsentYet" } as const
        )
    }
    const world = open({ gateway, limits: { callsMax: 1 } })
    const caller = callerOf(world)
    const looking = run(caller.lookup("a", 5000))
    const sending = run(caller.send(authorizationOf("auth"), 5000))
    await new Promise((resolve) => setTimeout(resolve, 20))
    world.clock.now += 5001
    release()
    expect(await looking).toEqual({ _tag: "AbsentYet" })
    expect(await sending).toMatchObject({ _tag: "Unknown", why: /too old/u })
    expect(bank.journal()).toEqual([])
  })

  it("is what the published capabilities reckon with", async () => {
    const response = await open().fetch(new Request(url, { headers: { authorization: bearer } }))
    const bound = openBank().gateway.capabilities.maxInFlightMs + 5000 + 1000
    expect(await response.json()).toMatchObject({ name: "sandbox", capabilities: { maxInFlightMs: bound } })
  })
})

describe("a caller who builds on more than the gateway keeps", () => {
  it.each([
    ["that messages arrive sooner", { maxInFlightMs: 10_999 }],
    ["that look-ups lag less", { lookupLagMs: 0 }],
    ["that keys are remembered longer", { keyTtlMs: 24 * 3_600_000 + 1 }]
  ])("%s is refused, and nothing happens", async (_, more) => {
    const world = open()
    const caller = callerOf(world, { capabilities: { ...capabilities, ...more } })
    const told = await run(caller.send(authorizationOf("auth"), 1000))
    expect(told).toEqual({ _tag: "Unknown", why: "the gateway behind the server keeps less than was assumed" })
    expect(world.calls).toEqual([])
  })

  it.each(["idempotentByKey", "lookupByKey", "reverseByKey"] as const)("or on %s", async (capability) => {
    const bank = openBank()
    const gateway = { ...bank.gateway, capabilities: { ...bank.gateway.capabilities, [capability]: false } }
    const world = open({ gateway })
    expect(await run(callerOf(world).send(authorizationOf("auth"), 1000))).toMatchObject({ _tag: "Unknown" })
    expect(bank.journal()).toEqual([])
  })

  it("may build on less", async () => {
    const caller = callerOf(open(), { capabilities: { ...capabilities, maxInFlightMs: 60_000, keyTtlMs: 60_001 } })
    expect(await run(caller.send(authorizationOf("auth"), 1000))).toMatchObject({ _tag: "Approved" })
  })
})

describe("a gateway in trouble", () => {
  const limits = { callsMax: 1, waitingMax: 1, timeoutMaxMs: 100 }
  const never = { ...openBank().gateway, send: () => Effect.never, lookup: () => Effect.never }

  it("that never answers is given up, so that others have their turn", async () => {
    const world = open({ gateway: never, limits: { ...limits, waitingMax: 9 } })
    const lost = await Promise.all(["a", "b"].map(async (key) => world.fetch(post(await bodyOf(authorizationOf(key))))))
    expect(lost.map(({ status }) => status)).toEqual([504, 504])
  })

  it("that is called by too many says of the others that nothing was sent", async () => {
    const world = open({ gateway: never, limits })
    const caller = callerOf(world)
    const told = await Promise.all(["a", "b", "c"].map((key) => run(caller.send(authorizationOf(key), 200))))
    expect(told[2]).toEqual({ _tag: "NotSent", why: "the gateway server is busy" })
    expect(told.slice(0, 2)).toMatchObject([{ _tag: "Unknown" }, { _tag: "Unknown" }])
    expect(await run(caller.lookup("a", 200))).toEqual({ _tag: "Unavailable", why: "the gateway server is busy" })
  })

  it("that has a defect is reported to the host, and its words to nobody else", async () => {
    const bug = new Error(`a bug about ${canaryPan}`)
    const world = open({ gateway: { ...never, send: () => Effect.die(bug) } })
    const response = await world.fetch(post(await bodyOf()))
    expect([response.status, await response.text()]).toEqual([500, ""])
    expect(world.defects).toEqual([bug])
  })

  it("that cannot reach its bank is believed that nothing was sent", async () => {
    const world = open()
    await run(world.bank.close)
    expect(await run(callerOf(world).send(authorizationOf("auth"), 1000))).toMatchObject({ _tag: "NotSent" })
  })

  it("is not stopped by a caller who leaves", async () => {
    const world = open()
    const aborted = new AbortController()
    const asked = world.fetch(new Request(post(await bodyOf()), { signal: aborted.signal }))
    aborted.abort()
    await asked
    expect(world.bank.journal()).toHaveLength(1)
  })
})

describe("what a gateway leaves on its answers", () => {
  it("stays behind, and the rest arrives", async () => {
    const bank = openBank()
    const gossip = { request: { number: canaryPan } }
    const gateway: CardGateway["Service"] = {
      ...bank.gateway,
      send: (operation, timeoutMs) =>
        Effect.map(bank.gateway.send(operation, timeoutMs), (reply) => ({ ...reply, ...gossip })),
      verifyCard: (card, timeoutMs) =>
        Effect.map(bank.gateway.verifyCard(card, timeoutMs), (answer) => answer && { ...answer, ...gossip })
    }
    const world = open({ gateway })
    const response = await world.fetch(post(await bodyOf()))
    expect(await response.text()).not.toContain(canaryPan)
    const card = { ...cardOf(), merchantId: "merchant-1", cardId: "card-1" }
    expect(await run(callerOf(world).verifyCard(card, 1000))).toMatchObject({ error: null, cvv: "pass" })
  })
})

describe("a security code", () => {
  it("is destroyed at the server when the call is over, however it ended", async () => {
    const bank = openBank()
    const codes: Array<NonNullable<ReturnType<typeof cardOf>["cvv"]>> = []
    const gateway: CardGateway["Service"] = {
      ...bank.gateway,
      send: (operation, timeoutMs) => {
        const cvv = operation.authorization?.card.cvv ?? null
        if (cvv !== null) codes.push(cvv)
        if (operation.key === "throws") throw new Error("a bug")
        return operation.key === "bug" ? Effect.die("bug") : bank.gateway.send(operation, timeoutMs)
      }
    }
    const caller = callerOf(open({ gateway }))
    const authorization = authorizationOf("good")
    await run(caller.send(authorization, 1000))
    await run(caller.send(captureOf(authorization, "capture"), 1000))
    await run(caller.send(authorizationOf("bug"), 1000))
    await run(caller.send(authorizationOf("throws"), 1000))
    expect(codes).toHaveLength(3)
    for (const code of codes) expect(() => code.reveal()).toThrow(/destroyed/u)
    expect(authorization.authorization?.card.cvv?.reveal()).toBe(canaryCvv)
  })
})
