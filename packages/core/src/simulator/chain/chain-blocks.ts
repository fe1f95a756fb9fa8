/**
 * The blocks of a simulated chain: one at each whole multiple of the chain's pace since 1970, so that whoever knows the
 * time knows the height. Their hashes also tell how often the chain was reorganised below them.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"

/** The height of the newest block at a time. */
export const heightAt = (atMs: number, blockMs: number): number => Math.floor(atMs / blockMs)

/** A replacement of the newest blocks, down to one height. */
export type Reorganisation = { readonly fromHeight: number; readonly atMs: number }

/**
 * The hash of the block at a height, as the chain is at a time. A reorganisation gives all blocks from its height on
 * another one, those that come later too, since each names the one before it.
 *
 * @example
 * blockHash("ETH", 7, [], 0) === blockHash("ETH", 7, [{ fromHeight: 6, atMs: 1 }], 1) // => false
 */
export const blockHash = (
  chain: string,
  height: number,
  reorganisations: ReadonlyArray<Reorganisation>,
  atMs: number
): string => {
  const branch = reorganisations.filter((one) => one.atMs <= atMs && one.fromHeight <= height).length
  return hashOf(`${chain} block ${height} ${branch}`)
}

/** 32 bytes as `0x` and hexadecimal digits, which is how most chains write a hash. */
export const hashOf = (text: string): string => `0x${bytesToHex(sha256(new TextEncoder().encode(text)))}`
