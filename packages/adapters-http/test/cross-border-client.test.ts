/**
 * An originating institution at work: the client against the whole API, with wallets that sign and a network that opens
 * what it is sent.
 */
import { randomUUID } from "node:crypto"
import { TestWallets } from "@paykernel/core/testing"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  type Answer,
  type AnswerRfi,
  type CreatePayment,
  type CrossBorderClient,
  crossBorderClient,
  faultyFields,
  type OnchainTransactionBody,
  type PaymentBody,
  type QuoteBody,
  type QuoteRequest,
  type RfiBody,
  type Signer
} from "../src/cross-border-client/index.ts"
import { newKey, openShop, type Shop } from "./shop.ts"

let shop: Shop
let client: CrossBorderClient
const sent: Array<{ readonly url: string; readonly body: unknown }> = []

beforeAll(async () => {
  shop = await openShop()
  client = clientOf()
})
afterAll(async () => {
  expect(shop.defects).toEqual([])
  await shop.close()
})

/** A client whose answers may get lost. */
const clientOf = (isLost: (url: string) => boolean = () => false): CrossBorderClient =>
  crossBorderClient({
    baseUrl: "https://pay.example/",
    apiKey: "ada",
    fetch: async (url, init) => {
      sent.push({ url, body: init.body })
      const response = await shop.fetch(new Request(url, init))
      if (isLost(url)) throw new TypeError("the connection was closed")
      return response
    }
  })

const told = <A>(answer: Answer<A>): A => {
  if (!answer.ok) throw new Error(JSON.stringify(answer.error))
  return answer.value
}

const request: QuoteRequest = {
  paymentMethodType: "SPEI",
  senderCountry: "US",
  sourceAmount: { amount: "100.000000", currency: "USDC" },
  destinationCountry: "MX",
  destinationAmount: { currency: "MXN" },
  blockchain: "ETH-SEPOLIA",
  senderType: "BUSINESS",
  recipientType: "BUSINESS"
}

const address = { street: "1 Main Street", city: "Springfield", country: "US" }

const travelRule = {
  ORIGINATOR_FINANCIAL_INSTITUTION_NAME: "First Example Bank",
  ORIGINATOR_FINANCIAL_INSTITUTION_ADDRESS: address,
  ORIGINATOR_NAME: "Jane Confidential Ltd",
  ORIGINATOR_ACCOUNT_NUMBER: "000123456789",
  ORIGINATOR_ADDRESS: address,
  ORIGINATOR_DATE_OF_FORMATION: "2001-02-03",
  ORIGINATOR_COUNTRY_OF_FORMATION: "US",
  BENEFICIARY_NAME: "Compañía Ejemplo",
  BENEFICIARY_ADDRESS: { ...address, country: "MX" }
}

const walletKey = `0x${"5eed".repeat(16)}`
const wallet = TestWallets.evmWallet(walletKey, () =>
  BigInt(shop.payout.account("ETH-SEPOLIA", wallet.address)?.nonce ?? "0")
)

const taskOf = (transaction: OnchainTransactionBody, overtakes: string | null): TestWallets.WalletTask => {
  const message = transaction.messageToBeSigned
  const fee = "estimatedFee" in transaction ? transaction.estimatedFee?.payload : undefined
  const { gasLimit = "", maxFeePerGas = "", maxPriorityFeePerGas = "" } = fee ?? {}
  return {
    plan: { version: "version" in transaction ? 2 : 1 },
    message: { text: typeof message === "string" ? message : JSON.stringify(message) },
    estimatedFee: fee === undefined ? null : { type: "eip1559", gasLimit, maxFeePerGas, maxPriorityFeePerGas },
    ...(overtakes === null ? {} : { overtakes })
  }
}

const signer: Signer = ({ transaction, overtakes }) => wallet.sign(taskOf(transaction, overtakes))

const offered = async (change: Partial<QuoteRequest> = {}): Promise<QuoteBody> => {
  const [best] = told(await client.quotes.create({ ...request, ...change }))
  if (best === undefined) throw new Error("nothing was offered")
  return best
}

const paymentOf = (quote: QuoteBody, originatorName?: string): CreatePayment => ({
  idempotencyKey: newKey(),
  quote,
  travelRule: { ...travelRule, ...(originatorName === undefined ? {} : { ORIGINATOR_NAME: originatorName }) },
  beneficiaryAccount: { CLABE: "646180157000000004" },
  senderAddress: wallet.address,
  refundAddress: wallet.address,
  reasonForPayment: "PMT001",
  customerRefId: "customer-1"
})

const paid = async (originatorName?: string, change: Partial<QuoteRequest> = {}): Promise<PaymentBody> =>
  told(await client.payments.create(paymentOf(await offered(change), originatorName)))

/** The payment once everything that is under way has come to its end. */
const settled = async ({ id }: PaymentBody): Promise<PaymentBody> => {
  for (let round = 0; round < 8; round++) await shop.advance(2_500)
  return told(await client.payments.get(id))
}

describe("the client of an originating institution", () => {
  it.each([
    ["VERSION_1", "EIP3009"],
    ["VERSION_2", "PAYMENT_SETTLEMENT_CONTRACT_V1_0_PAYMENT_INTENT"]
  ] as const)("goes from a quote to a completed payment in %s", async (version, messageType) => {
    const payment = await paid("Jo Example", { transactionVersion: version })
    expect(payment).toMatchObject({ status: "CRYPTO_FUNDS_PENDING", useCase: "B2B" })
    const options = { idempotencyKey: newKey(), version, signer }
    const transaction = told(await client.transactions.fund(payment.id, options))
    expect(transaction).toMatchObject({ status: "PENDING", messageType, amount: payment.sourceAmount })
    // The same key again finds it, and nothing is signed a second time.
    const again = await client.transactions.fund(payment.id, { ...options, signer: () => Promise.reject(new Error()) })
    expect(told(again).id).toBe(transaction.id)
    expect(await settled(payment)).toMatchObject({
      status: "COMPLETED",
      fiatNetworkPaymentRef: expect.any(String),
      onChainTransactions: [{ id: transaction.id, status: "COMPLETED" }]
    })
    expect(told(await client.transactions.get(payment.id, transaction.id, version)).transactionHash).toMatch(/^0x/u)
  })

  it("goes there on Solana, where a whole transaction is signed", async () => {
    const solana = TestWallets.solanaWallet(new Uint8Array(32).fill(7))
    const quote = await offered({ blockchain: "SOL-DEVNET" })
    const addresses = { senderAddress: solana.address, refundAddress: solana.address }
    const payment = told(await client.payments.create({ ...paymentOf(quote), ...addresses }))
    const sign: Signer = ({ transaction }) => solana.sign(taskOf(transaction, null))
    told(await client.transactions.fund(payment.id, { idempotencyKey: newKey(), version: "VERSION_1", signer: sign }))
    expect(await settled(payment)).toMatchObject({ status: "COMPLETED" })
  })

  it("overtakes a transaction that the chain leaves waiting", async () => {
    const payment = await paid()
    const mean: Signer = ({ transaction }) => wallet.sign(taskOf(transaction, null), { maxFeePerGas: 1_200_000_000n })
    const first = told(
      await client.transactions.fund(payment.id, { idempotencyKey: newKey(), version: "VERSION_1", signer: mean })
    )
    await shop.advance(600_000)
    expect(told(await client.transactions.get(payment.id, first.id)).status).toBe("BROADCASTED")
    const copy = told(await client.transactions.accelerate(payment.id, { idempotencyKey: newKey(), signer }))
    expect(copy.messageToBeSigned).toEqual(first.messageToBeSigned)
    expect(await settled(payment)).toMatchObject({
      status: "COMPLETED",
      onChainTransactions: [
        { id: first.id, status: "FAILED" },
        { id: copy.id, status: "COMPLETED" }
      ]
    })
  })

  it("tells the server nothing of the parties", async () => {
    sent.length = 0
    await paid("Jane Confidential Ltd")
    const bodies = JSON.stringify(sent)
    expect(bodies).toContain("customer-1")
    expect(bodies).not.toMatch(/Confidential|Springfield|646180157000000004/u)
  })

  it("finds a payment again whose answer was lost", async () => {
    const quote = await offered()
    const payment = paymentOf(quote)
    const lossy = clientOf((url) => url.endsWith("/v1/cpn/payments"))
    expect(await lossy.payments.create(payment)).toEqual({
      ok: false,
      error: { _tag: "Unreachable", reason: "the connection was closed" }
    })
    const found = told(await client.payments.create(payment))
    expect(found.quoteId).toBe(quote.id)
    const listed = told(await client.payments.list({ customerRefId: "customer-1", pageSize: "200" }))
    expect(listed.filter(({ quoteId }) => quoteId === quote.id)).toEqual([found])
  })
})

describe("a request for information", () => {
  const examplePdf = new TextEncoder().encode("%PDF-1.7\n")

  const person = { name: "Jo Example", address, dateOfBirth: "1980-02-29" }
  const fields = (rfi: RfiBody) => {
    const all: { readonly [name: string]: unknown } = {
      ADDRESS: address,
      DATE_OF_FORMATION: "2001-02-03",
      COUNTRY_OF_FORMATION: "US",
      AUTHORIZED_SIGNATORIES: person,
      BENEFICIARY_OWNERSHIP: false
    }
    const { required = [] } = rfi.fieldRequirements.schema as { readonly required?: ReadonlyArray<string> }
    return Object.fromEntries(required.map((name) => [name, all[name] ?? `Some ${name}`]))
  }

  const documents = ({ fileRequirements }: RfiBody) =>
    fileRequirements.map((key) => ({ key, name: "a.pdf", mediaType: "application/pdf", content: examplePdf }))

  const asked = async (originatorName: string) => {
    const payment = await paid(originatorName)
    if (payment.activeRfi === undefined) throw new Error("nothing was asked")
    return { payment, rfi: payment.activeRfi }
  }

  it.each([
    ["CreateRfi", "LEVEL_1", 0],
    ["CreateRfiL2", "LEVEL_2", 0],
    ["CreateRfiL3", "LEVEL_3", 4]
  ])("of %s is answered at %s", async (originatorName, level, files) => {
    const { payment, rfi } = await asked(originatorName)
    expect([rfi.level, rfi.fileRequirements.length >= Math.min(files, 1)]).toEqual([level, true])
    const submitted = told(await client.rfis.answer(rfi, { fields: fields(rfi), documents: documents(rfi) }))
    expect(submitted).toMatchObject({ id: rfi.id, status: "IN_REVIEW" })
    expect(await settled(payment)).toMatchObject({ status: "CRYPTO_FUNDS_PENDING" })
    expect(told(await client.rfis.get(payment.id, rfi.id)).status).toBe("APPROVED")
  })

  it("is not answered with what it did not ask for", async () => {
    const { rfi } = await asked("CreateRfiL3")
    const right = { fields: fields(rfi), documents: documents(rfi) }
    const [first] = right.documents
    if (first === undefined) throw new Error("no file was asked for")
    const problemOf = async (change: Partial<AnswerRfi>) => {
      const answer = await client.rfis.answer(rfi, { ...right, ...change })
      return answer.ok ? "none" : answer.error
    }
    sent.length = 0
    const spoilt = { ...right.fields, ADDRESS: { ...address, country: "usa" }, NAME: undefined }
    const wrong = await problemOf({ fields: spoilt })
    expect(wrong).toMatchObject({ _tag: "AnswerNotAsRequired", part: "rfi" })
    expect(JSON.stringify(wrong)).toContain('["NAME","ADDRESS"]')
    expect(await problemOf({ documents: [] })).toEqual({ _tag: "FileNotAsRequired", key: first.key, why: "missing" })
    const instead = (change: Partial<typeof first>) =>
      problemOf({ documents: [...right.documents, { ...first, ...change }] })
    expect(await instead({ key: "SELFIE" })).toMatchObject({ key: "SELFIE", why: "not_asked_for" })
    expect(await instead({ mediaType: "image/svg+xml" })).toMatchObject({ why: "type_not_taken" })
    expect(await instead({ mediaType: "image/png" })).toMatchObject({ why: "content_differs" })
    const large = new Uint8Array(10 * 1024 * 1024)
    large.set(examplePdf)
    expect(await instead({ content: large })).toMatchObject({ why: "too_large" })
    expect(sent).toEqual([])
  })
})

describe("what goes wrong", () => {
  it("is found before anything is sent, where it can be", async () => {
    const payment = paymentOf(await offered())
    sent.length = 0
    const { ORIGINATOR_NAME: _, ...nameless } = travelRule
    const answer = await client.payments.create({
      ...payment,
      travelRule: { ...nameless, ORIGINATOR_DATE_OF_FORMATION: "2001-02-30" }
    })
    expect(answer).toEqual({
      ok: false,
      error: {
        _tag: "AnswerNotAsRequired",
        part: "travelRule",
        fields: ["ORIGINATOR_NAME", "ORIGINATOR_DATE_OF_FORMATION"]
      }
    })
    expect(sent.map(({ url }) => new URL(url).pathname)).toEqual(["/v2/cpn/payments/requirements"])
  })

  it("holds a recipient's number in Brazil against its check digits", async () => {
    const quote = await offered({
      paymentMethodType: "PIX",
      destinationCountry: "BR",
      destinationAmount: { currency: "BRL" }
    })
    const account = { RECIPIENT_LEGAL_NAME: "Zé Exemplo", RECIPIENT_EVP: randomUUID() }
    const payTo = (RECIPIENT_ID_NUMBER: string) =>
      client.payments.create({ ...paymentOf(quote), beneficiaryAccount: { ...account, RECIPIENT_ID_NUMBER } })
    expect(await payTo("529.982.247-26")).toMatchObject({
      error: { _tag: "AnswerNotAsRequired", part: "beneficiaryAccount", fields: ["RECIPIENT_ID_NUMBER"] }
    })
    expect((await payTo("529.982.247-25")).ok).toBe(true)
  })

  it("is told in the words of the API", async () => {
    const used = await offered()
    told(await client.payments.create(paymentOf(used)))
    expect(await client.payments.create(paymentOf(used))).toMatchObject({
      ok: false,
      error: { _tag: "Refused", status: 400, code: 290_201 }
    })
    expect(await client.quotes.create({ ...request, senderCountry: "" })).toMatchObject({
      error: { _tag: "Refused", code: 2, fields: [{ location: "senderCountry" }] }
    })
    expect(await client.refunds.get(newKey(), newKey())).toMatchObject({ error: { status: 404 } })
    const thief: Signer = ({ transaction }) =>
      TestWallets.evmWallet(`0x${"bad0".repeat(16)}`, () => 0n).sign(taskOf(transaction, null))
    const payment = await paid()
    expect(
      await client.transactions.fund(payment.id, { idempotencyKey: newKey(), version: "VERSION_1", signer: thief })
    ).toMatchObject({ error: { _tag: "Refused", code: 290_321 } })
  })

  it("may be something else than the API", async () => {
    const answering = (response: Response) =>
      crossBorderClient({ baseUrl: "https://elsewhere.example", apiKey: "x", fetch: async () => response }).overview()
    expect(await answering(new Response("<html>"))).toEqual({ ok: false, error: { _tag: "Unreadable", status: 200 } })
    expect(await answering(new Response("[]", { status: 502 }))).toMatchObject({ error: { status: 502 } })
  })
})

it("shows what the network covers, what came back, and where to ask for help", async () => {
  expect(told(await client.overview()).destinationCurrencies).toContain("MXN")
  const routes = told(await client.routes({ sourceCurrency: "USDC", destinationCountry: "MX" }))
  expect(routes).toContainEqual(expect.objectContaining({ paymentMethodType: "SPEI" }))
  const payment = await paid("FailThenRefundWithCompleted", { transactionVersion: "VERSION_2" })
  told(await client.transactions.fund(payment.id, { idempotencyKey: newKey(), version: "VERSION_2", signer }))
  const { status, refunds } = await settled(payment)
  expect(status).toBe("FAILED")
  const refund = told(await client.refunds.get(payment.id, refunds[0]?.id ?? ""))
  expect(refund).toMatchObject({ status: "COMPLETED", amount: payment.sourceAmount, refundAddress: wallet.address })
  const ticket = told(
    await client.tickets.create({
      idempotencyKey: newKey(),
      paymentId: payment.id,
      issueType: "REVERSE_FUNDS",
      description: "Where is it?",
      email: "ops@bank.example"
    })
  )
  expect(ticket).toMatchObject({ paymentId: payment.id, issueType: "REVERSE_FUNDS" })
})

it("reads schemas whose references have lost their sign", () => {
  const schema = {
    type: "object",
    required: ["ADDRESS"],
    properties: { ADDRESS: { ref: "#/$defs/address" } },
    $defs: { address: { type: "object", required: ["city"] } }
  }
  expect(faultyFields({ version: 1, schema }, { ADDRESS: { street: "1 Main Street" } })).toEqual(["ADDRESS"])
  expect(faultyFields({ version: 1, schema }, { ADDRESS: { city: "Springfield" } })).toEqual([])
})
