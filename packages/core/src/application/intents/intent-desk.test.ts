import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { noFee } from "../../fees/index.ts"
import { bps, money } from "../../money/index.ts"
import type { Blockchain } from "../../ports/blockchain.ts"
import type { ExchangeRates } from "../../ports/exchange-rate.ts"
import { chainWith, intentDeskOf, isTraded, leaseFeeOf } from "./intent-desk.ts"

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const capabilities: Blockchain["Service"]["capabilities"] = {
  idempotentByKey: true,
  lookupByKey: true,
  keyTtlMs: dayMs,
  lookupLagMs: 1_000,
  maxInFlightMs: 2_000
}

/** Nobody asks it anything here. */
const chainThat = (change: Partial<typeof capabilities> = {}): Blockchain["Service"] => {
  const described = { confirmations: 1, blockMs: 1_000, addressTags: false, pullTokens: [] }
  return {
    name: "a chain",
    capabilities: { ...capabilities, ...change },
    chains: [
      { ...described, chain: "ETH", assets: ["USDC", "EURC"] },
      { ...described, chain: "BTC", assets: ["BTC"] }
    ]
  } as Partial<Blockchain["Service"]> as Blockchain["Service"]
}

const patience = { marginMs: 500, resolveLimitMs: dayMs }

type Options = Parameters<typeof intentDeskOf>[0]

const deskOf = (change: Partial<Options> = {}) => intentDeskOf({ blockchain: chainThat(), ...change }, patience)

const usdc = (amount: bigint) => money(amount, "USDC")

describe("what intents are worked with", () => {
  it("is what the kernel says where the host says nothing", () => {
    expect(deskOf()).toMatchObject({
      exchangeRates: null,
      lifetimeMs: 8 * hourMs,
      monitoringMs: 7 * dayMs,
      toleranceBps: 0,
      feeSchedule: {
        fee: { kind: "percentage", name: "blockchain", rate: bps(100n), rounding: "halfUp" },
        onExcess: "limit"
      },
      leaseFees: [],
      lookPauseMaxMs: 30_000
    })
  })

  it("undoes nothing, whatever is in doubt", () => {
    expect(deskOf().policy).toEqual({ ...patience, capabilities: { ...capabilities, reverseByKey: false } })
  })

  it.each<Partial<Options>>([
    { lifetimeMs: 1 },
    { lifetimeMs: 30 * dayMs },
    { monitoringMs: 0 },
    { monitoringMs: 366 * dayMs },
    { toleranceBps: 1_000 },
    { lookPauseMaxMs: 1 },
    { lookPauseMaxMs: dayMs },
    { leaseFees: [usdc(0n), money(1n, "EURC")] }
  ])("may be %o", (options) => {
    expect(deskOf(options)).toMatchObject(options)
  })

  it.each<[string, Partial<Options>]>([
    ["lifetimeMs is out of range", { lifetimeMs: 0 }],
    ["lifetimeMs is out of range", { lifetimeMs: 30 * dayMs + 1 }],
    ["lifetimeMs is out of range", { lifetimeMs: Number.NaN }],
    ["monitoringMs is out of range", { monitoringMs: -1 }],
    ["monitoringMs is out of range", { monitoringMs: 0.5 }],
    ["monitoringMs is out of range", { monitoringMs: 366 * dayMs + 1 }],
    ["toleranceBps is out of range", { toleranceBps: -1 }],
    ["toleranceBps is out of range", { toleranceBps: 1_001 }],
    ["lookPauseMaxMs is out of range", { lookPauseMaxMs: 0 }],
    ["lookPauseMaxMs is out of range", { lookPauseMaxMs: dayMs + 1 }],
    ["a lease fee is negative", { leaseFees: [usdc(1n), money(-1n, "EURC")] }],
    ["a lease fee is twice", { leaseFees: [usdc(1n), money(1n, "EURC"), usdc(2n)] }],
    [
      "feeSchedule cannot be charged: FeeBelowZero",
      { feeSchedule: { fee: { kind: "fixed", name: "flat", amount: usdc(-1n) }, onExcess: "limit" } }
    ],
    [
      "feeSchedule cannot be charged on EURC: ",
      { feeSchedule: { fee: { kind: "fixed", name: "flat", amount: usdc(1n) }, onExcess: "limit" } }
    ]
  ])("is refused at once where %s: %o", (why, options) => {
    expect(() => deskOf(options)).toThrow(`the blockchain a chain cannot be used: ${why}`)
  })

  it("charges what is charged of what is paid on chains, and on no other way", () => {
    const flat = { kind: "fixed", name: "flat", amount: usdc(1n) } as const
    const select = (method: string): Partial<Options> => {
      const rules = [{ when: { method }, fee: flat }]
      return { feeSchedule: { fee: { kind: "select", rules, otherwise: noFee }, onExcess: "limit" } }
    }
    expect(() => deskOf(select("blockchain"))).toThrow("feeSchedule cannot be charged on EURC: ")
    expect(deskOf(select("card"))).toMatchObject(select("card"))
  })

  it.each<[string, Partial<typeof capabilities>]>([
    ["without keys and look-ups a refund in doubt could be sent twice", { idempotentByKey: false }],
    ["without keys and look-ups a refund in doubt could be sent twice", { lookupByKey: false }],
    ["it forgets a key within the margin", { keyTtlMs: 500 }],
    ["doubt would end before absence can be final", { maxInFlightMs: dayMs - 1_500 }]
  ])("is no chain of which has to be said: %s", (why, change) => {
    const options = { blockchain: chainThat(change) }
    expect(() => intentDeskOf(options, patience)).toThrow(`the blockchain a chain cannot be used: ${why}`)
  })

  it("is a chain that remembers for just longer than that", () => {
    for (const change of [{ keyTtlMs: 501 }, { maxInFlightMs: dayMs - 1_501 }]) {
      expect(intentDeskOf({ blockchain: chainThat(change) }, patience).policy.capabilities).toMatchObject(change)
    }
  })
})

describe("what an asset is", () => {
  it("is carried by a chain, or not", () => {
    const desk = deskOf()
    expect(chainWith(desk, "ETH", "EURC")?.chain).toBe("ETH")
    expect(chainWith(desk, "BTC", "BTC")?.chain).toBe("BTC")
    expect([chainWith(desk, "BTC", "USDC"), chainWith(desk, "DOGE", "USDC")]).toEqual([undefined, undefined])
  })

  it("costs for an address what was said of it, and else nothing", () => {
    const desk = deskOf({ leaseFees: [money(7n, "EURC"), usdc(3n)] })
    expect([leaseFeeOf(desk, "USDC"), leaseFeeOf(desk, "EURC"), leaseFeeOf(desk, "BTC")]).toEqual([
      ...[usdc(3n), money(7n, "EURC"), money(0n, "BTC")]
    ])
  })

  it("is settled in itself, and in what somebody gives for it", () => {
    const pairs = [{ base: "BTC", counter: "USDC" }] as const
    const exchangeRates: ExchangeRates["Service"] = { pairs, quote: () => Effect.never }
    expect(isTraded(deskOf({ exchangeRates }), "BTC", "USDC")).toBe(true)
    for (const desk of [deskOf(), deskOf({ exchangeRates })]) {
      expect(isTraded(desk, "USDC", "USDC")).toBe(true)
      expect(isTraded(desk, "USDC", "BTC")).toBe(false)
      expect(isTraded(desk, "EURC", "USDC")).toBe(false)
      expect(isTraded(desk, "BTC", "EURC")).toBe(false)
    }
    expect(isTraded(deskOf(), "BTC", "USDC")).toBe(false)
  })
})
