/** An originating institution at a shop: asks for quotes, encrypts what it is asked, and makes payments. */
import { randomUUID } from "node:crypto"
import type { EncryptionCertificate } from "@paykernel/core"
import { PayoutAnswers } from "@paykernel/core/testing"
import { list, type Part, part, text } from "../../src/json-part.ts"
import { type Json, newKey, type Reply, type Shop } from "../shop.ts"

/** What a refusal is known by. */
export const codeOf = ({ status, json }: { readonly status: number; readonly json: Json }) => [status, json["code"]]

export const sender = "0xe01be9cdd9e744ae6a709794bfe531ec3ec0671c"

export const quoteBody = (change: Json = {}): Json => ({
  paymentMethodType: "SPEI",
  senderCountry: "US",
  sourceAmount: { amount: "100.000000", currency: "USDC" },
  destinationCountry: "MX",
  destinationAmount: { currency: "MXN" },
  blockchain: "ETH-SEPOLIA",
  senderType: "BUSINESS",
  recipientType: "BUSINESS",
  ...change
})

export const address = { street: "1 Main Street", city: "Springfield", country: "US" }

/** The certificate as an encrypter takes it: by its key alone. */
export const certificateIn = (holder: Part): EncryptionCertificate => {
  const { id, domain, jwk } = part(holder["certificate"])
  const { kid, x, y } = part(jwk)
  const key = { kty: "EC", crv: "P-256", kid: text(kid), x: text(x), y: text(y) } as const
  return { id: text(id), domain: text(domain), certificatePem: "", jwk: key }
}

const valueFor = (field: Part): unknown => {
  const name = text(field["name"])
  if (field["type"] === "ADDRESS") return address
  if (name.includes("DATE")) return "1990-12-31"
  return /COUNTRY|NATIONALITY/u.test(name) ? "US" : `Some ${name}`
}

const answerTo = (fields: unknown, change: Json): Json => ({
  ...Object.fromEntries(
    list(fields)
      .map(part)
      .filter(({ optional }) => optional === false)
      .map((field) => [text(field["name"]), valueFor(field)])
  ),
  ...change
})

export type Institution = ReturnType<typeof institution>

export const institution = (shop: Pick<Shop, "call" | "advance">, who = "Bearer ada") => {
  const headers = { authorization: who }
  const call = (method: string, path: string, body?: unknown) => shop.call(method, path, body, headers)

  const quote = async (change: Json = {}): Promise<Part> => {
    const reply = await call("POST", "/v1/cpn/quotes", quoteBody(change))
    const [best] = list(reply.data)
    if (reply.status !== 201) throw new Error(reply.text)
    return part(best)
  }

  const requirements = async (quoteId: unknown): Promise<Part> =>
    part((await call("GET", `/v1/cpn/payments/requirements?quoteId=${text(quoteId)}`)).data)

  /** A payment that may be made of the quote, of an originator by this name. */
  const paymentBody = async (of: Part, originatorName = "Jane Doe", change: Json = {}): Promise<Json> => {
    const { travelRule, beneficiaryAccount } = await requirements(of["id"])
    const certificate = certificateIn(of)
    const travel = answerTo(travelRule, { ORIGINATOR_NAME: originatorName })
    return {
      idempotencyKey: newKey(),
      quoteId: of["id"],
      travelRuleData: await PayoutAnswers.encryptList(certificate, travel),
      beneficiaryAccountData: await PayoutAnswers.encryptList(certificate, answerTo(beneficiaryAccount, {})),
      customerRefId: "customer-7",
      beneficiaryRefId: "beneficiary-7",
      refCode: "order-7",
      useCase: "B2B",
      reasonForPayment: "PMT001",
      senderAddress: sender,
      refundAddress: sender,
      blockchain: of["blockchain"],
      ...change
    }
  }

  /** A fresh payment of a fresh quote. */
  const pay = async (originatorName = "Jane Doe", quoteChange: Json = {}, change: Json = {}): Promise<Reply> => {
    const reply = await call(
      "POST",
      "/v1/cpn/payments",
      await paymentBody(await quote(quoteChange), originatorName, change)
    )
    if (reply.status !== 201) throw new Error(reply.text)
    return reply
  }

  const payment = async (id: string): Promise<Part> => part((await call("GET", `/v1/cpn/payments/${id}`)).data)

  /** Lets the network and the chain come to their ends. */
  const settle = async (rounds = 8): Promise<void> => {
    for (let round = 0; round < rounds; round++) await shop.advance(2_500)
  }

  const startTransaction = (id: string, version: 1 | 2 = 1, change: Json = {}) =>
    call("POST", `/v${version}/cpn/payments/${id}/transactions`, {
      idempotencyKey: newKey(),
      ...(version === 1 ? { senderAccountType: "EOA" } : {}),
      ...change
    })

  const submitTransaction = (id: string, transactionId: string, version: 1 | 2 = 1, signedTransaction = "0x01") =>
    call("POST", `/v${version}/cpn/payments/${id}/transactions/${transactionId}/submit`, { signedTransaction })

  /** Signs and hands in, and waits until the money is there and everything has followed from it. */
  const fund = async (id: string, version: 1 | 2 = 1): Promise<string> => {
    const created = await startTransaction(id, version)
    const submitted = await submitTransaction(id, created.id, version)
    if (submitted.status > 201) throw new Error(`${created.text} ${submitted.text}`)
    await settle()
    return created.id
  }

  /** The open request for information, answered as it asks. */
  const answerRfi = async (of: Part, change: Json = {}): Promise<Json> => {
    const { version, schema } = part(of["fieldRequirements"])
    return {
      rfi: { version, data: await PayoutAnswers.encryptJson(certificateIn(of), exampleOf(part(schema), change)) }
    }
  }

  return {
    call,
    quote,
    requirements,
    paymentBody,
    pay,
    payment,
    settle,
    startTransaction,
    submitTransaction,
    fund,
    answerRfi
  }
}

/** What meets a published schema, about people who do not exist. */
export const exampleOf = (schema: Part, change: Json = {}): Json => ({
  ...Object.fromEntries(
    list(schema["required"]).map((name) => [
      text(name),
      exampleValue(part(part(schema["properties"])[text(name)]), part(schema["$defs"]))
    ])
  ),
  ...change
})

const exampleValue = (property: Part, definitions: Part): unknown => {
  const reference = text(property["$ref"]).replace("#/$defs/", "")
  if (reference !== "") return exampleOf({ ...part(definitions[reference]), $defs: definitions })
  if (property["type"] === "boolean") return false
  if (property["type"] === "number") return 30
  if (property["format"] === "date") return "1990-12-31"
  if (property["pattern"] !== undefined) return "US"
  return list(property["enum"])[0] ?? "Some words"
}

/** A file as it is sent: encrypted under a key of its own, with its two descriptions. */
export const fileForm = async (
  of: Part,
  fileKey: string,
  change: { readonly metadata?: Json; readonly encryption?: Json; readonly content?: Uint8Array } = {}
): Promise<FormData> => {
  const content = new TextEncoder().encode(`%PDF-1.7\n% ${randomUUID()}\n%%EOF\n`)
  const file = await PayoutAnswers.encryptFile(certificateIn(of), {
    key: fileKey,
    mediaType: "application/pdf",
    content
  })
  const form = new FormData()
  const metadata = { fileName: "document.pdf", fileType: "application/pdf", fileKey, ...change.metadata }
  const encryption = {
    encryptedAesKey: file.encryptedKey,
    iv: Buffer.from(file.iv).toString("base64"),
    ...change.encryption
  }
  form.append("fileMetadata", JSON.stringify(metadata))
  form.append("encryption", JSON.stringify(encryption))
  form.append("encryptedFile", new Blob([new Uint8Array(change.content ?? file.content)]))
  return form
}
