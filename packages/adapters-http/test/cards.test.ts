/** Cards over HTTP: saved, looked at, changed, and refused with every published code. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { billingDetails, cvvSent, type Json, metadata, newKey, openShop, panSent, type Shop } from "./shop.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u
const isoDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z$/u

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const create = async (change: Json = {}) => shop.call("POST", "/v1/cards", await shop.cardBody(change))

describe("a new card", () => {
  it("is pending first, and complete once the issuer has answered", async () => {
    const created = await create()
    expect(created.status).toBe(201)
    const shown = {
      id: expect.stringMatching(uuid),
      status: "pending",
      billingDetails,
      expMonth: 12,
      expYear: 2035,
      network: "VISA",
      last4: "0007",
      bin: "400740",
      fundingType: "unknown",
      fingerprint: expect.stringMatching(uuid),
      verification: { avs: "pending", cvv: "pending" },
      metadata: { email: metadata.email, phoneNumber: metadata.phoneNumber },
      createDate: expect.stringMatching(isoDate),
      updateDate: expect.stringMatching(isoDate)
    }
    expect(created.json).toEqual({ data: shown })
    await shop.kernel.drain()
    const found = await shop.call("GET", `/v1/cards/${created.id}`)
    expect(found.status).toBe(200)
    expect(found.data).toEqual({
      ...shown,
      status: "complete",
      issuerCountry: "US",
      fundingType: "credit",
      verification: { avs: "Y", cvv: "pass" }
    })
  })

  it("given a wrong CVV, then it fails with the published code", async () => {
    const cardId = await shop.saveCard(await shop.encrypt({ number: panSent, cvv: "999" }))
    const { data } = await shop.call("GET", `/v1/cards/${cardId}`)
    expect(data).toMatchObject({ status: "failed", errorCode: "card_cvv_invalid", verification: { cvv: "fail" } })
  })

  it("given a denial, then its reason is shown, and only then", async () => {
    const denied = await shop.saveCard({ billingDetails: { ...billingDetails, name: "Risk_3070" } })
    expect((await shop.call("GET", `/v1/cards/${denied}`)).data).toMatchObject({
      status: "failed",
      errorCode: "verification_denied",
      riskEvaluation: { decision: "denied", reason: "3070" }
    })
    const fine = await shop.call("GET", `/v1/cards/${await shop.saveCard()}`)
    expect(fine.data).not.toHaveProperty("riskEvaluation")
    expect(fine.data).not.toHaveProperty("errorCode")
  })

  it("given optional fields are null or absent, then they are absent in the answer", async () => {
    const created = await create({
      billingDetails: { ...billingDetails, country: "DE", line2: null, district: null },
      metadata: { ...metadata, phoneNumber: null }
    })
    expect(created.status).toBe(201)
    const { line2, district, ...rest } = billingDetails
    expect(created.data).toMatchObject({ billingDetails: { ...rest, country: "DE" } })
    expect(created.text).not.toMatch(/line2|district|phoneNumber/u)
  })

  it("given unknown fields, then they are ignored and nowhere to be seen", async () => {
    const created = await create({ surprise: "planted", billingDetails: { ...billingDetails, extra: "planted" } })
    expect([created.status, created.text.includes("planted")]).toEqual([201, false])
  })
})

describe("an unknown card", () => {
  it.each([newKey(), "x", "0", "..", "a".repeat(200)])("%s is not found", async (id) => {
    for (const method of ["GET", "PUT"]) {
      const reply = await shop.call(method, `/v1/cards/${id}`, method === "PUT" ? {} : undefined)
      if (method === "PUT" && reply.status === 400) continue
      expect([reply.status, reply.json]).toEqual([404, { code: 404, message: "Not found." }])
    }
  })
})

describe("an update", () => {
  it("joins the name, keeps what is absent, and asks the issuer again", async () => {
    const cardId = await shop.saveCard()
    const updated = await shop.call("PUT", `/v1/cards/${cardId}`, {
      ...(await shop.encrypt({ cvv: cvvSent })),
      expMonth: 1,
      expYear: 2036,
      billingDetails: {
        firstName: "Ada",
        lastName: "Lovelace",
        line1: "Test_A",
        phone: "+12025550181",
        email: "ada@example.com"
      }
    })
    expect(updated.status).toBe(200)
    expect(updated.data).toMatchObject({
      status: "pending",
      billingDetails: { ...billingDetails, name: "Ada Lovelace", line1: "Test_A" },
      expMonth: 1,
      expYear: 2036,
      metadata: { email: "ada@example.com" }
    })
    await shop.kernel.drain()
    const { data } = await shop.call("GET", `/v1/cards/${cardId}`)
    expect(data).toMatchObject({ status: "complete", verification: { avs: "A", cvv: "pass" } })
  })

  it.each([
    ["lastName", { firstName: "Ada" }, 1094],
    ["firstName", { lastName: "Lovelace" }, 2],
    ["country", { country: "XX", district: "MA" }, 1101],
    ["district", { country: "CA", district: "Ontario" }, 1106],
    ["district", { district: "Massachusetts" }, 1106]
  ])("without a usable %s, in %j, is refused with %s", async (_, change, code) => {
    const cardId = await shop.saveCard()
    const body = { ...(await shop.encrypt({ cvv: cvvSent })), billingDetails: change }
    const reply = await shop.call("PUT", `/v1/cards/${cardId}`, body)
    expect([reply.status, reply.json["code"]]).toEqual([400, code])
  })

  it("of a country alone is held against the district that the card has", async () => {
    const abroad = { ...billingDetails, country: "GB", district: "Greater London" }
    const change = async (from: Json, country: string) => {
      const cardId = await shop.saveCard({ billingDetails: from })
      const body = { ...(await shop.encrypt({ cvv: cvvSent })), billingDetails: { country } }
      return shop.call("PUT", `/v1/cards/${cardId}`, body)
    }
    expect((await change(billingDetails, "CA")).status).toBe(200)
    expect((await change(abroad, "US")).json["code"]).toBe(1106)
    expect((await change({ ...abroad, district: null }, "US")).json["errors"]).toMatchObject([
      { error: "required", location: "billingDetails.district" }
    ])
  })

  it("needs key id and encrypted data", async () => {
    const cardId = await shop.saveCard()
    const reply = await shop.call("PUT", `/v1/cards/${cardId}`, {})
    expect(reply.json["errors"]).toEqual([
      { error: "required", message: "keyId may not be null (was null)", location: "keyId" },
      { error: "required", message: "encryptedData may not be null (was null)", location: "encryptedData" }
    ])
  })
})

describe("codes of their own", () => {
  it.each<readonly [number, string, () => Promise<Json> | Json]>([
    [1096, "an unknown key", () => ({ keyId: "key9" })],
    [1096, "no key", () => ({ keyId: null })],
    [1032, "a number that is none", () => shop.encrypt({ number: "4007 4000", cvv: cvvSent })],
    [1110, "a number with a wrong check digit", () => shop.encrypt({ number: "4007400000000008", cvv: cvvSent })],
    [1101, "a country that is none", () => ({ billingDetails: { ...billingDetails, country: "ZZ" } })],
    [1101, "a country in small letters", () => ({ billingDetails: { ...billingDetails, country: "us" } })],
    [1106, "a long district", () => ({ billingDetails: { ...billingDetails, district: "Massachusetts" } })],
    [1106, "a district that is no letters", () => ({ billingDetails: { ...billingDetails, district: "M1" } })]
  ])("%s for %s", async (code, _, change) => {
    const reply = await create(await change())
    expect([reply.status, reply.json["code"], Object.keys(reply.json)]).toEqual([400, code, ["code", "message"]])
  })
})

describe("encrypted data that cannot be read", () => {
  it("is answered in the same words, whatever is wrong with it", async () => {
    const { keyId, encryptedData } = await shop.encrypt({ number: panSent, cvv: cvvSent })
    const sealed = [
      "x",
      "AAAA",
      encryptedData.slice(0, -4),
      `${encryptedData.slice(0, 400)}AAAA${encryptedData.slice(404)}`,
      "A".repeat(20_000),
      (await shop.encrypt({ cvv: cvvSent })).encryptedData,
      (await shop.encrypt({ number: panSent, cvv: "12" })).encryptedData
    ]
    const answers = new Set<string>()
    for (const data of sealed) answers.add((await create({ keyId, encryptedData: data })).text)
    expect([...answers].map((text) => JSON.parse(text))).toEqual([
      {
        code: 2,
        message: "Invalid entity.\nencryptedData could not be read",
        errors: [{ error: "invalid_value", message: "encryptedData could not be read", location: "encryptedData" }]
      }
    ])
  })

  it("given the door is at its limit, then 503, and nothing is stored", async () => {
    const busy = await openShop({
      cardDoor: {
        keyId: "key1",
        publicKeyBase64: "",
        decryptCard: async () => ({ _tag: "Failure", failure: { _tag: "DoorBusy" } }) as never,
        decryptCvv: async () => ({ _tag: "Failure", failure: { _tag: "DoorBusy" } }) as never
      }
    })
    const reply = await busy.call("POST", "/v1/cards", await shop.cardBody())
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([503, "1"])
    expect((await busy.call("GET", "/v1/cards")).data).toEqual([])
    await busy.close()
  })
})
