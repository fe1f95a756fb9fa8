/** What a kernel makes of the offers and routes that somebody else's computer tells it of. */
import type { RouteFilter } from "@paykernel/core"
import type { OfferedQuote, PayoutNetwork, PayoutRoute } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  bestQuote,
  createTransaction,
  crossBorderWorld,
  errorOf,
  inputFor,
  merchantId,
  ok,
  payAs,
  quoteRequest,
  usdc
} from "./cross-border-world.ts"

type Network = PayoutNetwork["Service"]

const away = { ok: false, error: { _tag: "Unavailable", retryAfterMs: 1000 } }

/** A network whose offers are told with a change. */
const offering =
  (change: (quotes: ReadonlyArray<OfferedQuote>) => ReadonlyArray<OfferedQuote>) =>
  (network: Network): Network => ({
    ...network,
    quote: (request) =>
      Effect.map(network.quote(request), (reply) =>
        reply._tag === "Offered" ? { ...reply, quotes: change(reply.quotes) } : reply
      )
  })

const spoilt = ({ id, terms }: OfferedQuote): OfferedQuote => ({
  id: `${id}-spoilt`,
  terms: { ...terms, source: usdc(0n) }
})

const toDollars = {
  ...quoteRequest,
  destinationCountry: "US",
  destinationCurrency: "USD",
  paymentMethod: null
} as const

describe("an offer that does not add up", () => {
  it("is left out beside others that do", async () => {
    const plain = await crossBorderWorld()
    const all = ok(await plain.kernel.crossBorder.quotes.create(merchantId, toDollars))
    const reach = offering((quotes) => quotes.flatMap((one) => [spoilt(one), one]))
    const { kernel } = await crossBorderWorld({ reach })
    const quotes = ok(await kernel.crossBorder.quotes.create(merchantId, toDollars))
    expect(quotes.map(({ paymentMethod }) => paymentMethod)).toEqual(all.map(({ paymentMethod }) => paymentMethod))
    for (const quote of quotes) expect(ok(await kernel.crossBorder.quotes.get(merchantId, quote.id))).toEqual(quote)
  })

  it("is as good as none where there is no other", async () => {
    const { kernel } = await crossBorderWorld({ reach: offering((quotes) => quotes.map(spoilt)) })
    expect(await kernel.crossBorder.quotes.create(merchantId, quoteRequest)).toEqual(away)
  })

  it("is one that has another's name, and the other stays as it was", async () => {
    const named = (quotes: ReadonlyArray<OfferedQuote>) => quotes.map((one) => ({ ...one, id: "one-name" }))
    const { kernel } = await crossBorderWorld({ reach: offering(named) })
    const [quote] = ok(await kernel.crossBorder.quotes.create(merchantId, quoteRequest))
    const dearer = { ...quoteRequest, amount: usdc(200_000_000n) }
    expect(await kernel.crossBorder.quotes.create(merchantId, dearer)).toEqual(away)
    expect(ok(await kernel.crossBorder.quotes.get(merchantId, "one-name"))).toEqual(quote)
  })
})

describe("a quote that the network knows no more", () => {
  it("is not to be found by whoever asks what to tell with it, or pays by it", async () => {
    let isForgotten = false
    const reach = (network: Network): Network => ({
      ...network,
      requirements: (quoteId) => (isForgotten ? Effect.succeed(undefined) : network.requirements(quoteId))
    })
    const world = await crossBorderWorld({ reach })
    const quote = await bestQuote(world)
    const input = await inputFor(world, quote)
    isForgotten = true
    const { requirements, payments } = world.kernel.crossBorder
    const notFound = { ok: false, error: { _tag: "QuoteNotFound" } }
    expect(await requirements(merchantId, quote.id)).toEqual(notFound)
    expect(await payments.create(merchantId, input)).toEqual(notFound)
  })
})

const route = (change: Partial<PayoutRoute>): PayoutRoute => ({
  ...{ destinationCountry: "MX", destinationCurrency: "MXN", paymentMethod: "SPEI", blockchain: "ETH-SEPOLIA" },
  ...{ transactionVersions: [1, 2], settlementAddress: "0x1" },
  ...{ sourceLimit: { min: usdc(1n), max: usdc(9n) }, destinationLimit: { min: usdc(1n), max: usdc(9n) } },
  ...change
})

/** Told in no order. */
const routes: ReadonlyArray<PayoutRoute> = [
  route({ blockchain: "SOL-DEVNET" }),
  route({}),
  route({ destinationCurrency: "USD", paymentMethod: "WIRE" }),
  route({ paymentMethod: "CASH", transactionVersions: [1] }),
  route({ destinationCountry: "DE", destinationCurrency: "EUR", paymentMethod: "SEPA" })
]

const routed = (network: Network): Network => ({ ...network, routes: Effect.succeed(routes) })

describe("where money can go", () => {
  it("is told of what there is, each once and in order", async () => {
    const { kernel } = await crossBorderWorld({ reach: routed })
    expect(ok(await kernel.crossBorder.overview())).toEqual({
      sourceCurrencies: ["USDC"],
      destinationCountries: ["DE", "MX"],
      destinationCurrencies: ["EUR", "MXN", "USD"],
      paymentMethods: ["CASH", "SEPA", "SPEI", "WIRE"],
      blockchains: ["ETH-SEPOLIA", "SOL-DEVNET"]
    })
  })

  it.each<[Partial<RouteFilter>, ReadonlyArray<number>]>([
    [{}, [0, 1, 2, 3]],
    [{ sourceCurrency: "EURC" }, []],
    [{ destinationCountry: "DE" }, [4]],
    [{ destinationCurrency: "USD" }, [2]],
    [{ destinationCurrency: "MXN", paymentMethod: "SPEI" }, [0, 1]],
    [{ paymentMethod: "CASH" }, [3]],
    [{ blockchain: "SOL-DEVNET" }, [0]],
    [{ transactionVersion: 1 }, [0, 1, 2, 3]],
    [{ transactionVersion: 2 }, [0, 1, 2]]
  ])("is asked for by %j", async (filter, wanted) => {
    const { kernel } = await crossBorderWorld({ reach: routed })
    const anyway = { destinationCurrency: null, paymentMethod: null, blockchain: null, transactionVersion: null }
    const found = await kernel.crossBorder.routes({
      ...{ sourceCurrency: "USDC", destinationCountry: "MX", ...anyway },
      ...filter
    })
    expect(ok(found)).toEqual(wanted.map((at) => routes[at]))
  })
})

describe("the address that is paid to", () => {
  it("is that of the route in every respect, and of none where the route is not there now", async () => {
    let told: ReadonlyArray<PayoutRoute> = []
    const reach = (network: Network): Network => ({ ...network, routes: Effect.sync(() => told) })
    const world = await crossBorderWorld({ reach })
    const { payment } = await payAs(world, "Ada Example")
    const { transactions } = world.kernel.crossBorder
    const refused = await transactions.create(merchantId, payment.id, { version: 1, metadata: null })
    expect(refused).toEqual({ ok: false, error: { _tag: "ChainUnavailable", retryAfterMs: 1000 } })
    const settlementAddress = "0xC75c3E371d617B3E60Db1b6f3Fa2f0689562e5A7"
    told = [
      ...routes.filter(
        ({ blockchain, destinationCountry }) => blockchain !== "ETH-SEPOLIA" || destinationCountry !== "MX"
      ),
      route({ destinationCountry: "US" }),
      route({ destinationCurrency: "USD" }),
      route({ paymentMethod: "CASH" }),
      route({ settlementAddress }),
      route({ settlementAddress: "0x2" })
    ]
    expect((await createTransaction(world, payment)).destinationAddress).toBe(settlementAddress)
  })
})

describe("a network that never answers", () => {
  it("is waited for as long as a call may take", async () => {
    const reach = (network: Network): Network => ({ ...network, routes: Effect.never, quote: () => Effect.never })
    const { kernel } = await crossBorderWorld({ reach, kernel: { callTimeoutMs: 100 } })
    expect(await kernel.crossBorder.overview()).toEqual(away)
    expect(errorOf(await kernel.crossBorder.quotes.create(merchantId, quoteRequest))).toBe("Unavailable")
  })
})
