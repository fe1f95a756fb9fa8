/**
 * What the sender signs on Solana: a whole transaction. In version 1 the sender pays for it; in version 2 the network
 * does, so the sender's is one of two signatures. It is good for as long as the block that it names is recent.
 */
import { ed25519 } from "@noble/curves/ed25519.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { utf8ToBytes } from "@noble/hashes/utils.js"
import { base58 } from "@scure/base"
import type { FeeEstimate } from "../../../onchain/onchain.ts"
import type { FundingPlan } from "../../../ports/funding-chain.ts"
import type { SolanaChain } from "./funding-chain-list.ts"
import {
  computeUnitLimit,
  computeUnitPrice,
  memo,
  messageBytes,
  signatureBytes,
  tokenAccountOf,
  tokenTransfer,
  transactionBytes
} from "./solana-message.ts"

export type SolanaFee = Extract<FeeEstimate, { readonly type: "solana" }>

export const solanaFee: SolanaFee = {
  type: "solana",
  computeUnitLimit: "60000",
  computeUnitPrice: "10000",
  baseFee: "5000"
}

const slotMs = 400
const slotsRecent = 150

/** How long a transaction is good for after the block that it names. */
export const blockhashLifeMs = slotMs * slotsRecent

const slotAt = (atMs: number): number => Math.floor(atMs / slotMs)

const blockhashOf = (blockchain: string, slot: number): Uint8Array => sha256(utf8ToBytes(`${blockchain} slot ${slot}`))

/** Until when a message is good, exclusive; `undefined`: it names no block that is recent. */
export const messageExpiryMs = (blockchain: string, message: Uint8Array, nowMs: number): number | undefined => {
  const now = slotAt(nowMs)
  // The hash stands behind the keys, whose number stands behind the header.
  const at = 4 + 32 * (message[3] ?? 0)
  const named = base58.encode(message.slice(at, at + 32))
  for (let slot = now; slot > now - slotsRecent; slot--) {
    if (base58.encode(blockhashOf(blockchain, slot)) === named) return (slot + slotsRecent) * slotMs
  }
  return undefined
}

/** Nothing of worth is paid with it, so it may stand here. */
const relaySecret = sha256(utf8ToBytes("who sends transactions for the simulated network"))
const relay = base58.encode(ed25519.getPublicKey(relaySecret))
const feeReceiver = base58.encode(sha256(utf8ToBytes("who is given the gas fees of the simulated network")))

/** The signature of whoever sends a transaction of version 2. */
export const relaySignature = (message: Uint8Array): Uint8Array => ed25519.sign(message, relaySecret)

/** The bytes that are signed, under the block of this moment. */
export const solanaMessage = ({ blockchain, mint }: SolanaChain, plan: FundingPlan, nowMs: number): Uint8Array => {
  const { key, version, amount, contractFee, senderAddress: owner, destinationAddress } = plan
  const from = tokenAccountOf(owner, mint)
  const transferTo = (address: string, part: bigint) => {
    const to = tokenAccountOf(address, mint)
    return { to, instruction: tokenTransfer({ owner, from, to, mint, amount: part, decimals }) }
  }
  const transfers = [
    transferTo(destinationAddress, amount.amount - contractFee.amount),
    ...(contractFee.amount > 0n ? [transferTo(feeReceiver, contractFee.amount)] : [])
  ]
  return messageBytes({
    signers: version === 1 ? [owner] : [relay],
    readonlySigners: version === 1 ? [] : [owner],
    writable: [from, ...transfers.map(({ to }) => to)],
    blockhash: blockhashOf(blockchain, slotAt(nowMs)),
    instructions: [
      computeUnitLimit(BigInt(solanaFee.computeUnitLimit)),
      computeUnitPrice(BigInt(solanaFee.computeUnitPrice)),
      ...transfers.map(({ instruction }) => instruction),
      memo(key)
    ]
  })
}

/** Of the token. */
const decimals = 6

/** The transaction with nobody's signature yet. */
export const unsignedTransaction = (message: Uint8Array): Uint8Array =>
  transactionBytes(
    Array.from({ length: message[0] ?? 0 }, () => new Uint8Array(signatureBytes)),
    message
  )
