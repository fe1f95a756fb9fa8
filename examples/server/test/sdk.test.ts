/**
 * The published guide, walked with the official SDK against the running server. Every answer is also held against the
 * SDK's own description of the API.
 */
import { randomUUID } from "node:crypto"
import { createMessage, encrypt, readKey } from "openpgp"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { centsOf } from "./cents.ts"
import { listAt, textAt, valueAt } from "./json-reading.ts"
import { type MerchantClient, merchantClient } from "./merchant-client.ts"
import { eventually } from "./polling.ts"
import { refusalOf, sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import { type ServerProcess, scratchDirectory, startProcess } from "./server-process.ts"
import { openShop, type Shop } from "./shop.ts"

const apiKey = "SAND_API_KEY:sdk:one"
const otherApiKey = "SAND_API_KEY:sdk:two"
const contract = sdkContract()
const directory = scratchDirectory()
let server: ServerProcess
let circle: ReturnType<typeof sdkClient>
let shop: Shop
let api: MerchantClient

beforeAll(async () => {
  server = await startProcess(directory.path, { PAYKERNEL_API_KEY: `${apiKey},${otherApiKey}` })
  circle = sdkClient(server.address, apiKey, contract)
  shop = await openShop(circle)
  api = merchantClient(() => server.address, apiKey)
})

afterAll(async () => {
  await server?.stop("SIGTERM")
  directory.remove()
})

const settleNow = async (): Promise<ReadonlyArray<unknown>> => listAt((await api.post("/sandbox/settle", {})).body, "data")

describe("the guide, step by step", () => {
  it("finds the service, its configuration and its channels", async () => {
    expect((await circle.health.ping()).data).toEqual({ message: "pong" })
    const configuration = (await circle.management.getAccountConfig()).data
    expect(textAt(configuration, "data", "payments", "masterWalletId")).toMatch(/^\d+$/u)
    const channels = (await circle.channels.listChannels()).data
    expect(listAt(channels, "data")).toHaveLength(1)
  })

  it("saves a card that the page has encrypted, and charges it", async () => {
    const key = (await circle.encryption.getPublicKey()).data
    expect(valueAt(key, "data", "keyId")).toBe("key1")
    // As in the guide: OpenPGP.js itself, on the decoded key, and base64 over the armored message.
    const armoredKey = Buffer.from(textAt(key, "data", "publicKey"), "base64").toString()
    const encrypted = await encrypt({
      message: await createMessage({ text: JSON.stringify({ number: "4007400000000007", cvv: "123" }) }),
      encryptionKeys: await readKey({ armoredKey })
    })
    const encryptedData = Buffer.from(encrypted).toString("base64")
    const request = { ...(await shop.cardRequest()), encryptedData, keyId: "key1" }

    const created = valueAt((await circle.cards.createCard(request)).data, "data")
    expect(created).toMatchObject({ status: "pending", verification: { avs: "pending", cvv: "pending" } })
    const cardId = textAt(created, "id")
    const card = await eventually(
      async () => valueAt((await circle.cards.getCard(cardId)).data, "data"),
      (one) => valueAt(one, "status") !== "pending"
    )
    expect(card).toMatchObject({
      status: "complete",
      verification: { avs: "Y", cvv: "pass" },
      network: "VISA",
      bin: "400740",
      last4: "0007",
      metadata: { email: "satoshi@circle.com", phoneNumber: "+14155555555" }
    })

    const cvv = await shop.encrypt({ cvv: "123" })
    const asked = shop.paymentRequest(cardId, "3.14", { verification: "cvv", ...cvv })
    const payment = valueAt((await circle.payments.createPayment(asked)).data, "data")
    expect(payment).toMatchObject({ type: "payment", status: "pending", amount: { amount: "3.14", currency: "USD" } })
    const outcome = await shop.outcomeOf(textAt(payment, "id"))
    expect(outcome).toMatchObject({
      status: "confirmed",
      source: { id: cardId, type: "card" },
      verification: { avs: "Y", cvv: "pass" }
    })
    expect(valueAt(outcome, "errorCode")).toBeUndefined()
  })

  it("authorizes first and captures later, in part", async () => {
    const id = await shop.pay(await shop.goodCard(), "20.00", { autoCapture: false })
    expect(await shop.outcomeOf(id)).toMatchObject({ status: "confirmed" })
    const capture = { idempotencyKey: randomUUID(), amount: { amount: "12.50", currency: "USD" } } as const
    const answer = await circle.payments.capturePayment(id, capture)
    expect([answer.status, answer.data]).toEqual([202, ""])
    const [listed] = listAt(
      await eventually(
        async () => (await circle.payments.listPayments()).data,
        (page) => valueAt(listAt(page, "data")[0], "captured") === true
      ),
      "data"
    )
    expect(listed).toMatchObject({ id, captureAmount: { amount: "12.50", currency: "USD" } })
    const again = circle.payments.capturePayment(id, { idempotencyKey: randomUUID() })
    expect((await refusalOf(again)).status).toBe(409)
  })

  it("refunds in parts, and never more than was paid", async () => {
    const id = await shop.pay(await shop.goodCard(), "10.00")
    await shop.outcomeOf(id)
    const refund = (amount: string) =>
      circle.payments.refundPayment(id, {
        idempotencyKey: randomUUID(),
        amount: { amount, currency: "USD" },
        reason: "requested_by_customer"
      })
    for (const amount of ["4.00", "5.99"]) {
      const made = valueAt((await refund(amount)).data, "data")
      expect(made).toMatchObject({ type: "refund", status: "pending", amount: { amount } })
      expect(await shop.outcomeOf(textAt(made, "id"))).toMatchObject({ status: "paid", originalPayment: { id } })
    }
    expect(await refusalOf(refund("0.02"))).toMatchObject({ body: { code: 1087 } })
    expect(listAt(await shop.outcomeOf(id), "refunds")).toHaveLength(2)
  })

  it("cancels before the capture, after it, and after the settlement", async () => {
    const cardId = await shop.goodCard()
    const cancel = async (id: string) => {
      const answer = await circle.payments.cancelPayment(id, { idempotencyKey: randomUUID(), reason: "duplicate" })
      return shop.outcomeOf(textAt(answer.data, "data", "id"))
    }
    const authorized = await shop.pay(cardId, "1.00", { autoCapture: false })
    const captured = await shop.pay(cardId, "2.00")
    const settled = await shop.pay(cardId, "3.00")
    for (const id of [authorized, captured, settled]) await shop.outcomeOf(id)

    expect(await cancel(authorized)).toMatchObject({ type: "cancel", status: "paid", originalPayment: { id: authorized } })
    expect(await shop.outcomeOf(authorized)).toMatchObject({ status: "failed", errorCode: "payment_canceled" })
    expect(await cancel(captured)).toMatchObject({ type: "cancel", status: "paid" })
    expect(await refusalOf(cancel(captured))).toMatchObject({ status: 409, body: { code: 1086 } })

    await settleNow()
    expect(await shop.outcomeOf(settled)).toMatchObject({ status: "paid" })
    const answer = await circle.payments.cancelPayment(settled, { idempotencyKey: randomUUID() })
    expect(valueAt(answer.data, "data", "refund")).toBe(true)
    await shop.outcomeOf(textAt(answer.data, "data", "id"))
  })

  it("settles what is confirmed: paid, less fees, in one batch that the balances show", async () => {
    await settleNow()
    const before = (await circle.balances.listBalances()).data
    const id = await shop.pay(await shop.goodCard(), "100.00")
    await shop.outcomeOf(id)
    const settlements = await settleNow()
    expect(settlements).toHaveLength(1)
    const [settlementId] = settlements
    const payment = await shop.outcomeOf(id)
    expect(payment).toMatchObject({ status: "paid" })
    const settlement = valueAt((await circle.settlements.getSettlement(String(settlementId))).data, "data")
    expect(settlement).toMatchObject({
      id: settlementId,
      totalCredits: { amount: "100.00", currency: "USD" },
      totalDebits: { amount: "0.00", currency: "USD" },
      paymentFees: valueAt(payment, "fees")
    })
    const [newest] = listAt((await circle.settlements.listSettlements()).data, "data")
    expect(newest).toEqual(settlement)
    const after = (await circle.balances.listBalances()).data
    const available = (balances: unknown) => centsOf(textAt(listAt(balances, "data", "available")[0], "amount"))
    expect(available(after) - available(before)).toBe(10_000n - centsOf(textAt(payment, "fees", "amount")))
    expect((await circle.balances.listBusinessBalances()).data).toEqual(after)
    const inBatch = (await circle.payments.listPayments(undefined, String(settlementId))).data
    expect(listAt(inBatch, "data")).toMatchObject([{ id }])
  })
})

describe("magic inputs", () => {
  it.each([
    ["5.01", "payment_failed"],
    ["5.04", "card_not_honored"],
    ["5.05", "payment_not_supported_by_issuer"],
    ["5.07", "payment_not_funded"],
    ["5.19", "card_invalid"],
    ["5.41", "card_limit_violated"],
    ["5.43", "payment_denied"],
    ["5.51", "payment_fraud_detected"],
    ["5.54", "credit_card_not_allowed"],
    ["5.57", "payment_stopped_by_issuer"],
    ["5.84", "card_account_ineligible"]
  ])("the amount %s fails with %s", async (amount, errorCode) => {
    const outcome = await shop.outcomeOf(await shop.pay(await shop.goodCard(), amount))
    expect(outcome).toMatchObject({ status: "failed", errorCode })
    const riskEvaluation = amount === "5.43" ? { decision: "denied", reason: "3000" } : undefined
    expect(valueAt(outcome, "riskEvaluation")).toEqual(riskEvaluation)
  })

  it.each(["000", "999"])("the CVV %s fails a card, and a payment that asks for it", async (cvv) => {
    expect(await shop.saveCard({ cvv })).toMatchObject({
      status: "failed",
      errorCode: "card_cvv_invalid",
      verification: { cvv: "fail" }
    })
    const encrypted = await shop.encrypt({ cvv })
    const id = await shop.pay(await shop.goodCard(), "8.00", { verification: "cvv", ...encrypted })
    expect(await shop.outcomeOf(id)).toMatchObject({
      status: "failed",
      errorCode: "card_cvv_invalid",
      verification: { cvv: "fail" }
    })
  })

  it("the address line Test_X gives the AVS code X and fails nothing", async () => {
    const codes = [..."ABCDEFGIKLMNOPRSUWXYZ"]
    const cards = await Promise.all(codes.map((code) => shop.saveCard({ line1: `Test_${code}` })))
    expect(cards.map((card) => [valueAt(card, "status"), valueAt(card, "verification", "avs")])).toEqual(
      codes.map((code) => ["complete", code])
    )
    const id = await shop.pay(textAt(cards[0], "id"), "6.00")
    expect(await shop.outcomeOf(id)).toMatchObject({ status: "confirmed", verification: { avs: "A" } })
  })

  it.each([
    ["5102420000000006", "MASTERCARD"],
    ["5555555555554444", "MASTERCARD"],
    ["378282246310005", "AMEX"],
    ["4242424242424242", "VISA"]
  ])("the test card %s is of %s", async (number, network) => {
    const cvv = network === "AMEX" ? "1234" : "123"
    expect(await shop.saveCard({ number, cvv })).toMatchObject({ status: "complete", network })
  })

  it("a number that no test card has is refused by the issuer", async () => {
    expect(await shop.saveCard({ number: "4111111111111111" })).toMatchObject({
      status: "failed",
      errorCode: "card_failed"
    })
  })

  it("the name Risk_3NNN denies a card with that reason", async () => {
    expect(await shop.saveCard({ name: "Risk_3026" })).toMatchObject({
      status: "failed",
      errorCode: "verification_denied",
      riskEvaluation: { decision: "denied", reason: "3026" }
    })
  })
})

describe("3-D Secure", () => {
  const urls = {
    verification: "three_d_secure",
    verificationSuccessUrl: "https://shop.example/thanks",
    verificationFailureUrl: "https://shop.example/sorry"
  } as const

  it.each([
    ["approve", "https://shop.example/thanks", { status: "confirmed", verification: { threeDSecure: "pass", eci: "05" } }],
    ["fail", "https://shop.example/sorry", { status: "failed", errorCode: "three_d_secure_failure" }],
    ["cancel", "https://shop.example/sorry", { status: "failed", errorCode: "three_d_secure_failure" }]
  ])("5.66 asks the payer; after %s the browser comes back to %s", async (answer, landing, expected) => {
    const id = await shop.pay(await shop.goodCard(), "5.66", urls)
    const challenged = await shop.outcomeOf(id)
    expect(challenged).toMatchObject({ status: "action_required", requiredAction: { type: "three_d_secure_required" } })
    expect(await visit(textAt(challenged, "requiredAction", "redirectUrl"), answer)).toBe(landing)
    expect(await shop.outcomeOf(id)).toMatchObject(expected)
  })

  it.each([
    ["5.69", { status: "confirmed", verification: { threeDSecure: "pass" } }],
    ["5.72", { status: "failed", errorCode: "three_d_secure_failure", verification: { threeDSecure: "fail" } }]
  ])("%s is decided without the payer", async (amount, expected) => {
    expect(await shop.outcomeOf(await shop.pay(await shop.goodCard(), amount, urls))).toMatchObject(expected)
  })
})

/** What a browser does with the bank's page: shows it, sends its form, and follows the way back to the shop. */
const visit = async (page: string, answer: string): Promise<string> => {
  const html = await (await fetch(page)).text()
  const token = /name="token" value="([^"]+)"/u.exec(html)?.[1] ?? ""
  expect(html).toContain(`value="${answer}"`)
  let location = page
  let response = await fetch(page, { method: "POST", body: new URLSearchParams({ token, answer }), redirect: "manual" })
  while (response.status === 303) {
    location = response.headers.get("location") ?? ""
    if (!location.startsWith(server.address)) return location
    response = await fetch(location, { redirect: "manual" })
  }
  throw new Error(`the way back ended at ${location} with ${response.status}`)
}

describe("lists", () => {
  it("are paged by cursors that lead through everything once", async () => {
    const cardId = await shop.goodCard()
    const made: Array<string> = []
    for (let nth = 0; nth < 5; nth++) made.unshift(await shop.pay(cardId, "1.00"))
    for (const id of made) await shop.outcomeOf(id)
    const list = (before?: string, after?: string) =>
      circle.payments.listPayments(
        cardId,
        undefined,
        undefined,
        new Set(["card"] as const),
        "confirmed",
        "2020-01-01T00:00:00Z",
        undefined,
        before,
        after,
        2
      )
    const idsOf = (answer: { readonly data: unknown }) => listAt(answer.data, "data").map((item) => textAt(item, "id"))
    const first = await list()
    expect(idsOf(first)).toEqual(made.slice(0, 2))
    expect(String(first.headers["link"])).toMatch(/rel="next"/u)
    expect(idsOf(await list(undefined, made[1]))).toEqual(made.slice(2, 4))
    const last = await list(undefined, made[3])
    expect(idsOf(last)).toEqual(made.slice(4))
    expect(String(last.headers["link"])).not.toMatch(/rel="next"/u)
    expect(idsOf(await list(made[2]))).toEqual(made.slice(0, 2))
    const cards = await circle.cards.listCards(undefined, undefined, 1)
    expect(idsOf(cards)).toEqual([cardId])
  })
})

describe("requests that are not to be done twice, or not at all", () => {
  it("are answered with the same bytes again, and refused for something else", async () => {
    const request = shop.paymentRequest(await shop.goodCard(), "7.00")
    const first = await circle.payments.createPayment(request)
    await shop.outcomeOf(textAt(first.data, "data", "id"))
    const again = await circle.payments.createPayment(request)
    expect([again.status, again.data]).toEqual([first.status, first.data])
    const other = circle.payments.createPayment({ ...request, amount: { amount: "8.00", currency: "USD" } })
    expect(await refusalOf(other)).toMatchObject({ status: 409, body: { code: 1083 } })
  })

  it("are refused in the published shape", async () => {
    const cardId = await shop.goodCard()
    const pay = (amount: string, wish = {}) => circle.payments.createPayment(shop.paymentRequest(cardId, amount, wish))
    expect(await refusalOf(pay("0.00"))).toMatchObject({ status: 400, body: { code: 1077 } })
    expect(await refusalOf(pay("9999999.00"))).toMatchObject({ status: 400, body: { code: 1076 } })
    expect(await refusalOf(pay("1.234"))).toMatchObject({ status: 400, body: { code: 2 } })
    expect(await refusalOf(pay("1.00", { idempotencyKey: "no uuid" }))).toMatchObject({ status: 400, body: { code: 2 } })
    expect(await refusalOf(pay("1.00", { verification: "cvv", keyId: "key9", encryptedData: "AAAA" }))).toMatchObject({
      status: 400,
      body: { code: 1096 }
    })
    expect((await refusalOf(circle.payments.getPayment(randomUUID()))).status).toBe(404)
    expect((await refusalOf(circle.cards.getCard(randomUUID()))).status).toBe(404)
    expect((await refusalOf(circle.settlements.getSettlement(randomUUID()))).status).toBe(404)
  })

  it("are refused without a key, and blind to what is another merchant's", async () => {
    const cardId = await shop.goodCard()
    const stranger = sdkClient(server.address, "SAND_API_KEY:sdk:nobody", contract)
    expect((await refusalOf(stranger.cards.listCards())).status).toBe(401)
    const other = sdkClient(server.address, otherApiKey, contract)
    expect((await refusalOf(other.cards.getCard(cardId))).status).toBe(404)
    expect(listAt((await other.cards.listCards()).data, "data")).toEqual([])
    const foreign = other.payments.createPayment(shop.paymentRequest(cardId, "1.00"))
    expect((await refusalOf(foreign)).status).toBeGreaterThanOrEqual(400)
  })
})

describe("a saved card", () => {
  it("takes new particulars", async () => {
    const cardId = await shop.goodCard()
    const year = new Date().getUTCFullYear() + 5
    const updated = await circle.cards.updateCard(cardId, {
      ...(await shop.encrypt({ cvv: "456" })),
      expMonth: 11,
      expYear: year
    })
    expect(valueAt(updated.data, "data")).toMatchObject({ id: cardId, expMonth: 11, expYear: year })
    const card = await eventually(
      async () => valueAt((await circle.cards.getCard(cardId)).data, "data"),
      (one) => valueAt(one, "status") !== "pending"
    )
    expect(card).toMatchObject({ status: "complete", expMonth: 11, expYear: year })
  })
})

it("every path of the card payments API has been answered and judged", () => {
  expect(contract.covered()).toEqual(
    expect.arrayContaining([
      "GET /ping 200",
      "GET /v1/balances 200",
      "GET /v1/businessAccount/balances 200",
      "GET /v1/cards 200",
      "GET /v1/cards 401",
      "GET /v1/cards/{id} 200",
      "GET /v1/cards/{id} 404",
      "GET /v1/channels 200",
      "GET /v1/configuration 200",
      "GET /v1/encryption/public 200",
      "GET /v1/payments 200",
      "GET /v1/payments/{id} 200",
      "GET /v1/payments/{id} 404",
      "GET /v1/settlements 200",
      "GET /v1/settlements/{id} 200",
      "GET /v1/settlements/{id} 404",
      "POST /v1/cards 201",
      "POST /v1/payments 201",
      "POST /v1/payments 400",
      "POST /v1/payments 409",
      "POST /v1/payments/{id}/cancel 200",
      "POST /v1/payments/{id}/capture 202",
      "POST /v1/payments/{id}/refund 200",
      "PUT /v1/cards/{id} 200"
    ])
  )
})
