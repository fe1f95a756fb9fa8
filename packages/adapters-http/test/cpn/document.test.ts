/** Every kind of answer about cross-border payments, held against the document. */
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { openApiDocument } from "../../src/docs/openapi.ts"
import { list, part, text } from "../../src/json-part.ts"
import { ajvFor, complaints } from "../document-answers.ts"
import { newKey, openShop, type Reply, type Shop } from "../shop.ts"
import { scriptedChain } from "./scripted-chain.ts"
import { type Institution, institution, quoteBody } from "./trade.ts"

let shop: Shop
let ada: Institution
const chain = scriptedChain()
const document = openApiDocument()
const ajv = ajvFor(document)
const sent: Array<readonly [method: string, template: string, reply: Reply]> = []

beforeAll(async () => {
  shop = await openShop({ fundingChain: chain.wrap })
  ada = institution(shop)
})
afterAll(() => shop.close())

type Names = { readonly [name: string]: string }

/** Sends a request to a path of the document. */
const add = async (method: string, template: string, names: Names = {}, body?: unknown, query = "") => {
  const path = template.replaceAll(/\{([^}]*)\}/gu, (_, name: string) => names[name] ?? "")
  const reply = await ada.call(method, `${path}${query}`, body)
  sent.push([method, template, reply])
  return reply
}

const payments = "/v1/cpn/payments"
const one = `${payments}/{paymentId}`
const key = () => ({ idempotencyKey: newKey() })

const trade = async (originator: string, version: 1 | 2) => {
  const quotes = await add("POST", "/v1/cpn/quotes", {}, quoteBody({ transactionVersion: `VERSION_${version}` }))
  const quote = part(list(quotes.data)[0])
  await add("GET", "/v1/cpn/quotes/{quoteId}", { quoteId: text(quote["id"]) })
  for (const at of ["/v1", "/v2"]) {
    await add("GET", `${at}/cpn/payments/requirements`, {}, undefined, `?quoteId=${text(quote["id"])}`)
  }
  const paymentId = (await add("POST", payments, {}, await ada.paymentBody(quote, originator))).id
  const transactions = `/v${version}/cpn/payments/{paymentId}/transactions`
  const creation = version === 1 ? { ...key(), senderAccountType: "EOA" } : { ...key(), metadata: { a: [1, null] } }
  const of = { paymentId, transactionId: (await add("POST", transactions, { paymentId }, creation)).id }
  await add("POST", `${transactions}/{transactionId}/submit`, of, { signedTransaction: "0x01" })
  await ada.settle()
  await add("GET", `${transactions}/{transactionId}`, of)
  await add("GET", one, of)
  const [refund] = list((await ada.payment(paymentId))["refunds"]).map(part)
  if (refund !== undefined) await add("GET", `${one}/refunds/{refundId}`, { paymentId, refundId: text(refund["id"]) })
  await Effect.runPromise(shop.payout.raiseRfi(paymentId, 3))
  await ada.settle()
  const rfi = part(part((await add("GET", one, of)).data)["activeRfi"])
  const asked = { paymentId, rfiId: text(rfi["id"]) }
  await add("GET", `${one}/rfis/{rfiId}`, asked)
  await add("POST", `${one}/rfis/{rfiId}/submit`, asked, await ada.answerRfi(rfi))
  return of
}

it("is declared, whether it is good or bad", async () => {
  await add("GET", "/v1/cpn/configurations/overview")
  const routes = "?sourceCurrency=USDC&destinationCountry=MX"
  await add("GET", "/v1/cpn/configurations/routes", {}, undefined, routes)
  await add("GET", "/v1/cpn/configurations/routes")
  const of = await trade("Jane Doe", 1)
  await trade("FailThenRefundCreatedThenFailed", 2)
  const asked = part((await add("POST", payments, {}, await ada.paymentBody(await ada.quote(), "CreateRfi"))).data)
  const rfi = part(asked["activeRfi"])
  const names = { paymentId: text(asked["id"]), rfiId: text(rfi["id"]) }
  await add("POST", `${one}/rfis/{rfiId}/submit`, names, await ada.answerRfi(rfi, { NAME: 7 }))
  await add("POST", `${one}/rfis/{rfiId}/submit`, names, await ada.answerRfi(rfi))
  await add("POST", `${one}/rfis/{rfiId}/files`, names, {})
  await add("GET", payments)
  await add("POST", payments, {}, {})
  await add("POST", payments, {}, await ada.paymentBody(await ada.quote(), "Failed"))
  await add("POST", `${one}/transactions/accelerate`, of, key())
  const ticket = { ...key(), email: "a@b.example", description: "Late.", issueType: "OTHER", ccEmails: ["c@d.example"] }
  await add("POST", "/v1/cpn/supportTickets", {}, { ...ticket, paymentId: of.paymentId })
  await add("POST", "/v1/cpn/supportTickets", {}, { ...ticket, paymentId: newKey() })
  for (const template of [one, `${one}/rfis/{rfiId}`, `${one}/refunds/{refundId}`]) {
    await add("GET", template, { paymentId: newKey(), rfiId: newKey(), refundId: newKey() })
  }
  const found = sent.flatMap(([method, template, reply]) => {
    const about = complaints(document, ajv, method, template, reply)
    return about.length === 0 ? [] : [{ method, template, status: reply.status, text: reply.text, about }]
  })
  expect(found).toEqual([])
  expect(sent.filter(({ 2: { status } }) => status < 300).length).toBeGreaterThanOrEqual(30)
  expect(sent.filter(({ 2: { status } }) => status >= 400).length).toBeGreaterThan(7)
  expect(shop.defects).toEqual([])
})

it("would be missed: an answer with a wrong amount, date or status is not let through", () => {
  const [method, template, reply] = sent.find(([, at, { status }]) => at === one && status === 200) ?? expect.fail()
  const data = part(reply.data)
  for (const wrong of [{ sourceAmount: "100" }, { status: "DONE" }, { refunds: {} }, { id: 7 }, { fees: {} }]) {
    const json = { data: { ...data, ...wrong } }
    expect(complaints(document, ajv, method, template, { ...reply, json })).not.toEqual([])
  }
})
