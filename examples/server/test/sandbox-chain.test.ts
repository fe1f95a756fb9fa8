/** The controls of the sandbox's chains: what they refuse, and that a refusal changes nothing. */
import { memoryChainJournal, simulatedBlockchain } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { chainControls } from "../src/sandbox-chain.ts"

const open = async () => {
  const chains = simulatedBlockchain({
    journal: memoryChainJournal(),
    clock: { nowMs: () => 1_800_000_000_000 },
    random: () => 0.5,
    secret: "of these tests",
    latencyMs: 0
  })
  const request = { chain: "ETH", currency: "USDC", reference: "intent 1" } as const
  const { address } = await Effect.runPromise(chains.blockchain.deriveAddress(request))
  const post = async (path: string, body: { readonly [field: string]: unknown }) => {
    const response = await chainControls[path]?.answer({ chains }, body)
    return { status: response?.status, body: await response?.json() }
  }
  return { chains, post, deposit: { chain: "ETH", address, amount: "10.00", currency: "USD" } }
}

it.each([
  ["no chain", { chain: undefined }, "chain"],
  ["an unknown chain", { chain: "DOGE" }, "chain"],
  ["no address", { address: 5 }, "address"],
  ["a mistyped address", { address: "0x8381470ED67C3802402dbbFa0058E8871F017A6f" }, "address"],
  ["an amount that is a number", { amount: 10 }, "amount"],
  ["an amount that is none", { amount: "ten" }, "amount"],
  ["an amount finer than the asset", { amount: "0.0000001" }, "amount"],
  ["nothing", { amount: "0" }, "amount"],
  ["less than nothing", { amount: "-1" }, "amount"],
  ["no currency", { currency: undefined }, "currency"],
  ["an unknown currency", { currency: "XYZ" }, "currency"],
  ["a currency of another chain", { currency: "BTC" }, "currency"],
  ["a memo where there are none", { addressTag: "1" }, "address"]
])("a deposit of %s is refused", async (_what, change, location) => {
  const { post, chains, deposit } = await open()
  const refused = await post("/sandbox/chain/deposit", { ...deposit, ...change })
  expect(refused).toMatchObject({ status: 400, body: { code: 2, errors: [{ location }] } })
  expect(chains.transactions()).toEqual([])
})

it("a deposit to an address of nobody is refused", async () => {
  const { post, deposit } = await open()
  const address = "0x8381470ED67C3802402dbbFa0058E8871F017A6F"
  expect(await post("/sandbox/chain/deposit", { ...deposit, address })).toMatchObject({ status: 404 })
})

it.each([
  ["no chain", { chain: 1 }, 400],
  ["an unknown chain", { chain: "DOGE" }, 400],
  ["what is final", { depth: 12 }, 400],
  ["half a block", { depth: 0.5 }, 400],
  ["an unknown fate", { fate: "burnt" }, 400],
  ["a transaction that is not there", { transactionHash: "0x0" }, 404],
  ["a time that is none", { fate: "dropped", returnsAfterSeconds: -1 }, 400],
  ["a replacement of nothing in particular", { fate: "replaced" }, 400]
])("a reorganisation of %s is refused", async (_what, change, status) => {
  const { post, deposit } = await open()
  const { address, amount, currency } = deposit
  const body = {
    chain: "ETH",
    ...("fate" in change && change.fate === "replaced" ? { address, amount, currency } : {}),
    ...change
  }
  expect(await post("/sandbox/chain/reorg", body)).toMatchObject({ status })
})

it("a deposit, a replacement and a misbehaviour are answered with what they did", async () => {
  const { post, chains, deposit } = await open()
  const { body } = await post("/sandbox/chain/deposit", deposit)
  const { transactionHash } = body.data
  const { address, amount, currency } = deposit
  const change = { chain: "ETH", depth: 0, transactionHash, fate: "replaced", address, amount, currency }
  const replaced = await post("/sandbox/chain/reorg", change)
  expect(replaced).toMatchObject({ status: 200, body: { data: [expect.stringMatching(/^0x/u), transactionHash] } })
  expect(await post("/sandbox/chain/mode", { mode: "stale", rate: 0.5 })).toMatchObject({ status: 200 })
  expect(chains.mode()).toEqual({ mode: "stale", rate: 0.5 })
  expect(await post("/sandbox/chain/mode", { mode: "mad" })).toMatchObject({ status: 400 })
  expect(await post("/sandbox/chain/mode", { mode: "stale", rate: 2 })).toMatchObject({ status: 400 })
  expect((await post("/sandbox/chain/transactions", {})).body.data).toHaveLength(2)
})
