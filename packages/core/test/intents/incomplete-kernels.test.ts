/** Kernels without a blockchain, and without rates. */
import { describe, expect, it, onTestFinished } from "vitest"
import { world } from "../kernel-world.ts"
import {
  customer,
  errorOf,
  half,
  intentWorld,
  merchantId,
  ok,
  openIntent,
  order,
  payIn,
  whole
} from "./intent-world.ts"

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
