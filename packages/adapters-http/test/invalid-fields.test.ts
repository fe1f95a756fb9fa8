/** Invalid fields: each in the words of the published table, all at once, and nothing stored or repeated. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Json, metadata, newKey, openShop, type Shop } from "./shop.ts"

let shop: Shop
let cardBody: Json
let paymentBody: Json
beforeAll(async () => {
  shop = await openShop()
  cardBody = await shop.cardBody()
  paymentBody = shop.paymentBody(newKey())
})
afterAll(() => shop.close())

/** The body with one field replaced; `undefined` takes it away. */
const withField = (body: Json, path: string, value: unknown): Json => {
  const [name = "", ...rest] = path.split(".")
  const inner = body[name]
  const members = typeof inner === "object" && inner !== null ? { ...inner } : {}
  return { ...body, [name]: rest.length === 0 ? value : withField(members, rest.join("."), value) }
}

type Expected = { readonly error: string; readonly says: string; readonly [name: string]: unknown }
const required: Expected = { error: "required", says: "may not be null (was null)" }
const length = (min: number, max: number): Expected => ({
  error: "length_outside_bounds",
  says: `must be between ${min} and ${max}`,
  constraints: { min, max }
})
const uuidPattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
const pattern = (source: string): Expected => ({
  error: "pattern_mismatch",
  says: `must match "${source}"`,
  constraints: { pattern: source }
})
const invalid = (says: string): Expected => ({ error: "invalid_value", says })
const digits: Expected = {
  error: "number_format",
  says: "numeric value out of bounds (<13 digits>.<2 digits> expected)",
  constraints: { "max-integral-digits": 13, "max-fractional-digits": 2 }
}
const long = "x".repeat(1025)

const cardCases: ReadonlyArray<readonly [path: string, value: unknown, expected: Expected]> = [
  ["idempotencyKey", undefined, required],
  ["idempotencyKey", null, required],
  ["idempotencyKey", "not-a-uuid", pattern(uuidPattern)],
  ["idempotencyKey", 5, invalid("must be a string")],
  ["keyId", "", length(1, 64)],
  ["encryptedData", undefined, required],
  ["encryptedData", "", invalid("may not be empty")],
  ["billingDetails", undefined, required],
  ["billingDetails", [], invalid("must be an object")],
  ["billingDetails.name", undefined, required],
  ["billingDetails.name", "", length(1, 1024)],
  ["billingDetails.name", long, length(1, 1024)],
  ["billingDetails.city", long, length(1, 1024)],
  ["billingDetails.country", "USA", length(2, 2)],
  ["billingDetails.line1", undefined, required],
  ["billingDetails.line2", long, length(0, 1024)],
  ["billingDetails.district", undefined, required],
  ["billingDetails.district", "x".repeat(17), length(1, 16)],
  ["billingDetails.postalCode", "x".repeat(17), length(1, 16)],
  ["expMonth", 0, { error: "min_value", says: "must be greater than or equal to 1", constraints: { min: 1 } }],
  ["expMonth", 13, { error: "max_value", says: "must be less than or equal to 12", constraints: { max: 12 } }],
  ["expMonth", 1.5, invalid("must be a whole number")],
  ["expMonth", "12", invalid("must be a number")],
  ["expYear", 10_000, { error: "max_value", says: "must be less than or equal to 9999", constraints: { max: 9999 } }],
  ["expYear", 2020, { error: "date_not_in_future", says: "must be in the future" }],
  ["expYear", 2999, invalid("must be within the life of a card")],
  ["metadata", undefined, required],
  ["metadata.email", undefined, required],
  ["metadata.email", "nobody", invalid("must be an email address")],
  ["metadata.email", `a@${"b".repeat(1024)}`, length(1, 1024)],
  ["metadata.phoneNumber", "0800-CALL", pattern("^\\+?[1-9][0-9]{1,14}$")],
  ["metadata.sessionId", "x".repeat(51), length(1, 50)],
  ["metadata.ipAddress", "300.1.1.1", invalid("must be an IPv4 or IPv6 address")],
  ["metadata.ipAddress", "1.2.3.4, 5.6.7.8", invalid("must be an IPv4 or IPv6 address")],
  ["metadata.ipAddress", "fe80::1%eth0", invalid("must be an IPv4 or IPv6 address")],
  ["metadata.ipAddress", "1::2::3", invalid("must be an IPv4 or IPv6 address")]
]

const paymentCases: typeof cardCases = [
  ["idempotencyKey", undefined, required],
  ["metadata", undefined, required],
  ["amount", undefined, required],
  ["amount", "3.14", invalid("must be an object")],
  ["amount.amount", undefined, required],
  ["amount.amount", 3.14, invalid("must be a string")],
  ["amount.amount", "3.141", digits],
  ["amount.amount", "1e3", digits],
  ["amount.amount", "01.00", digits],
  ["amount.amount", ".50", digits],
  ["amount.amount", "5.", digits],
  ["amount.currency", undefined, required],
  ["amount.currency", "usd", pattern("^[A-Z]{3,5}$")],
  ["autoCapture", "yes", invalid("must be a boolean")],
  ["verification", undefined, required],
  ["verification", "pin", invalid("must be one of [none, cvv, three_d_secure]")],
  ["verification", "cvv", { ...required, location: "encryptedData" }],
  ["encryptedData", "AAAA", { error: "not_required", says: "must be null" }],
  ["verificationSuccessUrl", "javascript:alert(1)", invalid("must be an https URL (http: localhost only)")],
  ["verificationSuccessUrl", "http://shop.example", invalid("must be an https URL (http: localhost only)")],
  ["verificationSuccessUrl", "https://user:word@shop.example", invalid("must be an https URL (http: localhost only)")],
  ["verificationFailureUrl", "//shop.example", invalid("must be an https URL (http: localhost only)")],
  ["source", undefined, required],
  ["source.id", undefined, required],
  ["source.id", "card-1", pattern(uuidPattern)],
  ["source.type", "ach", invalid("must be one of [card]")],
  ["description", "x".repeat(241), length(0, 240)],
  ["channel", "main", pattern(uuidPattern)],
  ["channel", newKey(), invalid("must be one of the merchant's channels")]
]

const refusal = (path: string, { says, ...rest }: Expected) => {
  const { location = path } = rest
  const message = `${location} ${says}`
  return { code: 2, message: `Invalid entity.\n${message}`, errors: [{ location, ...rest, message }] }
}

describe("POST /v1/cards", () => {
  it.each(cardCases)("%s = %j", async (path, value, expected) => {
    const reply = await shop.call("POST", "/v1/cards", withField(cardBody, path, value))
    expect([reply.status, reply.json]).toEqual([400, refusal(path, expected)])
  })

  it("stored nothing for any of them", async () => {
    expect((await shop.call("GET", "/v1/cards")).data).toEqual([])
  })

  it.each(["2001:db8::1", "::1", "::ffff:192.0.2.1", "0.0.0.0"])("takes the address %s", async (ipAddress) => {
    const body = { ...(await shop.cardBody()), metadata: { ...metadata, ipAddress } }
    expect((await shop.call("POST", "/v1/cards", body)).status).toBe(201)
  })
})

describe("POST /v1/payments", () => {
  it.each(paymentCases)("%s = %j", async (path, value, expected) => {
    const reply = await shop.call("POST", "/v1/payments", withField(paymentBody, path, value))
    expect([reply.status, reply.json]).toEqual([400, refusal(path, expected)])
  })

  it("given 3-D Secure without the pages to return to, then both are asked for", async () => {
    const reply = await shop.call("POST", "/v1/payments", withField(paymentBody, "verification", "three_d_secure"))
    const locations = ["verificationSuccessUrl", "verificationFailureUrl"]
    expect(reply.json["errors"]).toEqual(
      locations.map((location) => ({ error: "required", message: `${location} may not be null (was null)`, location }))
    )
  })

  it.each([
    [1077, "0", "USD"],
    [1077, "0.00", "USD"],
    [1077, "-5.00", "USD"],
    [1077, "-0", "USD"],
    [1078, "5.00", "EUR"],
    [1078, "5.00", "XXX"],
    [1089, "5.00", "USD"]
  ])("is refused with %s for %s %s", async (code, amount, currency) => {
    const reply = await shop.call("POST", "/v1/payments", { ...paymentBody, amount: { amount, currency } })
    expect([reply.status, reply.json["code"]]).toEqual([400, code])
  })

  it("given several problems, then all of them at once, in the order of the fields", async () => {
    const reply = await shop.call("POST", "/v1/payments", {
      amount: { amount: "x", currency: 1 },
      verification: "cvv",
      metadata: { email: "", sessionId: "" },
      source: {}
    })
    const errors = reply.json["errors"]
    const locations = Array.isArray(errors) ? errors.map(({ location }) => location) : []
    expect(new Set(locations)).toEqual(
      new Set([
        "idempotencyKey",
        "metadata.email",
        "metadata.sessionId",
        "metadata.ipAddress",
        "amount.amount",
        "amount.currency",
        "source.id",
        "encryptedData"
      ])
    )
    expect(String(reply.json["message"]).split("\n").length).toBe(locations.length + 1)
  })

  it("stored nothing for any of them", async () => {
    expect((await shop.call("GET", "/v1/payments")).data).toEqual([])
  })
})
