import { hexToBytes } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import { addr, signTyped } from "micro-eth-signer"
import { describe, expect, it } from "vitest"
import { type Currency, money } from "../../money/index.ts"
import type { PullOperation, RefundOperation, TransferAuthorization } from "../../ports/blockchain.ts"
import { transferAuthorizationTypes } from "../../ports/transfer-authorization.ts"
import { memoryChainJournal } from "./chain-journal.ts"
import { simulatedBlockchain } from "./simulated-blockchain.ts"

const startMs = 1_800_000_000_000
const nowS = BigInt(startMs / 1000)
const blockMs = 1000

const open = () => {
  const time = { nowMs: startMs }
  const chains = simulatedBlockchain({
    journal: memoryChainJournal(),
    clock: { nowMs: () => time.nowMs },
    random: () => 0.5,
    secret: "of this test",
    finalityMs: 12 * blockMs,
    latencyMs: 0
  })
  const { blockchain } = chains
  const refund = (change: Partial<RefundOperation> = {}) =>
    Effect.runPromise(blockchain.sendRefund({ ...example, ...change }, 1000))
  const pull = (operation: PullOperation) => Effect.runPromise(blockchain.submitAuthorization(operation, 1000))
  return { ...chains, time, refund, pull }
}

const somebody = "0x8381470ED67C3802402dbbFa0058E8871F017A6F"
const example = { key: "k", chain: "ETH", address: somebody, addressTag: null, amount: money(2_000_000n, "USDC") }

const privateKey = "0x4c0883a69102937d6231471b5dbb6204fe512961708279f1d7b1b8e7e8b1b1e1"
const domain = {
  name: "USDC",
  version: "2",
  chainId: 11_155_111n,
  verifyingContract: "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238"
}

/** A pull as its payer signed it; what is changed afterwards he has not signed. */
const pullOf = (change: Partial<TransferAuthorization> = {}): PullOperation & { readonly currency: Currency } => {
  const unsigned = {
    from: addr.fromPrivateKey(privateKey),
    to: somebody,
    value: 2_000_000n,
    validAfter: nowS - 1n,
    validBefore: nowS + 60n,
    nonce: `0x${"ab".repeat(32)}`,
    ...change
  }
  const message = { ...unsigned, nonce: hexToBytes(unsigned.nonce.slice(2)) }
  const signature = signTyped(
    { types: transferAuthorizationTypes, primaryType: "TransferWithAuthorization", domain, message },
    privateKey
  )
  return { key: "k", chain: "ETH", currency: "USDC", authorization: { ...unsigned, signature } }
}
const unsigned = (change: Partial<TransferAuthorization>): PullOperation => {
  const operation = pullOf()
  return { ...operation, authorization: { ...operation.authorization, ...change } }
}

describe("a refund on a simulated chain", () => {
  it("has a fee, gathers confirmations block by block, and is final once it is deep enough", async () => {
    const world = open()
    const fee = money(500_000n, "USDC")
    expect(await world.refund()).toMatchObject({ networkFee: fee, confirmations: 0, final: false })
    for (let block = 1; block <= 13; block++) {
      world.time.nowMs += blockMs
      const standing = { networkFee: fee, confirmations: block, final: block >= 12 }
      expect(await Effect.runPromise(world.blockchain.lookupRefund("k", 1000))).toMatchObject({ standing })
    }
  })

  it.each([
    ["on a chain that is not there", { chain: "DOGE" }, "asset_unsupported"],
    ["in an asset that its chain does not carry", { chain: "SOL", amount: money(1n, "BTC") }, "asset_unsupported"],
    ["to no address", { address: "0x83" }, "address_invalid"],
    ["of nothing", { amount: money(0n, "USDC") }, "amount_invalid"],
    ["of less than nothing", { amount: money(-1n, "USDC") }, "amount_invalid"],
    ["of the amount that nobody has", { amount: money(5_070_000n, "USDC") }, "funds_insufficient"]
  ] satisfies ReadonlyArray<readonly [string, Partial<RefundOperation>, string]>)(
    "%s fails, now and ever after",
    async (_what, change, why) => {
      const world = open()
      expect(await world.refund(change)).toEqual({ _tag: "Failed", why })
      expect(await world.refund(change)).toEqual({ _tag: "Failed", why })
      expect(await world.refund({ ...change, amount: money(3n, "USDC") })).toEqual({
        _tag: "Failed",
        why: "key_reused"
      })
      expect(world.transactions()).toEqual([])
    }
  )

  it("comes from the wallet of its chain", async () => {
    const world = open()
    await world.refund()
    await world.refund({ key: "l" })
    const [first, second] = world.transactions().map(({ fromAddresses }) => fromAddresses[0] ?? "")
    expect(world.blockchain.checkAddress("ETH", first ?? "", null)).toBeNull()
    expect(second).toBe(first)
  })
})

describe("a pull on a simulated chain", () => {
  it.each([
    ["on a chain that is not there", { ...pullOf(), chain: "DOGE" }, "asset_unsupported"],
    ["on a chain without such tokens", { ...pullOf(), chain: "SOL" }, "asset_unsupported"],
    ["of a token that is not pulled", { ...pullOf(), currency: "EURC" }, "asset_unsupported"],
    ["from no address", unsigned({ from: "0x83" }), "address_invalid"],
    ["to no address", unsigned({ to: "0x83" }), "address_invalid"],
    ["of nothing", pullOf({ value: 0n }), "amount_invalid"],
    ["of less than nothing", unsigned({ value: -1n }), "amount_invalid"],
    ["that nobody signed", unsigned({ value: 3n }), "signature_invalid"]
  ] satisfies ReadonlyArray<readonly [string, PullOperation, string]>)(
    "%s is told before it is sent, and fails",
    async (_what, operation, why) => {
      const world = open()
      expect(world.blockchain.checkAuthorization(operation)).toBe(why)
      expect(await world.pull(operation)).toEqual({ _tag: "Failed", why })
      expect(world.transactions()).toEqual([])
    }
  )

  it.each([
    [{ validAfter: nowS }, "authorization_not_yet_valid"],
    [{ validAfter: nowS - 1n }, null],
    [{ validBefore: nowS }, "authorization_expired"],
    [{ validBefore: nowS + 1n }, null]
  ])("is good strictly between its times: case %#", async (times, why) => {
    const operation = pullOf(times)
    expect(open().blockchain.checkAuthorization(operation)).toBeNull()
    expect(await open().pull(operation)).toMatchObject(why === null ? { _tag: "Broadcast" } : { _tag: "Failed", why })
  })

  it.each([
    ["nothing, and too late", pullOf({ value: 0n, validBefore: nowS }), "amount_invalid"],
    ["without signature, and too late", unsigned({ validBefore: nowS }), "authorization_expired"],
    ["of the amount that nobody has", pullOf({ value: 5_070_000n }), "funds_insufficient"]
  ])("of %s fails as the token's contract would say it", async (_what, operation, why) => {
    expect(await open().pull(operation)).toEqual({ _tag: "Failed", why })
  })

  it.each([
    ["another amount", pullOf({ value: 1n })],
    ["another one-time number", pullOf({ nonce: `0x${"cd".repeat(32)}` })],
    ["another payee", pullOf({ to: addr.fromPrivateKey(privateKey) })],
    ["an earlier beginning", pullOf({ validAfter: 0n })],
    ["a later end", pullOf({ validBefore: nowS + 61n })]
  ])("with a key that was seen is the first again, and never one of %s", async (_what, other) => {
    const world = open()
    const first = await world.pull(pullOf())
    expect(first).toMatchObject({ _tag: "Broadcast" })
    expect(await world.pull(unsigned({ signature: "0x" }))).toEqual(first)
    expect(await world.pull(other)).toEqual({ _tag: "Failed", why: "key_reused" })
    expect(world.transactions()).toHaveLength(1)
  })

  it("spends its one-time number, however its payer is spelled", async () => {
    const world = open()
    await world.pull(pullOf())
    const operation = { ...pullOf(), key: "l" }
    const from = operation.authorization.from.toLowerCase()
    const again = { ...operation, authorization: { ...operation.authorization, from } }
    expect(await world.pull(again)).toEqual({ _tag: "Failed", why: "authorization_used" })
  })
})
