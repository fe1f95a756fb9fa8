/** Support tickets over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { part } from "../../src/json-part.ts"
import { type Json, newKey, openShop, type Shop } from "../shop.ts"
import { codeOf, type Institution, institution } from "./trade.ts"

let shop: Shop
let ada: Institution
let bob: Institution
let paymentId: string

beforeAll(async () => {
  shop = await openShop()
  ada = institution(shop)
  bob = institution(shop, "Bearer bob")
  paymentId = (await ada.pay()).id
})
afterAll(async () => {
  expect(shop.defects).toEqual([])
  await shop.close()
})

const description = "The beneficiary, Jane Q. Secret, has not seen the money."

const open = (change: Json = {}, who = ada) =>
  who.call("POST", "/v1/cpn/supportTickets", {
    idempotencyKey: newKey(),
    paymentId,
    issueType: "PAYMENT_SETTLEMENT_DELAY",
    description,
    email: "desk@originator.example",
    ccEmails: ["second@originator.example"],
    ...change
  })

describe("a support ticket", () => {
  it("is opened, and given back with what was written in it", async () => {
    const { status, data } = await open()
    expect(status).toBe(201)
    expect(data).toEqual({
      id: expect.any(String),
      paymentId,
      issueType: "PAYMENT_SETTLEMENT_DELAY",
      caseRefId: expect.any(String),
      createDate: expect.any(String),
      description,
      email: "desk@originator.example",
      ccEmails: ["second@originator.example"]
    })
  })

  it("is the same one under its key, word for word, and no other", async () => {
    const key = { idempotencyKey: newKey() }
    const first = await open(key)
    const again = await open(key)
    expect([again.status, again.text, again.headers.get("idempotent-replayed")]).toEqual([201, first.text, "true"])
    expect(codeOf(await open({ ...key, description: "Something else." }))).toEqual([409, 290001])
  })

  it("adds to another one of the same payment, and shares its case", async () => {
    const first = await open()
    const more = await open({ issueType: "EXISTING_TICKET", ticketRefId: first.id })
    expect(more.status).toBe(201)
    expect(part(more.data)).toMatchObject({ ticketRefId: first.id, caseRefId: part(first.data)["caseRefId"] })
    const otherPayment = { paymentId: (await ada.pay()).id }
    expect(codeOf(await open({ issueType: "EXISTING_TICKET" }))).toEqual([400, 290600])
    const elsewhere = { issueType: "EXISTING_TICKET", ticketRefId: first.id, ...otherPayment }
    expect(codeOf(await open(elsewhere))).toEqual([404, 290601])
    expect(codeOf(await open({ issueType: "EXISTING_TICKET", ticketRefId: newKey() }))).toEqual([404, 290601])
  })

  it.each<readonly [string, Json, readonly [number, number]]>([
    ["a kind of issue that is none", { issueType: "BOREDOM" }, [400, 290602]],
    ["a payment that does not exist", { paymentId: "0d1f6a52-1a06-4b37-9d70-43c9a4a1e0ff" }, [404, 290603]],
    ["no words", { description: "" }, [400, 2]],
    ["too many words", { description: "x".repeat(4097) }, [400, 2]],
    ["no address", { email: "nobody" }, [400, 2]],
    ["too many addresses", { ccEmails: Array.from({ length: 17 }, () => "a@b.example") }, [400, 2]]
  ])("is refused with %s", async (_, change, expected) => {
    expect(codeOf(await open(change))).toEqual(expected)
  })

  it("is about one's own payments", async () => {
    expect(codeOf(await open({}, bob))).toEqual([404, 290603])
  })
})
