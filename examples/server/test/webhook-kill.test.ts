/**
 * A merchant with an endpoint in every dialect takes payments while the server is killed with SIGKILL at random moments.
 * In the end every event has been told in each dialect, verified by independent libraries; what was told twice was the
 * same message under the same id.
 */

import { encryptCardData } from "@paykernel/adapters-http/browser"
import { listAt, parseJson, textAt, valueAt } from "@paykernel/four-books/json-reading"
import { type MerchantClient, merchantClient } from "@paykernel/four-books/merchant-client"
import { eventually, pause } from "@paykernel/four-books/polling"
import { seeded } from "@paykernel/four-books/seeded"
import { afterEach, expect, it } from "vitest"
import { advanceClock } from "./advance-clock.ts"
import { engines, openSite, type Site } from "./engine.ts"
import { sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import { freePort, type ServerProcess } from "./server-process.ts"
import {
  isNews,
  kernelName,
  missingFrom,
  namesOf,
  readWebhookBook,
  transactionName,
  v1NameOf,
  v2NameOf,
  type WebhookBook
} from "./webhook-book.ts"
import { openReceiver, type WebhookReceiver } from "./webhook-receiver.ts"
import { tradedKinds, tradeOnce } from "./webhook-trade.ts"

const isDeep = process.env["PAYKERNEL_DEEP"] === "1"
const runs = engines.map((engine) => ({ engine, kills: isDeep ? 200 : engine === "sqlite" ? 2 : 1 }))
const seed = Number(process.env["PAYKERNEL_SEED"] ?? Date.now() % 1_000_000)
const apiKey = "SAND_API_KEY:webhook:kill"
const defaultSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
let server: ServerProcess | undefined
let site: Site | undefined
let receiver: WebhookReceiver | undefined

afterEach(async () => {
  await server?.stop("SIGKILL")
  receiver?.close()
  await site?.remove()
})

it.each(runs)(
  `$engine: tells everything in every dialect through $kills kills (PAYKERNEL_SEED=${seed})`,
  { timeout: 60_000 + Math.max(...runs.map(({ kills }) => kills)) * 20_000 },
  async ({ engine, kills }) => {
    const home = await openSite(engine)
    site = home
    const random = seeded(seed)
    const address = `http://127.0.0.1:${await freePort()}`
    const api = merchantClient(() => address, apiKey)
    const hooks = await openReceiver({
      read: async (path) => (await api.get(path)).text,
      // Now and then a receiver fails, and is told again.
      stumbles: () => random() < 0.02
    })
    receiver = hooks
    const start = async (): Promise<void> => {
      server = await home.start({
        PORT: new URL(address).port,
        PAYKERNEL_API_KEY: apiKey,
        PAYKERNEL_SETTLEMENT_MS: "1000",
        PAYKERNEL_SANDBOX_LATENCY_MS: "20",
        PAYKERNEL_WEBHOOK_SECRET: defaultSecret,
        PAYKERNEL_WEBHOOK_ALLOW_HOSTS: hooks.host
      })
    }
    await start()
    await register(address, hooks)
    const card = await encryptCardData({ number: "4007400000000007", cvv: "123" }, await publicKeyOf(api))
    const trade = { isOver: false }
    const trading = (async () => {
      do await tradeOnce({ address, apiKey, card, webhookUrl: hooks.url("/own") })
      while (!trade.isOver || !(await holdsAllKinds(home.databaseUrl)))
    })()
    trading.catch(() => {})

    for (let kill = 1; kill <= kills; kill++) {
      await pause(50 + random() * 600)
      expect(await server?.stop("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" })
      await start()
      // What the dead had taken on is taken up by others once its lease is over.
      await advanceClock(api, 60)
    }
    trade.isOver = true
    await trading
    await comeToRest(api)

    const book = await readWebhookBook(home.databaseUrl)
    const figures = compare(hooks, book)
    console.log(`${engine}: kills ${kills}, ${JSON.stringify(figures)}`)
    expect(hooks.faults()).toEqual([])
  }
)

/** A trade that left something out would prove little. */
const holdsAllKinds = async (databaseUrl: string): Promise<boolean> => {
  const { v2, api } = await readWebhookBook(databaseUrl)
  const kinds = new Set([...v2, ...api].map((name) => name.split(" ")[0]))
  return tradedKinds.every((kind) => kinds.has(kind))
}

/** One endpoint in each dialect, through the API, each confirmed where it has to be. */
const register = async (address: string, hooks: WebhookReceiver): Promise<void> => {
  const api = merchantClient(() => address, apiKey)
  const isPlainToo = true
  for (const path of ["/api", "/own"]) hooks.expect(path, { _tag: "Standard", secret: defaultSecret, isPlainToo })
  expect((await api.put("/api/webhook-endpoint", { url: hooks.url("/api") })).status).toBe(200)
  const kernel = await api.post("/api/webhook-endpoints", { url: hooks.url("/kernel") })
  const secret = textAt(kernel.body, "data", "secret")
  hooks.expect("/kernel", { _tag: "Standard", secret, isPlainToo: false })
  const v2 = await api.post("/v2/cpn/notifications/subscriptions", { endpoint: hooks.url("/v2") })
  hooks.expect("/v2", { _tag: "Circle", secret: textAt(v2.body, "data", "secret") })
  hooks.expect("/v1", { _tag: "Sns" })
  // With the official client, whose own description every answer must satisfy.
  const { subscriptions } = sdkClient(address, apiKey, sdkContract())
  await subscriptions.createSubscription({ endpoint: hooks.url("/v1") })
  const [invitation] = await eventually(
    async () => hooks.told("/v1"),
    (told) => told.length > 0
  )
  expect((await fetch(textAt(invitation?.json, "SubscribeURL"))).status).toBe(200)
  await eventually(
    async () => listAt((await subscriptions.listSubscriptions()).data, "data"),
    ([one]) => valueAt(listAt(one, "subscriptionDetails")[0], "status") === "confirmed"
  )
}

const publicKeyOf = async (api: MerchantClient) => {
  const { body } = await api.get("/v1/encryption/public")
  return { keyId: textAt(body, "data", "keyId"), publicKey: textAt(body, "data", "publicKey") }
}

/** Lets every time pass that recovery, settlement and retries may wait for. */
const comeToRest = async (api: MerchantClient): Promise<void> => {
  await eventually(
    async () => {
      await advanceClock(api, 180)
      const pending = listAt((await api.get("/v1/payments?status=pending&pageSize=50")).body, "data")
      const waiting = listAt((await api.get("/api/webhook-deliveries?status=waiting")).body, "data", "deliveries")
      return [...pending, ...waiting].length
    },
    (open) => open === 0,
    60_000
  )
  // What the last step has begun.
  await advanceClock(api, 180)
}

/** Fails with whatever was not told, told without having happened, or told twice in two ways. */
const compare = (hooks: WebhookReceiver, book: WebhookBook) => {
  const isInvitation = (json: unknown): boolean => textAt(json, "Type") === "SubscriptionConfirmation"
  const told = {
    kernel: namesOf(
      hooks.told("/kernel").filter(({ json }) => isNews(json)),
      kernelName
    ),
    v1: namesOf(
      hooks.told("/v1").filter(({ json }) => !isInvitation(json)),
      v1NameOf
    ),
    v2: namesOf(hooks.told("/v2"), v2NameOf),
    api: namesOf(hooks.told("/api"), transactionName),
    own: namesOf(hooks.told("/own"), transactionName)
  }
  const dialects = Object.keys(told) as ReadonlyArray<keyof typeof told>
  const differences = dialects.flatMap((dialect) => [
    ...missingFrom(told[dialect].names, book[dialect]).map((name) => `${dialect}: not told: ${name}`),
    ...missingFrom(book[dialect], told[dialect].names).map((name) => `${dialect}: told of nothing: ${name}`),
    ...told[dialect].differing.map((id) => `${dialect}: two messages under ${id}`)
  ])
  expect(differences).toEqual([])
  return Object.fromEntries(
    dialects.map((dialect) => [dialect, `${told[dialect].names.length} and ${told[dialect].repeated} again`])
  )
}

it("would notice: a message that is missing, one too many, and two under one id", () => {
  expect(missingFrom(["a"], ["a", "a", "b"])).toEqual(["a", "b"])
  const one = { path: "/", id: "1", body: "a", json: parseJson('"a"') }
  expect(namesOf([one, one, { ...one, body: "b" }], String)).toEqual({ names: ["a"], repeated: 2, differing: ["1"] })
})
