/**
 * What a signed transaction spends, read from its bytes: word for word what was to be signed, by nobody but the sender.
 * Whether the chain would take it now is another question, which the chain's own state answers.
 */
import { ed25519 } from "@noble/curves/ed25519.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { base58, base64 } from "@scure/base"
import * as Result from "effect/Result"
import { addr, Transaction } from "micro-eth-signer"
import type { SignedFunding, SigningFault } from "../../../ports/funding-chain.ts"
import { hashOf } from "../../chain/chain-blocks.ts"
import type { EvmChain, FundedChain, SolanaChain } from "./funding-chain-list.ts"
import { intrinsicGas } from "./gas.ts"
import { readTransaction, type SolanaTransaction } from "./solana-message.ts"
import { messageExpiryMs, relaySignature } from "./solana-transfer-message.ts"
import { type Authorization, callWithoutSignature, readAuthorizationCall } from "./transfer-authorization-message.ts"
import { digestOf, type TypedData } from "./typed-data.ts"

/** What the sender himself pays the chain, and under which number of his. */
export type SenderGas = {
  readonly nonce: bigint
  readonly gasLimit: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

export type Spend = {
  readonly transactionHash: string
  /** What the sender can spend once: the nonce of an authorization or permit, or a whole message. */
  readonly authorization: string
  /** `null` where the network sends it, or where senders have no numbers. */
  readonly gas: SenderGas | null
  /** Until when it can be carried out, exclusive. */
  readonly validUntilMs: number
}

type Reading = Result.Result<Spend, SigningFault>

export const readSignedFunding = (chain: FundedChain, signed: SignedFunding, nowMs: number): Reading => {
  if (chain.kind === "solana") return readSolana(chain, signed, nowMs)
  return signed.version === 1 ? readRawTransaction(chain, signed) : readPermit(chain, signed)
}

const faulty = (why: SigningFault): Reading => Result.fail(why)

/** Version 1: an ordinary transaction that hands the token the sender's authorization. */
const readRawTransaction = (chain: EvmChain, signed: SignedFunding): Reading => {
  const transaction = read(() => Transaction.fromHex(signed.signedTransaction, false))
  if (transaction?.isSigned !== true) return faulty("signed_transaction_malformed")
  const { type, raw } = transaction
  if (!("chainId" in raw) || raw.chainId !== BigInt(chain.chainId)) return faulty("chain_mismatch")
  if (type !== "eip1559" || !("maxFeePerGas" in raw)) return faulty("payload_mismatch")
  const to = raw.to.toLowerCase()
  if (to !== chain.token.contract.toLowerCase() || raw.value !== 0n) return faulty("payload_mismatch")
  const data = read(() => hexToBytes(raw.data.replace(/^0x/u, "")))
  const call = data === undefined ? undefined : readAuthorizationCall(data)
  const typed = typedDataIn(signed)
  if (data === undefined || call === undefined) return faulty("payload_mismatch")
  const authorization = authorizationIn(typed)
  if (call.nonce !== authorization.nonce) return faulty("payment_mismatch")
  if (bytesToHex(call.body) !== bytesToHex(callWithoutSignature(authorization))) return faulty("payload_mismatch")
  const sender = signed.senderAddress.toLowerCase()
  if (signerOf(digestOf(typed), call.signature) !== sender) return faulty("signature_invalid")
  if (read(() => transaction.recoverSender().address.toLowerCase()) !== sender) return faulty("signature_invalid")
  const { nonce, gasLimit, maxFeePerGas, maxPriorityFeePerGas } = raw
  if (gasLimit < intrinsicGas(data)) return faulty("gas_limit_too_low")
  return Result.succeed({
    transactionHash: `0x${transaction.hash.replace(/^0x/u, "")}`,
    authorization: authorization.nonce,
    gas: { nonce, gasLimit, maxFeePerGas, maxPriorityFeePerGas },
    validUntilMs: Number(authorization.validBefore) * 1000
  })
}

/** Version 2: nothing but the signature; the network makes a transaction of it. */
const readPermit = (_: EvmChain, signed: SignedFunding): Reading => {
  if (!signatureShape.test(signed.signedTransaction)) return faulty("signed_transaction_malformed")
  const typed = typedDataIn(signed)
  const digest = digestOf(typed)
  const signer = signerOf(digest, signed.signedTransaction)
  if (signer !== signed.senderAddress.toLowerCase()) return faulty("signature_invalid")
  return Result.succeed({
    transactionHash: hashOf(`settlement ${signed.key} ${digest}`),
    authorization: textAt(typed.message, "nonce"),
    gas: null,
    validUntilMs: Number(textAt(recordAt(typed.message, "witness"), "validBefore")) * 1000
  })
}

const readSolana = ({ blockchain }: SolanaChain, signed: SignedFunding, nowMs: number): Reading => {
  const transaction = transactionIn(signed.signedTransaction)
  const planned = transactionIn(signed.message.text)
  if (transaction === undefined || planned === undefined) return faulty("signed_transaction_malformed")
  const { signatures, message } = transaction
  if (bytesToHex(message) !== bytesToHex(planned.message)) return faulty("payload_mismatch")
  if (signatures.length !== planned.signatures.length) return faulty("signed_transaction_malformed")
  const own = signatures.at(-1) ?? new Uint8Array()
  const isOwn = read(() => ed25519.verify(own, message, base58.decode(signed.senderAddress), { zip215: false }))
  if (isOwn !== true) return faulty("signature_invalid")
  const validUntilMs = messageExpiryMs(blockchain, message, nowMs)
  if (validUntilMs === undefined) return faulty("signed_transaction_expired")
  return Result.succeed({
    // A transaction is named by its first signature, which is that of whoever pays.
    transactionHash: base58.encode(signed.version === 1 ? own : relaySignature(message)),
    authorization: bytesToHex(sha256(message)),
    gas: null,
    validUntilMs
  })
}

const transactionIn = (text: string): SolanaTransaction | undefined => {
  const bytes = read(() => base64.decode(text))
  return bytes === undefined ? undefined : readTransaction(bytes)
}

const signatureShape = /^0x[0-9a-fA-F]{128}(?:00|01|1b|1c|1B|1C)$/u

/** Who signed a digest, in small letters; `undefined`: nobody. The upper half of `s` is refused, as contracts do. */
const signerOf = (digest: string, text: string): string | undefined => {
  if (!signatureShape.test(text)) return undefined
  const v = Number.parseInt(text.slice(-2), 16)
  return read(() => {
    const signature = secp256k1.Signature.fromBytes(hexToBytes(text.slice(2, 130))).addRecoveryBit(v % 27)
    if (signature.hasHighS()) return undefined
    const key = signature.recoverPublicKey(hexToBytes(digest.slice(2)))
    return addr.fromPublicKey(key.toBytes(false)).toLowerCase()
  })
}

/** What a codec reads, or `undefined` where it throws, as it does on anything malformed. */
const read = <A>(decode: () => A): A | undefined => {
  try {
    return decode()
  } catch {
    return undefined
  }
}

/** The message that was to be signed. It was made here, so that it is none would be a defect. */
const typedDataIn = ({ message }: SignedFunding): TypedData => {
  const json: unknown = JSON.parse(message.text)
  return json as TypedData
}

const authorizationIn = ({ message }: TypedData): Authorization => ({
  from: textAt(message, "from"),
  to: textAt(message, "to"),
  value: BigInt(textAt(message, "value")),
  validAfter: BigInt(textAt(message, "validAfter")),
  validBefore: BigInt(textAt(message, "validBefore")),
  nonce: textAt(message, "nonce")
})

const textAt = (record: TypedData["message"], name: string): string => {
  const value = record[name]
  if (typeof value !== "string") throw new Error(`the message has no ${name}`)
  return value
}

const recordAt = (record: TypedData["message"], name: string): TypedData["message"] => {
  const value = record[name]
  if (typeof value !== "object") throw new Error(`the message has no ${name}`)
  return value
}
