/** Cross-border payments over HTTP: made of a quote, looked at, listed, refused, and shaped as they were published. */
import { PayoutAnswers } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { CompactEncrypt, generateKeyPair } from "jose"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { list, type Part, part, text } from "../../src/json-part.ts"
import { type Json, newKey, openShop, type Shop } from "../shop.ts"
import { scriptedChain } from "./scripted-chain.ts"
import { misfits, pathsIn, pathsOf, seedPayment } from "./seed-payment.ts"
import { certificateIn, codeOf, type Institution, institution, sender } from "./trade.ts"

let shop: Shop
let ada: Institution
let bob: Institution
const chain = scriptedChain()

beforeAll(async () => {
  shop = await openShop({ fundingChain: chain.wrap })
  ada = institution(shop)
  bob = institution(shop, "Bearer bob")
})
afterAll(async () => {
  expect(shop.defects).toEqual([])
  await shop.close()
})

const create = (body: Json, headers: Record<string, string> = {}) =>
  shop.call("POST", "/v1/cpn/payments", body, headers)

describe("a payment", () => {
  it("is made of a quote, cleared, funded and paid out, and told at every step", async () => {
    const quote = await ada.quote()
    const created = await create(await ada.paymentBody(quote))
    expect([created.status, part(created.data)["status"]]).toEqual([201, "CRYPTO_FUNDS_PENDING"])
    expect(created.data).toMatchObject({
      quoteId: quote["id"],
      paymentMethodType: "SPEI",
      blockchain: "ETH-SEPOLIA",
      senderAddress: sender,
      refundAddress: sender,
      customerRefId: "customer-7",
      beneficiaryRefId: "beneficiary-7",
      refCode: "order-7",
      useCase: "B2B",
      reasonForPayment: "PMT001",
      expireDate: quote["cryptoFundsSettlementExpireDate"],
      sourceAmount: quote["sourceAmount"],
      destinationAmount: quote["destinationAmount"],
      fees: quote["fees"],
      fiatSettlementTime: quote["fiatSettlementTime"],
      rfis: [],
      onChainTransactions: [],
      refunds: []
    })
    const transactionId = await ada.fund(created.id)
    const paid = await ada.payment(created.id)
    expect(paid["status"]).toBe("COMPLETED")
    expect(paid["onChainTransactions"]).toEqual([{ id: transactionId, status: "COMPLETED" }])
    expect(text(paid["fiatNetworkPaymentRef"])).not.toBe("")
  })

  it("has the keys and formats of the published example, nested ones too", async () => {
    const paid = (await ada.pay()).id
    await ada.fund(paid)
    const failed = (await ada.pay("FailThenRefundWithCompleted")).id
    await ada.fund(failed)
    for (const id of [paid, failed]) await Effect.runPromise(shop.payout.raiseRfi(id, 3))
    await ada.settle()
    const shown = [await ada.payment(paid), await ada.payment(failed)]
    expect(shown.map(({ status }) => status)).toEqual(["COMPLETED", "FAILED"])
    for (const one of shown) expect(misfits(one, seedPayment)).toEqual([])
    // One that is paid has no failure, and one that failed was not paid: together they have all there is.
    const have = new Set(shown.flatMap((one) => pathsIn(one)))
    expect(pathsOf(seedPayment).filter((path) => !have.has(path))).toEqual([])
  })

  it.each([
    ["Failed", "FAILED", "COMPLIANCE_CHECK_FAILED"],
    ["CreateRfi", "CREATED", undefined],
    ["AsyncSuccess", "CREATED", undefined]
  ])("of %s is %s at once", async (originator, status, failureReason) => {
    const { data } = await ada.pay(originator)
    expect([part(data)["status"], part(data)["failureReason"]]).toEqual([status, failureReason])
    expect(part(data)["activeRfi"] !== undefined).toBe(originator === "CreateRfi")
  })

  it.each([
    ["AsyncFailed", { status: "FAILED" }],
    ["AsyncSuccess", { status: "CRYPTO_FUNDS_PENDING" }],
    ["AsyncRfi", { status: "CREATED", activeRfi: { level: "LEVEL_1", status: "INFORMATION_REQUIRED" } }],
    ["Expired", { status: "FAILED", failureReason: "PAYMENT_EXPIRED", failureCode: "PM09000" }]
  ])("of %s comes to its end later", async (originator, expected) => {
    const { id } = await ada.pay(originator)
    await ada.settle()
    expect(await ada.payment(id)).toMatchObject(expected)
  })

  it.each([
    ["FailThenRefundWithCompleted", "COMPLETED"],
    ["FailThenRefundCreatedThenFailed", "FAILED"],
    ["FailThenRefundCreatedThenCompleted", "COMPLETED"]
  ])("of %s is given back, as its refund tells too", async (originator, status) => {
    const { id } = await ada.pay(originator)
    await ada.fund(id)
    const payment = await ada.payment(id)
    const [refund] = list(payment["refunds"]).map(part)
    expect([payment["status"], payment["failureReason"]]).toEqual(["FAILED", "FIAT_SETTLEMENT_FAILED"])
    expect(refund).toMatchObject({ status, amount: payment["sourceAmount"] })
    const path = `/v1/cpn/payments/${id}/refunds/${text(refund?.["id"])}`
    const found = await ada.call("GET", path)
    expect([found.status, found.data]).toEqual([
      200,
      {
        ...refund,
        paymentId: id,
        refundAddress: sender,
        blockchain: "ETH-SEPOLIA",
        createDate: expect.any(String)
      }
    ])
    expect(codeOf(await bob.call("GET", path))).toEqual([404, 2])
    const other = (await ada.pay()).id
    expect(codeOf(await ada.call("GET", path.replace(id, other)))).toEqual([404, 2])
  })
})

describe("a request for a payment", () => {
  let quote: Part
  let body: Json
  beforeAll(async () => {
    quote = await ada.quote()
    body = await ada.paymentBody(quote)
  })

  it("with the same key is the same payment, and with another meaning none", async () => {
    const again = { ...body, idempotencyKey: newKey() }
    const first = await create(again)
    const second = await create(again)
    expect([first.status, second.status, second.text]).toEqual([201, 201, first.text])
    expect(second.headers.get("idempotent-replayed")).toBe("true")
    // Whoever encrypts once more says the same in another text.
    const { travelRuleData } = await ada.paymentBody(quote)
    expect((await create({ ...again, travelRuleData })).text).toBe(first.text)
    expect(codeOf(await create({ ...again, refCode: "another" }))).toEqual([409, 290001])
    expect(codeOf(await create({ ...again }, { "idempotency-key": newKey() }))).toEqual([400, 2])
    expect(codeOf(await create({ ...again, idempotencyKey: newKey() }))).toEqual([400, 290201])
  })

  it("may name the version of the requirements beside what is encrypted", async () => {
    const fresh = await ada.paymentBody(await ada.quote())
    const versioned = (version: number) => ({
      ...fresh,
      travelRuleData: { version, data: fresh["travelRuleData"] },
      beneficiaryAccountData: { version: 1, data: fresh["beneficiaryAccountData"] }
    })
    expect(codeOf(await create(versioned(2)))).toEqual([400, 2])
    expect((await create({ ...versioned(1), idempotencyKey: newKey() })).status).toBe(201)
  })

  const missing = [
    ...["idempotencyKey", "quoteId", "beneficiaryAccountData", "travelRuleData", "customerRefId", "useCase"],
    ...["reasonForPayment", "senderAddress", "blockchain", "refundAddress"]
  ]
  it("lacks nothing that is required, and is told of everything at once", async () => {
    const { status, json } = await create({})
    expect([status, json["code"]]).toEqual([400, 2])
    const errors = list(json["errors"]).map(part)
    expect(errors.map(({ location }) => text(location)).toSorted()).toEqual(missing.toSorted())
    for (const { error } of errors) expect(error).toBe("MISSING_OR_INVALID_FIELD")
  })

  it.each<readonly [string, Json, readonly [number, number]]>([
    ["a quote that does not exist", { quoteId: "0d1f6a52-1a06-4b37-9d70-43c9a4a1e0ff" }, [400, 290200]],
    ["another blockchain", { blockchain: "MATIC-AMOY" }, [400, 290203]],
    [
      "an address of another blockchain",
      { senderAddress: "4Nd1mYvQK7o3iXfGZJ8N3cQ1hU2xRbPpT6sWqVzLkA9e" },
      [400, 290203]
    ],
    ["a refund to no address", { refundAddress: "somewhere" }, [400, 290203]],
    ["a sanctioned sender", { senderAddress: "0x8589427373D6D84E98730D7795D8f6f8731FDA16" }, [400, 290204]],
    ["a use case of other parties", { useCase: "C2C" }, [400, 2]],
    ["a reason that is none", { reasonForPayment: "PMT031" }, [400, 2]],
    ["a reason of another form", { reasonForPayment: "PMT1" }, [400, 2]],
    ["an account that is no JWE", { beneficiaryAccountData: "e30.e30.e30.e30" }, [400, 290502]],
    ["an account in the clear", { beneficiaryAccountData: [{ name: "CLABE", value: "1" }] }, [400, 2]],
    ["a JWE that is too long", { travelRuleData: "A".repeat(30_000) }, [400, 2]],
    ["references that are too long", { customerRefId: "x".repeat(256) }, [400, 2]]
  ])("with %s is refused, and the quote stays free", async (_, change, expected) => {
    const fresh = { ...(await ada.paymentBody(await ada.quote())), idempotencyKey: newKey() }
    expect(codeOf(await create({ ...fresh, ...change }))).toEqual(expected)
    expect((await create(fresh)).status).toBe(201)
  })

  it("of an expired quote is refused", async () => {
    const late = await ada.paymentBody(await ada.quote())
    await shop.advance(61_000)
    expect(codeOf(await create(late))).toEqual([400, 290202])
  })

  it.each<readonly [string, (jwe: string) => string | Promise<string>, readonly [number, number]]>([
    ["altered in its last byte", (jwe) => altered(jwe, jwe.length - 2), [400, 290500]],
    ["altered in the middle", (jwe) => altered(jwe, Math.floor(jwe.length / 2)), [400, 290500]],
    ["for another key", async () => forSomebodyElse([]), [400, 290500]],
    [
      "encrypted otherwise",
      (jwe) => `${base64url({ alg: "dir", enc: "A256GCM" })}${jwe.slice(jwe.indexOf("."))}`,
      [400, 290503]
    ],
    ["of a header that is none", (jwe) => `AAAA${jwe.slice(jwe.indexOf("."))}`, [400, 290502]]
  ])("with data that is %s is refused", async (_, change, expected) => {
    const fresh = await ada.paymentBody(await ada.quote())
    const travelRuleData = await change(text(fresh["travelRuleData"]))
    expect(codeOf(await create({ ...fresh, travelRuleData }))).toEqual(expected)
    expect((await create(fresh)).status).toBe(201)
  })

  it("with too little about the parties is told what is missing, by names alone", async () => {
    const fresh = await ada.quote()
    const plain = await ada.paymentBody(fresh)
    const secret = "Jane Q. Secret"
    const travelRuleData = await PayoutAnswers.encryptList(certificateIn(fresh), { ORIGINATOR_NAME: secret })
    const reply = await create({ ...plain, travelRuleData })
    expect(codeOf(reply)).toEqual([400, 290207])
    const locations = list(reply.json["errors"]).map((error) => part(error)["location"])
    expect(locations).toContain("ORIGINATOR_ADDRESS")
    expect(locations).not.toContain("ORIGINATOR_NAME")
    expect(reply.text).not.toContain(secret)
    expect((await create(plain)).status).toBe(201)
  })
})

const altered = (jwe: string, at: number): string =>
  `${jwe.slice(0, at)}${jwe[at] === "A" ? "B" : "A"}${jwe.slice(at + 1)}`

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")

const forSomebodyElse = async (value: unknown): Promise<string> => {
  const { publicKey } = await generateKeyPair("ECDH-ES+A128KW")
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
    .setProtectedHeader({ alg: "ECDH-ES+A128KW", enc: "A128GCM" })
    .encrypt(publicKey)
}

describe("the list of payments", () => {
  it("is filtered, paged and linked, newest first, and one merchant's own", async () => {
    const ids: Array<string> = []
    for (const [at, customerRefId] of ["red", "blue", "red", "red"].entries()) {
      ids.unshift((await bob.pay("Jane Doe", {}, { customerRefId, refCode: `order-${at}` })).id)
      await shop.advance(10)
    }
    const listed = async (query: string) => {
      const reply = await bob.call("GET", `/v1/cpn/payments?${query}`)
      expect(reply.status).toBe(200)
      return { ids: list(reply.data).map((one) => part(one)["id"]), link: reply.headers.get("link") ?? "" }
    }
    expect((await listed("")).ids).toEqual(ids)
    expect((await listed("customerRefId=blue")).ids).toEqual([ids[2]])
    expect((await listed("refCode=order-1")).ids).toEqual([ids[2]])
    expect((await listed("customerRefId=red&refCode=order-1")).ids).toEqual([])
    expect((await listed("status=CRYPTO_FUNDS_PENDING")).ids).toEqual(ids)
    expect((await listed("status=COMPLETED")).ids).toEqual([])
    const first = await listed("customerRefId=red&pageSize=2")
    expect(first.ids).toEqual([ids[0], ids[1]])
    const next = /<([^>]*)>; rel="next"/u.exec(first.link)?.[1] ?? ""
    expect(next).toContain("customerRefId=red")
    const second = await listed(new URL(next).search.slice(1))
    expect(second.ids).toEqual([ids[3]])
    expect(second.link).toContain('rel="prev"')
    expect((await ada.call("GET", `/v1/cpn/payments/${ids[0]}`)).status).toBe(404)
    expect(list((await ada.call("GET", "/v1/cpn/payments?customerRefId=red")).data)).toEqual([])
  })

  it.each([
    ["status=PAID", "status"],
    ["pageSize=0", "pageSize"],
    ["pageAfter=x", "pageAfter"],
    ["from=yesterday", "from"],
    [`customerRefId=${"x".repeat(256)}`, "customerRefId"],
    ["pageAfter=0d1f6a52-1a06-4b37-9d70-43c9a4a1e0ff&pageBefore=0d1f6a52-1a06-4b37-9d70-43c9a4a1e0ff", "pageBefore"]
  ])("refuses %s", async (query, location) => {
    const { status, json } = await ada.call("GET", `/v1/cpn/payments?${query}`)
    expect([status, json["code"]]).toEqual([400, 2])
    expect(list(json["errors"]).map(part)).toMatchObject([{ error: "MISSING_OR_INVALID_FIELD", location }])
  })
})
