/** A dashboard in memory: two merchants with an account each, a kernel with a simulated bank, and what browsers do. */
import { randomBytes, randomUUID } from "node:crypto"
import { Cvv, createKernel, defaultFeeSchedule, type Kernel, type KernelOptions, money, Pan } from "@paykernel/core"
import type { WebhookPost, WebhookSender } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { memoryJournal, sandboxGateway, sandboxRisk } from "@paykernel/core/simulator"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type DashboardOptions, dashboard, hashPassword } from "../../src/dashboard/index.ts"
import { apiDialect, apiKeyVerifier, memoryApiKeyStore, merchantApiKeys } from "../../src/index.ts"

export const ada = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e001"
export const bob = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e002"
export const passwords = { "ada@shop.example": "correct horse battery", "bob@shop.example": "staple battery horse" }
export type Email = keyof typeof passwords

/** bcrypt's lowest: these tests count on what is hashed, not on how slowly. */
const passwordCost = 4

export type HouseOptions = {
  readonly publicUrl?: string
  readonly kernel?: Partial<KernelOptions>
  readonly dashboard?: Partial<DashboardOptions>
  readonly atMs?: number
}

export const openHouse = async (options: HouseOptions = {}) => {
  const { publicUrl = "https://pay.example/dashboard", atMs = Date.UTC(2026, 4, 20, 9) } = options
  const clock = { aheadMs: 0 }
  const startedAtMs = performance.now()
  const nowMs = (): number => Math.floor(atMs + performance.now() - startedAtMs + clock.aheadMs)
  const bank = sandboxGateway({
    journal: memoryJournal(),
    clock: { nowMs },
    random: () => 0.5,
    latencyMs: 0,
    challengeUrl: (id) => `https://bank.example/3ds/${id}`
  })
  const posts: Array<WebhookPost> = []
  const receiver = { status: 200, body: "received" }
  const dialect = apiDialect()
  const kernel = createKernel({
    webhooks: { sender: scriptedSender(posts, receiver), dialects: [dialect] },
    store: memoryStore(),
    gateway: bank.gateway,
    vault: envelopeVault(await keyRingFromValues([{ id: "k1", key: randomBytes(32).toString("base64url") }])),
    digestKey: randomBytes(32),
    clock: { nowMs },
    risk: sandboxRisk(),
    challengeReturnUrl: (state) => `https://pay.example/v1/3ds/return/${state}`,
    ...options.kernel
  })
  for (const id of [ada, bob]) await registerMerchant(kernel, id)
  const accounts = new Map<string, { email: string; merchantId: string; passwordHash: string }>()
  for (const [email, password] of Object.entries(passwords)) {
    const passwordHash = await hashPassword(password, passwordCost)
    accounts.set(email, { email, merchantId: email.startsWith("ada") ? ada : bob, passwordHash })
  }
  const hmac = { name: "HMAC", hash: "SHA-256" }
  const pepper = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(3), hmac, false, ["sign"])
  const register = memoryApiKeyStore()
  const verifier = apiKeyVerifier({ store: register, pepper, nowMs })
  const apiKeys = merchantApiKeys({ register, pepper, verifier, nowMs, cost: 4 })
  const defects: Array<unknown> = []
  const serve = dashboard({
    kernel,
    accounts: { find: async (email) => accounts.get(email) },
    apiKeys,
    publicUrl,
    nowMs,
    passwordCost,
    webhooks: { dialect },
    onDefect: (error) => defects.push(error),
    ...options.dashboard
  })
  return {
    serve,
    kernel,
    bank,
    accounts,
    apiKeys,
    verifier,
    defects,
    nowMs,
    /** What was sent to merchants' servers, and what these answer. */
    posts,
    receiver,
    visitor: (headers: Readonly<Record<string, string>> = {}) => visitorOf(serve, publicUrl, headers),
    /** Puts the clock forward, and does what falls due. */
    advance: async (ms: number) => {
      clock.aheadMs += ms
      kernel.wake()
      await kernel.drain()
    },
    close: async () => {
      await kernel.close()
      await Effect.runPromise(bank.close)
    }
  }
}

/** Merchants' servers, as far as this house knows them: all of them answer alike. */
const scriptedSender = (
  posts: Array<WebhookPost>,
  receiver: { readonly status: number; readonly body: string }
): WebhookSender["Service"] => ({
  vet: (url) => (url.startsWith("https://") ? (url.includes("10.0.0.") ? "address_not_public" : null) : "not_a_url"),
  post: (post) =>
    Effect.sync(() => {
      posts.push(post)
      const headers = [
        ["content-type", "text/plain"],
        ["x-said", receiver.body]
      ] as const
      return { _tag: "Answered", status: receiver.status, headers, bodyStart: receiver.body, retryAfterMs: null }
    })
})

export type House = Awaited<ReturnType<typeof openHouse>>

export type Seen = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly to: string | null
}

/** A browser without a screen: keeps the cookie, reads forms from pages, and sends them. */
const visitorOf = (
  serve: (request: Request) => Promise<Response>,
  publicUrl: string,
  headers: Readonly<Record<string, string>>
) => {
  const { origin, pathname: home } = new URL(publicUrl)
  const state: { cookie: string | null; text: string } = { cookie: null, text: "" }

  const ask = async (method: string, path: string, more: Readonly<Record<string, string>>, body?: BodyInit) => {
    const response = await serve(
      new Request(`${origin}${path}`, {
        method,
        headers: { ...(state.cookie === null ? {} : { cookie: state.cookie }), ...headers, ...more },
        ...(body === undefined ? {} : { body })
      })
    )
    const [set] = response.headers.getSetCookie()
    if (set !== undefined) state.cookie = /Max-Age=0/u.test(set) ? null : (set.split(";")[0] ?? null)
    const text = await response.text()
    if (response.headers.get("content-type")?.startsWith("text/html") === true) state.text = text
    return {
      status: response.status,
      headers: response.headers,
      text,
      to: response.headers.get("location")
    } satisfies Seen
  }

  const visitor = {
    state,
    get: (path: string, more: Readonly<Record<string, string>> = {}): Promise<Seen> =>
      ask("GET", `${home}${path}`, more),
    /** Sends a form as a page of ours would, with the fields of the latest page that had any. */
    post: (
      path: string,
      fields: Readonly<Record<string, string>> = {},
      more: Readonly<Record<string, string>> = {}
    ) => {
      const form = new URLSearchParams({ ...hiddenFields(state.text), ...fields })
      return ask("POST", `${home}${path}`, { "sec-fetch-site": "same-origin", origin, ...more }, form)
    },
    /** Sends a form with a picture, whole: a stream of it would go on after nobody reads it any more. */
    send: async (path: string, form: FormData) => {
      const encoded = new Response(form)
      const type = { "content-type": encoded.headers.get("content-type") ?? "" }
      const headers = { "sec-fetch-site": "same-origin", origin, ...type }
      return ask("POST", `${home}${path}`, headers, await encoded.arrayBuffer())
    },
    fields: () => hiddenFields(state.text),
    signIn: async (email: Email = "ada@shop.example") => {
      await visitor.get("/sign-in")
      return visitor.post("/sign-in", { email, password: passwords[email] })
    }
  }
  return visitor
}

export type Visitor = ReturnType<House["visitor"]>

/** `token` and `deed` of the last form of a page: those before may be of the frame. */
const hiddenFields = (text: string): Readonly<Record<string, string>> => {
  const hidden = (name: string) => [...text.matchAll(new RegExp(`name="${name}" value="([^"]*)"`, "gu"))].at(-1)?.[1]
  return { token: hidden("token") ?? "", deed: hidden("deed") ?? "" }
}

const good = "4242424242424242"

export type Sale = {
  readonly amount?: bigint
  readonly currency?: "USD" | "EUR"
  readonly autoCapture?: boolean
  readonly description?: string
  readonly email?: string
  readonly number?: string
}

/** A payment with a card of its own, as it is once the bank has answered. */
export const sell = async ({ kernel }: Pick<House, "kernel">, merchantId: string, sale: Sale = {}) => {
  const { amount = 12_50n, currency = "USD", autoCapture = true, email = "grace@example.com", number = good } = sale
  const payer = { email, phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" }
  const submitted = await kernel.cards.submit(merchantId, {
    pan: Result.getOrThrow(Pan.parse(number)),
    cvv: Result.getOrThrow(Cvv.parse("123")),
    expMonth: 12,
    expYear: 2035,
    billingDetails: {
      name: "Grace",
      line1: "1",
      line2: null,
      city: "NY",
      district: "NY",
      postalCode: "10001",
      country: "US"
    },
    holder: payer
  })
  if (!submitted.ok) throw new Error(submitted.error._tag)
  await kernel.drain()
  const made = await kernel.payments.create(merchantId, {
    amount: money(amount, currency),
    cardId: submitted.value.view.id,
    cvv: null,
    autoCapture,
    verificationMethod: "none",
    successUrl: null,
    failureUrl: null,
    description: sale.description ?? null,
    channel: null,
    payer
  })
  if (!made.ok) throw new Error(made.error._tag)
  await kernel.drain()
  return made.value.view.id
}

/** A page that waits to be paid. */
export const openPage = async ({ kernel }: Pick<House, "kernel">, merchantId: string, description: string) => {
  const opened = await kernel.checkouts.open(merchantId, {
    amount: money(49_00n, "USD"),
    description,
    customer: { name: "Grace", email: "grace@example.com", phone: null, address: null },
    metadata: null,
    webhookUrl: null,
    returnUrl: null,
    expiresAtMs: null
  })
  if (!opened.ok) throw new Error(opened.error._tag)
  return { id: opened.value.view.checkout.id, page: opened.value.view.page }
}

/** A payment of its own, in one call, with a transaction that has a name. */
export const payDirectly = async ({ kernel }: Pick<House, "kernel">, merchantId: string, number = good) => {
  const paid = await kernel.checkouts.payDirectly(merchantId, {
    amount: money(20_00n, "USD"),
    description: "Direct",
    customer: null,
    metadata: null,
    webhookUrl: null,
    returnUrl: null,
    payer: { email: "linus@example.com", phoneNumber: null, sessionId: "", ipAddress: "192.0.2.7" },
    card: {
      pan: Result.getOrThrow(Pan.parse(number)),
      cvv: Result.getOrThrow(Cvv.parse("123")),
      expMonth: 12,
      expYear: 2035,
      billingDetails: { name: "Linus", line1: "", line2: null, city: "", district: null, postalCode: "", country: "" }
    }
  })
  if (!paid.ok) throw new Error(paid.error._tag)
  await kernel.checkouts.settled(merchantId, paid.value.view.checkout.id, 5_000)
  await kernel.drain()
  const [attempt] = paid.value.view.checkout.payments
  return {
    checkoutId: paid.value.view.checkout.id,
    transactionId: attempt?.transactionId ?? "",
    paymentId: attempt?.id ?? ""
  }
}

const registerMerchant = async (kernel: Kernel, id: string): Promise<void> => {
  const registered = await kernel.merchants.register({
    id,
    name: id === ada ? "Ada's Bookshop" : "Bob's Bicycles",
    walletId: "1000000001",
    channels: [{ id: randomUUID(), default: true, cardDescriptor: "SHOP", achDescriptor: "SHOP" }],
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
