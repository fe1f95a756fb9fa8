/** Payments over HTTP, from charge to settlement, and every refusal on the way. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ada, channel, cvvSent, type Json, metadata, newKey, openShop, type Shop, walletId } from "./shop.ts"

const usd = (amount: string) => ({ amount, currency: "USD" })
const dayMs = 24 * 60 * 60 * 1000
const isoDate = expect.stringMatching(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z$/u)

let shop: Shop
let cardId: string
beforeAll(async () => {
  shop = await openShop()
  cardId = await shop.saveCard()
})
afterAll(() => shop.close())

const change = (kind: string, id: string, body: Json = {}, headers: Record<string, string> = {}) =>
  shop.call("POST", `/v1/payments/${id}/${kind}`, { idempotencyKey: newKey(), ...body }, headers)

describe("a charge", () => {
  it("is pending first, then confirmed, and paid once settled", async () => {
    const created = await shop.call("POST", "/v1/payments", shop.paymentBody(cardId))
    const pending = {
      id: created.id,
      type: "payment",
      merchantId: ada,
      merchantWalletId: walletId,
      amount: usd("3.14"),
      source: { id: cardId, type: "card" },
      description: "Payment",
      status: "pending",
      channel,
      refunds: [],
      metadata: { email: metadata.email, phoneNumber: metadata.phoneNumber },
      createDate: isoDate,
      updateDate: isoDate
    }
    expect([created.status, created.json]).toEqual([201, { data: pending }])
    await shop.kernel.drain()
    const confirmed = { ...pending, status: "confirmed", verification: { avs: "Y", cvv: "not_requested" } }
    expect(await shop.get(created.id)).toEqual({ ...confirmed, fees: usd("0.39") })
    await shop.kernel.settlements.run(ada)
    expect(await shop.get(created.id)).toMatchObject({ status: "paid" })
  })

  it("given verification cvv, then the code is checked, and a wrong one fails the payment", async () => {
    const sealed = async (cvv: string) => ({ verification: "cvv", ...(await shop.encrypt({ cvv })) })
    const right = await shop.pay(cardId, await sealed(cvvSent))
    expect(await shop.get(right)).toMatchObject({ status: "confirmed", verification: { cvv: "pass" } })
    const wrong = await shop.pay(cardId, await sealed("000"))
    expect(await shop.get(wrong)).toMatchObject({ status: "failed", errorCode: "card_cvv_invalid" })
  })

  it.each([
    ["5.04", "card_not_honored"],
    ["5.07", "payment_not_funded"],
    ["5.54", "credit_card_not_allowed"]
  ])("of %s fails with %s", async (amount, errorCode) => {
    const id = await shop.pay(cardId, { amount: usd(amount) })
    expect(await shop.get(id)).toMatchObject({ status: "failed", errorCode })
  })

  it("denied for risk says why", async () => {
    const id = await shop.pay(cardId, { amount: usd("5.43") })
    expect(await shop.get(id)).toMatchObject({
      status: "failed",
      errorCode: "payment_denied",
      riskEvaluation: { decision: "denied", reason: "3000" }
    })
  })

  it.each<readonly [number, Json]>([
    [1076, { amount: usd("100000.01") }],
    [1089, { source: { id: newKey() } }],
    [1096, { verification: "cvv", encryptedData: "AAAA" }],
    [1096, { verification: "cvv", encryptedData: "AAAA", keyId: "key9" }],
    [2, { verification: "cvv", encryptedData: "AAAA", keyId: "key1" }]
  ])("is refused with %s for %j", async (code, fields) => {
    const reply = await shop.call("POST", "/v1/payments", shop.paymentBody(cardId, fields))
    expect([reply.status, reply.json["code"]]).toEqual([400, code])
  })

  it("to a failed card is refused with 1088", async () => {
    const failed = await shop.saveCard(await shop.encrypt({ number: "4007400000000007", cvv: "999" }))
    const reply = await shop.call("POST", "/v1/payments", shop.paymentBody(failed))
    expect([reply.status, reply.json["code"]]).toEqual([400, 1088])
  })

  it("takes an id in capitals for the same id", async () => {
    const id = await shop.pay(cardId.toUpperCase())
    expect(await shop.get(id.toUpperCase())).toMatchObject({ id, source: { id: cardId } })
  })
})

describe("an authorization", () => {
  const authorize = () => shop.pay(cardId, { autoCapture: false, amount: usd("10") })

  it("is captured once, in part, with an answer that has no body", async () => {
    const id = await authorize()
    expect(await shop.get(id)).toMatchObject({ status: "confirmed", captured: false, amount: usd("10.00") })
    const captured = await change("capture", id, { amount: usd("4.00") })
    expect([captured.status, captured.text, captured.headers.get("content-type")]).toEqual([202, "", null])
    await shop.kernel.drain()
    expect(await shop.get(id)).toMatchObject({ captured: true, captureAmount: usd("4.00"), captureDate: isoDate })
    expect((await change("capture", id)).status).toBe(409)
  })

  it("beyond its amount is refused with the bound", async () => {
    const reply = await change("capture", await authorize(), { amount: usd("10.01") })
    expect(reply.json).toEqual({
      code: 2,
      message: "Invalid entity.\namount.amount must be less than or equal to 10.00",
      errors: [
        {
          error: "max_value",
          message: "amount.amount must be less than or equal to 10.00",
          location: "amount.amount",
          constraints: { max: "10.00", inclusive: true }
        }
      ]
    })
  })

  it("in part is forbidden where the merchant's contract has no partial capture", async () => {
    const asBob = { authorization: "Bearer bob" }
    const saved = await shop.call("POST", "/v1/cards", await shop.cardBody(), asBob)
    await shop.kernel.drain()
    const body = shop.paymentBody(saved.id, { autoCapture: false })
    const { id } = await shop.call("POST", "/v1/payments", body, asBob)
    await shop.kernel.drain()
    const reply = await change("capture", id, { amount: usd("1.00") }, asBob)
    expect([reply.status, reply.json]).toEqual([403, { code: 3, message: "Forbidden" }])
  })

  it("that is cancelled reads as failed, and the cancel is no refund", async () => {
    const id = await authorize()
    const cancelled = await change("cancel", id, { reason: "requested_by_customer" })
    expect(cancelled.status).toBe(200)
    expect(cancelled.data).toMatchObject({
      type: "cancel",
      status: "pending",
      refund: false,
      reason: "requested_by_customer",
      originalPayment: { id, status: "confirmed", captured: false }
    })
    await shop.kernel.drain()
    expect(await shop.get(id)).toMatchObject({
      status: "failed",
      errorCode: "payment_canceled",
      cancel: { id: cancelled.id, type: "cancel", status: "paid", originalPayment: { id, type: "payment" } }
    })
    const again = await change("cancel", id)
    expect([again.status, again.json["code"]]).toEqual([409, 1086])
  })

  it("given nobody captured it in 6 days and 18 hours, then it reads as cancelled", async () => {
    const apart = await openShop()
    const id = await apart.pay(await apart.saveCard(), { autoCapture: false })
    await apart.advance(6.75 * dayMs + 1000)
    expect(await apart.get(id)).toMatchObject({ status: "failed", errorCode: "payment_canceled" })
    const late = await apart.call("POST", `/v1/payments/${id}/capture`, { idempotencyKey: newKey() })
    expect([late.status, late.json["code"]]).toEqual([409, 1097])
    await apart.close()
  })
})

describe("money back", () => {
  it("is refunded in parts, up to what was paid", async () => {
    const id = await shop.pay(cardId)
    const first = await change("refund", id, { amount: usd("1"), reason: "duplicate" })
    expect(first.status).toBe(200)
    expect(first.data).toMatchObject({
      type: "refund",
      amount: usd("1.00"),
      status: "pending",
      reason: "duplicate",
      fees: usd("0.00"),
      originalPayment: { id, type: "payment", refunds: [{ id: first.id, type: "refund" }] }
    })
    await shop.kernel.drain()
    const tooMuch = await change("refund", id, { amount: usd("2.15") })
    expect([tooMuch.status, tooMuch.json["code"]]).toEqual([400, 1087])
    expect((await change("refund", id, { amount: usd("2.14") })).status).toBe(200)
    await shop.kernel.drain()
    expect(await shop.get(id)).toMatchObject({ status: "confirmed", refunds: [{ status: "paid" }, { status: "paid" }] })
    expect(await shop.get(first.id)).toMatchObject({ id: first.id, type: "refund", status: "paid" })
  })

  it("before settlement leaves the payment failed, and without a fee", async () => {
    const id = await shop.pay(cardId)
    expect(await shop.get(id)).toHaveProperty("fees")
    expect((await change("cancel", id)).data).toMatchObject({ type: "cancel", refund: false })
    await shop.kernel.drain()
    const payment = await shop.get(id)
    expect(payment).toMatchObject({ status: "failed", errorCode: "payment_canceled" })
    expect(payment).not.toHaveProperty("fees")
  })

  it("after settlement a cancel is a refund", async () => {
    const id = await shop.pay(cardId)
    await shop.kernel.settlements.run(ada)
    const cancelled = await change("cancel", id)
    expect(cancelled.data).toMatchObject({ type: "cancel", refund: true, amount: usd("3.14") })
    await shop.kernel.drain()
    expect(await shop.get(cancelled.id)).toMatchObject({ type: "cancel", status: "paid", refund: true })
  })

  it.each([
    ["cancel", 409, 1084],
    ["refund", 409, 1085],
    ["capture", 404, 1051]
  ])("cannot itself be asked for a %s", async (kind, status, code) => {
    const id = await shop.pay(cardId)
    const refund = await change("refund", id, { amount: usd("1.00") })
    const reply = await change(kind, refund.id, kind === "refund" ? { amount: usd("1.00") } : {})
    expect([reply.status, reply.json["code"]]).toEqual([status, code])
    await shop.kernel.drain()
  })

  it.each(["cancel", "refund"])("of a failed payment: %s is refused with 1097", async (kind) => {
    const id = await shop.pay(cardId, { amount: usd("5.01") })
    const reply = await change(kind, id, kind === "refund" ? { amount: usd("1.00") } : {})
    expect([reply.status, reply.json["code"]]).toEqual([409, 1097])
  })

  it("of an authorization is refused with 1085", async () => {
    const id = await shop.pay(cardId, { autoCapture: false })
    const reply = await change("refund", id, { amount: usd("1.00") })
    expect([reply.status, reply.json["code"]]).toEqual([409, 1085])
  })

  it("of nothing is refused with 1077, in another currency with 1078", async () => {
    const id = await shop.pay(cardId)
    for (const [amount, code] of [
      [usd("0"), 1077],
      [{ amount: "1.00", currency: "EUR" }, 1078]
    ] as const) {
      expect((await change("refund", id, { amount })).json["code"]).toBe(code)
    }
    expect((await change("refund", id, {})).json["errors"]).toMatchObject([{ error: "required", location: "amount" }])
    expect((await change("cancel", id, { reason: "boredom" })).json["errors"]).toMatchObject([{ location: "reason" }])
  })
})

describe("an unknown payment", () => {
  it.each([newKey(), "x", "a".repeat(250)])("%s is not found, whatever is asked", async (id) => {
    const replies = [
      await shop.call("GET", `/v1/payments/${id}`),
      await change("capture", id),
      await change("cancel", id),
      await change("refund", id, { amount: usd("1.00") })
    ]
    for (const reply of replies) {
      expect([reply.status, reply.json]).toEqual([404, { code: 1051, message: "Payment not found." }])
    }
  })
})

describe("3-D Secure", () => {
  const urls = {
    verificationSuccessUrl: "https://shop.example/paid",
    verificationFailureUrl: "https://shop.example/no"
  }
  const challenged = { verification: "three_d_secure", amount: usd("5.66"), ...urls }

  it.each([
    ["approved", urls.verificationSuccessUrl, { status: "confirmed", verification: { threeDSecure: "pass" } }],
    ["failed", urls.verificationFailureUrl, { status: "failed", errorCode: "three_d_secure_failure" }]
  ] as const)("given the payer's answer is %s, then the browser goes on to %s", async (answer, target, outcome) => {
    const id = await shop.pay(cardId, challenged)
    const waiting = JSON.stringify(await shop.get(id))
    expect(JSON.parse(waiting)).toMatchObject({
      status: "action_required",
      requiredAction: { type: "three_d_secure_required" }
    })
    const challengeId = /"redirectUrl":"https:\/\/bank\.example\/3ds\/([^"]+)"/u.exec(waiting)?.[1] ?? ""
    const answered = await shop.bank.challenges.answer(challengeId, answer)
    const { pathname } = new URL(answered._tag === "Success" ? answered.success.returnUrl : "https://none")
    const back = await shop.call("GET", pathname, undefined, { authorization: "" })
    expect([back.status, back.headers.get("location"), back.text]).toEqual([303, target, ""])
    await shop.kernel.drain()
    expect(await shop.get(id)).toMatchObject(outcome)
    expect(await shop.get(id)).not.toHaveProperty("requiredAction")
    // The way back was open once; and what proves one payment proves no other.
    const other = await shop.pay(cardId, challenged)
    const before = [await shop.get(id), await shop.get(other)]
    for (const path of [
      pathname,
      pathname.replace(id, other),
      pathname.replace(/.$/u, (last) => (last === "0" ? "1" : "0"))
    ]) {
      for (const method of ["GET", "POST"]) {
        const again = await shop.call(method, path, undefined, { authorization: "" })
        expect([again.status, again.headers.get("location")]).toEqual([400, null])
      }
    }
    await shop.kernel.drain()
    expect([await shop.get(id), await shop.get(other)]).toEqual(before)
  })

  it.each([
    ["5.69", { status: "confirmed", verification: { threeDSecure: "pass", eci: expect.any(String) } }],
    ["5.72", { status: "failed", verification: { threeDSecure: "fail" }, errorCode: "three_d_secure_failure" }]
  ])("of %s needs no challenge", async (amount, outcome) => {
    expect(await shop.get(await shop.pay(cardId, { ...challenged, amount: usd(amount) }))).toMatchObject(outcome)
  })

  it("leads to no other origin than those that the merchant has registered, where the host asks for that", async () => {
    const apart = await openShop({ onlyRegisteredReturns: true })
    const card = await apart.saveCard()
    const paying = async (change: Record<string, string>) =>
      apart.call("POST", "/v1/payments", apart.paymentBody(card, { ...challenged, ...change }))
    const returnOrigins = ["https://shop.example", "http://localhost:3000"]
    const look = { displayName: null, logoUrl: null, colour: null }
    await apart.kernel.merchants.changeProfile(ada, { ...look, returnOrigins })
    const elsewhere = ["https://shop.example.evil.example/", "https://shop.example:8443/", "http://localhost:3001/"]
    for (const location of ["verificationSuccessUrl", "verificationFailureUrl"]) {
      for (const url of [...elsewhere, "https:\\\\evil.example", "https://shop.example\\@evil.example/"]) {
        const refused = await paying({ [location]: url })
        expect([refused.status, refused.json["code"], refused.json["errors"]]).toEqual([
          400,
          2,
          [{ error: "invalid_value", location, message: expect.stringMatching(`^${location} must be `) }]
        ])
      }
    }
    expect((await apart.call("GET", "/v1/payments")).data).toEqual([])
    expect((await paying({ verificationSuccessUrl: "http://localhost:3000/paid?x=1" })).status).toBe(201)
    await apart.kernel.merchants.changeProfile(ada, { ...look, returnOrigins: [] })
    expect((await paying({})).status).toBe(400)
    expect(apart.defects).toEqual([])
    await apart.close()
  })

  it.each(["x", "a.b.c", "a".repeat(250)])("given the made-up state %s, then a page that says so", async (state) => {
    const reply = await shop.call("GET", `/v1/3ds/return/${state}`, undefined, { authorization: "" })
    expect(reply.status).toBe(400)
    expect(reply.headers.get("content-type")).toBe("text/html; charset=utf-8")
    expect(reply.headers.get("content-security-policy")).toMatch(/^default-src 'none'/u)
    expect(reply.text).toContain("This link is not valid")
  })
})

describe("the account", () => {
  it("shows balances and settlements in dollars", async () => {
    const apart = await openShop()
    await apart.pay(await apart.saveCard(), { amount: usd("100.00") })
    const before = await apart.call("GET", "/v1/balances")
    expect(before.data).toEqual({ available: [], unsettled: [expect.objectContaining({ currency: "USD" })] })
    await apart.kernel.settlements.run(ada)
    const { data } = await apart.call("GET", "/v1/businessAccount/balances")
    expect(data).toMatchObject({
      available: [{ amount: expect.stringMatching(/^[0-9]+\.[0-9]{2}$/u), currency: "USD" }]
    })
    const list = await apart.call("GET", "/v1/settlements")
    const [settlement] = Array.isArray(list.data) ? list.data : []
    expect(settlement).toEqual({
      id: expect.any(String),
      merchantWalletId: walletId,
      walletId,
      totalDebits: usd("0.00"),
      totalCredits: usd("100.00"),
      paymentFees: { amount: expect.stringMatching(/^[0-9]+\.[0-9]{2}$/u), currency: "USD" },
      chargebackFees: usd("0.00"),
      createDate: isoDate,
      updateDate: isoDate
    })
    expect((await apart.call("GET", `/v1/settlements/${settlement.id}`)).data).toEqual(settlement)
    for (const id of [newKey(), "x"]) {
      const unknown = await apart.call("GET", `/v1/settlements/${id}`)
      expect([unknown.status, unknown.json]).toEqual([404, { code: 404, message: "Not found." }])
    }
    await apart.close()
  })

  it("shows configuration, channels, the public key, and answers a ping without a key", async () => {
    expect((await shop.call("GET", "/v1/configuration")).data).toEqual({ payments: { masterWalletId: walletId } })
    expect((await shop.call("GET", "/v1/channels")).data).toEqual([
      { id: channel, default: true, cardDescriptor: "BOOKSHOP", achDescriptor: "BOOKSHOP" }
    ])
    expect((await shop.call("GET", "/v1/encryption/public")).data).toMatchObject({ keyId: "key1" })
    const ping = await shop.call("GET", "/ping", undefined, { authorization: "" })
    expect([ping.status, ping.json]).toEqual([200, { message: "pong" }])
  })

  it("given the merchant is suspended, then nothing new is taken, and all can still be read", async () => {
    const apart = await openShop()
    const card = await apart.saveCard()
    await apart.kernel.merchants.suspend(ada)
    expect((await apart.call("POST", "/v1/payments", apart.paymentBody(card))).json).toEqual({
      code: 3,
      message: "Forbidden"
    })
    expect((await apart.call("GET", "/v1/cards")).status).toBe(200)
    await apart.close()
  })
})

describe("after all of this", () => {
  it("no defect happened", () => expect(shop.defects).toEqual([]))
})
