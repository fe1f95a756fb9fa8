/** What is signed, but not as it has to be: in other envelopes, by other hands, or with signatures that have a twin. */
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { hexToBytes } from "@noble/hashes/utils.js"
import { base64 } from "@scure/base"
import { Transaction } from "micro-eth-signer"
import { describe, expect, it } from "vitest"
import type { SignedFunding } from "../../../ports/funding-chain.ts"
import { broadcast, checkOf, plannedBy, signedFunding } from "../../../testing/funding/funding-chain-under-test.ts"
import { type FundingWorld, fundingWorld } from "../../../testing/funding/simulated-funding.ts"
import { evmWallet } from "../../../testing/funding/test-wallet.ts"
import { intrinsicGas } from "./gas.ts"

const privateKey = `0x${"5".repeat(64)}`
const strangersKey = `0x${"6".repeat(64)}`

/** Signed by a sender whose key is known here, so that it can be put into other envelopes. */
const signedHere = async (
  version: 1 | 2
): Promise<{ readonly world: FundingWorld; readonly signed: SignedFunding }> => {
  const world = await fundingWorld()
  const wallet = evmWallet(privateKey, () => 0n)
  const plan = { ...world.plan(version), senderAddress: wallet.address }
  const { message, estimatedFee } = await plannedBy(world, plan)
  const signedTransaction = wallet.sign({ plan, message, estimatedFee })
  return { world, signed: { ...plan, message, estimatedFee, signedTransaction } }
}

/** What a sender's transaction says. */
const contentOf = (hex: string) => {
  const { raw } = Transaction.fromHex(hex)
  if (!("maxFeePerGas" in raw)) throw new Error("a transaction of another kind")
  const { chainId, nonce, to, value, data, gasLimit, maxFeePerGas, maxPriorityFeePerGas } = raw
  const fees = { maxFeePerGas, maxPriorityFeePerGas }
  return { call: { chainId, nonce, to, value, data, gasLimit, accessList: [] }, fees }
}

type Content = ReturnType<typeof contentOf>

const sealed = {
  usual: ({ call, fees }: Content, key = privateKey) =>
    Transaction.prepare({ type: "eip1559", ...call, ...fees }, false)
      .signBy(key, false)
      .toHex(),
  /** It names the price of its gas, and no more than that. */
  older: ({ call, fees }: Content) =>
    Transaction.prepare({ type: "eip2930", ...call, gasPrice: fees.maxFeePerGas }, false)
      .signBy(privateKey)
      .toHex(),
  /** It hands the sender's account over as well (EIP-7702). */
  delegating: ({ call, fees }: Content) => {
    const delegation = { chainId: call.chainId, address: call.to, nonce: 1n, yParity: 0, r: 1n, s: 1n }
    const transaction = { type: "eip7702" as const, ...call, ...fees, authorizationList: [delegation] }
    return Transaction.prepare(transaction, false).signBy(privateKey).toHex()
  }
}

describe("the sender's authorization, in a transaction", () => {
  it.each<[string, string, (content: Content) => string]>([
    ["of the kind that was asked for", "sound", sealed.usual],
    ["of an older kind", "payload_mismatch", sealed.older],
    ["that does more beside it", "payload_mismatch", sealed.delegating],
    ["of somebody else", "signature_invalid", (content) => sealed.usual(content, strangersKey)]
  ])("%s is %s", async (_what, found, sealedAs) => {
    const { world, signed } = await signedHere(1)
    const signedTransaction = sealedAs(contentOf(signed.signedTransaction))
    expect(await checkOf(world, { ...signed, signedTransaction })).toBe(found)
  })

  it("is sent for as much gas as sending it takes, and for no less", async () => {
    const { world, signed } = await signedHere(1)
    const { call, fees } = contentOf(signed.signedTransaction)
    const least = intrinsicGas(hexToBytes(call.data.slice(2)))
    const checkWith = (gasLimit: bigint) =>
      checkOf(world, { ...signed, signedTransaction: sealed.usual({ call: { ...call, gasLimit }, fees }) })
    expect([await checkWith(least), await checkWith(least - 1n)]).toEqual(["sound", "gas_limit_too_low"])
  })

  const word = (value: bigint): string => value.toString(16).padStart(64, "0")
  const wordsOf = (data: string): ReadonlyArray<string> => data.slice(10).match(/.{64}/gu) ?? []
  const numberIn = (words: ReadonlyArray<string>, place: number): bigint => BigInt(`0x${words[place] ?? ""}`)

  it.each<[string, string, (words: ReadonlyArray<string>) => string]>([
    ["as it was signed", "sound", (words) => `0xe3ee160e${words.join("")}`],
    [
      "with the twin of its signature",
      "signature_invalid",
      (words) => {
        const [v, s] = [numberIn(words, 6), numberIn(words, 8)]
        const twin = [word(55n - v), words[7], word(secp256k1.Point.CURVE().n - s)]
        return `0xe3ee160e${[...words.slice(0, 6), ...twin].join("")}`
      }
    ],
    [
      "with the bit of its signature as contracts do not take it",
      "payload_mismatch",
      (words) => `0xe3ee160e${words.with(6, word(numberIn(words, 6) - 27n)).join("")}`
    ],
    // Of `receiveWithAuthorization`, which takes the same words.
    ["in a call of something else", "payload_mismatch", (words) => `0xef55bec6${words.with(5, word(1n)).join("")}`]
  ])("%s is %s", async (_what, found, changed) => {
    const { world, signed } = await signedHere(1)
    const { call, fees } = contentOf(signed.signedTransaction)
    const data = changed(wordsOf(call.data))
    const signedTransaction = sealed.usual({ call: { ...call, data }, fees })
    expect(await checkOf(world, { ...signed, signedTransaction })).toBe(found)
  })
})

describe("a permit", () => {
  it("is not signed with the twin of a signature, which anybody can make", async () => {
    const { world, signed } = await signedHere(2)
    expect(await checkOf(world, signed)).toBe("sound")
    const [, r = "", s = "", v = ""] = /^0x(.{64})(.{64})(..)$/u.exec(signed.signedTransaction) ?? []
    const other = (secp256k1.Point.CURVE().n - BigInt(`0x${s}`)).toString(16).padStart(64, "0")
    const twin = `0x${r}${other}${v === "1b" ? "1c" : "1b"}`
    expect(await checkOf(world, { ...signed, signedTransaction: twin })).toBe("signature_invalid")
  })

  it("is not signed with more than a signature", async () => {
    const { world, signed } = await signedHere(2)
    const signature = signed.signedTransaction
    for (const signedTransaction of [`${signature}${signature.slice(-2)}`, `0${signature}`]) {
      expect(await checkOf(world, { ...signed, signedTransaction })).toBe("signed_transaction_malformed")
    }
  })

  it("is carried out in a transaction of its own", async () => {
    const world = await fundingWorld()
    const [one, other] = [await signedFunding(world, 2), await signedFunding(world, 2)]
    const [first, second] = [await broadcast(world, one), await broadcast(world, other)]
    expect(first.transactionHash).toMatch(/^0x[0-9a-f]{64}$/u)
    expect(second.transactionHash).not.toBe(first.transactionHash)
  })
})

describe("on Solana", () => {
  it("no more is signed than there are signers", async () => {
    const world = await fundingWorld("SOL-DEVNET")
    const signed = await signedFunding(world, 1)
    const bytes = base64.decode(signed.signedTransaction)
    const twice = Uint8Array.of(2, ...bytes.slice(1, 65), ...bytes.slice(1))
    const signedTransaction = base64.encode(twice)
    expect(await checkOf(world, { ...signed, signedTransaction })).toBe("signed_transaction_malformed")
  })

  it("nobody signs for an address that anybody could sign for", async () => {
    const world = await fundingWorld("SOL-DEVNET")
    // A point of low order: in the laxer of the two ways to verify, this signature is good for each of its messages.
    const plan = { ...world.plan(1), senderAddress: "1".repeat(32) }
    const { message, estimatedFee } = await plannedBy(world, plan)
    const bytes = base64.decode(message.text)
    bytes.set([1, ...new Uint8Array(63)], 1)
    const signed = { ...plan, message, estimatedFee, signedTransaction: base64.encode(bytes) }
    expect(await checkOf(world, signed)).toBe("signature_invalid")
  })
})
