/**
 * Names, accounts and documents that exist nowhere else are sent abroad, encrypted for the institution there, and then
 * looked for in the server's files, those of its database, its output and its answers. What the network has decrypted,
 * it has in memory: the sandbox's book of it is searched as well.
 */
import { randomBytes, randomUUID } from "node:crypto"
import {
  type Answer,
  type AnswerFields,
  crossBorderClient,
  faultyFields,
  type PaymentBody,
  type RfiBody
} from "@paykernel/adapters-http/cross-border-client"
import { type MerchantClient, merchantClient } from "@paykernel/four-books/merchant-client"
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { advanceClock } from "./advance-clock.ts"
import { engines } from "./engine.ts"
import { openSearchedSite, type SearchedSite } from "./leak-haystacks.ts"
import { type Haystack, huntLeaks } from "./leak-hunter.ts"
import type { ServerProcess } from "./server-process.ts"

const apiKey = "SAND_API_KEY:cross-border:leak"

const secrets: Array<string> = []

/** A text that is nobody's, to be looked for. */
const secret = (): string => {
  const text = `Canary${randomBytes(9).toString("hex")}`
  secrets.push(text)
  return text
}

const address = (): object => ({ street: secret(), city: secret(), country: "US" })

const travelRule = (): AnswerFields => ({
  ORIGINATOR_FINANCIAL_INSTITUTION_NAME: secret(),
  ORIGINATOR_FINANCIAL_INSTITUTION_ADDRESS: address(),
  ORIGINATOR_NAME: secret(),
  ORIGINATOR_ACCOUNT_NUMBER: secret(),
  ORIGINATOR_ADDRESS: address(),
  ORIGINATOR_DATE_OF_BIRTH: "1980-02-29",
  ORIGINATOR_NATIONALITY: "US",
  BENEFICIARY_NAME: secret(),
  BENEFICIARY_ADDRESS: address()
})

/** With a right check digit: another would not be sent. */
const clabe = "646180157000000004"

const told = <A>(answer: Answer<A>): A => {
  if (!answer.ok) throw new Error(JSON.stringify(answer.error))
  return answer.value
}

describe.each(engines)("personal data that crosses a border, on %s", (engine) => {
  const outputs: Array<string> = []
  const answers: Array<string> = []
  let site: SearchedSite
  let server: ServerProcess
  let api: MerchantClient
  let baseUrl: string

  const start = async (): Promise<void> => {
    server = await site.start({ PAYKERNEL_API_KEY: apiKey })
    baseUrl = server.address
    api = merchantClient(() => baseUrl, apiKey)
  }

  const end = async (): Promise<void> => {
    await server.stop("SIGKILL")
    outputs.push(server.output())
  }

  const client = () =>
    crossBorderClient({
      baseUrl,
      apiKey,
      fetch: async (request, init) => {
        const response = await fetch(request, init)
        answers.push(await response.clone().text())
        return response
      }
    })

  const pay = async (fields: AnswerFields, customerRefId: string): Promise<Answer<PaymentBody>> => {
    const { address: senderAddress } = privateKeyToAccount(generatePrivateKey())
    const [quote] = told(await client().quotes.create(request))
    if (quote === undefined) throw new Error("nothing was offered")
    return client().payments.create({
      idempotencyKey: randomUUID(),
      quote,
      travelRule: fields,
      beneficiaryAccount: { CLABE: clabe },
      senderAddress,
      refundAddress: senderAddress,
      reasonForPayment: "PMT022",
      customerRefId
    })
  }

  /** Everything that is asked for, where it is a text, is a secret; and so is what stands in the documents. */
  const answerTo = (rfi: RfiBody) => {
    const known = { ADDRESS: address(), DATE_OF_BIRTH: "1980-02-29", NAME: secret() }
    const missing = faultyFields(rfi.fieldRequirements, known)
    const fields = { ...Object.fromEntries(missing.map((name) => [name, wellFormed[name] ?? secret()])), ...known }
    const documents = rfi.fileRequirements.map((key) => ({
      key,
      name: `${key.toLowerCase()}.pdf`,
      mediaType: "application/pdf",
      content: new TextEncoder().encode(`%PDF-1.7\n% ${secret()}\n`)
    }))
    return client().rfis.answer(rfi, { fields, documents })
  }

  const raiseRfi = async ({ id: paymentId }: PaymentBody, level: number): Promise<RfiBody> => {
    expect((await api.post("/sandbox/payout/rfi", { paymentId, level })).status).toBe(201)
    const { activeRfi } = told(await client().payments.get(paymentId))
    if (activeRfi === undefined) throw new Error("nothing was asked")
    return activeRfi
  }

  beforeAll(async () => {
    site = await openSearchedSite[engine]()
    await start()
  })

  afterAll(async () => {
    await server?.stop("SIGKILL")
    await site?.remove()
  })

  it("is sent with payments, in answers to all levels, and in tickets, accepted and refused", async () => {
    const payment = told(await pay(travelRule(), "open-reference"))
    expect(payment.status).toBe("CRYPTO_FUNDS_PENDING")
    for (const level of [1, 2, 3]) {
      expect(told(await answerTo(await raiseRfi(payment, level))).status).toBe("IN_REVIEW")
      await advanceClock(api, 5)
    }
    const { ORIGINATOR_ACCOUNT_NUMBER: _left, ...incomplete } = travelRule()
    expect((await pay(incomplete, "refused")).ok).toBe(false)
    const { status } = await api.post("/v1/cpn/supportTickets", {
      idempotencyKey: randomUUID(),
      paymentId: payment.id,
      issueType: "OTHER",
      email: `${secret()}@example.com`,
      description: secret()
    })
    expect(status).toBe(201)
  })

  it("is sent in clear, where only what is encrypted belongs", async () => {
    const [quote] = told(await client().quotes.create(request))
    const inClear = JSON.stringify([{ name: "ORIGINATOR_NAME", value: secret() }])
    const misplaced = [
      inClear,
      Buffer.from(inClear).toString("base64url"),
      `${inClear}....`,
      { version: 1, data: secret() }
    ]
    for (const travelRuleData of misplaced) {
      const { status, text } = await api.post("/v1/cpn/payments", {
        idempotencyKey: randomUUID(),
        quoteId: quote?.id,
        beneficiaryAccountData: "a.b.c.d.e",
        travelRuleData,
        customerRefId: "open-reference",
        useCase: "C2C",
        reasonForPayment: "PMT022",
        senderAddress: "0x8381470ED67C3802402dbbFa0058E8871F017A6F",
        refundAddress: "0x8381470ED67C3802402dbbFa0058E8871F017A6F",
        blockchain: "ETH-SEPOLIA"
      })
      answers.push(text)
      expect(status).toBe(400)
    }
  })

  it("is sent while the network does not answer, and the server is killed meanwhile", async () => {
    expect((await api.post("/sandbox/payout/mode", { mode: "execute-drop", rate: 1 })).status).toBe(200)
    await pay(travelRule(), "in-doubt")
    await end()
    await start()
    await advanceClock(api, 120)
    expect((await api.get("/v1/cpn/payments")).status).toBe(200)
  })

  it("is found nowhere afterwards", async () => {
    await end()
    const places: ReadonlyArray<Haystack> = [
      ...(await site.haystacks()),
      { place: "output", bytes: Buffer.from(outputs.join("\n")) },
      { place: "answers", bytes: Buffer.from(answers.join("\n")) }
    ]
    // What is no secret is there: a hunt through empty files would find nothing either.
    const open = huntLeaks(["open-reference"], places).map(({ place }) => place)
    for (const certain of [...site.certain.filter((place) => !place.includes("log")), "answers"]) {
      expect(open).toContainEqual(expect.stringMatching(`^${certain}`))
    }
    expect(places.map(({ place }) => place)).toContain("payout-network-journal.jsonl")
    expect(secrets.length).toBeGreaterThan(40)
    expect(huntLeaks([...secrets, clabe], places)).toEqual([])
  })
})

/** Fields of which any text would be refused. */
const wellFormed: AnswerFields = {
  EMAIL: "someone@example.com",
  PHONE: "+12025550180",
  NATIONALITY: "US",
  ID_DOC_TYPE: "PASSPORT"
}

const request = {
  senderCountry: "US",
  sourceAmount: { amount: "25.000000", currency: "USDC" },
  destinationCountry: "MX",
  destinationAmount: { currency: "MXN" },
  blockchain: "ETH-SEPOLIA",
  senderType: "INDIVIDUAL",
  recipientType: "INDIVIDUAL",
  transactionVersion: "VERSION_2"
} as const
