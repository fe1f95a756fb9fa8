/** Addresses of the sandbox's chains: whether a text is one, and which one a reference stands for. */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import type { AddressProblem, DepositAddress } from "../../ports/blockchain.ts"
import { addressFormats, type Network } from "./address-format.ts"
import { type ChainRow, chainRow } from "./chain-list.ts"

/**
 * What is wrong with an address of a chain, as far as its text tells.
 *
 * @example
 * addressProblem("ETH", "0x8381470ED67C3802402dbbFa0058E8871F017A6F", null, "testnet") // => null
 */
export const addressProblem = (
  chain: string,
  address: string,
  addressTag: string | null,
  network: Network
): AddressProblem | null => {
  const row = chainRow(chain)
  if (row === undefined) return "chain_unknown"
  const problem = addressFormats[row.format].check(address, network)
  if (problem !== null || addressTag === null) return problem
  if (row.tags === undefined) return "tag_not_supported"
  return isMemo(addressTag) ? null : "tag_malformed"
}

/** Stellar's text memo holds 28 bytes, Hedera's 100: the lesser fits both. Without signs that no keyboard has. */
const isMemo = (tag: string): boolean => /^[\x20-\x7e]{1,28}$/u.test(tag)

/**
 * The address for a reference: always the same under one secret. Nobody holds a key to it, so nothing of worth may ever
 * be sent there.
 */
export const addressOf = (secret: string, chain: ChainRow, reference: string, network: Network): DepositAddress => {
  const format = addressFormats[chain.format]
  const own = bytesOf(secret, `${chain.chain} ${reference}`)
  if (chain.tags === undefined) return { chain: chain.chain, address: format.make(own, network), addressTag: null }
  const shared = bytesOf(secret, `${chain.chain} shared`)
  // Digits, as a memo of the kind "id" has them, so that whoever types it has one alphabet less to confuse.
  const tag = new DataView(own.buffer, own.byteOffset).getBigUint64(0) % 10n ** 15n
  return { chain: chain.chain, address: format.make(shared, network), addressTag: String(tag + 10n ** 15n) }
}

/** 32 bytes for a purpose, the same for the same secret. */
export const bytesOf = (secret: string, purpose: string): Uint8Array =>
  hmac(sha256, new TextEncoder().encode(secret), new TextEncoder().encode(purpose))
