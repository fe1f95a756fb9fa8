/**
 * A payer's signature over a transfer, as EIP-3009 has it: the EIP-712 message that is signed, and whether a signature is
 * the payer's. What the token's contract checks at the moment of the transfer, such as time and nonce, is not told by it.
 */
import { hexToBytes } from "@noble/hashes/utils.js"
import { verifyTyped } from "micro-eth-signer"
import type { PullToken, TransferAuthorization } from "../../ports/blockchain.ts"
import { transferAuthorizationTypes } from "../../ports/transfer-authorization.ts"

/** The message that a payer's wallet signs, as EIP-712 typed data. */
const typedDataOf = (token: PullToken, authorization: Omit<TransferAuthorization, "signature">) => {
  const { from, to, value, validAfter, validBefore, nonce } = authorization
  return {
    types: transferAuthorizationTypes,
    primaryType: "TransferWithAuthorization",
    domain: {
      name: token.name,
      version: token.version,
      chainId: BigInt(token.chainId),
      verifyingContract: token.verifyingContract
    },
    message: { from, to, value, validAfter, validBefore, nonce: hexToBytes(nonce.slice(2)) }
  } as const
}

const signatureShape = /^0x[0-9a-fA-F]{130}$/u
const nonceShape = /^0x[0-9a-fA-F]{64}$/u
const uint256Max = 2n ** 256n - 1n

/**
 * Whether the signature is that of `from` over exactly this transfer. The upper half of `s` is refused, as the token's
 * contract refuses it (EIP-2): otherwise anybody could make a second signature out of the first.
 */
export const isSignedByPayer = (token: PullToken, authorization: TransferAuthorization): boolean => {
  const { signature, nonce, from, value, validAfter, validBefore } = authorization
  if (!signatureShape.test(signature) || !nonceShape.test(nonce)) return false
  if (![value, validAfter, validBefore].every((number) => number >= 0n && number <= uint256Max)) return false
  const recovery = recoveries.get(signature.slice(-2).toLowerCase())
  if (recovery === undefined || hasHighS(signature)) return false
  try {
    return verifyTyped(`${signature.slice(0, -2)}${recovery}`, typedDataOf(token, authorization), from)
  } catch {
    return false
  }
}

const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

const hasHighS = (signature: string): boolean => BigInt(`0x${signature.slice(66, 130)}`) > halfOrder

/** `v` as the contract wants it. Some wallets write it as 0 or 1. */
const recoveries: ReadonlyMap<string, string> = new Map([
  ["00", "1b"],
  ["01", "1c"],
  ["1b", "1b"],
  ["1c", "1c"]
])
