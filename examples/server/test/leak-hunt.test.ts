/**
 * Card numbers and security codes that exist nowhere else are sent through everything that the server can do, right
 * and wrong, and then looked for in its files, those of its database, its output and its answers.
 *
 * A security code is too short to be looked for alone: four digits stand somewhere in every file. So codes are looked
 * for as the member of JSON that the server sees, in every encoding, and as anything that a log might make of them.
 * Free text that a merchant chooses, such as a name or a description, is kept as it is sent and is no place for cards.
 */
import { randomUUID } from "node:crypto"
import { type EncryptedCardData, encryptCardData } from "@paykernel/adapters-http/browser"
import { textAt } from "@paykernel/four-books/json-reading"
import { pause } from "@paykernel/four-books/polling"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeCanaries } from "./canaries.ts"
import { engines } from "./engine.ts"
import { openSearchedSite, type SearchedSite } from "./leak-haystacks.ts"
import { type Haystack, huntLeaks } from "./leak-hunter.ts"
import type { ServerProcess } from "./server-process.ts"

const apiKey = "SAND_API_KEY:leak:hunt"
const { issued, unknown, wrongCheckDigit, misplaced, newCvv, cvvs } = makeCanaries({
  unknown: process.env["PAYKERNEL_DEEP"] === "1" ? 1000 : 60
})
const numbers = [...issued, ...unknown, ...wrongCheckDigit, ...misplaced]

/** As the server gets it, once decrypted. */
const cvvMember = (cvv: string): string => `"cvv":"${cvv}"`

/** Whatever a log would make of it: `cvv=4711`, `cvv: '4711'`, `\\"cvv\\":4711`. */
const cvvInWords = /cvv[\s"'\\:=(]{1,8}[0-9]{3,4}(?![0-9])/giu

const metadata = { email: "canary@example.com", sessionId: "canary", ipAddress: "192.0.2.9" }
const billingDetails = {
  name: "Canary Bird",
  city: "Boston",
  country: "US",
  district: "MA",
  line1: "1 Mine Shaft",
  postalCode: "01234"
}

it.each(["cvv=4711", "CVV: '471'", '{\\"cvv\\":4711}'])("%s would be found", (words) => {
  expect(words.match(cvvInWords)).toHaveLength(1)
})

describe.each(engines)("on %s", (engine) => {
  const outputs: Array<string> = []
  const answers: Array<string> = []
  let site: SearchedSite
  let server: ServerProcess

  const start = async (): Promise<void> => {
    server = await site.start({ PAYKERNEL_API_KEY: apiKey })
  }

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await server.stop(signal)
    outputs.push(server.output())
  }

  const call = async (method: string, path: string, body?: string, headers: object = {}): Promise<unknown> => {
    const response = await fetch(server.address + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
      redirect: "manual",
      ...(body === undefined ? {} : { body })
    })
    const text = await response.text()
    answers.push(`${response.status} ${JSON.stringify([...response.headers])} ${text}`)
    return response.headers.get("content-type")?.startsWith("application/json") ? JSON.parse(text) : text
  }

  const post = (path: string, body: object): Promise<unknown> => call("POST", path, JSON.stringify(body))

  let encrypt: (card: { readonly number?: string; readonly cvv: string }) => Promise<EncryptedCardData>

  const cardBody = async (number: string) => ({
    idempotencyKey: randomUUID(),
    ...(await encrypt({ number, cvv: newCvv() })),
    billingDetails,
    expMonth: 1,
    expYear: new Date().getUTCFullYear() + 3,
    metadata
  })

  const paymentBody = async (cardId: string, amount: string) => ({
    idempotencyKey: randomUUID(),
    ...(await encrypt({ cvv: newCvv() })),
    verification: "cvv",
    amount: { amount, currency: "USD" },
    source: { id: cardId, type: "card" },
    metadata
  })

  beforeAll(async () => {
    site = await openSearchedSite[engine]()
    await start()
    const key = await call("GET", "/v1/encryption/public")
    const publicKey = { keyId: textAt(key, "data", "keyId"), publicKey: textAt(key, "data", "publicKey") }
    encrypt = (card) => encryptCardData(card, publicKey)
  })

  afterAll(async () => {
    await server?.stop("SIGKILL")
    await site?.remove()
  })

  describe("card data is sent", () => {
    const cardIds: Array<string> = []

    it("where it belongs: in cards, payments and updates, accepted and refused", async () => {
      for (const number of [...issued, ...unknown]) {
        cardIds.push(textAt(await post("/v1/cards", await cardBody(number)), "data", "id"))
      }
      for (const number of wrongCheckDigit) await post("/v1/cards", await cardBody(number))
      await pause(200)
      for (const cardId of cardIds.slice(0, issued.length + 5)) {
        for (const amount of ["1.00", "5.04", "0.00", "99999999.00"]) {
          await post("/v1/payments", await paymentBody(cardId, amount))
        }
        await call("PUT", `/v1/cards/${cardId}`, JSON.stringify(await encrypt({ cvv: newCvv() })))
        await call("GET", `/v1/cards/${cardId}`)
      }
    })

    it("with 3-D Secure, through the bank's page and back", async () => {
      const [cardId] = cardIds
      const urls = {
        verificationSuccessUrl: "https://shop.example/a",
        verificationFailureUrl: "https://shop.example/b"
      }
      const { keyId, encryptedData, ...body } = await paymentBody(cardId ?? "", "5.66")
      const id = textAt(await post("/v1/payments", { ...body, ...urls, verification: "three_d_secure" }), "data", "id")
      await pause(300)
      const payment = await call("GET", `/v1/payments/${id}`)
      const page = new URL(textAt(payment, "data", "requiredAction", "redirectUrl")).pathname
      await call("GET", page)
      await call("POST", page, `token=x&answer=${misplaced[0]}`, {
        "content-type": "application/x-www-form-urlencoded"
      })
    })

    it("where it does not belong, in clear, in every place that is checked", async () => {
      const next = (
        (at) => () =>
          misplaced[at++ % misplaced.length] ?? ""
      )(0)
      const inClear = () => JSON.stringify({ number: next(), cvv: newCvv() })
      const good = await cardBody("4007400000000007")
      const wrongs: ReadonlyArray<object> = [
        { encryptedData: inClear() },
        { encryptedData: Buffer.from(inClear()).toString("base64") },
        { keyId: next() },
        { idempotencyKey: next() },
        { expMonth: next() },
        { expYear: Number(next()) },
        { number: next(), cvv: newCvv(), expMonth: "no" },
        { [next()]: 1, expMonth: "no" },
        { billingDetails: { ...billingDetails, country: next() } },
        { billingDetails: { ...billingDetails, district: next(), postalCode: next() + next() } },
        { metadata: { ...metadata, ipAddress: next() } },
        { metadata: { ...metadata, phoneNumber: `tel:${next()}` } }
      ]
      for (const wrong of wrongs) await post("/v1/cards", { ...good, idempotencyKey: randomUUID(), ...wrong })
      const payment = await paymentBody(cardIds[0] ?? "", "1.00")
      for (const wrong of [
        { amount: { amount: next(), currency: "USD" } },
        { amount: { amount: "1.00", currency: next() } },
        { source: { id: next(), type: "card" } },
        { verification: next() },
        { channel: next() },
        { verificationSuccessUrl: next(), verification: "three_d_secure" }
      ]) {
        await post("/v1/payments", { ...payment, idempotencyKey: randomUUID(), ...wrong })
      }
      await call("POST", "/v1/cards", `{"number":"${next()}","cvv":"${newCvv()}"`)
      await call("POST", "/v1/cards", `number=${next()}&cvv=${newCvv()}`, { "content-type": "text/plain" })
      await call("POST", "/v1/cards", JSON.stringify({ number: next().repeat(8_000) }))
      await call("POST", "/v1/cards", `{"a":${"[".repeat(100)}"${next()}"`)
      await call("GET", `/v1/cards/${next()}`)
      await call("GET", `/v1/payments?pageAfter=${next()}&status=${next()}&from=${next()}`)
      await call("GET", `/${next()}`)
      await call("GET", `/v1/3ds/return/${next()}`)
      await call("GET", "/v1/cards", undefined, { authorization: `Bearer ${next()}` })
      await call("GET", "/v1/cards", undefined, { "x-request-id": next() })
      for (const path of ["/sandbox/gateway/mode", "/sandbox/clock/advance"]) {
        await post(path, { mode: next(), rate: next(), seconds: next() })
      }
      await call("POST", "/sandbox/settle", inClear())
      await call("GET", `/sandbox/3ds/${next()}`)
    })

    it.each(["execute-drop", "error-after", "garbage", "wrong-echo", "lookup-down"])(
      "while the gateway is in trouble: %s",
      async (mode) => {
        await post("/sandbox/gateway/mode", { mode, rate: 1 })
        for (const cardId of cardIds.slice(0, 3)) await post("/v1/payments", await paymentBody(cardId, "2.00"))
        await pause(100)
      }
    )

    it("while the server is killed, and started again", async () => {
      for (const cardId of cardIds.slice(0, 5)) await post("/v1/payments", await paymentBody(cardId, "3.00"))
      await end("SIGKILL")
      await start()
      await post("/sandbox/clock/advance", { seconds: 60 })
      for (const path of ["/v1/payments?pageSize=50", "/v1/cards?pageSize=50", "/sandbox/gateway/journal", "/docs"]) {
        await call("GET", path)
      }
    })
  })

  describe("afterwards", () => {
    let places: ReadonlyArray<Haystack>

    beforeAll(async () => {
      await end("SIGKILL")
      places = [
        ...(await site.haystacks()),
        { place: "output", bytes: Buffer.from(outputs.join("\n")) },
        { place: "answers", bytes: Buffer.from(answers.join("\n")) }
      ]
    })

    it("all that there is has been searched", () => {
      const names = places.map(({ place }) => place)
      expect(names).toEqual(expect.arrayContaining(["gateway-journal.jsonl", "output", "answers"]))
      // The books are there at all: a hunt through empty files would find nothing either.
      const payers = huntLeaks(["canary@example.com"], places).map(({ place }) => place)
      for (const certain of site.certain) expect(payers).toContainEqual(expect.stringMatching(`^${certain}`))
    })

    it("no card number is in any file, in the output or in an answer", () => {
      expect(huntLeaks(numbers, places)).toEqual([])
    })

    it("no security code is, in any of its forms", () => {
      expect(cvvs().length).toBeGreaterThan(100)
      expect(huntLeaks(cvvs().map(cvvMember), places)).toEqual([])
      for (const { place, bytes } of places) {
        expect([place, bytes.toString("latin1").match(cvvInWords)]).toEqual([place, null])
      }
    })
  })
})
