import { hexToBytes } from "@noble/hashes/utils.js"
import { addr, signTyped } from "micro-eth-signer"
import { describe, expect, it } from "vitest"
import type { PullToken, TransferAuthorization } from "../../ports/blockchain.ts"
import { transferAuthorizationTypes } from "../../ports/transfer-authorization.ts"
import { isSignedByPayer } from "./transfer-authorization.ts"

const token: PullToken = {
  currency: "USDC",
  name: "USDC",
  version: "2",
  chainId: 11_155_111,
  verifyingContract: "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238"
}
const privateKey = "0x4c0883a69102937d6231471b5dbb6204fe512961708279f1d7b1b8e7e8b1b1e1"

/** What a wallet makes of a transfer of which only this much is said. */
const signed = (change: Partial<TransferAuthorization> = {}): TransferAuthorization => {
  const unsigned = {
    from: addr.fromPrivateKey(privateKey),
    to: "0x8381470ED67C3802402dbbFa0058E8871F017A6F",
    value: 2_000_000n,
    validAfter: 0n,
    validBefore: 1_800_000_000n,
    nonce: `0x${"ab".repeat(32)}`,
    ...change
  }
  const { name, version, chainId, verifyingContract } = token
  const signature = signTyped(
    {
      types: transferAuthorizationTypes,
      primaryType: "TransferWithAuthorization",
      domain: { name, version, chainId: BigInt(chainId), verifyingContract },
      message: { ...unsigned, nonce: hexToBytes(unsigned.nonce.slice(2)) }
    },
    privateKey,
    false
  )
  return { ...unsigned, signature }
}

/** Of both kinds: half of all signatures end in 1b, half in 1c. */
const many = Array.from({ length: 4 }, (_, n) => signed({ value: BigInt(n + 1) }))
const ends = (authorization: TransferAuthorization): string => authorization.signature.slice(-2)
const endingIn = (v: string, { signature, ...rest }: TransferAuthorization): TransferAuthorization => ({
  ...rest,
  signature: `${signature.slice(0, -2)}${v}`
})

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** The other signature that the same key has over the same message (EIP-2). */
const malleated = (authorization: TransferAuthorization): TransferAuthorization => {
  const { signature } = authorization
  const s = (order - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, "0")
  return { ...authorization, signature: `${signature.slice(0, 66)}${s}${ends(authorization) === "1b" ? "1c" : "1b"}` }
}

const uint256Max = 2n ** 256n - 1n

describe("a payer's signature over a transfer", () => {
  it("is his, in each of the ways in which wallets write it", () => {
    expect(new Set(many.map(ends))).toEqual(new Set(["1b", "1c"]))
    for (const authorization of many) {
      expect(isSignedByPayer(token, authorization)).toBe(true)
      const short = ends(authorization) === "1b" ? "00" : "01"
      expect(isSignedByPayer(token, endingIn(short, authorization))).toBe(true)
      expect(isSignedByPayer(token, endingIn(ends(authorization).toUpperCase(), authorization))).toBe(true)
    }
  })

  it("is not his with the other recovery, or with one that is none", () => {
    for (const authorization of many) {
      const wrong = ends(authorization) === "1b" ? ["01", "1c"] : ["00", "1b"]
      for (const v of [...wrong, "02", "10", "1d", "0"]) {
        expect(isSignedByPayer(token, endingIn(v, authorization)), v).toBe(false)
      }
    }
  })

  it("is not taken in its second form, which anybody can make out of the first", () => {
    for (const authorization of many) expect(isSignedByPayer(token, malleated(authorization))).toBe(false)
  })

  it.each([
    ["validBefore", uint256Max],
    ["validAfter", uint256Max],
    ["value", uint256Max]
  ])("may name as %s the largest number that the contract holds", (field, number) => {
    expect(isSignedByPayer(token, signed({ [field]: number }))).toBe(true)
  })

  it.each([
    ["a value below zero", { value: -1n }],
    ["a value beyond 256 bits", { value: 2_000_000n + 2n ** 256n }],
    ["a beginning beyond 256 bits", { validAfter: 2n ** 256n }],
    ["an end beyond 256 bits", { validBefore: 1_800_000_000n + 2n ** 256n }],
    ["a nonce that is too short", { nonce: `0x${"ab".repeat(31)}` }],
    ["a nonce that is too long", { nonce: `0x${"ab".repeat(33)}` }],
    ["a nonce without its beginning", { nonce: `zz${"ab".repeat(32)}` }],
    ["a nonce that is no number", { nonce: `0x${"zz".repeat(32)}` }],
    ["no signature", { signature: "" }],
    ["a signature of no digits", { signature: `0x${"zz".repeat(64)}1b` }],
    ["a payer that is no address", { from: "0x00" }],
    ["another payer", { from: "0x8381470ED67C3802402dbbFa0058E8871F017A6F" }]
  ])("does not count for %s", (_what, change) => {
    expect(isSignedByPayer(token, { ...signed(), ...change })).toBe(false)
  })

  it("does not count with anything before or after it", () => {
    const authorization = signed()
    for (const signature of [
      ` ${authorization.signature}`,
      `${authorization.signature}00`,
      `00${authorization.signature}`
    ])
      expect(isSignedByPayer(token, { ...authorization, signature })).toBe(false)
  })
})
