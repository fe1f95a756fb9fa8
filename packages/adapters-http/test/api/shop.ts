/** A whole `/api` in memory for tests: handler, kernel, simulated bank and wallet, a clock to put forward, merchants. */
import { randomBytes, randomUUID } from "node:crypto"
import { Cvv, createKernel, defaultFeeSchedule, type KernelOptions, money, Pan } from "@paykernel/core"
import { memoryStore } from "@paykernel/core/memory"
import {
  type ChallengeAnswer,
  memoryJournal,
  sandboxGateway,
  sandboxRisk,
  simulatedWallet
} from "@paykernel/core/simulator"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type ApiOptions, apiDialect, apiHandler } from "../../src/index.ts"
import { nothingPublished } from "../../src/notifications/open-notifications.ts"

export const origin = "https://pay.example"
export const shopOrigin = "https://shop.example"
export const ada = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e001"
export const bob = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e002"
export const suspended = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e003"
const merchants = new Map([
  ["Bearer ada", ada],
  ["Bearer bob", bob],
  ["Bearer suspended", suspended],
  ["Bearer nobody", "0d1f6a52-1a06-4b37-9d70-43c9a4a1e009"]
])

export const good = "4242424242424242"
export const declined = "4000000000000002"
export const needs3ds = "4000000000003220"

export type Json = { readonly [name: string]: unknown }
export type Reply = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Json
  /** What is under `data`. */
  readonly data: Json
  /** What is under `error`. */
  readonly error: Json
}

export type ShopOptions = {
  readonly api?: Partial<ApiOptions>
  readonly kernel?: Partial<KernelOptions>
  /** `false`: nobody opens the tokens of wallets. */
  readonly wallets?: false
  /** `false`: the gateway takes no bank transfers. */
  readonly bankTransfers?: false
  /** How long the bank takes. */
  readonly latencyMs?: number
  /** `false`: the kernel tells nobody of anything. */
  readonly webhooks?: false
}

/** Where nobody minds what is told. */
const telling = {
  sender: {
    vet: () => null,
    post: () =>
      Effect.succeed({ _tag: "Answered", status: 200, headers: [], bodyStart: "", retryAfterMs: null } as const)
  },
  dialects: [apiDialect()]
}

export const openShop = async (options: ShopOptions = {}) => {
  let aheadMs = 0
  const nowMs = () => Math.floor(Date.UTC(2026, 0, 1) + performance.now() + aheadMs)
  const bank = sandboxGateway({
    journal: memoryJournal(),
    clock: { nowMs },
    random: () => 0.5,
    latencyMs: options.latencyMs ?? 0,
    challengeUrl: (id) => `https://bank.example/3ds/${id}`
  })
  const kernel = createKernel({
    store: memoryStore(),
    gateway:
      options.bankTransfers === false
        ? { ...bank.gateway, capabilities: { ...bank.gateway.capabilities, bankTransfers: false } }
        : bank.gateway,
    vault: envelopeVault(await keyRingFromValues([{ id: "k1", key: randomBytes(32).toString("base64url") }])),
    digestKey: randomBytes(32),
    clock: { nowMs },
    risk: sandboxRisk(),
    challengeReturnUrl: (state) => `${origin}/api/3ds/return/${state}`,
    ...(options.webhooks === false ? {} : { webhooks: telling }),
    ...options.kernel
  })
  for (const id of [ada, bob, suspended]) await registerMerchant(kernel, id)
  await kernel.merchants.suspend(suspended)
  const profile = { displayName: null, logoUrl: null, colour: null, returnOrigins: [shopOrigin] }
  await kernel.merchants.changeProfile(ada, profile)
  const defects: Array<unknown> = []
  const authenticate: ApiOptions["authenticate"] = async (authorization) => {
    const merchantId = merchants.get(authorization ?? "")
    if (merchantId !== undefined) return { merchantId }
    return { _tag: authorization === "Bearer busy" ? "Busy" : "Unknown" }
  }
  const { fetch } = apiHandler({
    kernel,
    authenticate,
    pageUrl: (page) => `${origin}/pay/${page}`,
    newRequestId: randomUUID,
    nowMs,
    ...(options.wallets === false ? {} : { wallets: simulatedWallet() }),
    onDefect: (error) => defects.push(error),
    ...(options.webhooks === false ? {} : { notifications: nothingPublished }),
    ...options.api
  })

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    readReply(
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

  /** The payer answers the issuer and comes back, as a browser would. */
  const answerChallenge = async (reply: Reply, answer: ChallengeAnswer) => {
    const { action_data: actionData } = reply.data
    const challengeId = new URL(String(part(actionData)["3ds_url"])).pathname.split("/").at(-1) ?? ""
    const { returnUrl } = Result.getOrThrow(await bank.challenges.answer(challengeId, answer))
    return { returnUrl, comeBack: () => fetch(new Request(returnUrl)) }
  }

  return {
    fetch,
    call,
    kernel,
    bank,
    nowMs,
    authenticate,
    defects,
    pay: (change: Json = {}, headers: Record<string, string> = {}) =>
      call("POST", "/api/direct-payment", payment(change), headers),
    open: (change: Json = {}, headers: Record<string, string> = {}) =>
      call("POST", "/api/hosted-payment", session(change), headers),
    answerChallenge,
    /** Pays a session as its page does, and waits for what becomes of it; with another `attempt`, once more. */
    payOnPage: async ({ data }: Reply, number = good, attempt = "first") => {
      const paid = await kernel.checkouts.pay(ada, String(data["session_id"]), {
        attempt,
        card: {
          pan: Result.getOrThrow(Pan.parse(number)),
          cvv: Result.getOrThrow(Cvv.parse("123")),
          expMonth: 12,
          expYear: 2035,
          billingDetails: { name: "Ada", city: "", country: "", line1: "", line2: null, district: null, postalCode: "" }
        },
        payer: { email: "", phoneNumber: null, sessionId: "", ipAddress: "" },
        returnUrl: null
      })
      if (!paid.ok) throw new Error(paid.error._tag)
      await kernel.checkouts.settled(ada, String(data["session_id"]), 5000)
    },
    /** What the bank took of cards, as decimals. */
    charged: () =>
      bank
        .journal()
        .filter(({ kind, outcome }) => kind === "authorize" && outcome === "approved")
        .map(({ amount }) => amount),
    advance: async (ms: number) => {
      aheadMs += ms
      kernel.wake()
      await kernel.drain()
    },
    /** Puts the clock forward, and nobody takes notice. */
    skip: (ms: number) => {
      aheadMs += ms
    },
    close: async () => {
      await kernel.close()
      await Effect.runPromise(bank.close)
    }
  }
}

export type Shop = Awaited<ReturnType<typeof openShop>>

export const payment = (change: Json = {}): Json => ({
  amount: 1000,
  currency: "USD",
  payment_method: "card",
  card_number: good,
  expiry_month: "12",
  expiry_year: "2035",
  cvv: "123",
  ...change
})

export const session = (change: Json = {}): Json => ({
  amount: 25_000,
  currency: "USD",
  description: "Premium Subscription - Annual Plan",
  ...change
})

export const customerInfo = {
  name: "John Doe",
  email: "john@example.com",
  phone: "+1234567890",
  address: { line1: "123 Main St", city: "New York", state: "NY", postal_code: "10001", country: "US" }
}

const part = (value: unknown): Json => (typeof value === "object" && value !== null ? { ...value } : {})

export const readReply = async (response: Response): Promise<Reply> => {
  const text = await response.text()
  const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json") && text !== ""
  const json: Json = isJson ? JSON.parse(text) : {}
  const { status, headers } = response
  return { status, headers, text, json, data: part(json["data"]), error: part(json["error"]) }
}

export const newKey = (): string => randomUUID()

const registerMerchant = async (kernel: ReturnType<typeof createKernel>, id: string): Promise<void> => {
  const registered = await kernel.merchants.register({
    id,
    name: "Bookshop",
    walletId: "1000000001",
    channels: [{ id: `${id}-c`, default: true, cardDescriptor: "BOOKSHOP", achDescriptor: "BOOKSHOP" }],
    terms: {
      feeSchedule: defaultFeeSchedule,
      minAmount: money(50n, "USD"),
      maxAmount: money(100_000_00n, "USD"),
      partialCapture: true,
      settlementCurrency: "USDC",
      settlementRate: { numerator: 1n, denominator: 1n },
      settlementIntervalMs: 24 * 60 * 60 * 1000
    }
  })
  if (!registered.ok) throw new Error(registered.error._tag)
}
