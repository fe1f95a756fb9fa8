/** A bank speaks by itself: to one node of several, which believes it as it would believe an answer, and no further. */
import { randomBytes } from "node:crypto"
import { type BankMessage, bankMessageHandler, postBankMessage } from "@paykernel/adapters-http/gateway"
import { createKernel, defaultFeeSchedule, type Kernel, money } from "@paykernel/core"
import type { CardGateway } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { cardOf, openBank, otherSecret, run, secret } from "./bank.ts"
import { closedAddress, serve, type TestServer } from "./http-server.ts"

const shop = "0193a000-0000-7000-8000-000000000001"
const holder = { email: "ada@example.com", phoneNumber: null, sessionId: "s-1", ipAddress: "192.0.2.1" }

/** A payment that the bank executed; its answer was lost, and look-ups fail, so only a message can end the doubt. */
const openDoubt = async () => {
  const { gateway: reached, ...bank } = openBank()
  const gateway: CardGateway["Service"] = {
    ...reached,
    send: (operation, timeoutMs) => Effect.as(reached.send(operation, timeoutMs), { _tag: "Unknown", why: "lost" }),
    lookup: () => Effect.succeed({ _tag: "Unavailable", why: "away" })
  }
  const kernel = createKernel({
    store: memoryStore(),
    gateway,
    vault: envelopeVault(await keyRingFromValues([{ id: "k1", key: randomBytes(32).toString("base64url") }])),
    digestKey: randomBytes(32)
  })
  await kernel.merchants.register({
    id: shop,
    name: "Corner shop",
    walletId: "1000000001",
    channels: [],
    terms: {
      feeSchedule: defaultFeeSchedule,
      minAmount: money(50n, "USD"),
      maxAmount: money(1_000_000n, "USD"),
      partialCapture: true,
      settlementCurrency: "USDC",
      settlementRate: { numerator: 1n, denominator: 1n },
      settlementIntervalMs: 86_400_000
    }
  })
  const { pan, cvv, expMonth, expYear, billingDetails } = cardOf()
  const card = await kernel.cards.submit(shop, {
    pan,
    cvv: cvv as NonNullable<typeof cvv>,
    expMonth,
    expYear,
    billingDetails,
    holder
  })
  if (!card.ok) throw new Error(card.error._tag)
  await kernel.drain()
  const accepted = await kernel.payments.create(shop, {
    amount: money(12_50n, "USD"),
    cardId: card.value.view.id,
    cvv: null,
    autoCapture: true,
    verificationMethod: "none",
    successUrl: null,
    failureUrl: null,
    description: null,
    channel: null,
    payer: holder
  })
  if (!accepted.ok) throw new Error(accepted.error._tag)
  const { id } = accepted.value.view
  for (let tries = 0; (await attemptOf(kernel, id))?.status !== "unknown"; tries++) {
    if (tries > 500) throw new Error("the answer was not lost")
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const attempt = await attemptOf(kernel, id)
  if (attempt === undefined) throw new Error("there is no attempt")
  const { amount, gatewayKey } = attempt
  const verdict = { _tag: "Approved", reference: "gw_1", amount, avs: "Y", cvv: "pass" } as const
  const message: BankMessage = { gatewayKey, merchantId: shop, paymentId: id, verdict }
  return { kernel, bank, message }
}

const attemptOf = async (kernel: Kernel, id: string) => {
  const found = await kernel.payments.get(shop, id)
  return found.ok ? found.value.payment.attempts[0] : undefined
}

let world: Awaited<ReturnType<typeof openDoubt>>
const servers: Array<TestServer> = []

const node = async (handle = bankMessageHandler({ kernel: world.kernel, secret }).fetch): Promise<string> => {
  const server = await serve(handle)
  servers.push(server)
  return server.url
}

const statusNow = async () => (await attemptOf(world.kernel, world.message.paymentId))?.status

describe("a message of the bank", () => {
  beforeEach(async () => {
    world = await openDoubt()
  })

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
    await world.kernel.close()
    await run(world.bank.close)
  })

  it("ends the doubt, as often as it comes and at whichever node", async () => {
    const urls = [await node(), await node()]
    expect(await statusNow()).toBe("unknown")
    for (const order of [urls, urls.toReversed(), urls]) {
      expect(await postBankMessage(world.message, { urls: order, secret })).toBe("heard")
      expect(await statusNow()).toBe("confirmed")
    }
    expect(await world.kernel.audit(shop)).toEqual([])
  })

  it("finds the next node where one is gone, broken, or somebody else", async () => {
    const urls = [
      await closedAddress(),
      await node(async () => new Response(null, { status: 502 })),
      await node(async () => new Response("<html>Welcome")),
      await node()
    ]
    expect(await postBankMessage(world.message, { urls, secret })).toBe("heard")
    expect(await statusNow()).toBe("confirmed")
  })

  it("is unheard where there is no node, and may be sent again", async () => {
    expect(await postBankMessage(world.message, { urls: [await closedAddress()], secret })).toBe("unheard")
    expect(await postBankMessage(world.message, { urls: [], secret })).toBe("unheard")
  })

  it("about another amount is not believed", async () => {
    const { verdict } = world.message
    const more = { ...world.message, verdict: { ...verdict, amount: money(99_00n, "USD") } } as BankMessage
    expect(await postBankMessage(more, { urls: [await node()], secret })).toBe("heard")
    expect(await statusNow()).not.toBe("confirmed")
  })

  it.each([
    ["key", { gatewayKey: "another" }],
    ["payment", { paymentId: "0193a000-0000-7000-8000-00000000dead" }],
    ["merchant", { merchantId: "0193a000-0000-7000-8000-00000000dead" }]
  ])("about another %s is refused, and changes nothing", async (_, other) => {
    const urls = [await node()]
    expect(await postBankMessage({ ...world.message, ...other }, { urls, secret })).toBe("refused")
    expect(await statusNow()).toBe("unknown")
  })

  it("under another secret is refused, and changes nothing", async () => {
    expect(await postBankMessage(world.message, { urls: [await node()], secret: otherSecret })).toBe("refused")
    expect(await statusNow()).toBe("unknown")
  })

  it("waits for a node whose store is away", async () => {
    const hear = async () => ({ ok: false, error: { _tag: "Unavailable", retryAfterMs: 1000 } }) as const
    const away = await node(bankMessageHandler({ kernel: { payments: { hear } }, secret }).fetch)
    expect(await postBankMessage(world.message, { urls: [away], secret })).toBe("unheard")
  })

  it("that meets a defect is reported to the host", async () => {
    const defects: Array<unknown> = []
    const bug = new Error("a bug")
    const broken = bankMessageHandler({
      kernel: { payments: { hear: () => Promise.reject(bug) } },
      secret,
      onDefect: (error) => void defects.push(error)
    })
    expect(await postBankMessage(world.message, { urls: [await node(broken.fetch)], secret })).toBe("unheard")
    expect(defects).toEqual([bug])
  })
})

describe("what is no message of the bank", () => {
  const { fetch } = bankMessageHandler({ kernel: { payments: { hear: () => Promise.reject("reached") } }, secret })
  const good = {
    version: 1,
    gatewayKey: "k",
    merchantId: shop,
    paymentId: shop,
    verdict: { _tag: "Declined", reference: null, code: "payment_failed", avs: "Y", cvv: "pass" }
  }
  const asked = (body: unknown, headers: Record<string, string> = {}) =>
    new Request("https://node.internal/bank", {
      method: "POST",
      headers: {
        authorization: `Bearer ${Redacted.value(secret)}`,
        "content-type": "application/json",
        ...headers
      },
      body: typeof body === "string" ? body : JSON.stringify(body)
    })

  it.each<[string, number, Request]>([
    ["without the secret", 401, asked(good, { authorization: "" })],
    ["of another kind", 415, asked(good, { "content-type": "text/plain" })],
    ["without end", 413, asked(" ".repeat(16_385))],
    ["that is no JSON", 400, asked("{")],
    ["of another version", 400, asked({ ...good, version: 2 })],
    ["with a member that nobody knows", 400, asked({ ...good, partly: true })],
    ["without a verdict", 400, asked({ ...good, verdict: undefined })],
    ["about a merchant with a NUL in his name", 400, asked({ ...good, merchantId: "a\0b" })],
    ["with an id without end", 400, asked({ ...good, paymentId: "x".repeat(256) })],
    [
      "with an amount that is none",
      400,
      asked({
        ...good,
        verdict: { ...good.verdict, _tag: "Approved", reference: "r", amount: { amount: "-", currency: "USD" } }
      })
    ]
  ])("%s is refused with %i and repeats nothing", async (_, status, request) => {
    const response = await fetch(request)
    expect([response.status, await response.text()]).toEqual([status, ""])
  })

  it("and neither is a question", async () => {
    const headers = { authorization: `Bearer ${Redacted.value(secret)}` }
    const response = await fetch(new Request("https://node.internal/bank", { headers }))
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"])
  })
})
