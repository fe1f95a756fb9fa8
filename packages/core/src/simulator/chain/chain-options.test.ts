import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { currencyTable, money } from "../../money/index.ts"
import { memoryChainJournal } from "./chain-journal.ts"
import { chainModes } from "./chain-mode.ts"
import { type SimulatedBlockchainOptions, simulatedBlockchain } from "./simulated-blockchain.ts"

const startMs = 1_800_000_000_000

const open = (options: Partial<SimulatedBlockchainOptions> = {}) =>
  simulatedBlockchain({
    journal: memoryChainJournal(),
    clock: { nowMs: () => startMs },
    random: () => 0.5,
    secret: "of this test",
    ...options
  })

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

describe("what the simulated chains say of themselves", () => {
  it("is how deep, how quick and what each is", () => {
    const told = open().blockchain.chains.map(({ chain, confirmations, blockMs, addressTags, assets, pullTokens }) => {
      const extras = `${addressTags ? " memo" : ""} ${assets.join()}${pullTokens.length > 0 ? " pulls" : ""}`
      return `${chain} ${confirmations} x ${blockMs} ms${extras}`
    })
    expect(told).toEqual([
      "ALGO 1 x 4000 ms USDC",
      "ARB 300 x 13 ms USDC",
      "AVAX 1 x 4000 ms USDC,EURC",
      "BASE 12 x 333 ms USDC,EURC",
      "BTC 4 x 1000 ms BTC",
      "CELO 1 x 4000 ms USDC",
      "ETH 12 x 333 ms ETH,USDC,EURC pulls",
      "FLOW 1 x 4000 ms USDC",
      "HBAR 1 x 4000 ms memo USDC",
      "NEAR 1 x 4000 ms USDC",
      "NOBLE 1 x 4000 ms USDC",
      "OP 12 x 333 ms USDC",
      "PAH 1 x 4000 ms USDC",
      "POLY 372 x 10 ms USDC",
      "SOL 1 x 4000 ms USDC,EURC",
      "TRX 19 x 210 ms USDC",
      "XLM 1 x 4000 ms memo USDC,EURC"
    ])
    const [fastest] = open({ finalityMs: 0 }).blockchain.chains
    expect(fastest?.blockMs).toBe(1)
  })

  it("is what a kernel may trust", () => {
    expect(open().blockchain.capabilities).toEqual({
      idempotentByKey: true,
      lookupByKey: true,
      keyTtlMs: 86_400_000,
      lookupLagMs: 2000,
      maxInFlightMs: 5000
    })
    expect(open({ lookupLagMs: 7, maxInFlightMs: 1000 }).blockchain.capabilities).toMatchObject({
      lookupLagMs: 7,
      maxInFlightMs: 1000
    })
  })

  it.each([
    ["finalityMs", { finalityMs: -1 }, "negative"],
    ["latencyMs", { latencyMs: -1 }, "negative"],
    ["lateMs", { lateMs: -1 }, "negative"],
    ["lookupLagMs", { lookupLagMs: -1 }, "negative"],
    ["maxInFlightMs", { maxInFlightMs: -1 }, "negative"],
    ["a time that is no number", { latencyMs: Number.NaN }, "negative"],
    ["late beyond the bound", { lateMs: 5001 }, "lateMs and latencyMs must not be more than maxInFlightMs"],
    ["slow beyond the bound", { latencyMs: 5001 }, "lateMs and latencyMs must not be more than maxInFlightMs"]
  ])("cannot be %s", (_what, options, message) => {
    expect(() => open(options)).toThrow(message)
  })

  it("may be late up to the bound", () => {
    expect(open({ lateMs: 5000, latencyMs: 5000 }).mode()).toEqual({ mode: "normal", rate: 1 })
  })

  it("is on the test network unless told otherwise", async () => {
    const asked = { chain: "BTC", currency: "BTC", reference: "r" } as const
    expect((await run(open().blockchain.deriveAddress(asked))).address).toMatch(/^tb1/u)
    expect((await run(open({ network: "mainnet" }).blockchain.deriveAddress(asked))).address).toMatch(/^bc1/u)
  })

  it("counts in the currencies of its host", async () => {
    const { blockchain } = open({ currencies: currencyTable([{ code: "USDC", exponent: 2 }]) })
    expect((await run(blockchain.quoteNetworkFee("ETH", "USDC"))).amount).toEqual(money(50n, "USDC"))
  })
})

describe("a mode of the simulated chains", () => {
  it("is refused where there is none of that name or rate, and nothing changes", () => {
    const { mode, setMode } = open()
    expect(mode()).toEqual({ mode: "normal", rate: 1 })
    expect(setMode("late", 0.25)).toEqual(Result.succeed({ mode: "late", rate: 0.25 }))
    expect(setMode("explode", 1)).toEqual(Result.fail({ _tag: "ModeUnknown", modes: chainModes }))
    expect(setMode("down", 2)).toEqual(Result.fail({ _tag: "RateOutOfRange", min: 0, max: 1 }))
    expect(mode()).toEqual({ mode: "late", rate: 0.25 })
  })

  it.each([
    [0.5, true],
    [0.51, false]
  ])("strikes calls whose dice are below its rate: a rate of %d", async (rate, isSpared) => {
    const { blockchain, setMode } = open({ latencyMs: 0 })
    setMode("down", rate)
    const exit = await Effect.runPromiseExit(
      blockchain.deriveAddress({ chain: "ETH", currency: "USDC", reference: "r" })
    )
    expect(Exit.isSuccess(exit)).toBe(isSpared)
  })
})

describe("a quote of a simulated chain's fee", () => {
  it.each([
    ["BTC", "BTC", money(2000n, "BTC")],
    ["ETH", "ETH", money(200_000_000_000_000n, "ETH")],
    ["ETH", "USDC", money(500_000n, "USDC")],
    ["ETH", "EURC", money(500_000n, "EURC")],
    ["SOL", "USDC", money(10_000n, "USDC")],
    ["BASE", "EURC", money(10_000n, "EURC")]
  ] as const)("on %s in %s", async (chain, currency, amount) => {
    expect((await run(open().blockchain.quoteNetworkFee(chain, currency))).amount).toEqual(amount)
  })

  it("is one for all who ask within the same ten minutes, and another for others", async () => {
    const at = (nowMs: number, chain = "ETH", secret = "s") =>
      run(open({ clock: { nowMs: () => nowMs }, secret }).blockchain.quoteNetworkFee(chain, "USDC"))
    const first = await at(startMs)
    expect(first.expiresAtMs).toBe(startMs + 600_000)
    expect(await at(startMs + 599_999)).toEqual(first)
    const others = [await at(startMs + 600_000), await at(startMs, "SOL"), await at(startMs, "ETH", "t")]
    expect(others[0]?.expiresAtMs).toBe(startMs + 1_200_000)
    const ids = [first, ...others].map(({ quoteId }) => quoteId)
    expect(new Set(ids).size).toBe(4)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
  })
})

describe("a question to the simulated chains that makes no sense", () => {
  const place = { chain: "ETH", address: "0x8381470ED67C3802402dbbFa0058E8871F017A6F", addressTag: null }
  const asset = "the chain does not carry the asset"
  const cursor = "the cursor is none of this blockchain's"
  const { blockchain, setMode } = open({ latencyMs: 0 })
  const look = (change: object) => blockchain.depositsAt({ ...place, after: null, limit: 10, ...change })

  const questions: ReadonlyArray<readonly [string, Effect.Effect<unknown, unknown>, string]> = [
    ["an address on no chain", blockchain.deriveAddress({ chain: "DOGE", currency: "USDC", reference: "r" }), asset],
    ["an address for no asset", blockchain.deriveAddress({ chain: "SOL", currency: "BTC", reference: "r" }), asset],
    ["a fee on no chain", blockchain.quoteNetworkFee("DOGE", "USDC"), asset],
    ["a fee in no asset", blockchain.quoteNetworkFee("SOL", "BTC"), asset],
    ["deposits on no chain", look({ chain: "DOGE" }), "the chain is not declared"],
    ["no deposits", look({ limit: 0 }), "a page has 1 to 100 deposits"],
    ["too many deposits", look({ limit: 101 }), "a page has 1 to 100 deposits"],
    ...["", "x", "1x", "x1", "-1", "1".repeat(16)].map(
      (after) => [`deposits after ${JSON.stringify(after)}`, look({ after }), cursor] as const
    )
  ]

  it.each(questions)("about %s dies, and says why", async (_what, question, message) => {
    await expect(Effect.runPromise(question)).rejects.toThrow(new RangeError(message))
    setMode("restless", 1)
    await expect(Effect.runPromise(question)).rejects.toThrow(new RangeError(message))
    setMode("normal", 1)
  })
})

describe("a page of deposits", () => {
  it.each([
    [1, ["1", "2", "3"]],
    [2, ["1 2", "3"]],
    [3, ["1 2 3"]],
    [100, ["1 2 3"]]
  ])("of up to %i has no other after it where there is no more", async (limit, pages) => {
    const { blockchain, pay } = open({ latencyMs: 0 })
    const place = await run(blockchain.deriveAddress({ chain: "ETH", currency: "USDC", reference: "r" }))
    for (const units of [1n, 2n, 3n]) {
      Result.getOrThrow(await pay({ chain: "ETH", payments: [{ ...place, amount: money(units, "USDC") }] }))
    }
    const shown: Array<string> = []
    let after: string | null = null
    do {
      const page: Effect.Success<ReturnType<typeof blockchain.depositsAt>> = await run(
        blockchain.depositsAt({ ...place, after, limit })
      )
      shown.push(page.sightings.map(({ amount }) => amount.amount).join(" "))
      after = page.next
    } while (after !== null)
    expect(shown).toEqual(pages)
  })
})
