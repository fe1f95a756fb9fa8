/**
 * The institution's own wallet on Ethereum, with a library that it could use there. Its key never leaves this process: what
 * is to be signed is looked at first, and what goes out is signed.
 */
import type { OnchainTransactionBody, Signer } from "@paykernel/adapters-http/cross-border-client"
import {
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  isHex,
  parseAbi,
  parseSignature,
  parseTransaction,
  type TypedDataDefinition
} from "viem"
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts"

export type Wallet = {
  readonly address: string
  /** Pays the chain what was recommended. */
  readonly sign: Signer
  /** Pays the chain less than it takes at present, so that the transaction waits. */
  readonly signMeanly: Signer
}

/** `nonceOf`: how many transactions of an address the chain has seen, as one's own node tells it. */
export const openWallet = (nonceOf: (address: string) => Promise<number>): Wallet => {
  const account = privateKeyToAccount(generatePrivateKey())
  const signing =
    (feeOf: (recommended: bigint) => bigint): Signer =>
    async ({ transaction, overtakes }) => {
      const message = readMessage(transaction)
      const signature = await account.signTypedData(message)
      if (message.primaryType === "PermitWitnessTransferFrom") return signature
      const overtaken = overtakes !== null && isHex(overtakes) ? parseTransaction(overtakes).nonce : undefined
      const nonce = overtaken ?? (await nonceOf(account.address))
      return sendable(account, { transaction, message, signature, nonce, feeOf })
    }
  return { address: account.address, sign: signing((fee) => fee), signMeanly: signing((fee) => fee / 4n) }
}

const transferWithAuthorization = parseAbi([
  "function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)"
])

type Sendable = {
  readonly transaction: OnchainTransactionBody
  readonly message: Message
  readonly signature: Hex
  readonly nonce: number
  readonly feeOf: (recommended: bigint) => bigint
}

/** An ordinary transaction that hands the token the authorization which was just signed. */
const sendable = async (account: PrivateKeyAccount, what: Sendable): Promise<string> => {
  const { transaction, message, signature, nonce, feeOf } = what
  const fee = "estimatedFee" in transaction ? transaction.estimatedFee?.payload : undefined
  if (fee === undefined) throw new Error("nobody says what the chain takes")
  const { r, s, v = 27n } = parseSignature(signature)
  const { from, to, value, validAfter, validBefore, nonce: authorization } = message.message
  const data = encodeFunctionData({
    abi: transferWithAuthorization,
    args: [hex(from), hex(to), whole(value), whole(validAfter), whole(validBefore), hex(authorization), Number(v), r, s]
  })
  const maxFeePerGas = feeOf(whole(fee["maxFeePerGas"]))
  return account.signTransaction({
    type: "eip1559",
    chainId: Number(whole(message.domain?.chainId)),
    nonce,
    to: hex(message.domain?.verifyingContract),
    gas: whole(fee["gasLimit"]),
    maxFeePerGas,
    maxPriorityFeePerGas: feeOf(whole(fee["maxPriorityFeePerGas"])),
    data
  })
}

type Message = TypedDataDefinition & { readonly message: { readonly [name: string]: unknown } }

/** What is to be signed, if it pays whom and what the transaction says: nobody signs what he has not read. */
const readMessage = ({ messageToBeSigned, destinationAddress, amount }: OnchainTransactionBody): Message => {
  const typed = messageToBeSigned as Message
  const { message } = typed
  const intent = (message["witness"] ?? message) as { readonly [name: string]: unknown }
  const value = whole(intent["value"]) + whole(intent["maxFee"] ?? "0")
  const promised = BigInt(amount.amount.replace(".", ""))
  if (!isAddressEqual(hex(intent["to"]), hex(destinationAddress)) || value !== promised) {
    throw new Error("what is to be signed is not what was agreed on")
  }
  return typed
}

const hex = (value: unknown): Hex => {
  if (typeof value !== "string" || !isHex(value)) throw new Error("hexadecimal digits are missing")
  return value
}

const whole = (value: unknown): bigint => {
  if (typeof value !== "string" || !/^\d+$/u.test(value)) throw new Error("a whole number is missing")
  return BigInt(value)
}
