/** What the payout network offers over HTTP, and what it wants to be told. */
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { list, part, text } from "../../src/json-part.ts"
import { type Json, newKey, openShop, type Shop } from "../shop.ts"
import { codeOf, exampleOf, type Institution, institution, quoteBody } from "./trade.ts"

let shop: Shop
let ada: Institution
const closed = new Set<string>()

beforeAll(async () => {
  shop = await openShop({ closed })
  ada = institution(shop)
})
afterAll(async () => {
  expect(shop.defects).toEqual([])
  await shop.close()
})

const isoDate = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/u

describe("the configuration", () => {
  it("tells what the network covers", async () => {
    const { status, data } = await ada.call("GET", "/v1/cpn/configurations/overview")
    const overview = part(data)
    expect([status, overview["sourceCurrencies"]]).toEqual([200, ["USDC"]])
    expect(list(overview["destinationCountries"])).toContain("MX")
    expect(list(overview["destinationCurrencies"])).toContain("EUR")
    expect(list(overview["paymentMethodTypes"])).toContain("SPEI")
    expect(overview["blockchains"]).toEqual(["ETH-SEPOLIA", "MATIC-AMOY", "SOL-DEVNET"])
  })

  it("lists the routes to a country with their limits, and fewer of them where more is asked", async () => {
    const routes = async (query: string) => {
      const reply = await ada.call("GET", `/v1/cpn/configurations/routes?sourceCurrency=USDC&${query}`)
      expect(reply.status).toBe(200)
      return list(reply.data)
    }
    expect((await routes("destinationCountry=MX"))[0]).toEqual({
      destinationCurrency: "MXN",
      paymentMethodType: "SPEI",
      blockchain: "ETH-SEPOLIA",
      fiatLimit: { min: "17.05", max: "17050000.00", currency: "MXN" },
      cryptoLimit: { min: "1.000000", max: "1000000.000000", currency: "USDC" }
    })
    expect(await routes("destinationCountry=US")).toHaveLength(6)
    const narrow = "destinationCountry=US&paymentMethodType=WIRE&blockchain=SOL-DEVNET&destinationCurrency=USD"
    expect(await routes(narrow)).toHaveLength(1)
    expect(await routes(`${narrow}&transactionVersion=VERSION_1`)).toHaveLength(1)
    expect(await routes("destinationCountry=KP")).toEqual([])
  })

  it.each([
    ["", ["sourceCurrency", "destinationCountry"]],
    ["sourceCurrency=EURC&destinationCountry=MX", ["sourceCurrency"]],
    ["sourceCurrency=USDC&destinationCountry=mexico", ["destinationCountry"]],
    ["sourceCurrency=USDC&destinationCountry=MX&blockchain=BTC", ["blockchain"]]
  ])("refuses the query %j, field by field", async (query, fields) => {
    const { status, json } = await ada.call("GET", `/v1/cpn/configurations/routes?${query}`)
    expect([status, json["code"]]).toEqual([400, 2])
    const errors = list(json["errors"]).map(part)
    expect(errors.map(({ location }) => location)).toEqual(fields)
    for (const { error } of errors) expect(error).toBe("MISSING_OR_INVALID_FIELD")
  })
})

describe("a quote", () => {
  it("is an offer in every detail, and the same when it is looked up", async () => {
    const reply = await ada.call("POST", "/v1/cpn/quotes", quoteBody())
    const [quote] = list(reply.data).map(part)
    expect(reply.status).toBe(201)
    expect(quote).toEqual({
      id: expect.any(String),
      paymentMethodType: "SPEI",
      blockchain: "ETH-SEPOLIA",
      senderCountry: "US",
      destinationCountry: "MX",
      createDate: expect.stringMatching(isoDate),
      quoteExpireDate: expect.stringMatching(isoDate),
      cryptoFundsSettlementExpireDate: expect.stringMatching(isoDate),
      sourceAmount: { amount: "100.000000", currency: "USDC" },
      destinationAmount: { amount: "1698.35", currency: "MXN" },
      fiatSettlementTime: {
        min: expect.stringMatching(/^\d+$/u),
        max: expect.stringMatching(/^\d+$/u),
        unit: expect.stringMatching(/^(?:MINUTES|HOURS|DAYS|WEEKS)$/u)
      },
      exchangeRate: { rate: "17.05", pair: "USDC/MXN" },
      fees: {
        totalAmount: { amount: "0.390000", currency: "USDC" },
        breakdown: [
          { type: "BFI_TRANSACTION_FEE", amount: { amount: "0.340000", currency: "USDC" } },
          { type: "CIRCLE_SERVICE_FEE", amount: { amount: "0.050000", currency: "USDC" } }
        ]
      },
      senderType: "BUSINESS",
      recipientType: "BUSINESS",
      transactionVersion: "VERSION_1",
      quoteOptions: { isFirstParty: false },
      certificate: {
        id: expect.any(String),
        certPem: expect.any(String),
        domain: "institution.example",
        jwk: {
          kty: "EC",
          crv: "P-256",
          kid: expect.stringMatching(/^\d+$/u),
          x: expect.stringMatching(/^[\w-]{43}$/u),
          y: expect.stringMatching(/^[\w-]{43}$/u)
        }
      }
    })
    const pem = Buffer.from(text(part(quote?.["certificate"])["certPem"]), "base64").toString()
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n/u)
    const found = await ada.call("GET", `/v1/cpn/quotes/${text(quote?.["id"])}`)
    expect([found.status, found.data]).toEqual([200, quote])
  })

  it("may be asked for by what arrives, in version 2 with its gas, and for any way that leads there", async () => {
    const byDestination = await ada.quote({
      sourceAmount: { currency: "USDC" },
      destinationAmount: { amount: "1698.35", currency: "MXN" }
    })
    expect(byDestination["destinationAmount"]).toEqual({ amount: "1698.35", currency: "MXN" })
    expect(byDestination["sourceAmount"]).toEqual({ amount: "99.999971", currency: "USDC" })
    const v2 = await ada.quote({ transactionVersion: "VERSION_2", quoteOptions: { isFirstParty: true } })
    expect([v2["transactionVersion"], v2["quoteOptions"]]).toEqual(["VERSION_2", { isFirstParty: true }])
    expect(list(part(v2["fees"])["breakdown"]).map((fee) => part(fee)["type"])).toContain("BLOCKCHAIN_GAS_FEE")
    const any = await ada.call("POST", "/v1/cpn/quotes", {
      ...quoteBody({ destinationCountry: "US", destinationAmount: { currency: "USD" } }),
      paymentMethodType: undefined
    })
    expect(list(any.data).map((quote) => part(quote)["paymentMethodType"])).toEqual(
      expect.arrayContaining(["WIRE", "FEDWIRE"])
    )
  })

  it.each<readonly [string, Json, readonly [number, number]]>([
    ["too little", { sourceAmount: { amount: "0.50", currency: "USDC" } }, [400, 290100]],
    ["too much", { sourceAmount: { amount: "1000000.01", currency: "USDC" } }, [400, 290100]],
    ["a country nobody pays out in", { destinationCountry: "KP" }, [400, 290102]],
    ["a currency of another country", { destinationAmount: { currency: "EUR" } }, [400, 290102]],
    ["a way of another country", { paymentMethodType: "PIX" }, [400, 290102]],
    ["a chain of real money", { blockchain: "ETH" }, [400, 2900000]]
  ])("is refused for %s", async (_, change, expected) => {
    expect(codeOf(await ada.call("POST", "/v1/cpn/quotes", quoteBody(change)))).toEqual(expected)
  })

  it("is refused while the only institution is closed", async () => {
    closed.add("MX")
    expect(codeOf(await ada.call("POST", "/v1/cpn/quotes", quoteBody()))).toEqual([400, 290101])
    closed.delete("MX")
    expect((await ada.call("POST", "/v1/cpn/quotes", quoteBody())).status).toBe(201)
  })

  it.each<readonly [string, Json, string]>([
    ["no amount", { sourceAmount: { currency: "USDC" } }, "sourceAmount.amount"],
    ["two amounts", { destinationAmount: { amount: "1.00", currency: "MXN" } }, "destinationAmount.amount"],
    ["an amount finer than its currency", fixed("1.001"), "destinationAmount.amount"],
    ["nothing", fixed("0"), "destinationAmount.amount"],
    ["less than nothing", fixed("-1"), "destinationAmount.amount"],
    ["a number", fixed(1), "destinationAmount.amount"],
    ["another stablecoin", { sourceAmount: { amount: "1", currency: "EURC" } }, "sourceAmount.currency"],
    ["no country", { senderCountry: null }, "senderCountry"],
    ["a kind of party that is none", { senderType: "ROBOT" }, "senderType"],
    ["a version that is none", { transactionVersion: "VERSION_3" }, "transactionVersion"]
  ])("is refused with %s, and says where", async (_, change, location) => {
    const { status, json } = await ada.call("POST", "/v1/cpn/quotes", quoteBody(change))
    expect([status, json["code"]]).toEqual([400, 2])
    expect(list(json["errors"]).map((error) => part(error)["location"])).toContain(location)
  })
})

function fixed(amount: unknown): Json {
  return { sourceAmount: { currency: "USDC" }, destinationAmount: { amount, currency: "MXN" } }
}

describe("the requirements of a quote", () => {
  it("are a list of fields under both names", async () => {
    const quote = await ada.quote()
    const { status, data } = await ada.call("GET", `/v1/cpn/payments/requirements?quoteId=${text(quote["id"])}`)
    expect(status).toBe(200)
    const { travelRule, beneficiaryAccount } = part(data)
    expect(list(travelRule)).toContainEqual({
      name: "ORIGINATOR_ADDRESS",
      field: "ORIGINATOR_ADDRESS",
      type: "ADDRESS",
      optional: false,
      description: "Originator's address"
    })
    expect(list(beneficiaryAccount).map((field) => part(field)["name"])).toEqual(["CLABE", "BANK_NAME"])
  })

  it("are a JSON Schema in version 2, which an ordinary validator reads", async () => {
    const quote = await ada.quote()
    const { status, data } = await ada.call("GET", `/v2/cpn/payments/requirements?quoteId=${text(quote["id"])}`)
    expect(status).toBe(200)
    for (const asked of [part(data)["travelRule"], part(data)["beneficiaryAccount"]]) {
      const { version, schema } = part(asked)
      expect(version).toBe(1)
      const ajv = new Ajv2020({ strict: true })
      addFormats.default(ajv)
      const validate = ajv.compile(part(schema))
      const answer = exampleOf(part(schema))
      expect(validate(answer)).toBe(true)
      const [name = ""] = Object.keys(answer)
      expect(validate({ ...answer, [name]: undefined })).toBe(false)
    }
  })

  it.each(["/v1/cpn/payments/requirements", "/v2/cpn/payments/requirements"])("of no quote: %s", async (path) => {
    expect(codeOf(await ada.call("GET", `${path}?quoteId=${newKey()}`))).toEqual([400, 290200])
    expect(codeOf(await ada.call("GET", `${path}?quoteId=x`))).toEqual([400, 2])
    expect(codeOf(await ada.call("GET", path))).toEqual([400, 2])
  })
})

describe("who asks", () => {
  it.each([
    ["GET", "/v1/cpn/configurations/overview"],
    ["POST", "/v1/cpn/quotes"],
    ["GET", "/v2/cpn/payments/requirements"]
  ])("needs a key for %s %s, as this API says it", async (method, path) => {
    const { status, json } = await shop.call(method, path, undefined, { authorization: "Bearer nobody" })
    expect([status, json]).toEqual([401, { code: 4, message: "Invalid credentials." }])
  })

  it("is told of paths, methods and bodies that are none", async () => {
    expect(codeOf(await ada.call("GET", "/v1/cpn/nothing"))).toEqual([404, 2])
    expect(codeOf(await ada.call("DELETE", "/v1/cpn/quotes"))).toEqual([405, 405])
    expect(codeOf(await ada.call("POST", "/v1/cpn/quotes", "{"))).toEqual([400, 2])
    expect(codeOf(await ada.call("GET", "/v1/cpn/quotes/x"))).toEqual([404, 2])
    expect(codeOf(await ada.call("GET", `/v1/cpn/quotes/${newKey()}`))).toEqual([404, 2])
  })
})

describe("a kernel without a payout network", () => {
  it("forbids all of it", async () => {
    const other = await openShop({ domesticOnly: true })
    const bob = institution(other)
    expect(codeOf(await bob.call("GET", "/v1/cpn/configurations/overview"))).toEqual([403, 3])
    expect(codeOf(await bob.call("POST", "/v1/cpn/quotes", quoteBody()))).toEqual([403, 3])
    await other.close()
  })
})
