/**
 * What belongs to another merchant does not exist: on every route of `/v1`, `/api` and the pages that takes a name, the name
 * of somebody else's thing is answered like one that nobody has, and the thing stays as it was.
 */
import { randomUUID } from "node:crypto"
import { type Kernel, money } from "@paykernel/core"
import { simulatedWallet, walletToken } from "@paykernel/core/simulator"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { apiDocument } from "../src/docs/api-openapi.ts"
import { openApiDocument } from "../src/docs/openapi.ts"
import { hostedPages, kernelDesk } from "../src/hosted/index.ts"
import { apiHandler, generateCardKey, openCardDoor } from "../src/index.ts"
import { list, part, text } from "../src/json-part.ts"
import { scriptedChain } from "./cpn/scripted-chain.ts"
import { fileForm, institution } from "./cpn/trade.ts"
import { pageKey } from "./hosted-page/payment-site.ts"
import { ada, bob, openShop, type Shop } from "./shop.ts"

const origin = "https://pay.example"

let shop: Shop
let api: (request: Request) => Promise<Response>
let pages: (request: Request) => Promise<Response>
let owned: Owned

type Owned = {
  readonly card: string
  readonly payment: string
  readonly authorized: string
  readonly settlement: string
  readonly intent: string
  readonly transaction: string
  readonly gatewayId: string
  readonly session: string
  readonly page: string
  readonly crossing: Crossing
}

/** Of cross-border payments. Names of what is in a payment begin with the payment's. */
type Crossing = {
  readonly quote: string
  readonly payment: string
  readonly transaction: string
  readonly permit: string
  readonly rfi: string
  readonly refund: string
  readonly answer: object
  readonly file: FormData
}

beforeAll(async () => {
  shop = await openShop({ fundingChain: scriptedChain().wrap })
  const { kernel } = shop
  const cardDoor = await openCardDoor({ keys: [await generateCardKey({ nowMs: Date.now() })], answerAfterMs: 0 })
  const pageUrl = (page: string) => `${origin}/pay/${page}`
  const holders = new Map([
    ["Bearer ada", ada],
    ["Bearer bob", bob]
  ])
  api = apiHandler({
    kernel,
    authenticate: async (authorization) => {
      const merchantId = holders.get(authorization ?? "")
      return merchantId === undefined ? { _tag: "Unknown" } : { merchantId }
    },
    pageUrl,
    newRequestId: randomUUID,
    nowMs: Date.now,
    wallets: simulatedWallet()
  }).fetch
  pages = hostedPages({
    desk: kernelDesk({ kernel, cardDoor, pageUrl }),
    publicUrl: `${origin}/pay`,
    cardKey: () => cardDoor,
    pageKey: await pageKey(),
    nowMs: Date.now
  })
  owned = await own(kernel)
})
afterAll(() => shop.close())

const own = async (kernel: Kernel): Promise<Owned> => {
  const card = await shop.saveCard()
  const settled = await shop.pay(card, { autoCapture: true })
  await shop.advance(86_400_000 * 2)
  const settlements = await kernel.settlements.run(ada)
  const payment = await shop.pay(card, { autoCapture: true })
  const authorized = await shop.pay(card, { autoCapture: false })
  const wallet = { payment_method: "apple_pay", token: walletToken("apple_pay", "4000000000003220") }
  const direct = await say("POST", "/api/direct-payment", "ada", { amount: 2000, currency: "USD", ...wallet })
  const opened = await say("POST", "/api/hosted-payment", "ada", {
    amount: 2500,
    currency: "USD",
    description: "Shoes"
  })
  const intent = await shop.call("POST", "/v1/paymentIntents", {
    idempotencyKey: randomUUID(),
    amount,
    settlementCurrency: "USD",
    paymentMethods: [{ type: "blockchain", chain: "ETH" }]
  })
  await kernel.drain()
  const data = (reply: Said, name: string): string => String(part(part(JSON.parse(reply.text))["data"])[name])
  const listed = await kernel.settlements.list(ada, {
    where: {},
    fromMs: null,
    toMs: null,
    page: { _tag: "First" },
    limit: 1
  })
  const settlement = listed.ok ? (listed.value.items[0]?.id ?? "") : ""
  if (settlement === "" || !settlements.ok || settled === "") throw new Error("nothing was settled")
  return {
    card,
    payment,
    authorized,
    settlement,
    intent: intent.id,
    transaction: data(direct, "transaction_id"),
    gatewayId: data(direct, "gateway_transaction_id"),
    session: data(opened, "session_id"),
    page: data(opened, "payment_url").slice(`${origin}/pay/`.length),
    crossing: await cross()
  }
}

const cross = async (): Promise<Crossing> => {
  const originator = institution(shop)
  const failing = (await originator.pay("FailThenRefundWithCompleted")).id
  await originator.fund(failing)
  const [refund] = list((await originator.payment(failing))["refunds"]).map(part)
  const payment = (await originator.pay()).id
  const transaction = (await originator.startTransaction(payment)).id
  const second = (await originator.pay("Jane Doe", { transactionVersion: "VERSION_2" })).id
  const permit = (await originator.startTransaction(second, 2)).id
  const asked = await originator.pay("CreateRfi")
  const rfi = part(part(asked.data)["activeRfi"])
  return {
    quote: text((await originator.quote())["id"]),
    payment,
    transaction: `${payment} ${transaction}`,
    permit: `${second} ${permit}`,
    rfi: `${asked.id} ${text(rfi["id"])}`,
    refund: `${failing} ${text(refund?.["id"])}`,
    answer: await originator.answerRfi(rfi),
    file: await fileForm(rfi, "INVOICE")
  }
}

type Said = { readonly status: number; readonly text: string }

/** Request ids differ in every answer and are in no body. */
const say = async (method: string, path: string, who: "ada" | "bob", body?: object): Promise<Said> => {
  const request = new Request(`${origin}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${who}`,
      ...(body === undefined || body instanceof FormData ? {} : { "content-type": "application/json" })
    },
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) })
  })
  const response = await (path.startsWith("/api/") ? api(request) : shop.fetch(request))
  return { status: response.status, text: await response.text() }
}

type Row = {
  readonly route: string
  readonly name: (owned: Owned) => string
  /** Shaped alike, and nobody's. */
  readonly nobodys: string
  readonly body?: (owned: Owned) => object
  /** Where the API publishes another one than 404 for what is not there. */
  readonly status?: number
}

const uuid = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e0ff"
const idempotencyKey = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e0aa"
const amount = { amount: "1.00", currency: "USD" }

const rows: ReadonlyArray<Row> = [
  { route: "GET /v1/cards/{id}", name: ({ card }) => card, nobodys: uuid },
  {
    route: "PUT /v1/cards/{id}",
    name: ({ card }) => card,
    nobodys: uuid,
    body: () => ({ ...shopCard, keyId: "", encryptedData: "" })
  },
  { route: "GET /v1/payments/{id}", name: ({ payment }) => payment, nobodys: uuid },
  {
    route: "POST /v1/payments/{id}/capture",
    name: ({ authorized }) => authorized,
    nobodys: uuid,
    body: () => ({ idempotencyKey })
  },
  {
    route: "POST /v1/payments/{id}/cancel",
    name: ({ authorized }) => authorized,
    nobodys: uuid,
    body: () => ({ idempotencyKey })
  },
  {
    route: "POST /v1/payments/{id}/refund",
    name: ({ payment }) => payment,
    nobodys: uuid,
    body: () => ({ idempotencyKey, amount })
  },
  { route: "GET /v1/settlements/{id}", name: ({ settlement }) => settlement, nobodys: uuid },
  { route: "GET /v1/paymentIntents/{id}", name: ({ intent }) => intent, nobodys: uuid },
  { route: "POST /v1/paymentIntents/{id}/expire", name: ({ intent }) => intent, nobodys: uuid },
  {
    route: "POST /v1/paymentIntents/{id}/refund",
    name: ({ intent }) => intent,
    nobodys: uuid,
    body: () => ({
      idempotencyKey,
      destination: { address: "0x8381470ED67C3802402dbbFa0058E8871F017A6F", chain: "ETH" },
      amount: { currency: "USD" },
      toAmount: amount
    })
  },
  { route: "GET /v1/cpn/quotes/{quoteId}", name: ({ crossing }) => crossing.quote, nobodys: uuid },
  { route: "GET /v1/cpn/payments/{paymentId}", name: ({ crossing }) => crossing.payment, nobodys: uuid },
  {
    route: "GET /v1/cpn/payments/{paymentId}/refunds/{refundId}",
    name: ({ crossing }) => crossing.refund,
    nobodys: `${uuid} ${uuid}`
  },
  {
    route: "GET /v1/cpn/payments/{paymentId}/rfis/{rfiId}",
    name: ({ crossing }) => crossing.rfi,
    nobodys: `${uuid} ${uuid}`
  },
  {
    route: "POST /v1/cpn/payments/{paymentId}/rfis/{rfiId}/submit",
    name: ({ crossing }) => crossing.rfi,
    nobodys: `${uuid} ${uuid}`,
    body: ({ crossing }) => crossing.answer
  },
  {
    route: "POST /v1/cpn/payments/{paymentId}/rfis/{rfiId}/files",
    name: ({ crossing }) => crossing.rfi,
    nobodys: `${uuid} ${uuid}`,
    body: ({ crossing }) => crossing.file
  },
  {
    route: "POST /v1/cpn/payments/{paymentId}/transactions",
    name: ({ crossing }) => crossing.payment,
    nobodys: uuid,
    body: () => ({ idempotencyKey, senderAccountType: "EOA" }),
    status: 400
  },
  {
    route: "POST /v1/cpn/payments/{paymentId}/transactions/accelerate",
    name: ({ crossing }) => crossing.payment,
    nobodys: uuid,
    body: () => ({ idempotencyKey }),
    status: 400
  },
  {
    route: "POST /v2/cpn/payments/{paymentId}/transactions",
    name: ({ crossing }) => crossing.payment,
    nobodys: uuid,
    body: () => ({ idempotencyKey }),
    status: 400
  },
  ...(["v1", "v2"] as const).flatMap((version): ReadonlyArray<Row> => {
    const name = ({ crossing }: Owned) => (version === "v1" ? crossing.transaction : crossing.permit)
    const path = `/${version}/cpn/payments/{paymentId}/transactions/{transactionId}`
    const nobodys = `${uuid} ${uuid}`
    const body = () => ({ signedTransaction: "0x01" })
    return [
      { route: `GET ${path}`, name, nobodys },
      { route: `POST ${path}/submit`, name, nobodys, body, status: 400 }
    ]
  }),
  {
    route: "GET /api/direct-payment/{transaction_id}",
    name: ({ transaction }) => transaction,
    nobodys: "txn_AAAAAAAAAAAA"
  },
  {
    route: "POST /api/direct-payment/{transaction_id}/confirm",
    name: ({ transaction }) => transaction,
    nobodys: "txn_AAAAAAAAAAAA",
    body: ({ gatewayId }) => ({ status: "success", gateway_id: gatewayId })
  },
  { route: "GET /api/hosted-payment/{session_id}", name: ({ session }) => session, nobodys: "sess_AAAAAAAAAAAA" },
  {
    route: "POST /api/hosted-payment/{session_id}/cancel",
    name: ({ session }) => session,
    nobodys: "sess_AAAAAAAAAAAA"
  }
]

/** Filled in once there is a card door to encrypt to. */
const shopCard: { [name: string]: unknown } = { expMonth: 12, expYear: 2036 }

/** Routes whose name is no merchant's: a payer's way back, which proves itself, keys that are published, and rates. */
const nobodysOwn = new Set(
  ["/v1/3ds/return/{state}", "/api/3ds/return/{state}", "/v1/exchange/rates/{pair}"].flatMap((path) => [
    `GET ${path}`,
    `POST ${path}`
  ])
)
/** These belong to the webhooks, and have such a table of their own. */
const isOfWebhooks = (route: string): boolean => /\/(?:notifications|webhook-)/u.test(route)

const named = (document: object): ReadonlyArray<string> =>
  Object.entries(part(part(document)["paths"])).flatMap(([path, methods]) =>
    path.includes("{") ? Object.keys(part(methods)).map((method) => `${method.toUpperCase()} ${path}`) : []
  )

const everything = async (): Promise<ReadonlyArray<Said>> => {
  const { card, payment, authorized, settlement, intent, transaction, session, crossing } = owned
  const payments = [`/v1/payments/${payment}`, `/v1/payments/${authorized}`, `/v1/paymentIntents/${intent}`]
  const paths = [`/v1/cards/${card}`, ...payments]
  const crossings = [crossing.rfi, crossing.transaction, crossing.permit, crossing.refund]
    .map((name) => name.split(" ")[0])
    .map((id) => `/v1/cpn/payments/${id}`)
  const more = [
    ...crossings,
    `/v1/settlements/${settlement}`,
    `/api/direct-payment/${transaction}`,
    `/api/hosted-payment/${session}`
  ]
  return Promise.all([...paths, ...more].map((path) => say("GET", path, "ada")))
}

describe("what is another merchant's", () => {
  it("is asked for on every route that takes a name", () => {
    const routes = [...named(openApiDocument()), ...named(apiDocument())].filter(
      (route) => !nobodysOwn.has(route) && !isOfWebhooks(route)
    )
    expect(rows.map(({ route }) => route).toSorted()).toEqual(routes.toSorted())
  })

  it.each(rows.map((row) => [row.route, row] as const))("%s: is answered as if there were none", async (route, row) => {
    Object.assign(shopCard, await shop.encrypt({ number: "4007400000000007", cvv: "737" }))
    const [method = "", path = ""] = route.split(" ")
    const body = row.body?.(owned)
    const filled = body !== undefined && "keyId" in body ? { ...body, ...shopCard } : body
    const before = await everything()
    for (const { status } of before) expect(status).toBe(200)
    const ask = (names: string, who: "ada" | "bob") =>
      say(
        method,
        names.split(" ").reduce((at, name) => at.replace(/\{[^}]*\}/u, name), path),
        who,
        filled
      )
    const [theirs, none] = [await ask(row.name(owned), "bob"), await ask(row.nobodys, "bob")]
    expect([theirs.status, theirs.text]).toEqual([row.status ?? 404, none.text])
    expect(none.status).toBe(row.status ?? 404)
    await shop.kernel.drain()
    expect(await everything()).toEqual(before)
    expect(shop.defects).toEqual([])
  })

  it.each(["/v1/cards", "/v1/payments", "/v1/settlements", "/v1/cpn/payments"])("is in no list: %s", async (path) => {
    const [mine, theirs] = [await say("GET", path, "ada"), await say("GET", path, "bob")]
    expect(JSON.parse(mine.text).data).not.toEqual([])
    expect([theirs.status, JSON.parse(theirs.text)]).toEqual([200, { data: [] }])
  })

  it("is no source of a payment, and its keys are free to everybody else", async () => {
    const body = shop.paymentBody(owned.card, { idempotencyKey: randomUUID() })
    const paid = await say("POST", "/v1/payments", "ada", body)
    const tried = await say("POST", "/v1/payments", "bob", body)
    expect([paid.status, tried.status, JSON.parse(tried.text).code]).toEqual([201, 400, 1089])
    const order = { amount: 2500, currency: "USD", description: "Shoes" }
    const headers = (who: string) => ({
      authorization: `Bearer ${who}`,
      "content-type": "application/json",
      "idempotency-key": "one for all"
    })
    const open = async (who: string, change: object) => {
      const init = { method: "POST", headers: headers(who), body: JSON.stringify({ ...order, ...change }) }
      return (await api(new Request(`${origin}/api/hosted-payment`, init))).status
    }
    expect([await open("ada", {}), await open("bob", { amount: 9900 })]).toEqual([201, 201])
    expect((await shop.kernel.balances(bob)).ok).toBe(true)
  })

  it("has a page that nobody finds by changing the name of his own", async () => {
    const opened = await shop.kernel.checkouts.open(bob, {
      amount: money(700n, "USD"),
      description: null,
      customer: null,
      metadata: null,
      webhookUrl: null,
      returnUrl: null,
      expiresAtMs: null
    })
    const own = opened.ok ? opened.value.view.page : ""
    const [merchant, session, proof] = owned.page.split(".")
    const ownProof = own.split(".").at(-1)
    const forged = [
      `${merchant}.${session}.${ownProof}`,
      `${bob}.${session}.${proof}`,
      `${merchant}.${own.split(".")[1]}.${proof}`,
      owned.session,
      `${owned.page}x`,
      owned.page.slice(0, -1)
    ]
    for (const page of forged) {
      for (const path of [`/pay/${page}`, `/pay/${page}/progress`]) {
        expect([path, (await pages(new Request(`${origin}${path}`))).status]).toEqual([path, 404])
      }
    }
    for (const page of [owned.page, own]) expect((await pages(new Request(`${origin}/pay/${page}`))).status).toBe(200)
  })
})
