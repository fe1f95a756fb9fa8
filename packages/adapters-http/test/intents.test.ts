/** Payment intents and pull payments: what is refused and in which words, what repeating does, and whose intents are whose. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Json, newKey, openShop, type Reply, type Shop } from "./shop.ts"

const untilFinalMs = 20_000
const wallet = "0x8381470ED67C3802402dbbFa0058E8871F017A6F"

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const transient = (change: Json = {}): Json => ({
  idempotencyKey: newKey(),
  amount: { amount: "3.14", currency: "USD" },
  settlementCurrency: "USD",
  paymentMethods: [{ type: "blockchain", chain: "ETH" }],
  ...change
})

const continuous = (change: Json = {}): Json => {
  const { amount: _amount, ...body } = transient()
  return { ...body, currency: "USD", type: "continuous", ...change }
}

const create = (body: Json): Promise<Reply> => shop.call("POST", "/v1/paymentIntents", body)

const without = (body: Json, name: string): Json =>
  Object.fromEntries(Object.entries(body).filter(([key]) => key !== name))

const countIntents = async (): Promise<number> => {
  const { data } = await shop.call("GET", "/v1/paymentIntents?pageSize=200")
  return Array.isArray(data) ? data.length : -1
}

const member = (value: unknown, ...path: ReadonlyArray<string | number>): unknown =>
  path.reduce<unknown>(
    (found, name) => (typeof found === "object" && found !== null ? Reflect.get(found, name) : undefined),
    value
  )

/** An intent with an address, and the address. */
const open = async (body: Json = transient()) => {
  const created = await create(body)
  expect(created.status).toBe(201)
  await shop.kernel.drain()
  const intent = (await shop.call("GET", `/v1/paymentIntents/${created.id}`)).data
  return { id: created.id, address: String(member(intent, "paymentMethods", 0, "address")) }
}

const sent = (address: string, millionths: bigint, chain = "ETH") =>
  shop.chains.pay({
    chain,
    payments: [{ address, addressTag: null, amount: { amount: millionths, currency: "USDC" } }]
  })

const paid = async (body?: Json) => {
  const intent = await open(body)
  await sent(intent.address, 3_140_000n)
  await shop.advance(untilFinalMs)
  return intent
}

describe("an intent that cannot be asked for", () => {
  const methods = (...chains: ReadonlyArray<string>) => chains.map((chain) => ({ type: "blockchain", chain }))

  it.each<readonly [string, Json, string, string]>([
    ["without a key", without(transient(), "idempotencyKey"), "idempotencyKey", "required"],
    ["without an amount", without(transient(), "amount"), "amount", "required"],
    [
      "of an amount that is a number",
      transient({ amount: { amount: 3, currency: "USD" } }),
      "amount.amount",
      "invalid_value"
    ],
    [
      "of an amount with a comma",
      transient({ amount: { amount: "3,1", currency: "USD" } }),
      "amount.amount",
      "number_format"
    ],
    [
      "of 14 digits",
      transient({ amount: { amount: "1".repeat(14), currency: "USD" } }),
      "amount.amount",
      "number_format"
    ],
    [
      "of a currency in small letters",
      transient({ amount: { amount: "1", currency: "usd" } }),
      "amount.currency",
      "pattern_mismatch"
    ],
    ["without a settlement currency", without(transient(), "settlementCurrency"), "settlementCurrency", "required"],
    ["settled in yen", transient({ settlementCurrency: "JPY" }), "settlementCurrency", "invalid_value"],
    ["of dollars settled in euros", transient({ settlementCurrency: "EUR" }), "settlementCurrency", "invalid_value"],
    ["without a method", transient({ paymentMethods: [] }), "paymentMethods", "required"],
    [
      "by card",
      transient({ paymentMethods: [{ type: "card", chain: "ETH" }] }),
      "paymentMethods.0.type",
      "invalid_value"
    ],
    ["on no chain", transient({ paymentMethods: [{ type: "blockchain" }] }), "paymentMethods.0.chain", "required"],
    ["on an unknown chain", transient({ paymentMethods: methods("DOGE") }), "paymentMethods.0.chain", "invalid_value"],
    ["on one chain twice", transient({ paymentMethods: methods("ETH", "ETH") }), "paymentMethods", "invalid_value"],
    ["of dollars on Bitcoin", transient({ paymentMethods: methods("BTC") }), "paymentMethods", "invalid_value"],
    [
      "with a wallet of 37 letters",
      transient({ merchantWalletId: "1".repeat(37) }),
      "merchantWalletId",
      "length_outside_bounds"
    ],
    ["that expires on no day", transient({ expiresOn: "2026-02-30T00:00:00Z" }), "expiresOn", "invalid_value"],
    ["that has expired", transient({ expiresOn: "2020-01-01T00:00:00Z" }), "expiresOn", "invalid_value"],
    ["that never ends", transient({ expiresOn: "2199-01-01T00:00:00Z" }), "expiresOn", "invalid_value"],
    ["of another type", continuous({ type: "sometimes" }), "type", "invalid_value"],
    ["continuous without a currency", without(continuous(), "currency"), "currency", "required"]
  ])("%s is refused, and nothing is stored", async (_what, body, location, error) => {
    const before = await countIntents()
    const reply = await create(body)
    expect(reply.status).toBe(400)
    expect(reply.json).toMatchObject({ code: 2, errors: [{ location, error }] })
    expect(await countIntents()).toBe(before)
  })

  it.each([
    ["of nothing", transient({ amount: { amount: "0.00", currency: "USD" } }), 1077],
    ["of less than nothing", transient({ amount: { amount: "-1", currency: "USD" } }), 1077],
    ["finer than the asset", transient({ amount: { amount: "0.0000001", currency: "USD" } }), 1077],
    ["in yen", transient({ amount: { amount: "100", currency: "JPY" } }), 1078],
    ["continuous, in yen", continuous({ currency: "JPY" }), 1078]
  ])("%s is refused with its own code", async (_what, body, code) => {
    expect(await create(body)).toMatchObject({ status: 400, json: { code } })
  })

  it("tells of everything that is wrong at once", async () => {
    const { json } = await create({ amount: {}, settlementCurrency: 5, paymentMethods: [{}] })
    const locations = (json["errors"] as ReadonlyArray<{ readonly location: string }>).map(({ location }) => location)
    expect(locations.toSorted()).toEqual([
      "amount.amount",
      "amount.currency",
      "idempotencyKey",
      "paymentMethods.0.chain",
      "paymentMethods.0.type",
      "settlementCurrency"
    ])
  })
})

describe("an intent that is asked for twice", () => {
  it("with one key is one, and the second answer is the first, byte for byte", async () => {
    const body = transient()
    const first = await create(body)
    await shop.kernel.drain()
    const before = await countIntents()
    const again = await create({ ...body, amount: { amount: "3.140", currency: "USD" } })
    expect([again.status, again.text]).toEqual([first.status, first.text])
    expect(again.headers.get("idempotent-replayed")).toBe("true")
    expect(await countIntents()).toBe(before)
  })

  it.each([
    { amount: { amount: "3.15", currency: "USD" } },
    { settlementCurrency: "BTC" },
    { paymentMethods: [{ type: "blockchain", chain: "BASE" }] },
    { merchantWalletId: "212000" },
    { expiresOn: "2126-01-01T00:00:00Z" }
  ])("with one key and %j the second time is refused", async (change) => {
    const body = transient()
    await create(body)
    expect(await create({ ...body, ...change })).toMatchObject({ status: 409, json: { code: 1083 } })
  })
})

describe("an intent in the lists", () => {
  it("is found by the newest entry of its timeline, and pages lead through all of them", async () => {
    const { id } = await paid()
    const complete = await shop.call("GET", "/v1/paymentIntents?status=complete&context=paid")
    expect(complete.data).toMatchObject([{ id }])
    expect((await shop.call("GET", "/v1/paymentIntents?context=overpaid")).data).toEqual([])
    const first = await shop.call("GET", "/v1/paymentIntents?pageSize=1")
    expect(first.headers.get("link")).toContain('rel="next"')
    for (const query of ["status=paid", "context=none", "pageSize=0", "from=yesterday"]) {
      expect((await shop.call("GET", `/v1/paymentIntents?${query}`)).status, query).toBe(400)
    }
  })

  it("shows its payments among those by card, and by its id alone", async () => {
    const { id } = await paid()
    const payments = (await shop.call("GET", `/v1/payments?paymentIntentId=${id}`)).data
    expect(payments).toMatchObject([{ type: "payment", status: "paid", paymentIntentId: id }])
    const all = (await shop.call("GET", "/v1/payments")).data
    expect(all).toContainEqual(member(payments, 0))
    for (const other of [`paymentIntentId=${newKey()}`, `paymentIntentId=${id}&type=card`, "type=card"]) {
      expect((await shop.call("GET", `/v1/payments?${other}`)).data, other).toEqual([])
    }
  })
})

describe("a refund that cannot be asked for", () => {
  const refund = (change: Json = {}): Json => ({
    idempotencyKey: newKey(),
    destination: { address: wallet, chain: "ETH" },
    amount: { currency: "USD" },
    toAmount: { amount: "1.00", currency: "USD" },
    ...change
  })

  it.each<readonly [string, Json, string]>([
    ["to no address", { destination: { chain: "ETH" } }, "destination.address"],
    [
      "to a mistyped address",
      { destination: { address: `${wallet.slice(0, -1)}f`, chain: "ETH" } },
      "destination.address"
    ],
    ["to an address of another chain", { destination: { address: wallet, chain: "SOL" } }, "destination.address"],
    [
      "with a tag where there are none",
      { destination: { address: wallet, chain: "ETH", addressTag: "1" } },
      "destination.addressTag"
    ],
    ["of dollars on Bitcoin", { destination: { address: wallet, chain: "BTC" } }, "destination.chain"],
    ["of another currency", { toAmount: { amount: "1", currency: "BTC" } }, "toAmount.currency"],
    ["for another currency", { amount: { currency: "ETH" } }, "amount.currency"]
  ])("%s is refused, and moves nothing", async (_what, change, location) => {
    const { id } = await paid()
    const before = shop.chains.transactions().length
    const reply = await shop.call("POST", `/v1/paymentIntents/${id}/refund`, refund(change))
    expect(reply).toMatchObject({ status: 400, json: { code: 2, errors: [{ location }] } })
    await shop.advance(untilFinalMs)
    expect(shop.chains.transactions()).toHaveLength(before)
  })

  it("of more than was paid, and of what was not paid, is refused with its own code", async () => {
    const { id } = await paid()
    const more = await shop.call(
      "POST",
      `/v1/paymentIntents/${id}/refund`,
      refund({ toAmount: { amount: "3.15", currency: "USD" } })
    )
    expect(more).toMatchObject({ status: 400, json: { code: 1087 } })
    const unpaid = await open()
    const early = await shop.call("POST", `/v1/paymentIntents/${unpaid.id}/refund`, refund())
    expect(early).toMatchObject({ status: 409, json: { code: 1085 } })
  })

  it("twice under one key is one refund", async () => {
    const { id } = await paid()
    const body = refund()
    const first = await shop.call("POST", `/v1/paymentIntents/${id}/refund`, body)
    const again = await shop.call("POST", `/v1/paymentIntents/${id}/refund`, body)
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text])
    await shop.advance(untilFinalMs)
    expect(shop.chains.transactions().filter(({ kind }) => kind === "refund")).toHaveLength(1)
    expect((await shop.call("GET", `/v1/payments/${first.id}`)).data).toMatchObject({ type: "refund", status: "paid" })
  })
})

describe("a pull that cannot be asked for", () => {
  const presign = (query: string, who = "ada") =>
    shop.call("GET", `/v1/payments/presign?${query}`, undefined, { authorization: `Bearer ${who}` })

  it("names an intent of the caller's that can be paid, and a wallet", async () => {
    const { id } = await open()
    const asked = `endUserAddress=${wallet}&paymentIntentId=${id}`
    expect((await presign(asked)).status).toBe(200)
    expect((await presign(asked, "bob")).status).toBe(404)
    for (const query of [
      `paymentIntentId=${id}`,
      `${asked}&amount=x`,
      `${asked}&currency=EUR`,
      `endUserAddress=0x1&paymentIntentId=${id}`
    ]) {
      expect((await presign(query)).status, query).toBe(400)
    }
    expect(await presign(`${asked}&amount=0`)).toMatchObject({ status: 400, json: { code: 1077 } })
    const done = await paid()
    expect((await presign(`endUserAddress=${wallet}&paymentIntentId=${done.id}`)).status).toBe(409)
    const elsewhere = await open(transient({ paymentMethods: [{ type: "blockchain", chain: "ALGO" }] }))
    expect((await presign(`endUserAddress=${wallet}&paymentIntentId=${elsewhere.id}`)).status).toBe(409)
    const endless = await open(continuous())
    const without = await presign(`endUserAddress=${wallet}&paymentIntentId=${endless.id}`)
    expect(without).toMatchObject({ status: 400, json: { errors: [{ location: "amount" }] } })
  })

  it("is signed by nobody, or for somebody else, and moves nothing", async () => {
    const { id, address } = await open()
    const before = shop.chains.transactions().length
    const body: Json = {
      idempotencyKey: newKey(),
      paymentIntentId: id,
      protocolMetadata: {
        type: "TransferWithAuthorization",
        metaTxNonce: `0x${"1".repeat(64)}`,
        signatureValidAfter: "0",
        signatureValidBefore: "4102444800",
        rawSignature: `0x${"1".repeat(130)}`
      },
      amount: { amount: "3.14", currency: "USD" },
      source: { address: wallet, type: "blockchain" },
      destination: { address, chain: "ETH" }
    }
    const pull = (change: Json = {}, who = "ada") =>
      shop.call("POST", "/v1/payments/crypto", { ...body, ...change }, { authorization: `Bearer ${who}` })
    expect(await pull()).toMatchObject({
      status: 400,
      json: { errors: [{ location: "protocolMetadata.rawSignature" }] }
    })
    expect(await pull({ destination: { address: wallet, chain: "ETH" } })).toMatchObject({
      status: 400,
      json: { errors: [{ location: "destination.address" }] }
    })
    expect(await pull({ amount: { amount: "1", currency: "ETH" } })).toMatchObject({
      status: 400,
      json: { errors: [{ location: "amount.currency" }] }
    })
    expect((await pull({}, "bob")).status).toBe(404)
    expect((await pull({ protocolMetadata: {} })).json["errors"]).toHaveLength(5)
    expect(shop.chains.transactions()).toHaveLength(before)
  })
})

it("no answer of an intent was a bug of ours", () => {
  expect(shop.defects).toEqual([])
})
