/**
 * Being paid on blockchains with the official SDK against the running server: payers are the sandbox's, and every answer
 * is held against the SDK's own description of the API.
 */
import { randomUUID } from "node:crypto"
import { listAt, textAt, valueAt } from "@paykernel/four-books/json-reading"
import { type MerchantClient, merchantClient } from "@paykernel/four-books/merchant-client"
import { eventually } from "@paykernel/four-books/polling"
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { advanceClock } from "./advance-clock.ts"
import { engines, openSite, type Site } from "./engine.ts"
import { refusalOf, sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import type { ServerProcess } from "./server-process.ts"

type Chain = "ETH" | "BTC" | "ALGO"
type Currency = "USD" | "BTC" | "ETH"

/** Far more than it takes until nothing on any chain can be taken back. */
const secondsUntilFinal = 15
const payer = "0x8381470ED67C3802402dbbFa0058E8871F017A6F"

describe.each(engines)("payment intents by the official SDK on %s", (engine) => {
  const apiKey = "SAND_API_KEY:sdk-intents:one"
  const contract = sdkContract()
  let site: Site
  let server: ServerProcess
  let circle: ReturnType<typeof sdkClient>
  let api: MerchantClient

  beforeAll(async () => {
    site = await openSite(engine)
    server = await site.start({ PAYKERNEL_API_KEY: apiKey, PAYKERNEL_SANDBOX_LATENCY_MS: "1" })
    circle = sdkClient(server.address, apiKey, contract)
    api = merchantClient(() => server.address, apiKey)
  })

  afterAll(async () => {
    await server?.stop("SIGTERM")
    await site?.remove()
  })

  const read = async (id: string): Promise<unknown> =>
    valueAt((await circle.cryptoPaymentIntents.getPaymentIntent(id)).data, "data")

  const newest = async (id: string): Promise<unknown> => listAt(await read(id), "timeline")[0]

  /** An intent that can be paid, and where. */
  const ask = async (amount: string, chain: Chain = "ETH", currency: Currency = "USD") => {
    const created = await circle.cryptoPaymentIntents.createPaymentIntent({
      idempotencyKey: randomUUID(),
      amount: { amount, currency },
      settlementCurrency: "USD",
      paymentMethods: [{ type: "blockchain", chain }]
    })
    const id = textAt(created.data, "data", "id")
    const open = await eventually(
      () => read(id),
      (intent) => valueAt(listAt(intent, "timeline")[0], "status") === "pending"
    )
    return { id, address: textAt(listAt(open, "paymentMethods")[0], "address"), open }
  }

  const send = async (address: string, amount: string, chain: Chain = "ETH", currency: Currency = "USD") => {
    const sent = await api.post("/sandbox/chain/deposit", { chain, address, amount, currency })
    expect(sent.status).toBe(201)
    return textAt(sent.body, "data", "transactionHash")
  }

  const letBlocksCome = async (): Promise<void> => {
    await advanceClock(api, secondsUntilFinal)
  }

  const refund = (id: string, amount: string) =>
    circle.cryptoPaymentIntents.refundPaymentIntent(id, {
      idempotencyKey: randomUUID(),
      destination: { address: payer, chain: "ETH" },
      amount: { currency: "USD" },
      toAmount: { amount, currency: "USD" }
    })

  it("completes an intent with the first payment that is enough", async () => {
    const { id, address, open } = await ask("10.00")
    expect(open).toMatchObject({
      amount: { amount: "10.00", currency: "USD" },
      amountPaid: { amount: "0.00", currency: "USD" },
      fees: [{ type: "blockchainLeaseFee", amount: "0.00", currency: "USD" }],
      paymentIds: []
    })
    const transactionHash = await send(address, "10.00")
    await letBlocksCome()
    const paid = await read(id)
    expect(paid).toMatchObject({
      amountPaid: { amount: "10.00" },
      timeline: [{ status: "complete", context: "paid" }, {}, {}]
    })
    expect(listAt(paid, "fees")[1]).toEqual({ type: "totalPaymentFees", amount: "0.10", currency: "USD" })
    const [paymentId] = listAt(paid, "paymentIds")
    const payment = valueAt((await circle.payments.getPayment(String(paymentId))).data, "data")
    expect(payment).toMatchObject({
      type: "payment",
      status: "paid",
      amount: { amount: "10.00", currency: "USD" },
      fees: { amount: "0.10", currency: "USD" },
      settlementAmount: { amount: "9.90", currency: "USD" },
      paymentIntentId: id,
      depositAddress: { chain: "ETH", address },
      transactionHash
    })
    const listed = (await circle.payments.listPayments(undefined, undefined, id)).data
    expect(listAt(listed, "data")).toEqual([payment])
  })

  it("shows what is missing, and what is too much", async () => {
    const under = await ask("10.00")
    await send(under.address, "4.00")
    const over = await ask("10.00")
    await send(over.address, "12.00")
    await letBlocksCome()
    expect(await newest(under.id)).toMatchObject({ status: "pending", context: "underpaid" })
    expect(await newest(over.id)).toMatchObject({ status: "complete", context: "overpaid" })

    const expired = await circle.cryptoPaymentIntents.expirePaymentIntent(under.id, {})
    expect(expired.status).toBe(201)
    const told = { status: "expired", context: "underpaid", reason: "requested_by_merchant" }
    expect(await newest(under.id)).toMatchObject(told)
    const again = circle.cryptoPaymentIntents.expirePaymentIntent(under.id, {})
    expect(await refusalOf(again)).toMatchObject({ status: 409 })

    await send(under.address, "6.00")
    await letBlocksCome()
    expect(await read(under.id)).toMatchObject({
      amountPaid: { amount: "10.00" },
      timeline: [{ context: "paid" }, {}, {}, {}, {}]
    })

    const idsOf = async (...filters: Parameters<typeof circle.cryptoPaymentIntents.listPaymentIntents>) => {
      const page = (await circle.cryptoPaymentIntents.listPaymentIntents(...filters)).data
      return listAt(page, "data").map((intent) => textAt(intent, "id"))
    }
    expect(await idsOf("complete", "overpaid")).toEqual([over.id])
    expect(await idsOf("expired")).toEqual([under.id])
    expect(await idsOf("failed")).toEqual([])
    expect((await idsOf()).slice(0, 2)).toEqual([over.id, under.id])
  })

  it("takes back with the chain what was not final", async () => {
    const { id, address } = await ask("5.00", "BTC", "BTC")
    const transactionHash = await send(address, "5.00", "BTC", "BTC")
    const dropped = { chain: "BTC", depth: 0, transactionHash, fate: "dropped" }
    expect((await api.post("/sandbox/chain/reorg", dropped)).status).toBe(200)
    await letBlocksCome()
    expect(await newest(id)).toMatchObject({ status: "pending" })
    expect(await read(id)).toMatchObject({ amountPaid: { amount: "0.00000000", currency: "BTC" } })
    await send(address, "5.00", "BTC", "BTC")
    await letBlocksCome()
    expect(await newest(id)).toMatchObject({ status: "complete", context: "paid" })
    const deep = await api.post("/sandbox/chain/reorg", { chain: "BTC", depth: 4 })
    expect(deep).toMatchObject({ status: 400, body: { errors: [{ location: "depth" }] } })
  })

  it("gives back in parts, and never more than was paid", async () => {
    const { id, address } = await ask("10.00")
    await send(address, "11.00")
    await letBlocksCome()
    for (const amount of ["4.00", "7.00"]) {
      const made = valueAt((await refund(id, amount)).data, "data")
      expect(made).toMatchObject({ type: "refund", status: "pending", amount: { amount }, paymentIntentId: id })
      await letBlocksCome()
      const done = (await circle.payments.getPayment(textAt(made, "id"))).data
      expect(valueAt(done, "data")).toMatchObject({
        type: "refund",
        status: "paid",
        depositAddress: { address: payer }
      })
    }
    expect(await refusalOf(refund(id, "0.01"))).toMatchObject({ body: { code: 1087 } })
    const refunded = await read(id)
    expect(refunded).toMatchObject({
      amountRefunded: { amount: "11.00" },
      timeline: [{ status: "refunded" }, {}, {}, {}]
    })
    expect(listAt(refunded, "refundIds")).toHaveLength(2)
  })

  it("takes any number of payments at one address of a continuous intent", async () => {
    const created = await circle.cryptoPaymentIntents.createPaymentIntent({
      idempotencyKey: randomUUID(),
      currency: "USD",
      settlementCurrency: "USD",
      type: "continuous",
      paymentMethods: [{ type: "blockchain", chain: "ALGO" }]
    })
    const id = textAt(created.data, "data", "id")
    const open = await eventually(
      () => read(id),
      (intent) => valueAt(listAt(intent, "paymentMethods")[0], "address") !== undefined
    )
    expect(open).toMatchObject({ type: "continuous", currency: "USD", timeline: [{ status: "active" }, {}] })
    const address = textAt(listAt(open, "paymentMethods")[0], "address")
    for (const amount of ["1.00", "2.00", "3.00"]) await send(address, amount, "ALGO")
    await letBlocksCome()
    expect(await read(id)).toMatchObject({ amountPaid: { amount: "6.00" }, timeline: [{ status: "active" }, {}] })
    const listed = (await circle.payments.listPayments(undefined, undefined, id)).data
    expect(listAt(listed, "data")).toHaveLength(3)
  })

  it("is paid by what a payer has signed, once", async () => {
    const { id, address } = await ask("8.00")
    // The payer's wallet is somebody else's code.
    const wallet = privateKeyToAccount(generatePrivateKey())
    const presigned = (await circle.pullCryptoPayments.presign(wallet.address, id)).data
    const { domain, message, types, totalAmount } = typedDataIn(presigned)
    expect(message).toMatchObject({ from: wallet.address, to: address, value: "8000000" })
    expect(totalAmount).toEqual({ amount: "8.00", currency: "USD" })
    const rawSignature = await wallet.signTypedData({
      domain,
      types: { TransferWithAuthorization: types.TransferWithAuthorization },
      primaryType: "TransferWithAuthorization",
      message
    })
    const request = {
      idempotencyKey: randomUUID(),
      paymentIntentId: id,
      protocolMetadata: {
        type: "TransferWithAuthorization",
        metaTxNonce: message.nonce,
        signatureValidAfter: String(message.validAfter),
        signatureValidBefore: String(message.validBefore),
        rawSignature
      },
      amount: { amount: "8.00", currency: "USD" },
      source: { address: wallet.address, type: "blockchain" },
      destination: { address, chain: "ETH" }
    } as const
    const forged = { ...request, amount: { amount: "9.00", currency: "USD" } } as const
    expect(await refusalOf(circle.pullCryptoPayments.createCryptoPayment(forged))).toMatchObject({
      status: 400,
      body: { code: 2, errors: [{ location: "protocolMetadata.rawSignature" }] }
    })
    const payment = valueAt((await circle.pullCryptoPayments.createCryptoPayment(request)).data, "data")
    expect(payment).toMatchObject({
      type: "payment",
      status: "pending",
      paymentIntentId: id,
      amount: { amount: "8.00" }
    })
    await letBlocksCome()
    expect(await newest(id)).toMatchObject({ status: "complete", context: "paid" })
    expect(valueAt((await circle.pullCryptoPayments.createCryptoPayment(request)).data, "data")).toEqual(payment)
    const again = circle.pullCryptoPayments.createCryptoPayment({ ...request, idempotencyKey: randomUUID() })
    expect(valueAt((await again).data, "data", "id")).toBe(textAt(payment, "id"))
    expect(await read(id)).toMatchObject({ amountPaid: { amount: "8.00" } })
  })

  it("quotes the published pairs", async () => {
    for (const pair of ["BTC-USD", "ETH-USD", "FLOW-USD"] as const) {
      const rate = valueAt((await circle.cryptoExchangeRates.getExchangeRates(pair)).data, "data")
      const [buy, sell] = [textAt(rate, "buy"), textAt(rate, "sell")].map((text) => Number.parseFloat(text))
      expect(sell).toBeLessThan(buy ?? 0)
      expect(sell).toBeGreaterThan(0)
    }
    expect((await api.get("/v1/exchange/rates/DOGE-USD")).status).toBe(404)
  })

  it("keeps the books of the merchant, the intents and the chains alike", async () => {
    const intents = await everyPage("/v1/paymentIntents")
    const payments = (await everyPage("/v1/payments")).filter((one) => valueAt(one, "paymentIntentId") !== undefined)
    const moved = listAt((await api.get("/sandbox/chain/transactions")).body, "data")
    const onChains = (kind: string, currency: string): number =>
      sum(
        moved.filter((one) => valueAt(one, "kind") === kind).flatMap((one) => listAt(one, "outputs")),
        currency
      )
    const inIntents = (field: string, currency: string): number =>
      sum(
        intents.map((one) => valueAt(one, field)),
        currency
      )
    expect(inIntents("amountPaid", "USD")).toBe(onChains("deposit", "USDC") + onChains("pull", "USDC"))
    expect(inIntents("amountRefunded", "USD")).toBe(onChains("refund", "USDC"))
    // One of the two deposits in bitcoin was dropped, and nothing remains of it.
    expect(2 * inIntents("amountPaid", "BTC")).toBe(onChains("deposit", "BTC"))

    const settled = sum(
      payments.map((one) => valueAt(one, "settlementAmount")),
      "USD"
    )
    const given = sum(
      payments.filter((one) => valueAt(one, "type") === "refund").map((one) => valueAt(one, "amount")),
      "USD"
    )
    const balances = valueAt((await circle.balances.listBalances()).data, "data")
    expect(sum(listAt(balances, "available"), "USD")).toBe(settled - given)
  })

  it("describes every answer of intents as the SDK does", () => {
    const described = [
      "GET /v1/paymentIntents 200",
      "GET /v1/paymentIntents/{id} 200",
      "POST /v1/paymentIntents 201",
      "POST /v1/paymentIntents/{id}/expire 201",
      "POST /v1/paymentIntents/{id}/refund 201",
      "GET /v1/payments/presign 200",
      "POST /v1/payments/crypto 201",
      "GET /v1/exchange/rates/{trading-pair} 200",
      "GET /v1/payments/{id} 200",
      "GET /v1/payments 200"
    ]
    expect(contract.covered()).toEqual(expect.arrayContaining(described))
  })

  const everyPage = async (path: string): Promise<ReadonlyArray<unknown>> =>
    listAt((await api.get(`${path}?pageSize=200`)).body, "data")
})

describe.runIf(process.env["PAYKERNEL_DEEP"] === "1")("payment intents across a kill", () => {
  it.each(engines)("on %s: what was sent before it is there after it, and is paid", async (engine) => {
    const apiKey = "SAND_API_KEY:sdk-intents:two"
    const site = await openSite(engine)
    const start = () => site.start({ PAYKERNEL_API_KEY: apiKey })
    let server = await start()
    const api = merchantClient(() => server.address, apiKey)
    try {
      const created = await api.post("/v1/paymentIntents", {
        idempotencyKey: randomUUID(),
        amount: { amount: "4.00", currency: "USD" },
        settlementCurrency: "USD",
        paymentMethods: [{ type: "blockchain", chain: "ETH" }]
      })
      const path = `/v1/paymentIntents/${textAt(created.body, "data", "id")}`
      const read = async (): Promise<unknown> => valueAt((await api.get(path)).body, "data")
      const open = await eventually(read, (intent) => listAt(intent, "timeline").length === 2)
      const address = textAt(listAt(open, "paymentMethods")[0], "address")
      await api.post("/sandbox/chain/deposit", { chain: "ETH", address, amount: "4.00", currency: "USD" })
      await server.stop("SIGKILL")
      server = await start()
      // What the dead process was about to do is nobody else's until its lease is over.
      await advanceClock(api, 300)
      const paid = await eventually(read, (intent) => listAt(intent, "timeline").length === 3)
      expect(paid).toMatchObject({ amountPaid: { amount: "4.00" }, timeline: [{ status: "complete" }, {}, {}] })
    } finally {
      await server.stop("SIGTERM")
      await site.remove()
    }
  })
})

type Hex = `0x${string}`
type TypedData = {
  readonly domain: {
    readonly name: string
    readonly version: string
    readonly chainId: number
    readonly verifyingContract: Hex
  }
  readonly message: {
    readonly from: Hex
    readonly to: Hex
    readonly value: string
    readonly validAfter: number
    readonly validBefore: number
    readonly nonce: Hex
  }
  readonly types: {
    readonly TransferWithAuthorization: ReadonlyArray<{ readonly name: string; readonly type: string }>
  }
  readonly totalAmount: unknown
}

/** As a browser hands it to a wallet: without a look at it, since the contract has looked already. */
const typedDataIn = (answer: unknown): TypedData => valueAt(answer, "data", "typedData") as TypedData

/** Millionths of all amounts in a currency: the finest that any amount of these tests has. */
const sum = (amounts: ReadonlyArray<unknown>, currency: string): number =>
  amounts
    .filter((one) => valueAt(one, "currency") === currency)
    .reduce<number>((total, one) => total + Math.round(Number.parseFloat(textAt(one, "amount")) * 1e6), 0)
