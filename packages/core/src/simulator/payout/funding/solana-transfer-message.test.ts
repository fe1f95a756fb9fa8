/** What is signed on Solana, read as the chain reads it, by other means than those that wrote it. */
import { ed25519 } from "@noble/curves/ed25519.js"
import { base58, base64 } from "@scure/base"
import { describe, expect, it } from "vitest"
import { broadcast, plannedBy, signedFunding } from "../../../testing/funding/funding-chain-under-test.ts"
import { fundingWorld } from "../../../testing/funding/simulated-funding.ts"
import { tokenAccountOf } from "./solana-message.ts"

const mint = "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU"

/** A transaction's message with its accounts by name; all of its lengths are below 128, so each is one byte. */
const readMessage = (text: string) => {
  const bytes = base64.decode(text)
  let at = 0
  const take = (length: number): Uint8Array => {
    at += length
    return bytes.slice(at - length, at)
  }
  const byte = (): number => take(1)[0] ?? Number.NaN
  const signatures = byte()
  take(64 * signatures)
  const signed = bytes.slice(at)
  const [signers, readonlySigners, readonlyOthers] = [byte(), byte(), byte()]
  const keys = Array.from({ length: byte() }, () => base58.encode(take(32)))
  take(32)
  const instructions = Array.from({ length: byte() }, () => {
    const program = keys[byte()] ?? "none"
    const accounts = [...take(byte())].map((place) => keys[place] ?? "none")
    return { program, accounts, data: take(byte()) }
  })
  return {
    ...{ signatures, signed, instructions },
    signers: keys.slice(0, signers),
    readonlySigners: keys.slice(signers - readonlySigners, signers),
    writable: keys.slice(signers, keys.length - readonlyOthers)
  }
}

type Read = ReturnType<typeof readMessage>

const ofProgram = ({ instructions }: Read, name: string) =>
  instructions.filter(({ program }) => program.startsWith(name))

/** Which account gives which one how much, by the transfers that also name the token and how finely it is counted. */
const transfersIn = (message: Read) =>
  ofProgram(message, "Tokenkeg").map(({ accounts: [from, token, to, owner], data }) => {
    expect([data[0], data[9], data.length]).toEqual([12, 6, 10])
    return { from, token, to, owner, amount: new DataView(data.buffer).getBigUint64(1, true) }
  })

describe("what is signed on Solana", () => {
  it("in version 1 moves the amount to the destination, and is paid for by the sender", async () => {
    const world = await fundingWorld("SOL-DEVNET")
    const plan = world.plan(1)
    const planned = await plannedBy(world, plan)
    const fee = { type: "solana", computeUnitLimit: "60000", computeUnitPrice: "10000", baseFee: "5000" }
    expect(planned.estimatedFee).toEqual(fee)
    const message = readMessage(planned.message.text)
    const [from, to] = [tokenAccountOf(plan.senderAddress, mint), tokenAccountOf(plan.destinationAddress, mint)]
    expect(message).toMatchObject({
      ...{ signatures: 1, signers: [plan.senderAddress], readonlySigners: [] },
      writable: [from, to]
    })
    expect(transfersIn(message)).toEqual([{ from, token: mint, to, owner: plan.senderAddress, amount: 100_240_000n }])
  })

  it("says what it may cost, as it was estimated, and which transaction it is", async () => {
    const world = await fundingWorld("SOL-DEVNET")
    const plan = world.plan(1)
    const planned = await plannedBy(world, plan)
    const message = readMessage(planned.message.text)
    const [limit, price] = ofProgram(message, "ComputeBudget").map(({ data }) => data)
    expect(planned.estimatedFee).toMatchObject({ computeUnitLimit: "60000", computeUnitPrice: "10000" })
    expect([...(limit ?? [])]).toEqual([2, 0x60, 0xea, 0, 0])
    expect([...(price ?? [])]).toEqual([3, 0x10, 0x27, 0, 0, 0, 0, 0, 0])
    const [memo] = ofProgram(message, "Memo")
    expect(new TextDecoder().decode(memo?.data)).toBe(plan.key)
  })

  it("in version 2 leaves the gas fee to the network, which pays for it in the sender's stead", async () => {
    const world = await fundingWorld("SOL-DEVNET")
    const plan = world.plan(2)
    const message = readMessage((await plannedBy(world, plan)).message.text)
    const [payer] = message.signers
    expect(payer).not.toBe(plan.senderAddress)
    expect(message).toMatchObject({
      ...{ signatures: 2, signers: [payer, plan.senderAddress], readonlySigners: [plan.senderAddress] }
    })
    const [paid, kept] = transfersIn(message)
    const [from, to] = [tokenAccountOf(plan.senderAddress, mint), tokenAccountOf(plan.destinationAddress, mint)]
    const given = { from, token: mint, owner: plan.senderAddress }
    expect(paid).toEqual({ ...given, to, amount: 100_190_000n })
    expect(kept).toMatchObject({ ...given, amount: 50_000n })
    expect(kept?.to).not.toBe(to)
    expect(message.writable).toEqual([from, to, kept?.to])
    expect(transfersIn(message)).toHaveLength(2)
  })

  it.each([1, 2] as const)("is named by the signature of whoever pays for it, in version %i", async (version) => {
    const world = await fundingWorld("SOL-DEVNET")
    const signed = await signedFunding(world, version)
    const message = readMessage(signed.message.text)
    const [payer = ""] = message.signers
    const { transactionHash } = await broadcast(world, signed)
    const signature = base58.decode(transactionHash ?? "")
    expect(ed25519.verify(signature, message.signed, base58.decode(payer))).toBe(true)
  })
})
