/** Anything at all in any field about cross-border payments: a published answer, and never a secret repeated. */
import * as fc from "fast-check"
import { afterAll, beforeAll, expect, it } from "vitest"
import { part, text } from "../../src/json-part.ts"
import { isPublished, planted, strange, withField } from "../hostile.ts"
import { type Json, newKey, openShop, type Shop } from "../shop.ts"
import { fileForm, institution, quoteBody } from "./trade.ts"

const numRuns = process.env["PAYKERNEL_DEEP"] === "1" ? 20_000 : 1_000

let shop: Shop
let targets: ReadonlyArray<readonly [path: string, body: Json, places: ReadonlyArray<string>]>
let files: string
let form: FormData

beforeAll(async () => {
  shop = await openShop()
  const ada = institution(shop)
  const asked = await ada.pay("CreateRfi")
  const rfi = part(part(asked.data)["activeRfi"])
  const rfiPath = `/v1/cpn/payments/${asked.id}/rfis/${text(rfi["id"])}`
  files = `${rfiPath}/files`
  form = await fileForm(rfi, "INVOICE")
  const { id } = await ada.pay()
  const transactionId = (await ada.startTransaction(id)).id
  const payment = await ada.paymentBody(await ada.quote())
  const amounts = ["sourceAmount", "destinationAmount"].flatMap((name) => [name, `${name}.amount`, `${name}.currency`])
  const transactions = `/cpn/payments/${id}/transactions`
  const ticket = { paymentId: id, issueType: "OTHER", description: "Late.", email: "a@b.example", ccEmails: [] }
  targets = [
    ["/v1/cpn/quotes", quoteBody({ quoteOptions: {} }), [...Object.keys(quoteBody()), ...amounts, "quoteOptions"]],
    ["/v1/cpn/payments", payment, [...Object.keys(payment), "travelRuleData.version", "travelRuleData.data"]],
    [`/v1${transactions}`, { senderAccountType: "EOA" }, ["senderAccountType", "idempotencyKey"]],
    [`/v2${transactions}`, {}, ["metadata", "metadata.words", "idempotencyKey"]],
    [`/v1${transactions}/accelerate`, {}, ["idempotencyKey"]],
    [`/v1${transactions}/${transactionId}/submit`, { signedTransaction: "0x01" }, ["signedTransaction"]],
    [`${rfiPath}/submit`, await ada.answerRfi(rfi), ["rfi", "rfi.version", "rfi.data"]],
    ["/v1/cpn/supportTickets", ticket, [...Object.keys(ticket), "ticketRefId"]]
  ]
})
afterAll(async () => {
  expect(shop.defects).toEqual([])
  await shop.close()
})

it("in bodies", async () => {
  const request = fc
    .constantFrom(...targets.keys())
    .chain((at) =>
      fc.tuple(
        fc.constant(at),
        fc.array(fc.tuple(fc.constantFrom(...(targets[at]?.[2] ?? [])), strange), { minLength: 1, maxLength: 3 })
      )
    )
  await fc.assert(
    fc.asyncProperty(request, async ([at, changes]) => {
      const [path = "", valid = {}] = targets[at] ?? []
      const start: Json = { ...valid, idempotencyKey: newKey() }
      const body = changes.reduce((all, [place, value]) => withField(all, place, value), start)
      const reply = await shop.call("POST", path, body)
      expect(isPublished(reply), `${path}: ${reply.status} ${reply.text.slice(0, 300)}`).toBe(true)
      if (reply.status >= 400) for (const secret of planted) expect(reply.text).not.toContain(secret)
    }),
    { numRuns }
  )
})

it("in the descriptions of files", async () => {
  const places = ["fileMetadata", "encryption"].flatMap((name) =>
    ["", ".fileName", ".fileType", ".fileKey", ".encryptedAesKey", ".iv"].map((member) => `${name}${member}`)
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), strange, async (place, value) => {
      const changed = new FormData()
      const [changedName = ""] = place.split(".")
      for (const [name, was] of form) {
        const given = typeof was === "string" && name === changedName
        const body: Json = given ? withField({ [name]: JSON.parse(was) }, place, value) : {}
        changed.append(name, given ? JSON.stringify(body[name] ?? null) : was)
      }
      const headers = { authorization: "Bearer ada" }
      const init = { method: "POST", body: changed, headers }
      const response = await shop.fetch(new Request(`https://pay.example${files}`, init))
      const said = await response.text()
      expect(response.status === 204 || (response.status >= 400 && response.status < 500), said).toBe(true)
      for (const secret of planted) expect(said).not.toContain(secret)
    }),
    { numRuns: numRuns / 5 }
  )
})

it("in queries", async () => {
  const names = ["from", "to", "pageSize", "pageBefore", "pageAfter", "status", "quoteId", "destinationCountry", "x"]
  const paths = ["payments", "payments/requirements", "configurations/routes"].map((path) => `/v1/cpn/${path}`)
  const value = fc.oneof(fc.string({ unit: "binary", maxLength: 30 }), fc.constantFrom(...planted))
  const query = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), query, async (path, pairs) => {
      const reply = await shop.call(
        "GET",
        `${path}?${new URLSearchParams(pairs.map(([name, given]) => [name, given]))}`
      )
      expect(isPublished(reply), reply.text).toBe(true)
      // A payment made by another test may carry such a text, and is shown to its merchant.
      if (reply.status >= 400) for (const secret of planted) expect(reply.text).not.toContain(secret)
    }),
    { numRuns: numRuns / 2 }
  )
})
