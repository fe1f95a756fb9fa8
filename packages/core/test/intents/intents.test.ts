import { bps, money } from "@paykernel/core"
import type { Blockchain } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { world } from "../kernel-world.ts"
import {
  balanceOf,
  customer,
  dayMs,
  depositsOf,
  errorOf,
  finalityMs,
  hourMs,
  intentOf,
  intentWorld,
  merchantId,
  ok,
  openContinuous,
  openIntent,
  order,
  pass,
  payIn,
  paymentsOf,
  refund,
  refundsOf,
  send,
  settle,
  storyOf,
  usdc
} from "./intent-world.ts"

const listing = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 9 } as const

const whole = usdc(10_000_000n)
const half = usdc(5_000_000n)

describe("an intent to be paid on a chain", () => {
  it("is accepted before it has an address, and gets one that stays", async () => {
    const world = await intentWorld()
    const created = ok(await world.kernel.intents.create(merchantId, order)).view
    expect(created).toMatchObject({ status: "created", methods: [{ chain: "ETH", address: null }] })
    expect(created.expiresAtMs).toBe(world.clock.ms + 8 * hourMs)
    await world.kernel.drain()
    const pending = await intentOf(world, created.id)
    expect(pending.status).toBe("pending")
    expect(pending.methods[0]?.address?.address).toMatch(/^0x[0-9a-fA-F]{40}$/u)
    expect(storyOf(pending)).toEqual(["created", "pending"])
  })

  it.each([
    ["exactly", [whole], "complete paid"],
    ["more than was asked", [usdc(10_000_001n)], "complete overpaid"],
    ["in parts", [half, half], "complete paid"]
  ])("is complete once it is paid: %s", async (_, amounts, end) => {
    const world = await intentWorld()
    let intent = await openIntent(world)
    for (const amount of amounts) intent = await payIn(world, intent, amount)
    expect(storyOf(intent).at(-1)).toBe(end)
    expect(intent.depositIds).toHaveLength(amounts.length)
    expect((await depositsOf(world, intent.id)).map(({ status }) => status)).toEqual(amounts.map(() => "final"))
    expect(await balanceOf(world, "crypto_holdings")).toBe(amounts.reduce((sum, { amount }) => sum + amount, 0n))
    expect(await world.kernel.audit()).toEqual([])
  })

  it("waits for the rest where too little came", async () => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), half)
    expect(storyOf(intent)).toEqual(["created", "pending", "pending underpaid"])
    expect(storyOf(await payIn(world, intent, half)).at(-1)).toBe("complete paid")
  })

  it("is complete within its tolerance, and says that less was paid", async () => {
    const world = await intentWorld({ intents: { toleranceBps: 100 } })
    const short = await payIn(world, await openIntent(world), usdc(9_899_999n))
    expect(short.status).toBe("pending")
    const enough = await payIn(world, await openIntent(world), usdc(9_900_000n))
    expect(storyOf(enough)).toEqual(["created", "pending", "complete underpaid"])
  })

  it("counts a deposit when it is final, and not before", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await send(world, intent, whole)
    await pass(world, finalityMs / 2, 1)
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    const seen = await intentOf(world, intent.id)
    expect(seen).toMatchObject({ status: "pending", context: "none", confirming: { count: 1, total: whole } })
    expect((await depositsOf(world, intent.id)).map(({ status }) => status)).toEqual(["confirming"])
    expect(await balanceOf(world, "crypto_holdings")).toBe(0n)
    await settle(world, intent)
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "complete", confirming: { count: 0 } })
  })

  it("credits a deposit once, however often anybody speaks of it", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await send(world, intent, whole)
    await pass(world, 2 * finalityMs)
    const heard = await Promise.all(Array.from({ length: 8 }, () => world.kernel.intents.hear(merchantId, intent.id)))
    expect(heard.map(errorOf)).toEqual(heard.map(() => null))
    expect((await intentOf(world, intent.id)).paid).toEqual(whole)
    expect(await balanceOf(world, "merchant_available")).toBe(-whole.amount)
  })

  it("is found out about without anybody saying a word", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, hourMs)
    await send(world, intent, whole)
    await pass(world, 3 * 60_000, 12)
    expect((await intentOf(world, intent.id)).status).toBe("complete")
  })

  it("takes a fee, and pays the rest in the currency that was asked for", async () => {
    const onePercent = { kind: "percentage", name: "blockchain", rate: bps(100n), rounding: "halfUp" } as const
    const world = await intentWorld({ intents: { feeSchedule: { fee: onePercent, onExcess: "limit" } } })
    const btc = { amount: money(1_000_000n, "BTC"), currency: "BTC", chains: ["BTC"] } as const
    const intent = await payIn(world, await openIntent(world, btc), btc.amount)
    const [deposit] = await depositsOf(world, intent.id)
    expect(deposit?.credit).toMatchObject({ fee: money(10_000n, "BTC"), net: money(990_000n, "BTC") })
    expect(intent.fees.payments).toEqual(money(10_000n, "BTC"))
    const settled = deposit?.credit?.settled
    expect(settled?.currency).toBe("USDC")
    expect(await balanceOf(world, "merchant_available")).toBe(-(settled?.amount ?? 0n))
    expect(await balanceOf(world, "fee_revenue", "BTC")).toBe(-10_000n)
    expect(await balanceOf(world, "conversion", "BTC")).toBe(-990_000n)
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("the end of an intent", () => {
  it("comes by itself", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, 8 * hourMs + 1000)
    const expired = await intentOf(world, intent.id)
    expect(expired.timeline[0]).toMatchObject({ status: "expired", context: "none", reason: null })
  })

  it("comes when the merchant says so, once", async () => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), half)
    const expired = ok(await world.kernel.intents.expire(merchantId, intent.id))
    expect(expired.timeline[0]).toMatchObject({
      status: "expired",
      context: "underpaid",
      reason: "requested_by_merchant"
    })
    expect(errorOf(await world.kernel.intents.expire(merchantId, intent.id))).toBe("IntentNotExpirable")
    const open = await openContinuous(world)
    expect(errorOf(await world.kernel.intents.expire(merchantId, open.id))).toBe("IntentNotExpirable")
  })

  it("waits for a deposit that was sent in time", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, 8 * hourMs - 2000)
    await send(world, intent, whole)
    await pass(world, 3000, 1)
    expect((await intentOf(world, intent.id)).status).toBe("pending")
    await pass(world, 5 * finalityMs)
    const intentNow = await intentOf(world, intent.id)
    expect(storyOf(intentNow)).toEqual(["created", "pending", "complete paid"])
    expect((await depositsOf(world, intent.id)).map(({ late }) => late)).toEqual([false])
  })

  it("is followed by a time in which late deposits are found, and then nobody looks", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, 8 * hourMs + 1000)
    await send(world, intent, half)
    await pass(world, 4 * hourMs)
    const late = await intentOf(world, intent.id)
    expect(storyOf(late)).toEqual(["created", "pending", "expired", "expired underpaid"])
    expect((await depositsOf(world, intent.id)).map(({ late }) => late)).toEqual([true])
    await pass(world, 8 * dayMs, 40)
    expect((await intentOf(world, intent.id)).watching).toBe(false)
  })

  it("does not make money invisible that comes when nobody looks any more", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    await pass(world, 8 * dayMs, 40)
    expect((await intentOf(world, intent.id)).watching).toBe(false)
    await send(world, intent, half)
    await pass(world, 1000, 1)
    const heard = ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect(heard).toMatchObject({ watching: true, confirming: { count: 1 } })
    await pass(world, 3 * finalityMs)
    expect(await intentOf(world, intent.id)).toMatchObject({ status: "expired", paid: half, confirming: { count: 0 } })
    expect(await balanceOf(world, "crypto_holdings")).toBe(half.amount)
  })
})

describe("giving back", () => {
  it("sends to an address, and the books agree", async () => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    const asked = await refund(world, intent.id, { amount: half })
    expect(asked).toMatchObject({ status: "pending", source: half, rate: null })
    expect((await intentOf(world, intent.id)).status).toBe("refunded")
    await pass(world, 5 * finalityMs, 8)
    const [sent] = await refundsOf(world, intent.id)
    expect(sent).toMatchObject({ status: "paid", transactionHash: expect.stringMatching(/^0x/u) })
    const after = await intentOf(world, intent.id)
    expect(after).toMatchObject({ refunded: half, refunding: usdc(0n), refundIds: [asked.id], context: "paid" })
    expect(await balanceOf(world, "merchant_available")).toBe(half.amount - whole.amount)
    expect(await balanceOf(world, "network_fees")).toBe(sent?.networkFee?.amount)
    const holdings = whole.amount - half.amount - (sent?.networkFee?.amount ?? 0n)
    expect(await balanceOf(world, "crypto_holdings")).toBe(holdings)
    expect(await world.kernel.audit()).toEqual([])
  })

  it("goes on until all is given back, and never beyond", async () => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    const of = (amount: bigint) => ({ destination: customer, amount: usdc(amount), sourceCurrency: "USDC" }) as const
    const asked = await Promise.all(
      [7n, 3n, 4n].map((n) => world.kernel.intents.refund(merchantId, intent.id, of(n * 1_000_000n)))
    )
    expect(asked.map(errorOf).filter((error) => error !== null)).toEqual(["RefundExceedsPaid"])
    await pass(world, 5 * finalityMs, 8)
    expect(errorOf(await world.kernel.intents.refund(merchantId, intent.id, of(10_000_000n)))).toBe("RefundExceedsPaid")
    expect(await world.kernel.audit()).toEqual([])
  })

  it("costs the merchant another currency at the rate of the moment", async () => {
    const world = await intentWorld()
    const btc = { amount: money(1_000_000n, "BTC"), currency: "BTC", chains: ["BTC"] } as const
    const intent = await payIn(world, await openIntent(world, btc), btc.amount)
    const { buy } = ok(await world.kernel.intents.quoteRate({ base: "BTC", counter: "USDC" }))
    const another = { chain: "BTC", currency: "BTC", reference: "a customer" } as const
    const destination = await Effect.runPromise(world.chains.blockchain.deriveAddress(another))
    const asked = await refund(world, intent.id, { amount: btc.amount, sourceCurrency: "USDC", destination })
    expect(asked.rate?.rate).toEqual(buy)
    expect(asked.source.currency).toBe("USDC")
    await pass(world, 5 * finalityMs, 8)
    expect((await refundsOf(world, intent.id)).map(({ status }) => status)).toEqual(["paid"])
    const accounts = ok(await world.kernel.balances(merchantId)).accounts
    expect(accounts.filter(({ held }) => held !== 0n)).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })

  it.each([
    [
      "to an address with a typing error",
      { destination: { ...customer, address: customer.address.replace("F", "f") } },
      "DestinationInvalid"
    ],
    ["on a chain that nobody knows", { destination: { ...customer, chain: "DOGE" } }, "ChainNotSupported"],
    ["in another currency", { amount: money(1n, "EURC") }, "RefundCurrencyMismatch"],
    ["out of a currency that is neither", { sourceCurrency: "EUR" as const }, "SourceCurrencyNotAllowed"],
    ["of nothing", { amount: usdc(0n) }, "RefundAmountNotPositive"]
  ])("is refused %s, and changes nothing", async (_, change, error) => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    const input = { destination: customer, amount: half, sourceCurrency: "USDC" as const, ...change }
    expect(errorOf(await world.kernel.intents.refund(merchantId, intent.id, input))).toBe(error)
    expect(await intentOf(world, intent.id)).toEqual(intent)
  })

  it("waits until a deposit is certain, and ends after thirty days", async () => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    const input = { destination: customer, amount: half, sourceCurrency: "USDC" as const }
    await send(world, intent, half)
    await pass(world, 1000, 1)
    ok(await world.kernel.intents.hear(merchantId, intent.id))
    expect(errorOf(await world.kernel.intents.refund(merchantId, intent.id, input))).toBe("DepositConfirming")
    await settle(world, intent)
    world.clock.ms += 31 * dayMs
    expect(errorOf(await world.kernel.intents.refund(merchantId, intent.id, input))).toBe("RefundWindowOver")
  })

  it("fails where the chain refuses it for good, and the merchant has it back", async () => {
    const refusing = (blockchain: Blockchain["Service"]): Blockchain["Service"] => ({
      ...blockchain,
      sendRefund: () => Effect.succeed({ _tag: "Failed", why: "funds_insufficient" })
    })
    const world = await intentWorld({ reachChain: refusing })
    const intent = await payIn(world, await openIntent(world), whole)
    await refund(world, intent.id)
    await world.kernel.drain()
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "failed", failure: "funds_insufficient" }])
    expect(await intentOf(world, intent.id)).toMatchObject({
      status: "refunded",
      refunding: usdc(0n),
      refunded: usdc(0n)
    })
    expect(await balanceOf(world, "merchant_available")).toBe(-whole.amount)
    expect(await world.kernel.audit()).toEqual([])
  })

  it.each(["drop-before", "execute-drop", "late"])("sends once, whatever becomes of the message: %s", async (mode) => {
    const world = await intentWorld()
    const intent = await payIn(world, await openIntent(world), whole)
    world.chains.setMode(mode, 1)
    await refund(world, intent.id, { amount: half })
    await world.kernel.drain()
    world.chains.setMode("normal", 1)
    await pass(world, 10 * 60_000, 10)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid" }])
    expect(world.chains.transactions().filter(({ kind }) => kind === "refund")).toHaveLength(1)
    expect(world.incidents).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("a call that is repeated", () => {
  const request = (key: string) => ({
    scope: "test",
    key,
    meaning: { one: "intent" },
    answer: (view: unknown) => ({
      status: 201,
      body: JSON.stringify(view, (_, one) => (typeof one === "bigint" ? String(one) : one))
    })
  })

  it("creates one intent, and starts one refund", async () => {
    const world = await intentWorld()
    const create = () => world.kernel.intents.create(merchantId, order, request("a"))
    const [first, second] = await Promise.all([create(), create()])
    expect(ok(first).answer).toEqual(ok(second).answer)
    await world.kernel.drain()
    const { items } = ok(
      await world.kernel.intents.list(merchantId, {
        where: {},
        fromMs: null,
        toMs: null,
        page: { _tag: "First" },
        limit: 9
      })
    )
    expect(items).toEqual([await intentOf(world, ok(first).view.id)])
    const intent = await payIn(world, items[0] ?? (await openIntent(world)), whole)
    const input = { destination: customer, amount: half, sourceCurrency: "USDC" as const }
    const asked = await Promise.all(
      [1, 2, 3].map(() => world.kernel.intents.refund(merchantId, intent.id, input, request("b")))
    )
    expect(new Set(asked.map((one) => ok(one).view.refund.id)).size).toBe(1)
    await pass(world, 5 * finalityMs, 8)
    expect((await intentOf(world, intent.id)).refunded).toEqual(half)
    expect((await paymentsOf(world, intent.id)).length).toBe(2)
  })
})

describe("a kernel without a blockchain", () => {
  it("shows what there is, and begins nothing", async () => {
    const other = await intentWorld()
    const intent = await openIntent(other)
    const { kernel } = await world({}, {}, other)
    onTestFinished(kernel.close)
    expect([kernel.intents.chains, kernel.intents.pairs]).toEqual([[], []])
    expect(ok(await kernel.intents.get(merchantId, intent.id))).toEqual(intent)
    expect(errorOf(await kernel.intents.create(merchantId, order))).toBe("IntentsNotEnabled")
    expect(errorOf(await kernel.intents.hear(merchantId, intent.id))).toBe("IntentsNotEnabled")
    const input = { destination: customer, amount: half, sourceCurrency: "USDC" } as const
    expect(errorOf(await kernel.intents.refund(merchantId, intent.id, input))).toBe("IntentsNotEnabled")
    const authorization = { from: "", to: "", value: 1n, validAfter: 0n, validBefore: 1n, nonce: "", signature: "" }
    const pull = { chain: "ETH", currency: "USDC", authorization } as const
    expect(errorOf(await kernel.intents.pull(merchantId, intent.id, pull))).toBe("IntentsNotEnabled")
    const transfer = { payerAddress: "0x1", amount: null }
    expect(errorOf(await kernel.intents.prepareTransfer(merchantId, intent.id, transfer))).toBe("IntentsNotEnabled")
    expect(errorOf(await kernel.intents.quoteRate({ base: "BTC", counter: "USD" }))).toBe("PairNotTraded")
    expect(errorOf(await kernel.intents.quoteNetworkFee("ETH", "USDC"))).toBe("ChainNotSupported")
  })
})

describe("a kernel without rates", () => {
  it("shows what there is, and exchanges nothing", async () => {
    const other = await intentWorld()
    const intent = await payIn(other, await openIntent(other, { settlementCurrency: "EURC" }), whole)
    const { exchangeRates: _, ...intents } = other.settings
    const { kernel } = await world({}, { intents }, other)
    onTestFinished(kernel.close)
    expect(kernel.intents.chains).toEqual(other.kernel.intents.chains)
    expect(kernel.intents.pairs).toEqual([])
    const pair = { base: "USDC", counter: "EURC" }
    const input = { destination: customer, amount: half, sourceCurrency: "EURC" } as const
    expect(await kernel.intents.refund(merchantId, intent.id, input)).toEqual({
      ...{ ok: false, error: { _tag: "PairNotTraded", pair } }
    })
    expect(errorOf(await kernel.intents.create(merchantId, { ...order, settlementCurrency: "EURC" }))).toBe(
      "PairNotTraded"
    )
    ok(await kernel.intents.create(merchantId, order))
  })
})

const inDollars = { fee: { kind: "fixed", name: "flat", amount: money(30n, "USD") }, onExcess: "limit" } as const

describe("what is refused before anything begins", () => {
  it.each([
    ["a chain that nobody knows", { chains: ["DOGE"] }, "ChainNotSupported"],
    ["an asset that the chain does not carry", { chains: ["BTC"] }, "ChainNotSupported"],
    ["a currency that nobody exchanges", { settlementCurrency: "JPY" as const }, "PairNotTraded"],
    ["nothing", { amount: usdc(0n) }, "IntentAmountNotPositive"],
    ["a time that is over", { expiresAtMs: 1 }, "IntentExpiryNotAllowed"]
  ])("%s", async (_, change, error) => {
    const { kernel } = await intentWorld()
    expect(errorOf(await kernel.intents.create(merchantId, { ...order, ...change }))).toBe(error)
    const { items } = ok(await kernel.intents.list(merchantId, listing))
    expect(items).toEqual([])
  })

  it("a merchant who is unknown, or suspended", async () => {
    const { kernel } = await intentWorld()
    expect(errorOf(await kernel.intents.create("nobody", order))).toBe("MerchantNotFound")
    ok(await kernel.merchants.suspend(merchantId))
    expect(errorOf(await kernel.intents.create(merchantId, order))).toBe("MerchantIsSuspended")
  })

  it.each([
    ["no keys", { idempotentByKey: false }],
    ["no look-ups", { lookupByKey: false }],
    ["a memory shorter than the margin", { keyTtlMs: 1000 }],
    ["messages that travel longer than anybody doubts", { maxInFlightMs: 25 * hourMs }]
  ])("a blockchain with %s", async (_, change) => {
    const reachChain = (blockchain: Blockchain["Service"]) => ({
      ...blockchain,
      capabilities: { ...blockchain.capabilities, ...change }
    })
    await expect(intentWorld({ reachChain })).rejects.toThrow("the blockchain sandbox cannot be used")
  })

  it.each([
    ["lifetimeMs", { lifetimeMs: 0 }],
    ["monitoringMs", { monitoringMs: -1 }],
    ["toleranceBps", { toleranceBps: 1001 }],
    ["lookPauseMaxMs", { lookPauseMaxMs: 0.5 }],
    ["feeSchedule cannot be charged on", { feeSchedule: inDollars }],
    ["lease fee", { leaseFees: [usdc(-1n)] }],
    ["lease fee", { leaseFees: [usdc(1n), usdc(2n)] }]
  ])("settings that mean nothing: %s", async (name, intents) => {
    await expect(intentWorld({ intents })).rejects.toThrow(name)
  })
})

describe("the fee for an address", () => {
  it("is taken from what the merchant has, and without it there is no address", async () => {
    const world = await intentWorld({ intents: { leaseFees: [usdc(250_000n)] } })
    const { view } = ok(await world.kernel.intents.create(merchantId, order))
    await world.kernel.drain()
    const failed = await intentOf(world, view.id)
    expect(failed.timeline[0]).toMatchObject({ status: "failed", reason: "fee_collection_failed" })
    const btc = { amount: money(1_000_000n, "BTC"), currency: "BTC", chains: ["BTC"] } as const
    await payIn(world, await openIntent(world, btc), btc.amount)
    const free = await balanceOf(world, "merchant_available")
    const opened = await openIntent(world)
    expect(opened).toMatchObject({ status: "pending", fees: { lease: usdc(250_000n) } })
    expect(await balanceOf(world, "merchant_available")).toBe(free + 250_000n)
    expect(await world.kernel.audit()).toEqual([])
  })
})
