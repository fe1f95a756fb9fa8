/** A sender's wallets for tests: they sign as wallets do, by other means than those that check it. */
import { ed25519 } from "@noble/curves/ed25519.js"
import { hexToBytes } from "@noble/hashes/utils.js"
import { base58, base64 } from "@scure/base"
import { addr, signTyped, Transaction } from "micro-eth-signer"
import type { FeeEstimate } from "../../onchain/onchain.ts"
import type { PullToken, TransferAuthorization } from "../../ports/blockchain.ts"
import { transferAuthorizationTypes } from "../../ports/transfer-authorization.ts"
import type { TransactionVersion } from "../../quote/quote.ts"

/** What a wallet is given to sign: the text of a message, and what its chain will take. */
export type WalletTask = {
  readonly plan: { readonly version: TransactionVersion }
  readonly message: { readonly text: string }
  readonly estimatedFee: FeeEstimate | null
  /** The signed transaction that this one overtakes. */
  readonly overtakes?: string
}

export type TestWallet = {
  readonly address: string
  /** `nonce`: of the sender's account, where the transaction is the sender's own. */
  readonly sign: (what: WalletTask, change?: TransactionChange) => string
}

/** What a careless or crooked sender writes into his transaction. */
export type TransactionChange = {
  readonly nonce?: bigint
  readonly maxFeePerGas?: bigint
  readonly maxPriorityFeePerGas?: bigint
  readonly gasLimit?: bigint
  readonly chainId?: bigint
  readonly to?: string
  readonly value?: bigint
  readonly data?: (data: string) => string
}

/** A wallet on EVM chains. `nonceOf`: the next number of its account, as its node tells it. */
export const evmWallet = (privateKey: string, nonceOf: () => bigint): TestWallet => ({
  address: addr.fromPrivateKey(privateKey),
  sign: (what, change = {}) => {
    const signature = signText(what.message.text, privateKey)
    if (what.plan.version === 2) return signature
    return rawTransaction(what, change, { privateKey, signature, nonce: nonceOf() })
  }
})

/** A wallet on Solana. */
export const solanaWallet = (secret: Uint8Array): TestWallet => ({
  address: base58.encode(ed25519.getPublicKey(secret)),
  sign: ({ message: { text } }) => {
    const bytes = base64.decode(text)
    const signers = bytes[0] ?? 0
    const message = bytes.slice(1 + 64 * signers)
    // The sender is the last of the signers.
    bytes.set(ed25519.sign(message, secret), 1 + 64 * (signers - 1))
    return base64.encode(bytes)
  }
})

/** A payer's signature over a transfer of a token (EIP-3009): the same each time, so that a run can be repeated. */
export const signTransfer = (
  privateKey: string,
  { name, version, chainId, verifyingContract }: PullToken,
  authorization: Omit<TransferAuthorization, "signature">
): TransferAuthorization => {
  const { TransferWithAuthorization } = transferAuthorizationTypes
  const typed = {
    types: { TransferWithAuthorization },
    primaryType: "TransferWithAuthorization",
    domain: { name, version, chainId: BigInt(chainId), verifyingContract },
    message: { ...authorization, nonce: hexToBytes(authorization.nonce.slice(2)) }
  } as const
  return { ...authorization, signature: signTyped(typed, privateKey, false) }
}

type Json = { readonly [name: string]: unknown }
type Member = { readonly name: string; readonly type: string }
type Types = { readonly [name: string]: ReadonlyArray<Member> }

type TypedJson = {
  readonly domain: Json
  readonly message: Json
  readonly primaryType: string
  readonly types: Types
}

const signText = (text: string, privateKey: string): string => {
  const { domain, message, primaryType, types }: TypedJson = JSON.parse(text)
  const typed = {
    types,
    primaryType,
    domain: valuesOf(types, "EIP712Domain", domain),
    message: valuesOf(types, primaryType, message)
  }
  return signTyped(typed as Parameters<typeof signTyped>[0], privateKey, false)
}

/** The library wants numbers and bytes where JSON has texts. */
const valuesOf = (types: Types, name: string, record: Json): Json =>
  Object.fromEntries(
    (types[name] ?? []).map(({ name: member, type }) => {
      const value = record[member]
      if (types[type] !== undefined) return [member, valuesOf(types, type, value as Json)]
      if (type === "uint256") return [member, BigInt(String(value))]
      return [member, type === "bytes32" ? hexToBytes(String(value).slice(2)) : value]
    })
  )

type Own = { readonly privateKey: string; readonly signature: string; readonly nonce: bigint }

/** A call of the token's `transferWithAuthorization`. */
const rawTransaction = (what: WalletTask, change: TransactionChange, { privateKey, signature, nonce }: Own): string => {
  const { domain, message }: TypedJson = JSON.parse(what.message.text)
  const words = [
    ...["from", "to", "value", "validAfter", "validBefore", "nonce"].map((name) => BigInt(String(message[name]))),
    BigInt(`0x${signature.slice(130, 132)}`),
    BigInt(signature.slice(0, 66)),
    BigInt(`0x${signature.slice(66, 130)}`)
  ]
  const data = `0xe3ee160e${words.map((word) => word.toString(16).padStart(64, "0")).join("")}`
  const fee = what.estimatedFee
  if (fee?.type !== "eip1559") throw new Error("a transaction of one's own has to be paid for")
  const overtaken = what.overtakes === undefined ? undefined : Transaction.fromHex(what.overtakes).raw
  const maxFeePerGas = change.maxFeePerGas ?? BigInt(fee.maxFeePerGas)
  const transaction = {
    type: "eip1559" as const,
    chainId: change.chainId ?? BigInt(String(domain["chainId"])),
    nonce: change.nonce ?? overtaken?.nonce ?? nonce,
    to: change.to ?? addr.addChecksum(String(domain["verifyingContract"])),
    value: change.value ?? 0n,
    gasLimit: change.gasLimit ?? BigInt(fee.gasLimit),
    maxFeePerGas,
    maxPriorityFeePerGas: change.maxPriorityFeePerGas ?? least(maxFeePerGas, BigInt(fee.maxPriorityFeePerGas)),
    data: change.data?.(data) ?? data
  }
  // Not strictly: what is wrong with it is for the chain to find.
  return Transaction.prepare(transaction, false).signBy(privateKey, false).toHex()
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
