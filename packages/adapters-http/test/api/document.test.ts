/** Every kind of answer, held against the OpenAPI document that is served. */
import { readFileSync } from "node:fs"
import { walletToken } from "@paykernel/core/simulator"
import { Ajv } from "ajv"
import addFormats from "ajv-formats"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { apiDocument, apiDocumentText } from "../../src/docs/api-openapi.ts"
import { openShop as openV1Shop } from "../shop.ts"
import { customerInfo, declined, good, type Json, needs3ds, openShop, type Reply, type Shop } from "./shop.ts"

const part = (value: unknown): Json => (typeof value === "object" && value !== null ? { ...value } : {})

type Sent = readonly [name: string, method: string, path: string, reply: Reply]
const sent: Array<Sent> = []
let shop: Shop

beforeAll(async () => {
  shop = await openShop()
  const add = async (name: string, method: string, path: string, id = "", body?: unknown): Promise<Reply> => {
    const reply = await shop.call(method, path.replace(/\{[^}]*\}/u, id), body)
    sent.push([name, method, path, reply])
    return reply
  }
  const said = { customer_info: customerInfo, metadata: { order: 7, parts: ["a"] } }
  const card = { amount: 1000, currency: "USD", payment_method: "card", expiry_month: 1, expiry_year: 2030, cvv: "123" }
  const direct = (name: string, body: Json) => add(name, "POST", "/api/direct-payment", "", body)
  const one = "/api/direct-payment/{transaction_id}"
  const oneSession = "/api/hosted-payment/{session_id}"
  await add("health", "GET", "/api/health")
  const paid = await direct("a payment", { ...card, ...said, card_number: good })
  await add("a payment, later", "GET", one, String(paid.data["transaction_id"]))
  await direct("a declined payment", { ...card, card_number: declined })
  await direct("a wallet", { ...card, payment_method: "apple_pay", token: walletToken("apple_pay", good) })
  const challenged = await direct("a challenge", { ...card, card_number: needs3ds })
  const id = String(challenged.data["transaction_id"])
  await add("a challenge, later", "GET", one, id)
  const confirmation = { status: "pending", gateway_id: challenged.data["gateway_transaction_id"] }
  await add("a confirmation", "POST", `${one}/confirm`, id, confirmation)
  await shop.answerChallenge(challenged, "failed")
  await add("a failure", "POST", `${one}/confirm`, id, confirmation)
  await add("a failed payment", "GET", one, id)
  await add("an invalid confirmation", "POST", `${one}/confirm`, id, {})
  await add("an unknown payment", "GET", one, "txn_AAAAAAAAAAAA")
  await direct("an invalid payment", {})
  const session = { amount: 1000, currency: "USD", description: "Book" }
  const opened = await add("a session", "POST", "/api/hosted-payment", "", { ...session, ...said })
  const sessionId = String(opened.data["session_id"])
  await add("a session, later", "GET", oneSession, sessionId)
  await add("a cancelled session", "POST", `${oneSession}/cancel`, sessionId)
  await add("a cancelled session, later", "GET", oneSession, sessionId)
  const late = await add("another session", "POST", "/api/hosted-payment", "", session)
  shop.skip(86_400_000)
  await add("an expired session", "GET", oneSession, String(late.data["session_id"]))
  await add("a late cancel", "POST", `${oneSession}/cancel`, String(late.data["session_id"]))
  await add("an unknown session", "GET", oneSession, "sess_AAAAAAAAAAAA")
  await add("an invalid session", "POST", "/api/hosted-payment", "", {})
})
afterAll(() => shop.close())

const document = apiDocument()
const ajv = new Ajv({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema(document, "document")

const complaints = (method: string, path: string, { status, json }: Reply): ReadonlyArray<unknown> => {
  const operation = part(part(part(document["paths"])[path])[method.toLowerCase()])
  if (!(String(status) in part(operation["responses"]))) return [`no answer ${status}`]
  const steps = [
    "paths",
    path,
    method.toLowerCase(),
    "responses",
    String(status),
    "content",
    "application/json",
    "schema"
  ]
  const pointer = steps.map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")
  const validate = ajv.getSchema(`document#/${pointer}`)
  if (validate === undefined) return ["the document has no such answer"]
  validate(json)
  return validate.errors ?? []
}

describe("the OpenAPI document of /api", () => {
  it("describes every answer", () => {
    expect(sent.length).toBeGreaterThan(20)
    const found = sent.flatMap(([name, method, path, reply]) => {
      const found = complaints(method, path, reply)
      return found.length === 0 ? [] : [{ name, status: reply.status, text: reply.text, found }]
    })
    expect(found).toEqual([])
  })

  it("would complain of a wrong one", () => {
    const [, method, path, reply] = sent.find(([name]) => name === "a payment") as Sent
    for (const wrong of [{ amount: "10.00" }, { status: "done" }, { created_at: "today" }, { action_data: {} }]) {
      const json = { ...reply.json, data: { ...reply.data, ...wrong } }
      expect(complaints(method, path, { ...reply, json })).not.toEqual([])
    }
  })

  it("is the committed one, and served without a key", async () => {
    const committed = readFileSync(new URL("../../openapi-api.generated.json", import.meta.url), "utf8")
    expect(apiDocumentText() === committed, "run `pnpm openapi` in packages/adapters-http").toBe(true)
    const reply = await shop.call("GET", "/api/openapi.json", undefined, { authorization: "" })
    expect([reply.status, reply.text]).toEqual([200, apiDocumentText()])
  })

  it("is to be read at /api/docs, and beside that of /v1 at /docs where both are served", async () => {
    const own = await shop.call("GET", "/api/docs", undefined, { authorization: "" })
    const v1Shop = await openV1Shop({ besideApi: true })
    const [both, alone] = [await v1Shop.call("GET", "/docs"), await (await openV1Shop()).call("GET", "/docs")]
    const paths = Object.keys(part(document["paths"])).map((path) => `<code>${path}</code>`)
    for (const path of paths) {
      expect([own.text.includes(path), both.text.includes(path), alone.text.includes(path)]).toEqual([
        true,
        true,
        false
      ])
    }
    expect(own.text).toContain('<a href="openapi.json">')
    expect(both.text).toContain('<a href="openapi.json">')
    expect(both.text).toContain('<a href="api/openapi.json">')
    for (const { text, headers } of [own, both]) {
      expect(text).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|(?:src|href)="(?:https?:)?\/\//u)
      expect(headers.get("content-security-policy")).toContain("default-src 'none'")
      const ids = [...text.matchAll(/ id="([^"]+)"/gu)].map(([, id]) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const [, target] of text.matchAll(/href="#([^"]+)"/gu)) expect(ids).toContain(target)
    }
  })

  it("names every path that is answered", async () => {
    for (const [path, methods] of Object.entries(part(document["paths"]))) {
      for (const method of Object.keys(part(methods))) {
        const reply = await shop.call(method.toUpperCase(), path.replace(/\{[^}]*\}/u, "x"))
        expect([405, path], path).not.toEqual([reply.status, path])
        expect(reply.error["code"]).not.toBe("not_found")
      }
    }
  })
})
