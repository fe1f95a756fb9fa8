/** What payments abroad are made of: offers that are kept, used once, and gone. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  bestQuote,
  crossBorderWorld,
  errorOf,
  inputFor,
  merchantId,
  ok,
  quoteRequest,
  usdc
} from "./cross-border-world.ts"
import { create, listed } from "./kept-records.ts"

describe("quotes", () => {
  it("are kept as they were offered, best first, for their merchant alone", async () => {
    const world = await crossBorderWorld()
    const { quotes } = world.kernel.crossBorder
    const [quote] = ok(await quotes.create(merchantId, quoteRequest))
    if (quote === undefined) throw new Error("an offer of nothing")
    expect(quote).toMatchObject({ status: "open", source: usdc(100_000_000n), destinationCountry: "MX" })
    expect(ok(await quotes.get(merchantId, quote.id))).toEqual(quote)
    expect(errorOf(await quotes.get("another", quote.id))).toBe("QuoteNotFound")
    const dollars = {
      ...quoteRequest,
      destinationCountry: "US",
      destinationCurrency: "USD",
      paymentMethod: null
    } as const
    const methods = ok(await quotes.create(merchantId, dollars)).map(({ paymentMethod }) => paymentMethod)
    expect([...methods].sort()).toEqual(["FEDWIRE", "WIRE"])
  })

  it.each([
    ["route_not_supported", { destinationCountry: "ZZ" }],
    ["amount_outside_limit", { amount: usdc(1n) }]
  ] as const)("are refused: %s", async (why, change) => {
    const { kernel } = await crossBorderWorld()
    const refused = await kernel.crossBorder.quotes.create(merchantId, { ...quoteRequest, ...change })
    expect(refused).toEqual({ ok: false, error: { _tag: "QuoteRefused", why } })
  })

  it("are refused where nobody at the other end takes payments, and to those who may not ask", async () => {
    const { kernel } = await crossBorderWorld({ network: { isOpen: () => false } })
    expect(await kernel.crossBorder.quotes.create(merchantId, quoteRequest)).toMatchObject({
      error: { why: "institution_not_available" }
    })
    expect(errorOf(await kernel.crossBorder.quotes.create("nobody", quoteRequest))).toBe("MerchantNotFound")
    ok(await kernel.merchants.suspend(merchantId))
    expect(errorOf(await kernel.crossBorder.quotes.create(merchantId, quoteRequest))).toBe("MerchantIsSuspended")
  })

  it("tell what has to be told with them, and where money can go at all", async () => {
    const world = await crossBorderWorld()
    const { crossBorder } = world.kernel
    const quote = await bestQuote(world)
    const { travelRule, beneficiaryAccount } = ok(await crossBorder.requirements(merchantId, quote.id))
    expect([travelRule.version, beneficiaryAccount.fields.map(({ name }) => name)]).toEqual([1, ["CLABE", "BANK_NAME"]])
    expect(errorOf(await crossBorder.requirements(merchantId, "none"))).toBe("QuoteNotFound")
    expect(errorOf(await crossBorder.requirements("another", quote.id))).toBe("QuoteNotFound")
    expect(crossBorder.enabled).toBe(true)
    const anyWay = { destinationCurrency: null, paymentMethod: null, blockchain: null, transactionVersion: null }
    const toMexico = { sourceCurrency: "USDC", destinationCountry: "MX", ...anyWay } as const
    expect(ok(await crossBorder.routes(toMexico))).toHaveLength(3)
    expect(ok(await crossBorder.routes({ ...toMexico, blockchain: "SOL-DEVNET" }))).toHaveLength(1)
    expect(ok(await crossBorder.routes({ ...toMexico, sourceCurrency: "EURC" }))).toEqual([])
  })

  it("are good until they expire, are looked at again when they are used, and are used once", async () => {
    const world = await crossBorderWorld()
    const first = await inputFor(world, await bestQuote(world))
    world.clock.ms += 59_999
    ok(await create(world, first))
    expect(errorOf(await create(world, first))).toBe("QuoteAlreadyInUse")
    const second = await inputFor(world, await bestQuote(world))
    world.clock.ms += 60_000
    expect(errorOf(await create(world, second))).toBe("QuoteHasExpired")
    expect(await listed(world)).toHaveLength(1)
  })

  it("go when nobody took them", async () => {
    const world = await crossBorderWorld()
    const quote = await bestQuote(world)
    const sweep = (nowMs: number) =>
      Effect.runPromise(world.store.sweep({ nowMs, finishedTasksBeforeMs: 0, limit: 100 }))
    await sweep(quote.expiresAtMs + 86_399_999)
    ok(await world.kernel.crossBorder.quotes.get(merchantId, quote.id))
    await sweep(quote.expiresAtMs + 86_400_000)
    expect(errorOf(await world.kernel.crossBorder.quotes.get(merchantId, quote.id))).toBe("QuoteNotFound")
  })
})
