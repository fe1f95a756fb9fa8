/**
 * What the sender signs in version 1 on EVM chains: that the token may move the amount once (EIP-3009). The signature is
 * then the payload of an ordinary transaction, which the sender signs and pays for as well.
 */
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js"
import type { TransferAuthorization } from "../../../ports/blockchain.ts"
import type { FundingPlan } from "../../../ports/funding-chain.ts"
import { transferAuthorizationTypes } from "../../../ports/transfer-authorization.ts"
import { hashOf } from "../../chain/chain-blocks.ts"
import type { EvmChain } from "./funding-chain-list.ts"
import type { TypedData } from "./typed-data.ts"

/** As the token sees it, before it is signed. */
export type Authorization = Omit<TransferAuthorization, "signature">

/** Clocks differ: a token whose chain is a little behind takes it all the same. */
const clockSkewS = 600n

/** The nonce follows from the key, so no two transactions share one, and one that is asked for twice stays the same. */
export const authorizationOf = (
  { key, amount, senderAddress: from, destinationAddress: to, expiresAtMs }: FundingPlan,
  nowMs: number
): Authorization => ({
  from,
  to,
  value: amount.amount,
  validAfter: secondsOf(nowMs) - clockSkewS,
  validBefore: secondsOf(expiresAtMs),
  nonce: hashOf(`authorization ${key}`)
})

export const secondsOf = (ms: number): bigint => BigInt(Math.floor(ms / 1000))

export const authorizationMessage = ({ chainId, token }: EvmChain, authorization: Authorization): TypedData => {
  const { from, to, value, validAfter, validBefore, nonce } = authorization
  return {
    domain: { name: token.name, version: token.version, chainId: `${chainId}`, verifyingContract: token.contract },
    message: {
      from,
      to,
      value: `${value}`,
      validAfter: `${validAfter}`,
      validBefore: `${validBefore}`,
      nonce
    },
    primaryType: "TransferWithAuthorization",
    types: transferAuthorizationTypes
  }
}

/** The call of `transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)`. */
const selector = "e3ee160e"

/** Everything of the call but the signature. */
export const callWithoutSignature = (authorization: Authorization): Uint8Array => {
  const { from, to, value, validAfter, validBefore, nonce } = authorization
  const words = [BigInt(from), BigInt(to), value, validAfter, validBefore, BigInt(nonce)]
  return concatBytes(hexToBytes(selector), ...words.map((one) => hexToBytes(one.toString(16).padStart(64, "0"))))
}

export type AuthorizationCall = {
  /** Everything but the signature. */
  readonly body: Uint8Array
  /** Of the authorization, as `0x` and hexadecimal digits. */
  readonly nonce: string
  /** 65 bytes, `r`, `s` and `v`, as `0x` and hexadecimal digits. */
  readonly signature: string
}

/** A call read from its bytes; `undefined`: they call something else. */
export const readAuthorizationCall = (data: Uint8Array): AuthorizationCall | undefined => {
  const part = (from: number, words: number): Uint8Array => data.slice(4 + from * 32, 4 + (from + words) * 32)
  if (data.length !== 4 + 9 * 32 || bytesToHex(data.slice(0, 4)) !== selector) return undefined
  const v = bytesToHex(part(6, 1))
  if (!/^0{62}(?:1b|1c)$/u.test(v)) return undefined
  return {
    body: data.slice(0, 4 + 6 * 32),
    nonce: `0x${bytesToHex(part(5, 1))}`,
    signature: `0x${bytesToHex(part(7, 2))}${v.slice(-2)}`
  }
}
