/**
 * Secrets where they do not belong: in any field, name, query, path or header that the document knows, and in some that
 * it does not. Whatever the answer is, a refusal never gives one back.
 */
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { fieldRows } from "../src/docs/schema-fields.ts"
import { list, part, text } from "../src/json-part.ts"
import { institution } from "./cpn/trade.ts"
import { type Json, newKey, openShop, type Reply, type Shop } from "./shop.ts"

const secrets = ["4007400000000007", "4007 4000 0000 0007", "737-737-737", "pk_live_Zq81hunter2_Zq81hunter2", "Zq81x"]

let shop: Shop
let ids: { readonly card: string; readonly payment: string; readonly webhook: string }
/** Of a cross-border payment that is asked about, and has a transaction to sign. */
let crossing: { readonly [name: string]: string }
let valid: Json
let document: Json
beforeAll(async () => {
  shop = await openShop()
  const card = await shop.saveCard()
  const webhook = await shop.call("POST", "/v2/cpn/notifications/subscriptions", { endpoint: "https://ada.example/" })
  crossing = await cross()
  ids = { card, payment: await shop.pay(card, { autoCapture: false }), webhook: webhook.id }
  valid = {
    ...(await shop.cardBody()),
    ...shop.paymentBody(card, { amount: { amount: "5.00", currency: "USD" }, reason: "duplicate" })
  }
  document = (await shop.call("GET", "/openapi.json")).json
})
afterAll(() => shop.close())

const cross = async () => {
  const originator = institution(shop)
  const paymentId = (await originator.pay()).id
  const transactionId = (await originator.startTransaction(paymentId)).id
  await Effect.runPromise(shop.payout.raiseRfi(paymentId, 1))
  await originator.settle(2)
  const rfiId = text(part((await originator.payment(paymentId))["activeRfi"])["id"])
  return { paymentId, transactionId, rfiId }
}

const expectSilence = (reply: Reply, secret: string, where: string): void => {
  const said = [reply.text, ...[...reply.headers].flat()].join("\n").toLowerCase()
  expect(said.includes(secret.toLowerCase()), `${where}: ${reply.status} ${said.slice(0, 500)}`).toBe(false)
}

const withField = (body: Json, path: string, value: unknown): Json => {
  const [name = "", ...rest] = path.split(".")
  return { ...body, [name]: rest.length === 0 ? value : withField(part(body[name]), rest.join("."), value) }
}

/** Filters by what a merchant calls a thing: any text is one, and the links of a list repeat it. */
const ownWords = new Set(["customerRefId", "refCode"])

const idIn = (path: string): string => {
  if (path.startsWith("/v2/")) return ids.webhook
  return path.startsWith("/v1/cards/") ? ids.card : ids.payment
}

const pathTo = (template: string): string =>
  template.replace("{id}", idIn(template)).replaceAll(/\{([^}]*)\}/gu, (_, name: string) => crossing[name] ?? "")

/** Every operation that takes a body, with the dotted paths of its fields. */
const writes = () =>
  Object.entries(part(document["paths"])).flatMap(([path, methods]) =>
    Object.entries(part(methods)).flatMap(([method, operation]) => {
      const schema = part(part(part(part(part(operation)["requestBody"])["content"])["application/json"])["schema"])
      const fields = fieldRows(schema, document).map((row) => row.path)
      return fields.length === 0 ? [] : [{ method: method.toUpperCase(), path: pathTo(path), fields }]
    })
  )

const wrongs = (secret: string): ReadonlyArray<unknown> => [
  secret,
  `${secret}${"x".repeat(2100)}`,
  [secret],
  { [secret]: secret },
  Number(secret.replaceAll(/[^0-9]/gu, ""))
]

/** There are many fields about cross-border payments: there, each secret is wrong in its own way. */
const triedAt = (path: string, secret: string): ReadonlyArray<unknown> =>
  wrongs(secret).filter((_, at) => !/\/cpn\/(?!notifications)/u.test(path) || at === secrets.indexOf(secret))

describe.each(secrets)("%s", (secret) => {
  it("in any field of any body is not given back", async () => {
    const operations = writes()
    expect(operations.flatMap(({ fields }) => fields).length).toBeGreaterThan(50)
    for (const { method, path, fields } of operations) {
      for (const field of [...fields, secret, `metadata.${secret}`, `amount.${secret}`]) {
        for (const value of triedAt(path, secret)) {
          const body = withField(valid, field, value)
          const alone = await shop.call(method, path, body)
          if (alone.status >= 400) expectSilence(alone, secret, `${method} ${path} ${field}`)
          // Beside another mistake the request cannot be accepted, and every field is reported at once.
          const nowhere = { endpoint: secret, enabled: secret }
          const broken = { ...body, ...nowhere, idempotencyKey: secret, keyId: [secret], expMonth: 0 }
          const refused = await shop.call(method, path, broken)
          expect([field, refused.status]).toEqual([field, 400])
          expectSilence(refused, secret, `${method} ${path} ${field}`)
        }
      }
    }
  })

  it("as a body that is no object is not given back", async () => {
    const bodies = [JSON.stringify(secret), JSON.stringify([secret]), `{"${secret}":`, `{"${secret}":1,"${secret}":2}`]
    for (const body of [...bodies, secret, `{"__proto__":"${secret}"}`, `{"a":"${secret}\u0000"}`]) {
      const reply = await shop.call("POST", "/v1/payments", body)
      expect(reply.status).toBe(400)
      expectSilence(reply, secret, body)
    }
  })

  it("in any parameter of a query is not given back, in links neither", async () => {
    const value = encodeURIComponent(secret)
    for (const path of ["/v1/cards", "/v1/payments", "/v1/settlements", "/v1/cpn/payments"]) {
      const operation = part(part(part(document["paths"])[path])["get"])
      const names = list(operation["parameters"])
        .map((parameter) => text(part(parameter)["name"]))
        .filter((name) => !ownWords.has(name))
      expect(names).toContain("pageSize")
      for (const name of names) {
        const reply = await shop.call("GET", `${path}?${name}=${value}`)
        expect([name, reply.status]).toEqual([name, 400])
        expectSilence(reply, secret, name)
        const twice = await shop.call("GET", `${path}?${name}=${value}&${name}=${value}`)
        expect(twice.status).toBe(400)
        expectSilence(twice, secret, name)
      }
      const unknown = await shop.call("GET", `${path}?x=${value}&${value}=1&pageSize=1`)
      expect(unknown.status).toBe(200)
      expectSilence(unknown, secret, "unknown parameters")
      expectSilence(unknown, value, "unknown parameters")
    }
  })

  it("in a path is not given back", async () => {
    const segment = encodeURIComponent(secret)
    const paths = [
      "/v1/cards/",
      "/v1/payments/",
      "/v1/settlements/",
      "/v1/cpn/quotes/",
      "/v1/cpn/payments/",
      "/v1/3ds/return/",
      "/v1/",
      "/",
      "//",
      "/docs/"
    ]
    for (const path of [...paths.map((path) => `${path}${segment}`), `/v1/payments/${segment}/refund`]) {
      for (const method of ["GET", "PUT", "POST", "DELETE"]) {
        const reply = await shop.call(method, path, method === "GET" ? undefined : valid)
        expect(reply.status).toBeGreaterThanOrEqual(400)
        expectSilence(reply, secret, `${method} ${path}`)
        expectSilence(reply, segment, `${method} ${path}`)
      }
    }
  })

  it("in a header is not given back", async () => {
    const names = ["authorization", "idempotency-key", "content-type", "content-encoding", "content-length", "origin"]
    const others = ["x-request-id", "accept", "access-control-request-headers", "access-control-request-method", "x-y"]
    for (const name of [...names, ...others]) {
      for (const value of [secret, `"${secret}"`, `Bearer ${secret}`, `application/json; charset=${secret}`]) {
        for (const method of ["POST", "OPTIONS", "DELETE"]) {
          const body = method === "POST" ? shop.paymentBody(newKey()) : undefined
          const reply = await shop.call(method, "/v1/payments", body, { [name]: value })
          expectSilence(reply, secret, `${method} ${name}`)
        }
      }
    }
  })
})
