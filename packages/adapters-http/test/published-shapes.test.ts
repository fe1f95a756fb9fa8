/** Every kind of answer, held against two documents: the official client's own, and ours. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openApiDocument, openApiText } from "../src/docs/openapi.ts"
import { ajvFor, complaints } from "./document-answers.ts"
import { ada, type Json, newKey, openShop, type Reply, type Shop } from "./shop.ts"

const usd = (amount: string) => ({ amount, currency: "USD" })
const urls = { verificationSuccessUrl: "https://a.example/", verificationFailureUrl: "https://b.example/" }

const part = (value: unknown): Json => (typeof value === "object" && value !== null ? { ...value } : {})

/**
 * The official document as its authors mean it. OpenAPI 3.0 says `nullable`; an `oneOf` over answers is told apart by
 * `type`, which its schemas do not say; the pattern for phone numbers is printed with its delimiters; and the enum of
 * error codes lacks some that the documentation lists.
 */
const official = (): Json => {
  const path = createRequire(import.meta.url).resolve("@circle-fin/circle-sdk/sdk.json")
  const text = readFileSync(path, "utf8")
    .replaceAll('"/\\\\+?[1-9]\\\\d{1,14}/"', '"^\\\\+?[1-9]\\\\d{1,14}$"')
    .replaceAll('"oneOf"', '"anyOf"')
    .replaceAll('"card_restricted,"', '"card_restricted", "credit_card_not_allowed", "three_d_secure_failure"')
  // Siblings of a reference mean nothing in OpenAPI 3.0; and key ids are UUIDs in writing, `key1` in fact.
  return JSON.parse(text, (name, value) => {
    if ("$ref" in Object(value)) return { $ref: value.$ref }
    return name === "IdKey" ? { type: "string" } : value
  })
}

const sdk = official()
const documents = [
  ["the official document", sdk, ajvFor(sdk)],
  ["our document", openApiDocument(), ajvFor(openApiDocument())]
] as const

type Sent = readonly [name: string, method: string, path: string, reply: Reply]
const sent: Array<Sent> = []
let shop: Shop

const add = async (name: string, method: string, template: string, id = "", body?: unknown) => {
  const reply = await shop.call(method, template.replace("{id}", id), body)
  sent.push([name, method, template, reply])
  return reply
}

beforeAll(async () => {
  shop = await openShop()
  const key = () => ({ idempotencyKey: newKey() })
  const card = await add("a pending card", "POST", "/v1/cards", "", await shop.cardBody())
  await shop.kernel.drain()
  await add("a complete card", "GET", "/v1/cards/{id}", card.id)
  const failed = await shop.saveCard(await shop.encrypt({ number: "4007400000000007", cvv: "999" }))
  await add("a failed card", "GET", "/v1/cards/{id}", failed)
  await add("cards", "GET", "/v1/cards")
  await add("an updated card", "PUT", "/v1/cards/{id}", card.id, await shop.encrypt({ cvv: "123" }))
  await shop.kernel.drain()
  const pay = (name: string, change: Json) =>
    add(name, "POST", "/v1/payments", "", shop.paymentBody(card.id, change)).then(async ({ id }) => {
      await shop.kernel.drain()
      await add(`${name}, later`, "GET", "/v1/payments/{id}", id)
      return id
    })
  const charged = await pay("a charge", {})
  const held = await pay("an authorization", { autoCapture: false })
  const held2 = await pay("a second authorization", { autoCapture: false, description: "Order 7" })
  await pay("a declined charge", { amount: usd("5.01") })
  await pay("a denied charge", { amount: usd("5.43") })
  await pay("a challenge", { verification: "three_d_secure", amount: usd("5.66"), ...urls })
  await pay("a frictionless charge", { verification: "three_d_secure", amount: usd("5.69"), ...urls })
  await pay("a failed authentication", { verification: "three_d_secure", amount: usd("5.72"), ...urls })
  await add("a capture", "POST", "/v1/payments/{id}/capture", held, { ...key(), amount: usd("1.00") })
  const cancel = await add("a cancel", "POST", "/v1/payments/{id}/cancel", held2, key())
  const body = { ...key(), amount: usd("1.00"), reason: "duplicate" }
  const refund = await add("a refund", "POST", "/v1/payments/{id}/refund", charged, body)
  await shop.kernel.drain()
  await shop.kernel.settlements.run(ada)
  for (const id of [charged, held, held2, cancel.id, refund.id]) {
    await add("a settled item", "GET", "/v1/payments/{id}", id)
  }
  await add("a cancel after settlement", "POST", "/v1/payments/{id}/cancel", charged, key())
  await add("payments, cancels and refunds", "GET", "/v1/payments")
  const settlements = await add("settlements", "GET", "/v1/settlements")
  const [settlement] = Array.isArray(settlements.data) ? settlements.data : []
  await add("a settlement", "GET", "/v1/settlements/{id}", settlement.id)
  for (const path of ["/ping", "/v1/configuration", "/v1/channels", "/v1/encryption/public"])
    await add(path, "GET", path)
  for (const path of ["/v1/balances", "/v1/businessAccount/balances"]) await add(path, "GET", path)
  await add("an unknown card", "GET", "/v1/cards/{id}", newKey())
  await add("an unknown payment", "GET", "/v1/payments/{id}", newKey())
  await add("an invalid card", "POST", "/v1/cards", "", {})
  await add("an invalid payment", "POST", "/v1/payments", "", {})
})
afterAll(() => shop.close())

describe.each(documents)("%s", (_, document, ajv) => {
  it("finds nothing to complain of in any answer", () => {
    expect(sent.length).toBeGreaterThan(40)
    const found = sent.flatMap(([name, method, path, reply]) => {
      const found = complaints(document, ajv, method, path, reply)
      return found.length === 0 ? [] : [{ name, status: reply.status, text: reply.text, found }]
    })
    expect(found).toEqual([])
  })

  it("would complain: an answer with a wrong amount, status or date is not let through", () => {
    const [, method, path, reply] = sent.find(([name]) => name === "a charge") as Sent
    const data = part(reply.data)
    for (const wrong of [{ amount: "3.14" }, { status: "done" }, { refunds: {} }, { id: 7 }]) {
      const json = { data: { ...data, ...wrong } }
      expect(complaints(document, ajv, method, path, { ...reply, json })).not.toEqual([])
    }
  })
})

describe("the OpenAPI document", () => {
  it("is the committed one", () => {
    const committed = readFileSync(new URL("../openapi.json", import.meta.url), "utf8")
    expect(openApiText() === committed, "run `pnpm openapi` in packages/adapters-http").toBe(true)
  })

  it("is served as it is committed, without a key", async () => {
    const reply = await shop.call("GET", "/openapi.json", undefined, { authorization: "" })
    expect([reply.status, reply.text]).toEqual([200, openApiText()])
  })

  it("names its operations as the official client does", () => {
    const operations = Object.values(part(sdk["paths"])).flatMap((methods) => Object.values(part(methods)))
    const known = new Set(operations.map((operation) => part(operation)["operationId"]))
    const paths = Object.entries(part(openApiDocument()["paths"])).filter(([path]) => !isOfCrossBorder(path))
    const ours = paths.flatMap(([, methods]) => Object.values(part(methods)))
    const names = ours.map((operation) => part(operation)["operationId"])
    // The client knows no other operations of `/v1`, and none of `/v2`.
    const others = ["returnFromChallenge", "returnFromChallengeByForm", "confirmSubscription", "getSigningCertificate"]
    const isOfV2 = (name: unknown) => /(?:Webhooks?|PublicKey|NotificationKey)$/u.test(String(name))
    expect(names.filter((name) => !known.has(name) && !isOfV2(name))).toEqual(others)
    expect(new Set(names).size).toBe(names.length)
  })
})

/** Which the client does not know. */
const isOfCrossBorder = (path: string): boolean => /\/cpn\/(?!notifications)/u.test(path)

describe("the page at /docs", () => {
  it("shows every operation, and asks nobody else for anything", async () => {
    const { text, headers } = await shop.call("GET", "/docs", undefined, { authorization: "" })
    for (const path of Object.keys(part(openApiDocument()["paths"]))) expect(text).toContain(`<code>${path}</code>`)
    expect(text.length).toBeLessThan(200_000)
    expect(text).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|(?:src|href)="(?:https?:)?\/\//u)
    const policy = headers.get("content-security-policy") ?? ""
    const style = /<style>([\s\S]*)<\/style>/u.exec(text)?.[1] ?? ""
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style))
    expect(policy).toContain(`style-src 'sha256-${Buffer.from(digest).toString("base64")}'`)
    expect(policy).toContain("default-src 'none'")
  })
})
