import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { money } from "../../money/index.ts"
import type { DepositAddress, DepositSighting } from "../../ports/blockchain.ts"
import { blockHash } from "./chain-blocks.ts"
import { type ChainJournal, type ChainRecord, memoryChainJournal } from "./chain-journal.ts"
import type { Payment, ReorgRequest } from "./chain-world.ts"
import { simulatedBlockchain } from "./simulated-blockchain.ts"

const startMs = 1_800_000_000_000
/** Of Ethereum, whose deposits are final twelve blocks deep. */
const blockMs = 1000

const open = (journal: ChainJournal = memoryChainJournal(), dice = 0.5) => {
  const time = { nowMs: startMs }
  const chains = simulatedBlockchain({
    journal,
    clock: { nowMs: () => time.nowMs },
    random: () => dice,
    secret: "of this test",
    finalityMs: 12 * blockMs,
    latencyMs: 0
  })
  const derive = (chain = "ETH", reference = "intent 1") =>
    Effect.runPromise(chains.blockchain.deriveAddress({ chain, currency: "USDC", reference }))
  const look = async (place: DepositAddress): Promise<ReadonlyArray<DepositSighting>> =>
    (await Effect.runPromise(chains.blockchain.depositsAt({ ...place, after: null, limit: 100 }))).sightings
  const send = (chain: string, payments: ReadonlyArray<Payment>, fromAddress?: string) =>
    chains.pay({ chain, payments, ...(fromAddress === undefined ? {} : { fromAddress }) })
  const pay = async (place: DepositAddress, units = 1n, fromAddress?: string) => {
    const payments = [{ ...place, amount: usdc(units) }]
    return Result.getOrThrow(await send(place.chain, payments, fromAddress)).transactionHash
  }
  const refund = async (chain = "ETH") => {
    const { address, addressTag } = await derive(chain, "somebody")
    const operation = { key: "refund", chain, address, addressTag, amount: usdc(1n) }
    const sent = await Effect.runPromise(chains.blockchain.sendRefund(operation, 1000))
    return sent._tag === "Broadcast" ? sent.transactionHash : sent._tag
  }
  return { ...chains, time, derive, look, send, pay, refund }
}

const usdc = (units: bigint) => money(units * 1_000_000n, "USDC")
const nobody = "0x8381470ED67C3802402dbbFa0058E8871F017A6F"
const gone = { fate: "dropped", returnsAfterMs: null } as const

describe("a payer on a simulated chain", () => {
  it.each([
    ["on a chain that is not there", "DOGE", 1, { _tag: "AddressNotUsable", problem: "chain_unknown" }],
    ["nothing, on a chain that is not there", "DOGE", 0, { _tag: "AddressNotUsable", problem: "chain_unknown" }],
    ["nothing to nobody", "ETH", 0, { _tag: "OutputsOutOfRange", maximum: 50 }],
    ["to more than fifty", "ETH", 51, { _tag: "OutputsOutOfRange", maximum: 50 }]
  ])("cannot send %s", async (_what, chain, many, failure) => {
    const world = open()
    const place = await world.derive()
    const payments = Array.from({ length: many }, () => ({ ...place, amount: usdc(1n) }))
    expect(await world.send(chain, payments)).toEqual(Result.fail(failure))
    expect(world.transactions()).toEqual([])
  })

  it("can send to fifty at once", async () => {
    const world = open()
    const place = await world.derive()
    const payments = Array.from({ length: 50 }, () => ({ ...place, amount: usdc(1n) }))
    Result.getOrThrow(await world.send("ETH", payments))
    expect(await world.look(place)).toHaveLength(50)
  })

  it("sends from an address of his own, unless told from which", async () => {
    const world = open()
    const place = await world.derive()
    await world.pay(place)
    await world.pay(place)
    await world.pay(place, 1n, nobody)
    const payers = (await world.look(place)).map(({ fromAddresses }) => fromAddresses)
    expect(payers[2]).toEqual([nobody])
    for (const [payer, ...others] of payers) {
      expect(others).toEqual([])
      expect(world.blockchain.checkAddress("ETH", payer ?? "", null)).toBeNull()
    }
    expect(new Set(payers.flat()).size).toBe(3)
  })

  it.each([
    ["ETH", (address: string) => address.toLowerCase(), 1],
    ["ETH", (address: string) => `0x${address.slice(2).toUpperCase()}`, 1],
    ["XLM", (address: string) => address.toLowerCase(), 0],
    ["SOL", (address: string) => address.toLowerCase(), 0]
  ])("on %s may spell an address otherwise only where the chain does: case %#", async (chain, spelling, many) => {
    const world = open()
    const place = await world.derive(chain)
    await world.pay(place)
    expect(await world.look({ ...place, address: spelling(place.address) })).toHaveLength(many)
    expect(await world.look({ ...place, addressTag: "another" })).toEqual([])
  })

  it("may take a Bitcoin address from a picture, which has it in capitals", async () => {
    const world = open()
    const place = await Effect.runPromise(
      world.blockchain.deriveAddress({ chain: "BTC", currency: "BTC", reference: "r" })
    )
    const payments = [{ ...place, address: place.address.toUpperCase(), amount: money(1n, "BTC") }]
    Result.getOrThrow(await world.send("BTC", payments))
    expect(await world.look(place)).toHaveLength(1)
  })
})

describe("a reorganisation of a simulated chain", () => {
  it("that keeps what it holds gives the newest blocks other hashes, once each, and no others", async () => {
    const world = open()
    const place = await world.derive()
    for (const _ of [1, 2, 3]) {
      await world.pay(place)
      world.time.nowMs += blockMs
    }
    const shown = async () => (await world.look(place)).map(({ height, blockHash: hash }) => ({ height, hash }))
    const first = await shown()
    Result.getOrThrow(await world.reorganise({ chain: "ETH", depth: 2, fate: { fate: "kept" } }))
    const second = await shown()
    Result.getOrThrow(await world.reorganise({ chain: "ETH", depth: 1, fate: { fate: "kept" } }))
    const third = await shown()
    const heights = first.map(({ height }) => height)
    expect([second, third].map((one) => one.map(({ height }) => height))).toEqual([heights, heights])
    expect([second[0], third[0]]).toEqual([first[0], first[0]])
    expect(third[1]).toEqual(second[1])
    expect(new Set([first, second].map((one) => one[1]?.hash)).size).toBe(2)
    expect(new Set([first, second, third].map((one) => one[2]?.hash)).size).toBe(3)
  })

  it("is seen by a node that lags behind as late as everything else", async () => {
    const world = open()
    const place = await world.derive()
    await world.pay(place)
    world.time.nowMs += blockMs
    const [before] = await world.look(place)
    world.time.nowMs += 500
    Result.getOrThrow(await world.reorganise({ chain: "ETH", depth: 1, fate: { fate: "kept" } }))
    Result.getOrThrow(world.setMode("stale", 1))
    world.time.nowMs += 1999
    expect((await world.look(place))[0]?.blockHash).toBe(before?.blockHash)
    world.time.nowMs += 1
    expect((await world.look(place))[0]?.blockHash).not.toBe(before?.blockHash)
  })

  it("of no depth touches what waits, and no block, not even those to come", async () => {
    const world = open()
    const place = await world.derive()
    const transactionHash = await world.pay(place)
    const fate = { fate: "dropped", returnsAfterMs: 0 } as const
    expect(await world.reorganise({ chain: "ETH", depth: 0, fate })).toEqual(Result.succeed([transactionHash]))
    world.time.nowMs += blockMs
    const [seen] = await world.look(place)
    expect(seen?.blockHash).toBe(blockHash("ETH", seen?.height ?? 0, [], world.time.nowMs))
  })

  it("touches what its depth reaches, on its chain, and what still stands", async () => {
    const world = open()
    const [place, elsewhere] = [await world.derive(), await world.derive("AVAX")]
    await world.pay(place)
    world.time.nowMs += blockMs
    const inTheNewest = await world.pay(place)
    world.time.nowMs += blockMs
    const waiting = await world.pay(place)
    await world.pay(elsewhere)
    const moved = { chain: "ETH", fate: { fate: "moved" } } as const
    expect(await world.reorganise({ ...moved, depth: 0 })).toEqual(Result.succeed([waiting]))
    expect(await world.reorganise({ ...moved, depth: 1 })).toEqual(Result.succeed([inTheNewest, waiting]))
    const dropping = { chain: "ETH", depth: 0, transactionHash: waiting, fate: gone }
    expect(await world.reorganise(dropping)).toEqual(Result.succeed([waiting]))
    expect(await world.reorganise(dropping)).toEqual(Result.fail({ _tag: "TransactionNotThere" }))
    expect(await world.reorganise({ ...moved, depth: 0 })).toEqual(Result.succeed([inTheNewest]))
  })

  it("may find nothing to touch", async () => {
    expect(await open().reorganise({ chain: "ETH", depth: 3, fate: gone })).toEqual(Result.succeed([]))
  })

  it("moves a refund of ours where it is named, and never drops or replaces it", async () => {
    const world = open()
    const place = await world.derive()
    const deposit = await world.pay(place)
    const transactionHash = await world.refund()
    const named = { chain: "ETH", depth: 0, transactionHash }
    const payments = [{ ...place, amount: usdc(1n) }]
    const ours = Result.fail({ _tag: "TransactionIsOurs" })
    expect(await world.reorganise({ ...named, fate: gone })).toEqual(ours)
    expect(await world.reorganise({ ...named, fate: { fate: "replaced", payments } })).toEqual(ours)
    expect(await world.reorganise({ ...named, fate: { fate: "moved" } })).toEqual(Result.succeed([transactionHash]))
    expect(await world.reorganise({ chain: "ETH", depth: 0, fate: gone })).toEqual(Result.succeed([deposit]))
  })

  const payments = [{ address: nobody, addressTag: null, amount: usdc(1n) }]
  const replaced = { fate: "replaced", payments } as const
  it.each([
    ["on a chain that is not there", { chain: "DOGE", depth: 0, fate: gone }, { _tag: "ChainUnknown" }],
    ["of less than nothing", { chain: "ETH", depth: -1, fate: gone }, { _tag: "ReorgTooDeep", maximum: 11 }],
    ["of half a block", { chain: "ETH", depth: 0.5, fate: gone }, { _tag: "ReorgTooDeep", maximum: 11 }],
    ["of what is final", { chain: "ETH", depth: 12, fate: gone }, { _tag: "ReorgTooDeep", maximum: 11 }],
    [
      "where everything is final at once",
      { chain: "AVAX", depth: 1, fate: gone },
      { _tag: "ReorgTooDeep", maximum: 0 }
    ],
    [
      "that replaces nothing in particular",
      { chain: "ETH", depth: 0, fate: replaced },
      { _tag: "TransactionNotNamed" }
    ],
    [
      "that replaces what is not there",
      { chain: "ETH", depth: 0, transactionHash: "0x00", fate: replaced },
      { _tag: "TransactionNotThere" }
    ],
    [
      "that drops what is not there",
      { chain: "ETH", depth: 0, transactionHash: "0x00", fate: gone },
      { _tag: "TransactionNotThere" }
    ]
  ] satisfies ReadonlyArray<readonly [string, ReorgRequest, object]>)(
    "%s is refused",
    async (_what, request, failure) => {
      const world = open()
      const place = await world.derive()
      await world.pay(place)
      expect(await world.reorganise(request)).toEqual(Result.fail(failure))
      expect(await world.look(place)).toMatchObject([{ status: "seen" }])
    }
  )

  it("that would pay what nobody can pay changes nothing", async () => {
    const world = open()
    const place = await world.derive()
    const transactionHash = await world.pay(place)
    expect(await world.reorganise({ chain: "ETH", depth: 0, transactionHash, fate: replaced })).toEqual(
      Result.fail({ _tag: "AddressNotOurs" })
    )
    expect(await world.look(place)).toMatchObject([{ status: "seen", replacedBy: null }])
  })

  it("replaces the transaction that is named, and no other", async () => {
    const world = open()
    const place = await world.derive()
    await world.pay(place, 1n)
    const transactionHash = await world.pay(place, 2n)
    const fate = { fate: "replaced", payments: [{ ...place, amount: usdc(3n) }] } as const
    Result.getOrThrow(await world.reorganise({ chain: "ETH", depth: 0, transactionHash, fate }))
    expect((await world.look(place)).map(({ status }) => status)).toEqual(["seen", "replaced", "seen"])
  })
})

describe("a restless chain, at each look", () => {
  it.each([
    ["keeps", 0.1, { status: "seen", confirmations: 1 }, true],
    ["moves", 0.5, { status: "seen", confirmations: 0, height: null }, false],
    ["takes back", 0.9, { status: "dropped", confirmations: 0, height: null }, false]
  ])("%s what its newest blocks hold, as its dice show", async (_what, dice, seen, isMined) => {
    const world = open(memoryChainJournal(), dice)
    const place = await world.derive()
    await world.pay(place)
    world.time.nowMs += blockMs
    const [before] = await world.look(place)
    Result.getOrThrow(world.setMode("restless", 1))
    const [after] = await world.look(place)
    expect(after).toMatchObject(seen)
    expect(after?.blockHash).not.toBe(before?.blockHash)
    expect(after?.height === before?.height).toBe(isMined)
    Result.getOrThrow(world.setMode("normal", 1))
    world.time.nowMs += blockMs
    expect(await world.look(place)).toMatchObject([{ status: "seen" }])
  })

  it("replaces no more blocks than its dice say", async () => {
    const world = open(memoryChainJournal(), 0.1)
    const place = await world.derive()
    await world.pay(place)
    world.time.nowMs += 2 * blockMs
    const before = await world.look(place)
    Result.getOrThrow(world.setMode("restless", 1))
    expect(await world.look(place)).toEqual(before)
  })
})

describe("the books of the simulated chains", () => {
  it("write an address down once, however often it is asked for", async () => {
    const journal = memoryChainJournal()
    const world = open(journal)
    for (const _ of [1, 2, 3]) await world.derive()
    expect(journal.read()).toHaveLength(1)
  })

  it("know of no time that runs back, where the clock is set back", async () => {
    const world = open()
    const place = await world.derive()
    await world.pay(place)
    world.time.nowMs -= 60_000
    expect(await world.look(place)).toMatchObject([{ status: "seen", firstSeenAtMs: startMs }])
    await world.pay(place)
    expect((await world.look(place)).map(({ firstSeenAtMs }) => firstSeenAtMs)).toEqual([startMs, startMs])
  })

  it("are not opened where they take back what they never had", () => {
    const fates = [{ transactionHash: "0x00", fate: "moved" }] as const
    const record: ChainRecord = { record: "blocks_reorganised", chain: "ETH", depth: 1, fates, atMs: startMs }
    expect(() => open({ append: async () => {}, read: () => [record] })).toThrow("a transaction that the books lack")
  })
})
