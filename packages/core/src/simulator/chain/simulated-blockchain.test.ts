import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hexToBytes } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { addr, signTyped } from "micro-eth-signer"
import { describe, expect, it } from "vitest"
import { money } from "../../money/index.ts"
import type { DepositAddress, DepositSighting, TransferAuthorization } from "../../ports/blockchain.ts"
import { type BlockchainUnderTest, describeBlockchain } from "../../testing/blockchain.suite.ts"
import { seededRandom } from "../../testing/gateway-examples.ts"
import { openChainFileJournal } from "../file-journal.ts"
import { type ChainJournal, memoryChainJournal } from "./chain-journal.ts"
import { sandboxChains } from "./chain-list.ts"
import { type SimulatedBlockchainOptions, simulatedBlockchain } from "./simulated-blockchain.ts"

const startMs = 1_800_000_000_000
const finalityMs = 12_000

const open = (journal: ChainJournal, options: Partial<SimulatedBlockchainOptions> = {}) => {
  const time = { nowMs: startMs }
  const chains = simulatedBlockchain({
    journal,
    clock: { nowMs: () => time.nowMs },
    random: seededRandom(1),
    secret: "of this test",
    finalityMs,
    latencyMs: 0,
    ...options
  })
  return { time, chains }
}

const privateKey = "0x4c0883a69102937d6231471b5dbb6204fe512961708279f1d7b1b8e7e8b1b1e1"

/** Signs as a wallet does, from the published domain and the words of EIP-3009. */
const sign = (authorization: Omit<TransferAuthorization, "signature">): string => {
  const token = sandboxChains.find(({ chain }) => chain === "ETH")?.pullTokens?.[0]
  if (token === undefined) throw new Error("no token can be pulled")
  const { name, version, chainId, verifyingContract } = token
  const types = {
    TransferWithAuthorization: [
      { name: "from", type: "address" },
      { name: "to", type: "address" },
      { name: "value", type: "uint256" },
      { name: "validAfter", type: "uint256" },
      { name: "validBefore", type: "uint256" },
      { name: "nonce", type: "bytes32" }
    ]
  } as const
  const domain = { name, version, chainId: BigInt(chainId), verifyingContract }
  const message = { ...authorization, nonce: hexToBytes(authorization.nonce.slice(2)) }
  return signTyped({ types, primaryType: "TransferWithAuthorization", domain, message }, privateKey)
}

let names = 0

const subjectOver = (
  journal: ChainJournal,
  chain: string,
  options: Partial<BlockchainUnderTest>
): BlockchainUnderTest => {
  const { time, chains } = open(journal)
  const { blockchain } = chains
  const blockMs = blockchain.chains.find((one) => one.chain === chain)?.blockMs ?? 0
  return {
    blockchain,
    chain,
    currency: "USDC",
    nextName: () => `name ${names++}`,
    refundAddress: "0x8381470ED67C3802402dbbFa0058E8871F017A6F",
    pay: async (on, payments) => Result.getOrThrow(await chains.pay({ chain: on, payments })),
    settle: async () => {
      time.nowMs += 2 * finalityMs
    },
    nextBlock: async () => {
      time.nowMs += blockMs
    },
    drop: async (on, transactionHash) => {
      const depth = Math.min(1, (blockchain.chains.find((one) => one.chain === on)?.confirmations ?? 1) - 1)
      const fate = { fate: "dropped", returnsAfterMs: null } as const
      Result.getOrThrow(await chains.reorganise({ chain: on, depth, transactionHash, fate }))
    },
    payer: {
      chain: "ETH",
      currency: "USDC",
      address: addr.fromPrivateKey(privateKey),
      nowS: () => BigInt(Math.floor(time.nowMs / 1000)),
      sign: async (authorization) => sign(authorization)
    },
    ...options
  }
}

describeBlockchain("the simulated chains, on Ethereum", () => subjectOver(memoryChainJournal(), "ETH", {}))

describeBlockchain("the simulated chains, on Stellar with memos", () =>
  subjectOver(memoryChainJournal(), "XLM", {
    currency: "EURC",
    refundAddress: "GBOQOJWXBOSRVBPN7N3GD3DPADXUI64WIKOHAWDSXAIQNIYKVWGAST33"
  })
)

describeBlockchain("the simulated chains on a file, on Bitcoin", async () => {
  const directory = await mkdtemp(join(tmpdir(), "chains-"))
  const journal = await openChainFileJournal(join(directory, "chains.jsonl"))
  return subjectOver(journal, "BTC", {
    currency: "BTC",
    refundAddress: "tb1qv3pcz7gl6ktackrcrw0znl8x37luyued4gksu0",
    close: async () => {
      await journal.close()
      await rm(directory, { recursive: true })
    }
  })
})

const usdc = (units: bigint) => money(units * 1_000_000n, "USDC")
const derive = ({ chains }: ReturnType<typeof open>, chain = "ETH", reference = "intent 1") =>
  Effect.runPromise(chains.blockchain.deriveAddress({ chain, currency: "USDC", reference }))
const look = async (
  { chains }: ReturnType<typeof open>,
  place: DepositAddress
): Promise<ReadonlyArray<DepositSighting>> =>
  (await Effect.runPromise(chains.blockchain.depositsAt({ ...place, after: null, limit: 100 }))).sightings

describe("a simulated chain", () => {
  it("given a deposit, then it waits, is taken into the next block, and is final twelve blocks deep", async () => {
    const world = open(memoryChainJournal())
    const place = await derive(world)
    Result.getOrThrow(await world.chains.pay({ chain: "ETH", payments: [{ ...place, amount: usdc(5n) }] }))
    const depths: Array<string> = []
    for (let block = 0; block <= 13; block++) {
      const [{ status, confirmations } = { status: "none", confirmations: -1 }] = await look(world, place)
      depths.push(`${confirmations} ${status}`)
      world.time.nowMs += finalityMs / 12
    }
    const seen = Array.from({ length: 12 }, (_, depth) => `${depth} seen`)
    expect(depths).toEqual([...seen, "12 final", "13 final"])
  })

  it("given a reorganisation, then a deposit is in another block, and its neighbours below keep theirs", async () => {
    const world = open(memoryChainJournal())
    const place = await derive(world)
    const pay = async () => {
      const paid = await world.chains.pay({ chain: "ETH", payments: [{ ...place, amount: usdc(1n) }] })
      world.time.nowMs += 3000
      return Result.getOrThrow(paid)
    }
    await pay()
    await pay()
    const before = await look(world, place)
    Result.getOrThrow(await world.chains.reorganise({ chain: "ETH", depth: 3, fate: { fate: "moved" } }))
    world.time.nowMs += 1000
    const after = await look(world, place)
    expect(after[0]?.blockHash).toBe(before[0]?.blockHash)
    expect(after[1]?.blockHash).not.toBe(before[1]?.blockHash)
    expect(after[1]?.height).toBe((before[1]?.height ?? 0) + 3)
  })

  it("given a deposit that is final, then no reorganisation reaches it", async () => {
    const world = open(memoryChainJournal())
    const place = await derive(world)
    const pay = { chain: "ETH", payments: [{ ...place, amount: usdc(1n) }] }
    const { transactionHash } = Result.getOrThrow(await world.chains.pay(pay))
    world.time.nowMs += 2 * finalityMs
    const fate = { fate: "dropped", returnsAfterMs: null } as const
    expect(await world.chains.reorganise({ chain: "ETH", depth: 12, fate })).toMatchObject({
      failure: { _tag: "ReorgTooDeep", maximum: 11 }
    })
    expect(await world.chains.reorganise({ chain: "ETH", depth: 11, transactionHash, fate })).toMatchObject({
      failure: { _tag: "TransactionNotThere" }
    })
    expect(await look(world, place)).toMatchObject([{ status: "final" }])
  })

  it("given a replacement, then the first names the other, which pays what its sender says", async () => {
    const world = open(memoryChainJournal())
    const place = await derive(world, "ALGO")
    const { transactionHash } = Result.getOrThrow(
      await world.chains.pay({ chain: "ALGO", payments: [{ ...place, amount: usdc(9n) }] })
    )
    const fate = { fate: "replaced", payments: [{ ...place, amount: usdc(4n) }] } as const
    const touched = Result.getOrThrow(await world.chains.reorganise({ chain: "ALGO", depth: 0, transactionHash, fate }))
    const [old, other] = await look(world, place)
    expect(old).toMatchObject({ status: "replaced", replacedBy: other?.transactionHash, confirmations: 0 })
    expect(other).toMatchObject({ status: "seen", amount: usdc(4n), fromAddresses: old?.fromAddresses })
    expect(touched).toEqual([other?.transactionHash, transactionHash])
  })

  it("given a deposit that was dropped for a while, then it comes back and becomes final", async () => {
    const world = open(memoryChainJournal())
    const place = await derive(world)
    const pay = { chain: "ETH", payments: [{ ...place, amount: usdc(1n) }] }
    const { transactionHash } = Result.getOrThrow(await world.chains.pay(pay))
    const fate = { fate: "dropped", returnsAfterMs: 5000 } as const
    Result.getOrThrow(await world.chains.reorganise({ chain: "ETH", depth: 0, transactionHash, fate }))
    expect(await look(world, place)).toMatchObject([{ status: "dropped" }])
    world.time.nowMs += 5000
    expect(await look(world, place)).toMatchObject([{ status: "seen", confirmations: 0 }])
    world.time.nowMs += 2 * finalityMs
    expect(await look(world, place)).toMatchObject([{ status: "final" }])
  })

  it.each([
    ["an address of nobody", { address: "0x8381470ED67C3802402dbbFa0058E8871F017A6F" }, "AddressNotOurs"],
    ["no address", { address: "0x8381" }, "AddressNotUsable"],
    ["another asset", { amount: money(1n, "BTC") }, "AssetNotOnChain"],
    ["nothing", { amount: usdc(0n) }, "AmountNotPositive"]
  ])("takes no deposit of %s", async (_what, change, tag) => {
    const world = open(memoryChainJournal())
    const place = await derive(world)
    const paid = await world.chains.pay({ chain: "ETH", payments: [{ ...place, amount: usdc(1n), ...change }] })
    expect(paid).toMatchObject({ failure: { _tag: tag } })
    expect(world.chains.transactions()).toEqual([])
  })
})

describe("a simulated chain that misbehaves", () => {
  const refund = {
    key: "k",
    chain: "ETH",
    address: "0x8381470ED67C3802402dbbFa0058E8871F017A6F",
    addressTag: null,
    amount: usdc(2n)
  }

  it.each([
    ["down", "NotSent", 0],
    ["drop-before", "Unknown", 0],
    ["execute-drop", "Unknown", 1],
    ["late", "Unknown", 1]
  ])("in mode %s answers a refund with %s, and executes it %i times", async (mode, tag, times) => {
    const { chains } = open(memoryChainJournal(), { lateMs: 20 })
    Result.getOrThrow(chains.setMode(mode, 1))
    expect(await Effect.runPromise(chains.blockchain.sendRefund(refund, 1000))).toMatchObject({ _tag: tag })
    await Effect.runPromise(chains.drain)
    expect(chains.transactions()).toHaveLength(times)
    Result.getOrThrow(chains.setMode("normal", 1))
    expect(await Effect.runPromise(chains.blockchain.sendRefund(refund, 1000))).toMatchObject({ _tag: "Broadcast" })
    expect(chains.transactions()).toHaveLength(1)
  })

  it("in mode restless takes back and gives again, and in the end every deposit is final once", async () => {
    const world = open(memoryChainJournal())
    const place = await derive(world)
    world.chains.setMode("restless", 0.7)
    for (let n = 0; n < 20; n++) {
      Result.getOrThrow(await world.chains.pay({ chain: "ETH", payments: [{ ...place, amount: usdc(1n) }] }))
      for (const { status, height } of await look(world, place))
        expect(status === "dropped" && height !== null).toBe(false)
      world.time.nowMs += 700
    }
    world.chains.setMode("normal", 1)
    world.time.nowMs += 3 * finalityMs
    const last = await look(world, place)
    expect(last.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => "final"))
    expect(new Set(last.map(({ transactionHash }) => transactionHash)).size).toBe(20)
  })

  it("in mode stale shows the chain as it was", async () => {
    const world = open(memoryChainJournal(), { lookupLagMs: 2000 })
    const place = await derive(world)
    Result.getOrThrow(await world.chains.pay({ chain: "ETH", payments: [{ ...place, amount: usdc(1n) }] }))
    world.chains.setMode("stale", 1)
    expect(await look(world, place)).toEqual([])
    world.time.nowMs += 2000
    expect(await look(world, place)).toMatchObject([{ confirmations: 0 }])
  })
})

describe("simulated chains that come back after a crash", () => {
  it("know every address, deposit and refund that they had told of", async () => {
    const directory = await mkdtemp(join(tmpdir(), "chains-"))
    const path = join(directory, "chains.jsonl")
    const journal = await openChainFileJournal(path)
    const before = open(journal)
    const place = await derive(before)
    const pay = { chain: "ETH", payments: [{ ...place, amount: usdc(1n) }] }
    Result.getOrThrow(await before.chains.pay(pay))
    Result.getOrThrow(await before.chains.reorganise({ chain: "ETH", depth: 2, fate: { fate: "moved" } }))
    const refund = { key: "k", ...place, amount: usdc(1n) }
    const sent = await Effect.runPromise(before.chains.blockchain.sendRefund(refund, 1000))
    const shown = await look(before, place)
    await journal.close()

    const again = await openChainFileJournal(path)
    const after = open(again)
    expect(await look(after, place)).toEqual(shown)
    expect(await Effect.runPromise(after.chains.blockchain.sendRefund(refund, 1000))).toEqual(sent)
    expect(Result.isSuccess(await after.chains.pay(pay))).toBe(true)
    await again.close()
    await rm(directory, { recursive: true })
  })

  it("say nothing any more once the book cannot be written", async () => {
    const failing: ChainJournal = { append: () => Promise.reject(new Error("disk full")), read: () => [] }
    const world = open(failing)
    expect(
      await Effect.runPromise(
        Effect.flip(world.chains.blockchain.deriveAddress({ chain: "ETH", currency: "USDC", reference: "r" }))
      )
    ).toMatchObject({ _tag: "BlockchainUnavailable" })
    expect(await Effect.runPromise(world.chains.blockchain.lookupRefund("k", 1000))).toMatchObject({
      _tag: "Unavailable"
    })
  })
})
