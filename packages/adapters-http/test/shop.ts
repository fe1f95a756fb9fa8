/**
 * A whole `/v1` in memory for tests: handler, kernel, simulated bank, chains and payout network, a clock that can be put
 * forward, two merchants.
 */
import { randomBytes, randomUUID } from "node:crypto"
import {
  createKernel,
  defaultFeeSchedule,
  type FundingChain,
  money,
  systemIds,
  type WebhookSender
} from "@paykernel/core"
import { memoryStore } from "@paykernel/core/memory"
import {
  generateNetworkKey,
  memoryChainJournal,
  memoryJournal,
  memoryNetworkJournal,
  openNetworkKey,
  sandboxGateway,
  sandboxRisk,
  simulatedBlockchain,
  simulatedExchangeRates,
  simulatedPayoutNetwork
} from "@paykernel/core/simulator"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import { readWebhookAddress } from "@paykernel/webhooks"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type EncryptionKey, encryptCardData } from "../src/browser/index.ts"
import {
  generateCardKey,
  generateNotificationKeys,
  openCardDoor,
  openNotifications,
  type V1Options,
  v1Handler
} from "../src/index.ts"

const origin = "https://pay.example"
export const ada = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e001"
export const bob = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e002"
const merchants = new Map([
  ["Bearer ada", ada],
  ["Bearer bob", bob]
])
export const channel = "7d1f6a52-1a06-4b37-9d70-43c9a4a1e0c1"
export const walletId = "1000000001"

export type Json = { readonly [name: string]: unknown }
export type Reply = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON, what is under `data`, and the id there. */
  readonly json: Json
  readonly data: unknown
  readonly id: string
}

export const cvvSent = "737"
export const panSent = "4007400000000007"

const cardKey = generateCardKey({ nowMs: Date.now() })
const notificationKeys = generateNotificationKeys({ newKeyId: randomUUID(), nowMs: Date.now() })

const networkKey = generateNetworkKey().then((material) =>
  openNetworkKey(material, { domain: "institution.example", nowMs: Date.now() })
)

/** Receivers in the open internet, where every message arrives. */
const sender: WebhookSender["Service"] = {
  vet: (url) => Result.getOrElse(Result.flip(Result.map(readWebhookAddress(url), () => null)), () => null),
  post: () => Effect.succeed({ _tag: "Answered", status: 200, headers: [], bodyStart: "", retryAfterMs: null })
}

export type ShopOptions = Partial<V1Options> & {
  /** Stands before the chains on which cross-border payments are funded. */
  readonly fundingChain?: (chain: FundingChain["Service"]) => FundingChain["Service"]
  /** Countries whose institution is closed. */
  readonly closed?: ReadonlySet<string>
  /** Whether there is no payout network. */
  readonly domesticOnly?: boolean
}

export const openShop = async (shopOptions: ShopOptions = {}) => {
  const { fundingChain = (chain) => chain, closed, domesticOnly = false, ...options } = shopOptions
  let aheadMs = 0
  const clock = { nowMs: () => Date.now() + aheadMs }
  const bank = sandboxGateway({
    journal: memoryJournal(),
    clock,
    random: () => 0.5,
    latencyMs: 0,
    challengeUrl: (id) => `https://bank.example/3ds/${id}`
  })
  const chains = simulatedBlockchain({
    journal: memoryChainJournal(),
    clock,
    random: () => 0.5,
    secret: "of these tests",
    latencyMs: 0
  })
  const { exchangeRates } = simulatedExchangeRates({ clock })
  const payout = simulatedPayoutNetwork({
    journal: memoryNetworkJournal(),
    key: await networkKey,
    clock,
    ids: systemIds,
    isOpen: ({ destinationCountry }) => closed?.has(destinationCountry) !== true
  })
  const notifications = await openNotifications({ keys: await notificationKeys, publicUrl: origin })
  const kernel = createKernel({
    store: memoryStore(),
    gateway: bank.gateway,
    vault: envelopeVault(await keyRingFromValues([{ id: "k1", key: randomBytes(32).toString("base64url") }])),
    digestKey: randomBytes(32),
    clock,
    risk: sandboxRisk(),
    challengeReturnUrl: (state) => `${origin}/v1/3ds/return/${state}`,
    intents: { blockchain: chains.blockchain, exchangeRates },
    ...(domesticOnly
      ? {}
      : { crossBorder: { network: payout.network, chain: fundingChain(payout.fundingChain), lookPauseMaxMs: 1_000 } }),
    webhooks: { sender, dialects: notifications.dialects }
  })
  for (const id of [ada, bob]) await registerMerchant(kernel, id)
  const cardDoor = await openCardDoor({ keys: [await cardKey], answerAfterMs: 0 })
  const defects: Array<unknown> = []
  const { fetch, close } = v1Handler({
    kernel,
    cardDoor,
    authenticate: async (authorization) => {
      const merchantId = merchants.get(authorization ?? "")
      if (merchantId !== undefined) return { merchantId }
      return { _tag: authorization === "Bearer busy" ? "Busy" : "Unknown" }
    },
    newRequestId: randomUUID,
    nowMs: clock.nowMs,
    onDefect: (error) => defects.push(error),
    notifications: notifications.published,
    ...options
  })
  const key: EncryptionKey = { keyId: cardDoor.keyId, publicKey: cardDoor.publicKeyBase64 }

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    read(
      await fetch(
        new Request(`${origin}${path}`, {
          method,
          headers: {
            authorization: "Bearer ada",
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...headers
          },
          ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
        })
      )
    )

  const cardBody = async (change: Json = {}): Promise<Json> => ({
    idempotencyKey: randomUUID(),
    ...(await encryptCardData({ number: panSent, cvv: cvvSent }, key)),
    billingDetails,
    expMonth: 12,
    expYear: 2035,
    metadata,
    ...change
  })

  const saveCard = async (change: Json = {}): Promise<string> => {
    const saved = await call("POST", "/v1/cards", await cardBody(change))
    if (saved.status !== 201) throw new Error(saved.text)
    await kernel.drain()
    return saved.id
  }

  const paymentBody = (cardId: string, change: Json = {}): Json => ({
    idempotencyKey: randomUUID(),
    metadata,
    amount: { amount: "3.14", currency: "USD" },
    verification: "none",
    source: { id: cardId, type: "card" },
    ...change
  })

  /** Creates a payment and waits until nothing is under way. */
  const pay = async (cardId: string, change: Json = {}): Promise<string> => {
    const created = await call("POST", "/v1/payments", paymentBody(cardId, change))
    if (created.status !== 201) throw new Error(created.text)
    await kernel.drain()
    return created.id
  }

  return {
    fetch,
    call,
    kernel,
    bank,
    chains,
    payout,
    nowMs: clock.nowMs,
    defects,
    encrypt: (card: { readonly number?: string; readonly cvv: string }) => encryptCardData(card, key),
    cardBody,
    saveCard,
    paymentBody,
    pay,
    get: async (paymentId: string) => (await call("GET", `/v1/payments/${paymentId}`)).data,
    advance: async (ms: number) => {
      aheadMs += ms
      kernel.wake()
      await kernel.drain()
    },
    close: async () => {
      await close()
      await kernel.close()
    }
  }
}

export type Shop = Awaited<ReturnType<typeof openShop>>

export const billingDetails = {
  name: "Satoshi Nakamoto",
  city: "Boston",
  country: "US",
  line1: "100 Money Street",
  line2: "Suite 1",
  district: "MA",
  postalCode: "01234"
}

export const metadata = {
  email: "satoshi@example.com",
  phoneNumber: "+12025550180",
  sessionId: "DE6FA86F60BB47B379307F851E238617",
  ipAddress: "244.28.239.130"
}

export const newKey = (): string => randomUUID()

const read = async (response: Response): Promise<Reply> => {
  const text = await response.text()
  const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json") && text !== ""
  const json: Json = isJson ? JSON.parse(text) : {}
  const { data } = json
  const id = typeof data === "object" && data !== null && "id" in data ? String(data.id) : ""
  return { status: response.status, headers: response.headers, text, json, data, id }
}

const registerMerchant = async (kernel: ReturnType<typeof createKernel>, id: string): Promise<void> => {
  const registered = await kernel.merchants.register({
    id,
    name: "Bookshop",
    walletId,
    channels: [{ id: channel, default: true, cardDescriptor: "BOOKSHOP", achDescriptor: "BOOKSHOP" }],
    terms: {
      feeSchedule: defaultFeeSchedule,
      minAmount: money(1n, "USD"),
      maxAmount: money(100_000_00n, "USD"),
      partialCapture: id === ada,
      settlementCurrency: "USDC",
      settlementRate: { numerator: 1n, denominator: 1n },
      settlementIntervalMs: 24 * 60 * 60 * 1000
    }
  })
  if (!registered.ok) throw new Error(registered.error._tag)
}
