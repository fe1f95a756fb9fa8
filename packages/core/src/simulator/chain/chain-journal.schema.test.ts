import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import type { TransferFailure } from "../../ports/blockchain.ts"
import { wordsOf } from "../../testing/every-word.ts"
import { testLines } from "../../testing/line-codec.ts"
import { decodeChainRecord, encodeChainRecord } from "./chain-journal.schema.ts"
import type { ChainRecord } from "./chain-journal.ts"

const derived: ChainRecord = {
  record: "address_derived",
  chain: "XLM",
  address: "G",
  addressTag: "1",
  reference: "r",
  atMs: 1
}
const deposit: ChainRecord = {
  record: "transaction_broadcast",
  kind: "deposit",
  chain: "ETH",
  transactionHash: "0x01",
  fromAddresses: ["0x02", "0x03"],
  outputs: [
    { address: "0x04", addressTag: null, amount: "1.5", currency: "USDC" },
    { address: "G", addressTag: "1", amount: "2", currency: "EURC" }
  ],
  networkFee: null,
  key: null,
  request: null,
  nonce: null,
  atMs: 2
}
const sent = { networkFee: "0.5", key: "k", request: "what it is bound to", nonce: "0x05" }
const refused: ChainRecord = {
  record: "transfer_refused",
  kind: "refund",
  key: "k",
  request: "r",
  why: "key_reused",
  atMs: 3
}
const reorganised: ChainRecord = {
  record: "blocks_reorganised",
  chain: "ETH",
  depth: 2,
  fates: [
    { transactionHash: "0x01", fate: "kept" },
    { transactionHash: "0x02", fate: "moved" },
    { transactionHash: "0x03", fate: "dropped", returnsAtMs: null },
    { transactionHash: "0x04", fate: "dropped", returnsAtMs: 9 },
    { transactionHash: "0x05", fate: "replaced", by: "0x06" }
  ],
  atMs: 4
}
const reasons = wordsOf<TransferFailure>({
  address_invalid: true,
  asset_unsupported: true,
  amount_invalid: true,
  funds_insufficient: true,
  signature_invalid: true,
  authorization_not_yet_valid: true,
  authorization_expired: true,
  authorization_used: true,
  key_reused: true,
  dropped: true
})

/** The same in every word that it may have. */
const inOtherWords: ReadonlyArray<ChainRecord> = [
  { ...derived, addressTag: null },
  { ...deposit, kind: "refund", ...sent, nonce: null },
  { ...deposit, kind: "pull", ...sent },
  ...reasons.map((why): ChainRecord => ({ ...refused, kind: "pull", why }))
]

describe("a line of the chains' book", () => {
  testLines(
    { write: encodeChainRecord, read: decodeChainRecord },
    { complete: [derived, deposit, refused, reorganised], others: inOtherWords }
  )

  it.each([
    ["a record of no kind", { ...derived, record: "another" }],
    ["a transfer of no kind", { ...deposit, kind: "gift" }],
    ["a refusal without sense", { ...refused, why: "so" }],
    ["a time that is no whole number", { ...derived, atMs: 0.5 }],
    ["an output without amount", { ...deposit, outputs: [{ address: "0x04", addressTag: null, currency: "USDC" }] }],
    ["a fate that is none", { ...reorganised, fates: [{ transactionHash: "0x01", fate: "lost" }] }],
    ["a fate of nothing", { ...reorganised, fates: [{ fate: "kept" }] }],
    ["a replacement by nothing", { ...reorganised, fates: [{ transactionHash: "0x01", fate: "replaced" }] }],
    ["something dropped for an unsaid time", { ...reorganised, fates: [{ transactionHash: "0x01", fate: "dropped" }] }]
  ])("with %s is none", (_what, record) => {
    expect(Result.isFailure(decodeChainRecord(JSON.stringify(record)))).toBe(true)
  })
})
