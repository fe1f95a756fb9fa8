/** Giving back what was paid on a chain. */
import { money } from "@paykernel/core"
import type { Blockchain } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  balanceOf,
  customer,
  dayMs,
  errorOf,
  finalityMs,
  half,
  intentOf,
  intentWorld,
  merchantId,
  ok,
  openIntent,
  pass,
  payIn,
  refund,
  refundsOf,
  send,
  settle,
  usdc,
  whole
} from "./intent-world.ts"

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
